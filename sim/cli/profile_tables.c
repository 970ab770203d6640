#include "cli/profile_tables.h"

#include "base/quantile.h"
#include "base/stats.h"
#include "silicon/map_stats.h"
#include "silicon/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  ARRAYS = 32, /* of a whole chip: 2^20 cells, as the published curve has */
  SHOWN_CELLS = 5,
};

static const double curve_bar_pct = 5.0;
static const double rates_bar_pct = 10.0;
static const double min_failing_cells = 100.0; /* a mean of fewer says nothing */
static const double faulty_above = 0.02;       /* of a map's cells, as published statistics count */

static void __attribute__((format(printf, 3, 4)))
judge(bo_verdict *verdict, bool holds, const char *format, ...) {
  verdict->bars++;
  if (holds) {
    return;
  }
  const size_t length = strlen(verdict->names);
  char name[96];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(name, sizeof name, format, args);
  va_end(args);
  verdict->failed++;
  (void)snprintf(verdict->names + length, sizeof verdict->names - length, "%s%s",
                 length > 0 ? ", " : "", name);
}

/* --- whole chips --------------------------------------------------------------------------------
 */

/* A rate of generated chips beside the one that it should be, both parts of all cells. */
typedef struct compared {
  double expected, mean, error; /* error: standard error of the mean */
  double failing_cells;         /* to be expected in all chips */
  double bar;                   /* part of expected */
  bool holds;
} compared;

static compared compare(const double *rate, uint32_t chips, double cells_a_chip, double expected,
                        double bar_pct) {
  const bo_sample sample = bo_stats_sample(rate, chips);
  const double cells = cells_a_chip * chips;
  compared c = {.expected = expected, .mean = sample.mean, .failing_cells = expected * cells};
  /* A few failing cells may all be missing: never surer than if they were independent. */
  c.error = fmax(sample.std / sqrt((double)chips), sqrt(expected / cells));
  c.bar = fmax(bar_pct / 100.0 * expected,
               bo_quantile_t(0.99865, chips - 1.0) * c.error); /* as 3 sigma */
  c.holds = fabs(c.mean - expected) <= c.bar;
  return c;
}

static void print_compared(const compared *c, bool is_bar, double bar_pct) {
  const bool is_rare = c->failing_cells < min_failing_cells;
  char bar[16] = "interval";
  if (is_rare) {
    (void)snprintf(bar, sizeof bar, "too rare");
  } else if (!is_bar) {
    (void)snprintf(bar, sizeof bar, "reported");
  } else if (c->bar <= bar_pct / 100.0 * c->expected) {
    (void)snprintf(bar, sizeof bar, "%g %%", bar_pct);
  }
  (void)printf("  %11.4g  %11.4g ± %-9.2g  %+7.1f  %-8s  %s\n", 100.0 * c->expected,
               100.0 * c->mean, 100.0 * c->error, 100.0 * (c->mean / c->expected - 1.0), bar,
               is_rare    ? "-"
               : c->holds ? "yes"
                          : "NO");
}

typedef enum chip_rate {
  RATE_ALL,
  RATE_0TO1,
  RATE_1TO0,
  RATE_PERSISTENT
} chip_rate;

static double rate_of(const bo_chip_count *count, chip_rate which) {
  const double cells[] = {count->faulty, count->toward[BO_FAULT_0TO1], count->toward[BO_FAULT_1TO0],
                          count->persistent_0to1};
  return cells[which] / count->cells;
}

/* Counts of all chips, and room for one rate of each. */
typedef struct chip_table {
  uint32_t chips, voltages;
  bo_chip_count *count; /* [chips][voltages], and one */
  double *rate;         /* [chips] */
} chip_table;

static void free_chips(chip_table *table) {
  free(table->count);
  free(table->rate);
}

static bo_status sample_chips(chip_table *table, const bo_profile *profile, uint32_t chips,
                              const double *vdd_ratio, uint32_t voltages, bool persistent,
                              bo_diag *diag) {
  *table = (chip_table){.chips = chips,
                        .voltages = voltages,
                        .count = calloc((size_t)chips * voltages + 1, sizeof *table->count),
                        .rate = calloc(chips, sizeof *table->rate)};
  const bo_status status =
      table->count == NULL || table->rate == NULL
          ? bo_fail(diag, BO_E_NOMEM, "counts of %" PRIu32 " chips: out of memory", chips)
          : bo_sample_chips(table->count, profile, chips, ARRAYS, vdd_ratio, voltages, persistent,
                            diag);
  if (status != BO_OK) {
    free_chips(table);
  }
  return status;
}

static compared compare_chips(chip_table *table, uint32_t voltage, chip_rate which, double expected,
                              double bar_pct) {
  for (uint32_t chip = 0; chip < table->chips; chip++) {
    table->rate[chip] = rate_of(&table->count[chip * table->voltages + voltage], which);
  }
  return compare(table->rate, table->chips, table->count[0].cells, expected, bar_pct);
}

bo_status bo_table_curve(bo_verdict *verdict, const bo_profile *profile, uint32_t chips,
                         bo_diag *diag) {
  const uint32_t voltages = profile->points - 1;
  double vdd_ratio[BO_PROFILE_MAX_POINTS] = {0};
  chip_table table;
  bo_status status = BO_OK;
  for (uint32_t v = 0; v < voltages && status == BO_OK; v++) {
    status = bo_profile_vdd_for_ber(profile, profile->point[v].ber, &vdd_ratio[v], diag);
  }
  if (status == BO_OK) {
    status = sample_chips(&table, profile, chips, vdd_ratio, voltages, false, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  (void)printf("%s: %" PRIu32 " chips of %d x 512 x 64 cells\n", profile->name, chips, ARRAYS);
  (void)printf("  V/Vmin      curve %%      chips %% ± s.e.          off %%  bar       holds\n");
  double not_nested = 0.0;
  for (uint32_t v = 0; v < voltages; v++) {
    const compared c = compare_chips(&table, v, RATE_ALL, profile->point[v].ber, curve_bar_pct);
    (void)printf("  %.4f", vdd_ratio[v]);
    print_compared(&c, true, curve_bar_pct);
    if (c.failing_cells >= min_failing_cells) {
      judge(verdict, c.holds, "mean rate at %.4f", vdd_ratio[v]);
    }
    for (uint32_t chip = 0; chip < chips; chip++) {
      not_nested += table.count[chip * voltages + v].not_nested;
    }
  }
  (void)printf("  cells that fail at a voltage and not at the one below it: %.0f  %s\n", not_nested,
               not_nested == 0.0 ? "yes" : "NO");
  judge(verdict, not_nested == 0.0, "nesting");
  free_chips(&table);
  return BO_OK;
}

static bo_status table_chip(bo_verdict *verdict, const bo_profile *profile,
                            const bo_target_chip *target, uint32_t chips, bo_diag *diag) {
  const struct {
    const char *name;
    double published_pct;
    bool is_bar;
  } row[] = {{"p", target->ber_pct, true},
             {"p_0to1", target->mean_0to1_pct, true},
             {"p_1to0", target->mean_1to0_pct, true},
             {"p_sa", target->persistent_0to1_pct, target->persistent_reported[0] == '\0'}};
  double vdd_ratio = 0.0;
  chip_table table;
  bo_status status =
      bo_sample_vdd(&vdd_ratio, profile, BO_TARGET_BOTH, target->ber_pct / 100.0, diag);
  if (status == BO_OK) {
    status = sample_chips(&table, profile, chips, &vdd_ratio, 1, true, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  (void)printf("\nwhole chip at V/Vmin %.4f: %s\n", vdd_ratio, target->source);
  (void)printf("  rate    published %%      chips %% ± s.e.          off %%  bar       holds\n");
  for (int i = RATE_ALL; i <= RATE_PERSISTENT; i++) {
    const compared c =
        compare_chips(&table, 0, (chip_rate)i, row[i].published_pct / 100.0, rates_bar_pct);
    (void)printf("  %-6s", row[i].name);
    print_compared(&c, row[i].is_bar, rates_bar_pct);
    if (row[i].is_bar && c.failing_cells >= min_failing_cells) {
      judge(verdict, c.holds, "%s at %.4g %%", row[i].name, target->ber_pct);
    }
  }
  if (target->persistent_reported[0] != '\0') {
    (void)printf("  p_sa is reported only: %s\n", target->persistent_reported);
  }
  free_chips(&table);
  return BO_OK;
}

bo_status bo_table_chips(bo_verdict *verdict, const bo_profile *profile, const bo_targets *targets,
                         uint32_t chips, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < targets->chips_count && status == BO_OK; i++) {
    status = table_chip(verdict, profile, &targets->chips[i], chips, diag);
  }
  return status;
}

/* --- segments -----------------------------------------------------------------------------------
 */

static void print_values(bo_verdict *verdict, const bo_target_segment *segment,
                         const double (*value)[BO_MAP_STATS]) {
  (void)printf("  statistic            published       mean ± std               min ..     max"
               "       z  holds\n");
  for (uint32_t i = 0; i < segment->values_count; i++) {
    const bo_target_value *const target = &segment->values[i];
    const char *const name = bo_map_stat_name(target->statistic);
    const bo_target_score score = bo_sample_score(value, segment->segments, target);
    const bool is_bar = target->reported[0] == '\0';
    (void)printf("  %-19s  %9.4g  %9.4g ± %-9.3g  %9.4g .. %7.4g  %6.1f  %s%s\n", name,
                 target->published, score.mean, score.std, score.min, score.max, score.z,
                 score.brackets ? "yes" : "NO", is_bar ? "" : ", reported");
    if (is_bar) {
      judge(verdict, score.brackets, "%s %s", segment->name, name);
    }
  }
  for (uint32_t i = 0; i < segment->values_count; i++) {
    if (segment->values[i].reported[0] != '\0') {
      (void)printf("  %s is reported only: %s\n", bo_map_stat_name(segment->values[i].statistic),
                   segment->values[i].reported);
    }
  }
}

static bo_status table_segment(bo_verdict *verdict, const bo_profile *profile,
                               const bo_target_segment *segment, bo_diag *diag) {
  static const char *const directions[] = {"", " 0->1", " 1->0"};
  double vdd_ratio = 0.0;
  double(*value)[BO_MAP_STATS] = malloc(segment->segments * sizeof *value);
  if (value == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "segments: out of memory");
  }
  bo_status status =
      bo_sample_vdd(&vdd_ratio, profile, segment->directions, segment->mean_pct / 100.0, diag);
  if (status == BO_OK) {
    status = bo_sample_segments(value, profile, segment, diag);
  }
  if (status == BO_OK) {
    (void)printf("\nsegment %s: %" PRIu32 " x %" PRIu32 " x %" PRIu32
                 " cells, mean%s %.4g %% at V/Vmin %.4f, %" PRIu32 " chips\n  %s\n",
                 segment->name, segment->arrays, segment->rows, segment->columns,
                 directions[segment->directions], segment->mean_pct, vdd_ratio, segment->segments,
                 segment->source);
    print_values(verdict, segment, (const double(*)[BO_MAP_STATS])value);
  }
  free(value);
  return status;
}

bo_status bo_table_segments(bo_verdict *verdict, const bo_profile *profile,
                            const bo_targets *targets, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < targets->segments_count && status == BO_OK; i++) {
    status = table_segment(verdict, profile, &targets->segments[i], diag);
  }
  return status;
}

/* --- maps ---------------------------------------------------------------------------------------
 */

static void print_rising(bo_verdict *verdict, const bo_cell_rates *rates) {
  static const char *const direction[] = {"0->1", "1->0"};
  bo_rising_cell first[SHOWN_CELLS];
  const uint64_t found = bo_map_rising_cells(rates, first, SHOWN_CELLS);
  const size_t columns = rates->shape.columns;
  const size_t rows = rates->shape.rows;
  (void)printf("  cells whose rate rises with the voltage: %" PRIu64 "  %s\n", found,
               found == 0 ? "yes" : "NO");
  for (size_t i = 0; i < SHOWN_CELLS && i < found; i++) {
    const size_t cell = first[i].cell;
    (void)printf("    array %zu, row %zu, column %zu: %s at V/Vmin %.4f\n", cell / columns / rows,
                 cell / columns % rows, cell % columns, direction[first[i].direction],
                 rates->vdd_ratio[first[i].voltage]);
  }
  judge(verdict, found == 0, "nesting");
}

static bo_status print_statistics(const bo_cell_rates *rates, uint32_t voltage, bo_diag *diag) {
  const bo_map_scope scope = {.voltage = voltage,
                              .lower_voltage = voltage > 0 ? voltage - 1 : 0,
                              .faulty_above = faulty_above};
  double value[BO_MAP_STATS];
  const bo_status status = bo_map_stats(value, rates, &scope, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)printf("\nstatistics at V/Vmin %.4f, faulty: rate above %g\n", rates->vdd_ratio[voltage],
               faulty_above);
  for (int i = 0; i < BO_MAP_STATS; i++) {
    if (!isnan(value[i])) {
      (void)printf("  %-19s  %9.4g\n", bo_map_stat_name((bo_map_stat)i), value[i]);
    }
  }
  return BO_OK;
}

bo_status bo_table_map(bo_verdict *verdict, const bo_profile *profile, bo_diag *diag) {
  bo_cell_rates rates;
  bo_status status = bo_cell_map_rates(&rates, profile->map, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)printf("%s: a map of %" PRIu32 " x %" PRIu32 " x %" PRIu32 " cells\n", profile->name,
               rates.shape.arrays, rates.shape.rows, rates.shape.columns);
  (void)printf("  V/Vmin      curve %%        map %%    0->1 %%  holds\n");
  for (uint32_t v = 0; v < rates.voltages; v++) {
    const double to_1 = bo_cell_rates_mean(&rates, v, BO_FAULT_0TO1);
    const double mean = to_1 + bo_cell_rates_mean(&rates, v, BO_FAULT_1TO0);
    const double curve = profile->point[v].ber;
    const bool holds = fabs(mean - curve) <= curve_bar_pct / 100.0 * curve;
    (void)printf("  %.4f  %11.4g  %11.4g  %8.1f  %s\n", rates.vdd_ratio[v], 100.0 * curve,
                 100.0 * mean, mean > 0.0 ? 100.0 * to_1 / mean : 0.0, holds ? "yes" : "NO");
    judge(verdict, holds, "mean rate at %.4f", rates.vdd_ratio[v]);
  }
  print_rising(verdict, &rates);
  for (uint32_t v = 0; v < rates.voltages && status == BO_OK; v++) {
    status = print_statistics(&rates, v, diag);
  }
  bo_cell_rates_free(&rates);
  return status;
}
