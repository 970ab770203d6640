/**
 * @file campaign.h
 * Runs trials: the chips of one point, or a whole sweep into a store.
 *
 * Results are the same bits for any number of jobs, any order and any interruption.
 */
#ifndef BO_CAMPAIGN_CAMPAIGN_H
#define BO_CAMPAIGN_CAMPAIGN_H

#include "base/status.h"
#include "base/stop.h"
#include "campaign/point.h"
#include "campaign/sweep_config.h"
#include "campaign/trial.h"
#include "campaign/workload.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** "0.1.0": version of the library, part of every result. */
const char *bo_version(void);

/** How a campaign is run; none of it changes a result. {0} is fine. */
typedef struct bo_campaign_control {
  uint32_t jobs;          /**< threads; 0: bo_pool_default_workers() */
  bo_trial_engine engine; /**< BO_TRIAL_FAST if {0} */
  /** Asked before each trial and every so many images: end, without the trials that run. */
  bo_stop stop;
  /**
   * Called when the campaign starts and after each trial, from any thread, one call at a time.
   * @p resumed trials of the @p done ones were in the store already. NULL: nobody looks.
   */
  void (*progress)(void *context, uint64_t done, uint64_t resumed, uint64_t total);
  void *context; /**< of progress */
} bo_campaign_control;

/**
 * Takes a finished trial, from any thread, one call at a time, in the order in which trials end.
 * A failure ends the campaign.
 */
typedef bo_status (*bo_trial_sink)(void *context, const bo_trial *trial, bo_diag *diag);

/**
 * Runs @p count trials (point, chip, seed, vdd_ratio set) of @p workload, results into the same
 * array and, as each is done, to @p sink (may be NULL).
 *
 * @return BO_OK, BO_E_INTERRUPTED (stop said so; the sink has had what was done), what a trial or
 *         the sink returned.
 */
bo_status bo_trials_run(const bo_workload *workload, bo_trial *trials, uint64_t count,
                        const bo_campaign_control *control, bo_trial_sink sink, void *sink_context,
                        bo_diag *diag);

/**
 * Chips seed, seed + 1, … seed + chips - 1 of @p workload at @p vdd_ratio, summarised.
 *
 * @return BO_OK, BO_E_INTERRUPTED, BO_E_INVALID (no chips, or a voltage outside the
 *         profile), BO_E_NOMEM.
 */
bo_status bo_point_run(bo_point_summary *out, const bo_workload *workload, double vdd_ratio,
                       uint64_t seed, uint32_t chips, const bo_campaign_control *control,
                       bo_diag *diag);

/**
 * Runs @p config into the store file @p store_path, a row a trial as it ends. The same call again
 * runs only what is missing; a store made with other inputs is refused.
 *
 * All inputs are looked at before the first trial. Models are run one after the other, each on one
 * profile and placement after the other, so memory does not grow with their number.
 *
 * @return BO_OK, BO_E_INTERRUPTED (what was done is in the store), BO_E_INVALID (an input, or a
 *         store that is none or of another sweep), BO_E_IO, BO_E_NOMEM.
 */
bo_status bo_sweep_run(const bo_sweep_config *config, const char *store_path,
                       const bo_campaign_control *control, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
