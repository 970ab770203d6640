/**
 * @file sweep_config.h
 * A sweep as its YAML file says it: a grid of models x profiles x placements x voltages, some chips
 * each.
 *
 *   models: [../models/fmnist-cnn-8b-normal.onnx]   # files, relative to this one
 *   vdd_ratio: [18/24, 0.8]                         # V/Vmin; or ber_pct: [0.1, 1]
 *   chips: 10                                       # trials a point; default 10
 *   seed: 0                                         # of the first chip; default 0
 *   images: 10000                                   # the first so many; default 0, all
 *   dataset: fmnist                                 # default: model's name up to the first '-'
 *   data: DIR                                       # default: the data set's own
 *   arch: FILE                                      # default: the default machine
 *   profile: FILE                                   # or a shipped one's name; default ibm14
 *   energy: FILE                                    # or a shipped one's name
 *   placement:
 *     policy: tile                                  # or linear; default tile
 *     start_row: 0                                  # default 0
 *     banks: auto                                   # or a number; default: as arch says
 *     interleave: 1                                 # banks that rows go round over; default 1
 *     rotate: false                                 # bytes rotate row by row; default false
 *     storage: offset_binary                        # or twos_complement; default as in the model
 *
 * Only models and one of vdd_ratio and ber_pct have to be there; an unknown key is refused. Instead
 * of profile and placement there may be lists, which are axes of the grid:
 *
 *   profiles: [ibm14, FILE]                         # up to 16
 *   placements: [{policy: tile}, {rotate: true}]    # up to 16, each with the keys of placement
 *
 * Points are in that order: of a model, all of its first profile; of these, all of its first
 * placement; of these, the voltages as the file has them. With ber_pct each profile has voltages of
 * its own.
 */
#ifndef BO_CAMPAIGN_SWEEP_CONFIG_H
#define BO_CAMPAIGN_SWEEP_CONFIG_H

#include "base/status.h"
#include "campaign/placement_setting.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_SWEEP_MAX_MODELS = 1024,
  BO_SWEEP_MAX_PROFILES = 16,
  BO_SWEEP_MAX_PLACEMENTS = 16,
  BO_SWEEP_MAX_VOLTAGES = 1024,
  BO_SWEEP_MAX_POINTS = 1048576, /**< of the whole grid */
  BO_SWEEP_MAX_CHIPS = 1000000,  /**< of a point */
};
/** Trials of a whole sweep. */
#define BO_SWEEP_MAX_TRIALS ((uint64_t)10000000)

/** What a sweep's steps along the voltage axis are given as. */
typedef enum bo_sweep_axis {
  BO_SWEEP_VDD_RATIO, /**< V/Vmin */
  BO_SWEEP_BER_PCT,   /**< per cent of failing cells: the lowest voltage with at most so many */
} bo_sweep_axis;

/** Owns its strings; paths are ready to open. */
typedef struct bo_sweep_config {
  uint32_t models;
  char **model;
  uint32_t profiles;
  char **profile;
  uint32_t placements;
  bo_placement_setting *placement; /**< no two with the same text; interleave at least 1 */
  bo_sweep_axis axis;
  uint32_t steps;
  double *step; /**< each once, in the order of the file */
  uint32_t chips;
  uint64_t seed;
  uint64_t images; /**< 0: all */
  char *dataset;   /**< NULL: from the model's name */
  char *data;      /**< NULL: the data set's own */
  char *arch;      /**< NULL: the default machine */
  char *energy;
} bo_sweep_config;

/**
 * Reads a sweep. @p profiles_dir: folder of the shipped profiles, where defaults are looked for.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (@p diag has file and line or key); on failure
 *         @p *out is NULL.
 */
bo_status bo_sweep_config_load(bo_sweep_config **out, const char *path, const char *profiles_dir,
                               bo_diag *diag);

/** The same from memory; @p name stands for the file, also as the base of relative paths. */
bo_status bo_sweep_config_parse(bo_sweep_config **out, const char *name, const void *text,
                                size_t size, const char *profiles_dir, bo_diag *diag);
void bo_sweep_config_free(bo_sweep_config *config);

#ifdef __cplusplus
}
#endif

#endif
