/**
 * @file workload.h
 * Everything about one model that trials share and only read: the network on its machine and
 * silicon, and the labelled images with the clean predictions.
 *
 * Made in two steps, because looking at a network (layers, placement, cycles, energy) needs no
 * images: bo_workload_new, then bo_workload_load_images.
 */
#ifndef BO_CAMPAIGN_WORKLOAD_H
#define BO_CAMPAIGN_WORKLOAD_H

#include "accel/schedule.h"
#include "arch/arch.h"
#include "base/status.h"
#include "campaign/placement_setting.h"
#include "energy/energy.h"
#include "mem/placement.h"
#include "net/dataset.h"
#include "net/net.h"
#include "silicon/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Shipped files that are used when nothing else is asked for: profiles/silicon/NAME.yaml, … */
#define BO_DEFAULT_PROFILE "ibm14"
#define BO_DEFAULT_ENERGY  "cmos14"

/** What a workload is made of. Strings are borrowed for the call. */
typedef struct bo_workload_config {
  const char *model;   /**< ONNX file */
  const char *arch;    /**< architecture file; NULL: the default machine */
  const char *profile; /**< silicon profile file */
  const char *energy;  /**< energy table file */
  bo_placement_setting placement;
  bool any_timing; /**< else an architecture with timing: scalesim is refused: there is only the
                        native schedule, and events would not be what was asked for */
} bo_workload_config;

typedef struct bo_workload {
  bo_arch arch; /**< weight_banks is what is really there, never 0 */
  bo_profile profile;
  bo_energy_table energy_table;
  bo_net *net;
  bo_placement_setting setting; /**< what the placement was asked to be */
  bo_placement *placement;
  const uint8_t **clean_codes; /**< storage patterns, one pointer a weight tensor; into net */
  bo_events events;            /**< of one inference, timing: native */
  bo_energy energy_vmin;       /**< of one inference at Vmin */

  /* From bo_workload_load_images on. */
  char dataset[64];
  size_t images;         /**< 0: none loaded */
  uint8_t *input;        /**< codes [images][h][w][c] */
  uint16_t *label;       /**< [images] */
  uint16_t *clean_class; /**< [images]: what the clean network says */
  uint64_t clean_wrong;  /**< images with clean_class other than label */
} bo_workload;

/**
 * Loads the network and puts it on its machine and silicon; owned by the caller.
 *
 * @return BO_OK, BO_E_IO, BO_E_INVALID, BO_E_NOMEM; on failure @p *out is NULL.
 */
bo_status bo_workload_new(bo_workload **out, const bo_workload_config *config, bo_diag *diag);
void bo_workload_free(bo_workload *workload);

/**
 * Loads the test set of a model: @p name and @p dir as bo_dataset_load; with a NULL name the data
 * set is what the model's name says up to its first '-' ("fmnist-cnn-8b-rquant").
 */
bo_status bo_workload_dataset(bo_dataset **out, const bo_workload *workload, const char *name,
                              const char *dir, bo_diag *diag);

/**
 * Whether the first @p images (0: all) of @p dataset can go through the network.
 *
 * @return BO_OK, BO_E_INVALID (another shape, a label beyond the classes, fewer images than that).
 */
bo_status bo_workload_check_images(const bo_workload *workload, const bo_dataset *dataset,
                                   uint64_t images, bo_diag *diag);

/**
 * Quantises the first @p images (0: all) of @p dataset (borrowed for the call) and lets the clean
 * network classify them, once for all trials. On failure no images are loaded. Precondition: none
 * are loaded yet.
 *
 * @return as bo_workload_check_images; BO_E_NOMEM.
 */
bo_status bo_workload_set_images(bo_workload *workload, const bo_dataset *dataset, uint64_t images,
                                 bo_diag *diag);

/** bo_workload_dataset and bo_workload_set_images in one. */
bo_status bo_workload_load_images(bo_workload *workload, const char *name, const char *dir,
                                  uint64_t images, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
