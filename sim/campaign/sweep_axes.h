/**
 * @file sweep_axes.h
 * The axes of a sweep that are values and no files: from what YAML has to what the sweep runs.
 * Private to sweep_config.c.
 */
#ifndef BO_CAMPAIGN_SWEEP_AXES_H
#define BO_CAMPAIGN_SWEEP_AXES_H

#include "base/status.h"
#include "campaign/sweep_config.h"
#include "campaign/sweep_schema.h"

/** Voltages or bit error rates into axis, steps, step. BO_OK, BO_E_NOMEM, BO_E_INVALID. */
bo_status bo_sweep_fill_steps(bo_sweep_config *config, const char *file, const bo_sweep_yaml *yaml,
                              bo_diag *diag);

/** Into placements, placement. BO_OK, BO_E_NOMEM, BO_E_INVALID. */
bo_status bo_sweep_fill_placements(bo_sweep_config *config, const char *file,
                                   const bo_sweep_yaml *yaml, bo_diag *diag);

#endif
