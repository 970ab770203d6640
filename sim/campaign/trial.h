/**
 * @file trial.h
 * One trial: one chip at one voltage classifies every image. A pure function of (workload, voltage,
 * seed): the same result on any thread, in any order.
 */
#ifndef BO_CAMPAIGN_TRIAL_H
#define BO_CAMPAIGN_TRIAL_H

#include "base/status.h"
#include "base/stop.h"
#include "campaign/workload.h"
#include "mem/inject.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A trial and, once it has run, its result. */
typedef struct bo_trial {
  uint32_t point; /**< index of the operating point */
  uint32_t chip;  /**< 0 … chips-1 of the point */
  uint64_t seed;  /**< of the chip: seed of the campaign + chip, modulo 2^64 */
  double vdd_ratio;

  uint64_t images;
  uint64_t clean_wrong;    /**< images that the network gets wrong without any bit error */
  uint64_t wrong;          /**< wrong with the errors of this chip */
  uint64_t wrong_or_clean; /**< wrong with errors or wrong without: the published way of counting
                                (Stutz et al., MLSys 2021), never below clean_wrong */
  bo_fault_count faults;
} bo_trial;

/** What runs the network. Results do not depend on it. */
typedef enum bo_trial_engine {
  BO_TRIAL_FAST, /**< integer convolutions, schedule in closed form */
  BO_TRIAL_TICK, /**< cycle by cycle; a trial fails if cycles or events are not those of the
                    schedule */
} bo_trial_engine;

/** What one thread needs to run trials of one workload: engine, injector, code buffers. */
typedef struct bo_runner bo_runner;

/** Allocates all that running needs; @p workload has images, is borrowed and must outlive it. */
bo_status bo_runner_new(bo_runner **out, const bo_workload *workload, bo_trial_engine engine,
                        bo_diag *diag);
void bo_runner_free(bo_runner *runner);

/**
 * Runs @p trial (point, chip, seed, vdd_ratio set) and fills in its result.
 *
 * @return BO_OK; BO_E_INTERRUPTED (@p stop, asked every so many images); BO_E_INVALID (voltage
 *         outside the profile); BO_E_MISMATCH (the tick engine counted
 *         other events than the schedule); what the engine returns.
 */
bo_status bo_runner_run(bo_runner *runner, bo_trial *trial, bo_stop stop, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
