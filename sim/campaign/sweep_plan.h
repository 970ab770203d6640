/**
 * @file sweep_plan.h
 * A sweep before its first trial: all inputs looked at, the points and the manifest they make.
 * Private to sim/campaign.
 */
#ifndef BO_CAMPAIGN_SWEEP_PLAN_H
#define BO_CAMPAIGN_SWEEP_PLAN_H

#include "base/status.h"
#include "campaign/manifest.h"
#include "campaign/point.h"
#include "campaign/sweep_config.h"
#include "campaign/workload.h"

#include <stdint.h>

/** Indices of what a workload is made of: a model, on silicon, with a placement. */
typedef struct bo_sweep_variant {
  uint32_t model, profile, placement;
} bo_sweep_variant;

/** What tells a profile of the sweep from another one, and from what its file becomes later. */
typedef struct bo_sweep_silicon {
  char name[64]; /**< as in bo_profile */
  uint64_t hash;
} bo_sweep_silicon;

/** Point v * steps + s is variant v at step s. What is hashed is read again for every variant. */
typedef struct bo_sweep_plan {
  const bo_sweep_config *config; /**< borrowed */
  bo_manifest manifest;
  uint32_t points;
  bo_point *point;
  uint64_t energy_hash;
  uint64_t *model_hash;      /**< of each model's file */
  uint64_t *images_hash;     /**< of each model's images in use: bo_sweep_hash_images */
  bo_sweep_silicon *silicon; /**< of each profile */
  bo_arch *machine;          /**< of each variant, as bo_workload has it */
} bo_sweep_plan;

/** How many variants a sweep has. */
uint32_t bo_sweep_variants(const bo_sweep_config *config);

/** Variant @p index: placements go round fastest, then profiles, then models. */
bo_sweep_variant bo_sweep_variant_at(const bo_sweep_config *config, uint32_t index);

/**
 * Loads every profile, data set and variant, one at a time, and keeps none. @p plan is {0} on
 * failure.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID.
 */
bo_status bo_sweep_plan_init(bo_sweep_plan *plan, const bo_sweep_config *config, bo_diag *diag);
void bo_sweep_plan_free(bo_sweep_plan *plan);

/** Identifies the first @p images (0: all) of a data set, which has as many. */
uint64_t bo_sweep_hash_images(const bo_dataset *dataset, uint64_t images);

/** A variant of the sweep on its machine, without images. */
bo_status bo_sweep_plan_workload(bo_workload **out, const bo_sweep_plan *plan,
                                 bo_sweep_variant variant, bo_diag *diag);

#endif
