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

/** Point m * steps + s is model m at step s. */
typedef struct bo_sweep_plan {
  const bo_sweep_config *config; /**< borrowed */
  bo_manifest manifest;
  uint32_t points;
  bo_point *point;
  uint64_t *model_hash; /**< of each model's file */
} bo_sweep_plan;

/**
 * Loads every model and data set once, and keeps none. @p plan is {0} on failure.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID.
 */
bo_status bo_sweep_plan_init(bo_sweep_plan *plan, const bo_sweep_config *config, bo_diag *diag);
void bo_sweep_plan_free(bo_sweep_plan *plan);

/** Model @p model of the sweep on its machine, without images. */
bo_status bo_sweep_plan_workload(bo_workload **out, const bo_sweep_plan *plan, uint32_t model,
                                 bo_diag *diag);

#endif
