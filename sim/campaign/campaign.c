#include "campaign/campaign.h"

#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

const char *bo_version(void) {
  return BO_VERSION;
}

/* What one thread of the pool owns. */
typedef struct trial_worker {
  bo_runner *runner;
} trial_worker;

/* One call of bo_trials_run: read-only but for what the mutex guards. */
typedef struct trial_run {
  const bo_workload *workload;
  bo_trial *trials;
  uint64_t count;
  const bo_campaign_control *control;
  bo_trial_sink sink;
  void *sink_context;
  trial_worker *worker;
  pthread_mutex_t mutex;
  uint64_t done; /* under the mutex, as are the calls of sink and progress */
} trial_run;

static void report_progress(const trial_run *run) {
  const bo_campaign_control *const control = run->control;
  if (control->progress != NULL) {
    control->progress(control->context, run->done, 0, run->count);
  }
}

static bo_status run_job(void *context, uint32_t worker, uint64_t job, bo_diag *diag) {
  trial_run *const run = context;
  const bo_stop stop = run->control->stop;
  if (bo_stop_asked_for(stop)) {
    return bo_fail(diag, BO_E_INTERRUPTED, "interrupted");
  }
  bo_trial *const trial = &run->trials[job];
  bo_status status = bo_runner_run(run->worker[worker].runner, trial, stop, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)pthread_mutex_lock(&run->mutex);
  if (run->sink != NULL) {
    status = run->sink(run->sink_context, trial, diag);
  }
  if (status == BO_OK) {
    run->done++;
    report_progress(run);
  }
  (void)pthread_mutex_unlock(&run->mutex);
  return status;
}

static bo_status run_pool(trial_run *run, uint32_t workers, bo_diag *diag) {
  if (pthread_mutex_init(&run->mutex, NULL) != 0) {
    return bo_fail(diag, BO_E_NOMEM, "no mutex");
  }
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < workers && status == BO_OK; i++) {
    status = bo_runner_new(&run->worker[i].runner, run->workload, run->control->engine, diag);
  }
  if (status == BO_OK) {
    report_progress(run);
    status = bo_pool_run(workers, run->count, run_job, run, diag);
  }
  for (uint32_t i = 0; i < workers; i++) {
    bo_runner_free(run->worker[i].runner);
  }
  (void)pthread_mutex_destroy(&run->mutex);
  return status;
}

bo_status bo_trials_run(const bo_workload *workload, bo_trial *trials, uint64_t count,
                        const bo_campaign_control *control, bo_trial_sink sink, void *sink_context,
                        bo_diag *diag) {
  if (count == 0) {
    return BO_OK;
  }
  const uint32_t jobs = control->jobs == 0 ? bo_pool_default_workers() : control->jobs;
  const uint32_t workers = count < jobs ? (uint32_t)count : jobs;
  trial_run run = {
      .workload = workload,
      .trials = trials,
      .count = count,
      .control = control,
      .sink = sink,
      .sink_context = sink_context,
      .worker = calloc(workers, sizeof *run.worker),
  };
  if (run.worker == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  const bo_status status = run_pool(&run, workers, diag);
  free(run.worker);
  return status;
}

bo_status bo_point_run(bo_point_summary *out, const bo_workload *workload, double vdd_ratio,
                       uint64_t seed, uint32_t chips, const bo_campaign_control *control,
                       bo_diag *diag) {
  if (chips < 1 || chips > BO_SWEEP_MAX_CHIPS) {
    return bo_fail(diag, BO_E_INVALID, "chips: expected 1..%d, got %u", BO_SWEEP_MAX_CHIPS, chips);
  }
  bo_point point;
  bo_status status = bo_point_init(&point, workload, vdd_ratio, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_trial *const trials = calloc(chips, sizeof *trials);
  if (trials == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  for (uint32_t i = 0; i < chips; i++) {
    trials[i] = (bo_trial){.chip = i, .seed = seed + i, .vdd_ratio = vdd_ratio};
  }
  status = bo_trials_run(workload, trials, chips, control, NULL, NULL, diag);
  if (status == BO_OK) {
    status = bo_point_summarise(out, &point, trials, chips, diag);
  }
  free(trials);
  return status;
}
