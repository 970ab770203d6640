#include "silicon/sample.h"

#include "base/pool.h"
#include "silicon/chip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  ARRAY_ROWS = 512,
  ARRAY_COLUMNS = 64,
};

/* --- at which voltage ---------------------------------------------------------------------------
 */

static double share_of(const bo_profile *profile, double vdd_ratio,
                       bo_target_directions directions) {
  const double share = bo_profile_share_0to1(profile, vdd_ratio);
  return directions == BO_TARGET_BOTH ? 1.0 : directions == BO_TARGET_0TO1 ? share : 1.0 - share;
}

bo_status bo_sample_vdd(double *vdd_ratio, const bo_profile *profile,
                        bo_target_directions directions, double rate, bo_diag *diag) {
  if (directions == BO_TARGET_BOTH) {
    return bo_profile_vdd_for_ber(profile, rate, vdd_ratio, diag);
  }
  double low = bo_profile_vdd_of_point(profile, 0);
  double high = bo_profile_vdd_of_point(profile, profile->points - 1);
  if (!(rate <= profile->point[0].ber * share_of(profile, low, directions))) {
    return bo_fail(diag, BO_E_INVALID, "profile %s: no voltage with %.9g %% of cells failing %s",
                   profile->name, 100.0 * rate, directions == BO_TARGET_0TO1 ? "0->1" : "1->0");
  }
  for (int step = 0; step < 60; step++) {
    const double middle = (low + high) / 2;
    double ber = 0;
    const bo_status status = bo_profile_ber(profile, middle, &ber, diag);
    if (status != BO_OK) {
      return status;
    }
    if (ber * share_of(profile, middle, directions) > rate) {
      low = middle;
    } else {
      high = middle;
    }
  }
  *vdd_ratio = high;
  return BO_OK;
}

/* --- segments -----------------------------------------------------------------------------------
 */

typedef struct segment_jobs {
  const bo_profile *profile;
  const bo_target_segment *target;
  double vdd_ratio[2]; /* the lower one first, if there is one */
  uint32_t voltages;
  bo_cell_rates *rates; /* of each worker */
  double (*value)[BO_MAP_STATS];
} segment_jobs;

/* Every cell read once: the faults as rates of 0 and 1. */
static void read_once(const bo_cell_state *state, uint32_t array, const bo_cell_shape *shape,
                      bo_fault_word *fault, float *const p[BO_FAULT_DIRECTIONS]) {
  bo_cell_model_faults(state, array, shape->rows, shape->columns, false, fault);
  for (uint32_t row = 0; row < shape->rows; row++) {
    const uint64_t toward[] = {fault[row].or_mask, ~fault[row].and_mask};
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      for (uint64_t left = toward[d]; left != 0; left &= left - 1) {
        p[d][(size_t)row * shape->columns + (uint32_t)__builtin_ctzll(left)] = 1;
      }
    }
  }
}

static bo_status fill(bo_cell_rates *rates, uint32_t voltage, const bo_cell_state *state,
                      bool single_read, bo_diag *diag) {
  const bo_cell_shape *const shape = &rates->shape;
  const size_t array_cells = (size_t)shape->rows * shape->columns;
  bo_fault_word *const fault = malloc(shape->rows * sizeof *fault);
  if (fault == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "rows of a segment: out of memory");
  }
  for (uint32_t array = 0; array < shape->arrays; array++) {
    const size_t at = voltage * bo_cell_count(shape) + array * array_cells;
    float *const p[] = {rates->p[0] + at, rates->p[1] + at};
    if (single_read) {
      read_once(state, array, shape, fault, p);
    } else {
      bo_cell_model_rates(state, array, shape->rows, shape->columns, p);
    }
  }
  free(fault);
  return BO_OK;
}

static bo_status sample_segment(void *context, uint32_t worker, uint64_t job, bo_diag *diag) {
  const segment_jobs *const jobs = context;
  const bo_target_segment *const target = jobs->target;
  bo_cell_rates *const rates = &jobs->rates[worker];
  const size_t values = rates->voltages * bo_cell_count(&rates->shape);
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    memset(rates->p[d], 0, values * sizeof *rates->p[d]);
  }
  for (uint32_t v = 0; v < jobs->voltages; v++) {
    bo_chip chip;
    bo_status status = bo_chip_at(&chip, jobs->profile, job + 1, jobs->vdd_ratio[v], diag);
    if (status == BO_OK) {
      status = fill(rates, v, &chip.cells.model, target->single_read, diag);
    }
    if (status != BO_OK) {
      return status;
    }
  }
  const bo_map_scope scope = {
      .voltage = jobs->voltages - 1,
      .lower_voltage = 0,
      .without = {target->directions == BO_TARGET_1TO0, target->directions == BO_TARGET_0TO1},
      .faulty_above = target->faulty_above};
  return bo_map_stats(jobs->value[job], rates, &scope, diag);
}

static bo_status find_voltages(segment_jobs *jobs, bo_diag *diag) {
  const double rate_pct[] = {jobs->target->lower_mean_pct, jobs->target->mean_pct};
  bo_status status = BO_OK;
  for (int i = 0; i < 2 && status == BO_OK; i++) {
    if (rate_pct[i] > 0.0) {
      status = bo_sample_vdd(&jobs->vdd_ratio[jobs->voltages++], jobs->profile,
                             jobs->target->directions, rate_pct[i] / 100.0, diag);
    }
  }
  return status;
}

bo_status bo_sample_segments(double (*value)[BO_MAP_STATS], const bo_profile *profile,
                             const bo_target_segment *target, bo_diag *diag) {
  segment_jobs jobs = {.profile = profile, .target = target, .value = value};
  const bo_cell_shape shape = {target->arrays, target->rows, target->columns};
  const uint32_t workers = bo_pool_default_workers();
  if (profile->source_of_cells != BO_CELLS_MODEL) {
    return bo_fail(diag, BO_E_INVALID, "profile %s: expected one with a cell model", profile->name);
  }
  bo_status status = find_voltages(&jobs, diag);
  if (status != BO_OK) {
    return status;
  }
  jobs.rates = calloc(workers, sizeof *jobs.rates);
  if (jobs.rates == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "segments: out of memory");
  }
  for (uint32_t i = 0; i < workers && status == BO_OK; i++) {
    status = bo_cell_rates_new(&jobs.rates[i], jobs.voltages, &shape, diag);
  }
  if (status == BO_OK) {
    status = bo_pool_run(workers, target->segments, sample_segment, &jobs, diag);
  }
  for (uint32_t i = 0; i < workers; i++) {
    bo_cell_rates_free(&jobs.rates[i]);
  }
  free(jobs.rates);
  return status;
}

bo_target_score bo_sample_score(const double (*value)[BO_MAP_STATS], uint32_t segments,
                                const bo_target_value *target) {
  bo_target_score score = {.mean = NAN, .std = NAN, .min = INFINITY, .max = -INFINITY, .z = NAN};
  double sum = 0.0;
  double squares = 0.0;
  for (uint32_t i = 0; i < segments; i++) {
    const double x = value[i][target->statistic];
    if (!isnan(x)) {
      score.defined++;
      sum += x;
      squares += x * x;
      score.min = fmin(score.min, x);
      score.max = fmax(score.max, x);
    }
  }
  if (score.defined > 0) {
    const double n = score.defined;
    const double floor_of_std = 0.005 * fabs(target->published) + 0.001;
    score.mean = sum / n;
    score.std = n > 1.0 ? sqrt(fmax((squares - sum * score.mean) / (n - 1.0), 0.0)) : 0.0;
    score.z = (target->published - score.mean) / fmax(score.std, floor_of_std);
    score.brackets = score.min <= target->published && target->published <= score.max;
  }
  return score;
}

/* --- whole chips --------------------------------------------------------------------------------
 */

typedef struct chip_jobs {
  const bo_profile *profile;
  const double *vdd_ratio;
  uint32_t arrays, voltages;
  bool persistent;
  bo_chip_count *count;
} chip_jobs;

static void count_row(bo_chip_count *count, bo_fault_word fault, bo_fault_word persistent,
                      uint64_t before) {
  const uint64_t cells = bo_fault_word_cells(fault);
  count->cells += ARRAY_COLUMNS;
  count->faulty += __builtin_popcountll(cells);
  count->toward[BO_FAULT_0TO1] += __builtin_popcountll(fault.or_mask);
  count->toward[BO_FAULT_1TO0] += __builtin_popcountll(~fault.and_mask);
  count->persistent_0to1 += __builtin_popcountll(persistent.or_mask);
  count->not_nested += __builtin_popcountll(cells & ~before);
}

/* One array at all voltages: the cells of the voltage before are those that nest the next. */
static bo_status count_array(const chip_jobs *jobs, uint64_t chip_index, uint32_t array,
                             bo_diag *diag) {
  bo_fault_word fault[ARRAY_ROWS];
  bo_fault_word persistent[ARRAY_ROWS] = {{0}};
  uint64_t before[ARRAY_ROWS];
  for (uint32_t row = 0; row < ARRAY_ROWS; row++) {
    before[row] = UINT64_MAX;
  }
  for (uint32_t v = 0; v < jobs->voltages; v++) {
    bo_chip chip;
    const bo_status status =
        bo_chip_at(&chip, jobs->profile, chip_index + 1, jobs->vdd_ratio[v], diag);
    if (status != BO_OK) {
      return status;
    }
    bo_chip_bank_faults(&chip, array, ARRAY_ROWS, ARRAY_COLUMNS, fault);
    if (jobs->persistent) {
      chip.persistent_only = true;
      bo_chip_bank_faults(&chip, array, ARRAY_ROWS, ARRAY_COLUMNS, persistent);
    }
    for (uint32_t row = 0; row < ARRAY_ROWS; row++) {
      count_row(&jobs->count[chip_index * jobs->voltages + v], fault[row], persistent[row],
                before[row]);
      before[row] = bo_fault_word_cells(fault[row]);
    }
  }
  return BO_OK;
}

static bo_status count_chip(void *context, uint32_t worker, uint64_t job, bo_diag *diag) {
  const chip_jobs *const jobs = context;
  bo_status status = BO_OK;
  (void)worker;
  for (uint32_t v = 0; v < jobs->voltages; v++) {
    jobs->count[job * jobs->voltages + v] = (bo_chip_count){0};
  }
  for (uint32_t array = 0; array < jobs->arrays && status == BO_OK; array++) {
    status = count_array(jobs, job, array, diag);
  }
  return status;
}

bo_status bo_sample_chips(bo_chip_count *count, const bo_profile *profile, uint32_t chips,
                          uint32_t arrays, const double *vdd_ratio, uint32_t voltages,
                          bool persistent, bo_diag *diag) {
  chip_jobs jobs = {.profile = profile,
                    .vdd_ratio = vdd_ratio,
                    .arrays = arrays,
                    .voltages = voltages,
                    .persistent = persistent,
                    .count = count};
  return bo_pool_run(bo_pool_default_workers(), chips, count_chip, &jobs, diag);
}
