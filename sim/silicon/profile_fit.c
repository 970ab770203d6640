#include "silicon/profile_fit.h"

#include "base/minimise.h"
#include "silicon/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_CALLS = 400,
  FEWEST_SEGMENTS = 2,  /* that have a standard deviation */
  MOST_CELLS = 1 << 26, /* of segments of a kind at one look, unless those are fewer than that */
};

static const double max_share_sum = 0.95;
static const double undefined_z = 10.0; /* of a statistic that no segment has */

/* --- the part of 0->1 ---------------------------------------------------------------------------
 */

typedef struct share_at {
  double vdd_ratio, share;
} share_at;

/* Linear between the nearest two, constant beyond. */
static double share_between(const share_at *list, uint32_t count, double vdd_ratio) {
  const share_at *below = NULL;
  const share_at *above = NULL;
  for (uint32_t i = 0; i < count; i++) {
    const share_at *const at = &list[i];
    if (at->vdd_ratio <= vdd_ratio && (below == NULL || at->vdd_ratio > below->vdd_ratio)) {
      below = at;
    }
    if (at->vdd_ratio >= vdd_ratio && (above == NULL || at->vdd_ratio < above->vdd_ratio)) {
      above = at;
    }
  }
  if (below == NULL) {
    return above == NULL ? NAN : above->share; /* of an empty list */
  }
  if (above == NULL || below->vdd_ratio == above->vdd_ratio) {
    return below->share;
  }
  const double position = (vdd_ratio - below->vdd_ratio) / (above->vdd_ratio - below->vdd_ratio);
  return below->share + position * (above->share - below->share);
}

static bo_status shares_of_chips(bo_profile *profile, const bo_targets *targets, bo_diag *diag) {
  share_at list[BO_TARGETS_MAX];
  for (uint32_t i = 0; i < targets->chips_count; i++) {
    const bo_target_chip *const chip = &targets->chips[i];
    const double failing = chip->mean_0to1_pct + chip->mean_1to0_pct;
    const bo_status status =
        bo_sample_vdd(&list[i].vdd_ratio, profile, BO_TARGET_BOTH, chip->ber_pct / 100.0, diag);
    if (status != BO_OK) {
      return status;
    }
    list[i].share = failing > 0.0 ? chip->mean_0to1_pct / failing : 0.0;
  }
  for (uint32_t i = 0; i < profile->points; i++) {
    profile->point[i].share_0to1 =
        share_between(list, targets->chips_count, profile->point[i].vdd_ratio);
  }
  return BO_OK;
}

/* --- the parameters -----------------------------------------------------------------------------
 */

/* Four digits: what is written is what was tried. */
static double rounded(double x) {
  return nearbyint(x * 1e4) / 1e4;
}

static void start_parameters(double value[BO_TARGET_PARAMETERS], const bo_target_model *start) {
  value[BO_TARGET_PREFERS_1] = start->prefers_1;
  value[BO_TARGET_ARRAY] = start->array;
  value[BO_TARGET_COLUMN] = start->column;
  value[BO_TARGET_ROW] = start->row;
  value[BO_TARGET_READ] = start->read;
}

typedef struct fit {
  bo_profile *profile;
  const bo_targets *targets;
  double (*value)[BO_MAP_STATS]; /* of the largest number of segments */
} fit;

static void set_model(const fit *f, const double *x) {
  double value[BO_TARGET_PARAMETERS];
  start_parameters(value, &f->targets->start);
  for (uint32_t i = 0; i < f->targets->free_count; i++) {
    value[f->targets->free[i]] = rounded(x[i]);
  }
  bo_cell_model *const model = &f->profile->model;
  model->prefers_1 = value[BO_TARGET_PREFERS_1];
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    model->effects[d] = (bo_cell_effects){.array = value[BO_TARGET_ARRAY],
                                          .column = value[BO_TARGET_COLUMN],
                                          .row = value[BO_TARGET_ROW],
                                          .read = value[BO_TARGET_READ]};
  }
  for (uint32_t i = 0; i < f->profile->points && f->targets->chips_count == 0; i++) {
    f->profile->point[i].share_0to1 = model->prefers_1;
  }
}

static double sum_of_shares(const bo_cell_effects *effects) {
  return effects->array + effects->column + effects->row + effects->read;
}

/* Of a large segment a few: they lead to the same place in a tenth of the time. */
static uint32_t segments_to_look_at(const bo_target_segment *segment) {
  const uint64_t cells = (uint64_t)segment->arrays * segment->rows * segment->columns;
  const uint64_t wanted =
      MOST_CELLS / cells < FEWEST_SEGMENTS ? FEWEST_SEGMENTS : MOST_CELLS / cells;
  return wanted < segment->segments ? (uint32_t)wanted : segment->segments;
}

static bo_status add_segment(const fit *f, const bo_target_segment *target_segment,
                             bo_fit_result *result, bo_diag *diag) {
  bo_target_segment few = *target_segment; /* borrows */
  few.segments = segments_to_look_at(target_segment);
  const bo_status status = bo_sample_segments(f->value, f->profile, &few, diag);
  for (uint32_t i = 0; i < few.values_count && status == BO_OK; i++) {
    const bo_target_value *const target = &few.values[i];
    if (target->reported[0] == '\0') {
      const double z =
          bo_sample_score((const double(*)[BO_MAP_STATS])f->value, few.segments, target).z;
      result->values++;
      result->squares += isnan(z) ? undefined_z * undefined_z : z * z;
    }
  }
  return status;
}

static bo_status misfit(const fit *f, bo_fit_result *result, bo_diag *diag) {
  bo_status status = BO_OK;
  *result = (bo_fit_result){0};
  for (uint32_t i = 0; i < f->targets->segments_count && status == BO_OK; i++) {
    status = add_segment(f, &f->targets->segments[i], result, diag);
  }
  return status;
}

/* Subplex knows a box, not that the shares have a sum. */
static bo_status function(void *context, const double *x, double *value, bo_diag *diag) {
  const fit *const f = context;
  bo_fit_result result;
  set_model(f, x);
  const double excess = sum_of_shares(&f->profile->model.effects[0]) - max_share_sum;
  if (excess > 0.0) {
    *value = 1e6 * (1.0 + excess);
    return BO_OK;
  }
  const bo_status status = misfit(f, &result, diag);
  *value = result.squares;
  return status;
}

/* As many cells must prefer a direction as fail in it. */
static void limits_of_preference(const bo_profile *profile, double *low, double *high) {
  *low = 0.0001;
  *high = 0.9999;
  for (uint32_t i = 0; i < profile->points; i++) {
    const bo_profile_point *const point = &profile->point[i];
    *low = fmax(*low, point->ber * point->share_0to1 + 0.0001);
    *high = fmin(*high, 1.0 - point->ber * (1.0 - point->share_0to1) - 0.0001);
  }
}

static bo_status search(const fit *f, bo_fit_result *result, bo_diag *diag) {
  const bo_targets *const targets = f->targets;
  double start[BO_TARGET_PARAMETERS];
  double x[BO_TARGET_PARAMETERS];
  double low[BO_TARGET_PARAMETERS] = {0};
  double high[BO_TARGET_PARAMETERS];
  double step[BO_TARGET_PARAMETERS];
  start_parameters(start, &targets->start);
  for (uint32_t i = 0; i < targets->free_count; i++) {
    const bo_target_parameter parameter = targets->free[i];
    high[i] = max_share_sum;
    if (parameter == BO_TARGET_PREFERS_1) {
      limits_of_preference(f->profile, &low[i], &high[i]);
    }
    x[i] = fmin(fmax(start[parameter], low[i]), high[i]);
    step[i] = 0.5 * fmax(x[i], 0.02);
  }
  const bo_box box = {.dimensions = targets->free_count,
                      .low = low,
                      .high = high,
                      .step = step,
                      .max_calls = MAX_CALLS,
                      .tolerance = 0.01};
  double least = 0.0;
  const bo_status status = bo_minimise(x, &least, &box, function, (void *)f, diag);
  if (status != BO_OK) {
    return status;
  }
  set_model(f, x);
  return misfit(f, result, diag);
}

static bo_status count_bars(const bo_targets *targets, uint32_t *most_segments, bo_diag *diag) {
  uint32_t bars = 0;
  *most_segments = 0;
  for (uint32_t i = 0; i < targets->segments_count; i++) {
    const bo_target_segment *const segment = &targets->segments[i];
    *most_segments = segment->segments > *most_segments ? segment->segments : *most_segments;
    for (uint32_t k = 0; k < segment->values_count; k++) {
      bars += segment->values[k].reported[0] == '\0';
    }
  }
  return bars > 0 ? BO_OK
                  : bo_fail(diag, BO_E_INVALID, "targets %s: expected a value that is a bar",
                            targets->name);
}

bo_status bo_profile_fit(bo_profile *out, bo_fit_result *result, const bo_profile *curve,
                         const bo_targets *targets, bo_diag *diag) {
  bo_profile profile = *curve;
  uint32_t most_segments = 0;
  profile.source_of_cells = BO_CELLS_MODEL;
  profile.map = NULL; /* the curve's own */
  (void)snprintf(profile.name, sizeof profile.name, "%s", targets->name);
  (void)snprintf(profile.source, sizeof profile.source,
                 "synthetic cells on the curve of %s, fitted to: %s", curve->name, targets->source);
  bo_status status = count_bars(targets, &most_segments, diag);
  if (status == BO_OK && targets->chips_count > 0) {
    status = shares_of_chips(&profile, targets, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  const fit f = {.profile = &profile,
                 .targets = targets,
                 .value = malloc((most_segments + 1ULL) * sizeof *f.value)};
  if (f.value == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "statistics of %" PRIu32 " segments: out of memory",
                   most_segments);
  }
  status = search(&f, result, diag);
  free(f.value);
  if (status == BO_OK) {
    *out = profile;
  }
  return status;
}
