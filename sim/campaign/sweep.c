#include "campaign/campaign.h"
#include "campaign/store.h"
#include "campaign/sweep_plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
  SLICE_TRIALS = 4096, /* in memory at once: a long sweep takes no more than a short one */
};

/* Where among the points of a variant the next slice begins. */
typedef struct grid_place {
  uint32_t step, chip;
} grid_place;

/* A running sweep. */
typedef struct running_sweep {
  const bo_sweep_plan *plan;
  bo_store *store;
  const bo_campaign_control *control;
  uint64_t done, resumed, total; /* trials; done counts up to the current variant's first one */
} running_sweep;

/* --- the progress of one variant's trials, told in terms of the whole sweep --- */

static void sweep_progress(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  const running_sweep *const sweep = context;
  const bo_campaign_control *const control = sweep->control;
  (void)resumed;
  (void)total;
  if (control->progress != NULL) {
    control->progress(control->context, sweep->done + done, sweep->resumed, sweep->total);
  }
}

static bo_status add_to_store(void *context, const bo_trial *trial, bo_diag *diag) {
  return bo_store_add(context, trial, diag);
}

/* --- what is missing --- */

/* Marks the chips of @p point that are in the store, has[0 … chips-1]. */
static bo_status find_done(const running_sweep *sweep, uint32_t point, bool *has, uint64_t *count,
                           bo_diag *diag) {
  const bo_sweep_config *const config = sweep->plan->config;
  bo_trial *trials = NULL;
  uint32_t stored = 0;
  bo_status status = bo_store_trials(sweep->store, point, &trials, &stored, diag);
  for (uint32_t chip = 0; chip < config->chips; chip++) {
    has[chip] = false;
  }
  for (uint32_t i = 0; i < stored && status == BO_OK; i++) {
    if (trials[i].chip >= config->chips || trials[i].seed != config->seed + trials[i].chip) {
      status = bo_fail(diag, BO_E_INVALID,
                       "damaged store: point %" PRIu32 ": chip %" PRIu32 " has seed %" PRIu64,
                       point, trials[i].chip, trials[i].seed);
    } else {
      has[trials[i].chip] = true;
    }
  }
  *count = stored;
  free(trials);
  return status;
}

static bo_status count_resumed(running_sweep *sweep, bool *has, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t point = 0; point < sweep->plan->points && status == BO_OK; point++) {
    uint64_t count = 0;
    status = find_done(sweep, point, has, &count, diag);
    sweep->resumed += count;
  }
  sweep->done = sweep->resumed;
  return status;
}

/*
 * The next trials of a variant that are not in the store, in the order of points and chips, at most
 * SLICE_TRIALS; none at the end of its points. Moves @p next behind them.
 */
static bo_status list_missing(const running_sweep *sweep, uint32_t variant, grid_place *next,
                              bool *has, bo_trial *trials, uint64_t *count, bo_diag *diag) {
  const bo_sweep_config *const config = sweep->plan->config;
  *count = 0;
  while (next->step < config->steps && *count < SLICE_TRIALS) {
    const uint32_t point = variant * config->steps + next->step;
    uint64_t done = 0;
    const bo_status status = find_done(sweep, point, has, &done, diag);
    if (status != BO_OK) {
      return status;
    }
    for (; next->chip < config->chips && *count < SLICE_TRIALS; next->chip++) {
      if (!has[next->chip]) {
        trials[*count] = (bo_trial){.point = point,
                                    .chip = next->chip,
                                    .seed = config->seed + next->chip,
                                    .vdd_ratio = sweep->plan->point[point].vdd_ratio};
        (*count)++;
      }
    }
    if (next->chip == config->chips) {
      *next = (grid_place){.step = next->step + 1};
    }
  }
  return BO_OK;
}

/* --- running --- */

static bo_status check_same(bool is_same, const char *file, bo_diag *diag) {
  return is_same ? BO_OK : bo_fail(diag, BO_E_INVALID, "%s: changed while the sweep ran", file);
}

static bo_status check_variant(const bo_sweep_plan *plan, uint32_t index,
                               const bo_workload *workload, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  const bo_sweep_variant variant = bo_sweep_variant_at(config, index);
  bo_status status = check_same(workload->net->hash == plan->model_hash[variant.model],
                                config->model[variant.model], diag);
  if (status == BO_OK) {
    status = check_same(workload->profile.hash == plan->silicon[variant.profile].hash,
                        config->profile[variant.profile], diag);
  }
  if (status == BO_OK) {
    status = check_same(workload->energy_table.hash == plan->energy_hash, config->energy, diag);
  }
  if (status == BO_OK && config->arch != NULL) { /* nothing but uint32_t: no padding */
    status = check_same(memcmp(&workload->arch, &plan->machine[index], sizeof(bo_arch)) == 0,
                        config->arch, diag);
  }
  return status;
}

static bo_status load_images(bo_workload *workload, const bo_sweep_plan *plan, uint32_t model,
                             bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_dataset *dataset = NULL;
  bo_status status = bo_workload_dataset(&dataset, workload, config->dataset, config->data, diag);
  if (status == BO_OK) {
    status = bo_workload_set_images(workload, dataset, config->images, diag);
  }
  if (status == BO_OK) {
    const uint64_t hash = bo_sweep_hash_images(dataset, config->images);
    status = check_same(hash == plan->images_hash[model], dataset->name, diag);
  }
  bo_dataset_free(dataset);
  return status;
}

static bo_status load_variant(bo_workload **out, const running_sweep *sweep, uint32_t index,
                              bo_diag *diag) {
  const bo_sweep_plan *const plan = sweep->plan;
  const bo_sweep_variant variant = bo_sweep_variant_at(plan->config, index);
  bo_status status = bo_sweep_plan_workload(out, plan, variant, diag);
  if (status == BO_OK) {
    status = check_variant(plan, index, *out, diag);
  }
  if (status == BO_OK) {
    status = load_images(*out, plan, variant.model, diag);
  }
  return status;
}

static bo_status run_slice(running_sweep *sweep, const bo_workload *workload, bo_trial *trials,
                           uint64_t count, bo_diag *diag) {
  const bo_campaign_control control = {
      .jobs = sweep->control->jobs,
      .stop = sweep->control->stop,
      .progress = sweep_progress,
      .context = sweep,
  };
  const bo_status status =
      bo_trials_run(workload, trials, count, &control, add_to_store, sweep->store, diag);
  sweep->done += count;
  return status;
}

static bo_status run_variant(running_sweep *sweep, uint32_t variant, bool *has, bo_trial *trials,
                             bo_diag *diag) {
  bo_workload *workload = NULL;
  grid_place next = {0};
  uint64_t count = 0;
  bo_status status = list_missing(sweep, variant, &next, has, trials, &count, diag);
  if (status == BO_OK && count > 0) {
    status = load_variant(&workload, sweep, variant, diag);
  }
  while (status == BO_OK && count > 0) {
    status = run_slice(sweep, workload, trials, count, diag);
    if (status == BO_OK) {
      status = list_missing(sweep, variant, &next, has, trials, &count, diag);
    }
  }
  bo_workload_free(workload);
  return status;
}

static bo_status run_variants(running_sweep *sweep, bo_diag *diag) {
  const bo_sweep_config *const config = sweep->plan->config;
  bool *const has = calloc(config->chips, sizeof *has);
  bo_trial *const trials = calloc(SLICE_TRIALS, sizeof *trials);
  bo_status status = BO_OK;
  if (has == NULL || trials == NULL) {
    status = bo_fail(diag, BO_E_NOMEM, "out of memory");
  } else {
    status = count_resumed(sweep, has, diag);
  }
  if (status == BO_OK) {
    sweep_progress(sweep, 0, 0, 0);
  }
  for (uint32_t i = 0; i < bo_sweep_variants(config) && status == BO_OK; i++) {
    status = run_variant(sweep, i, has, trials, diag);
  }
  free(has);
  free(trials);
  return status;
}

bo_status bo_sweep_run(const bo_sweep_config *config, const char *store_path,
                       const bo_campaign_control *control, bo_diag *diag) {
  bo_sweep_plan plan;
  bo_status status = bo_sweep_plan_init(&plan, config, diag);
  if (status != BO_OK) {
    return status;
  }
  running_sweep sweep = {
      .plan = &plan,
      .control = control,
      .total = (uint64_t)plan.points * config->chips,
  };
  status =
      bo_store_open_sweep(&sweep.store, store_path, &plan.manifest, plan.point, plan.points, diag);
  if (status == BO_OK) {
    status = run_variants(&sweep, diag);
  }
  if (status == BO_E_INTERRUPTED) {
    status =
        bo_fail(diag, BO_E_INTERRUPTED,
                "interrupted: what was done is in %.200s; the same command goes on", store_path);
  }
  bo_store_free(sweep.store);
  bo_sweep_plan_free(&plan);
  return status;
}
