/**
 * @file point.h
 * An operating point (model at a voltage) and what its trials come to.
 *
 * Chips are the sample: mean, standard deviation and interval are over chips, images are never
 * pooled with them.
 */
#ifndef BO_CAMPAIGN_POINT_H
#define BO_CAMPAIGN_POINT_H

#include "base/status.h"
#include "campaign/trial.h"
#include "campaign/workload.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is known of a point before any trial has run. */
typedef struct bo_point {
  char model[256];
  char profile[64];                       /**< name of the silicon profile */
  char placement[BO_PLACEMENT_TEXT_SIZE]; /**< as bo_placement_setting_text */
  double vdd_ratio;
  double ber;            /**< fraction, 0 … 0.5 */
  uint64_t cycles;       /**< of one inference */
  bo_energy energy;      /**< of one inference at vdd_ratio */
  bo_energy energy_vmin; /**< of one inference at Vmin */
} bo_point;

/** A quantity over chips. std and interval need two chips and are NAN with one. */
typedef struct bo_over_chips {
  double mean;
  double std;                 /**< of the sample, n - 1 */
  double ci95_low, ci95_high; /**< Student's t interval of the mean; may leave 0 … 100 */
} bo_over_chips;

typedef struct bo_point_summary {
  bo_point point;
  uint32_t n_chips;
  uint64_t images;
  double clean_error_pct;
  bo_over_chips robust_error_pct;          /**< images wrong with errors */
  bo_over_chips robust_error_or_clean_pct; /**< wrong with errors or without: as published */
  double cells_faulty;                     /**< these four: means over chips */
  double bits_requested;
  double bits_effective;
  double weights_changed;
  double sram_energy_saving_pct;  /**< of weight-SRAM access energy: 100 (1 - (V/Vmin)^2) */
  double total_energy_saving_pct; /**< of all energy of an inference, against Vmin */
} bo_point_summary;

/** @p vdd_ratio on @p workload. BO_OK, BO_E_INVALID (voltage outside the profile). */
bo_status bo_point_init(bo_point *point, const bo_workload *workload, double vdd_ratio,
                        bo_diag *diag);

/**
 * Summary of @p count >= 1 trials of @p point, which have the same images. BO_OK, BO_E_NOMEM.
 */
bo_status bo_point_summarise(bo_point_summary *out, const bo_point *point, const bo_trial *trials,
                             uint32_t count, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
