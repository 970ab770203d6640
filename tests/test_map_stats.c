/* Statistics of cell maps small enough to be worked out by hand, and where chips' rates come from.
 */
#include "silicon/map_stats.h"

#include "fail_alloc.h"
#include "silicon/cell_map.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bo_cell_rates new_rates(uint32_t voltages, uint32_t arrays, uint32_t rows,
                               uint32_t columns) {
  const bo_cell_shape shape = {arrays, rows, columns};
  bo_cell_rates rates;
  bo_diag diag;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, voltages, &shape, &diag), BO_OK);
  for (uint32_t v = 0; v < voltages; v++) {
    rates.vdd_ratio[v] = 0.8 + 0.01 * v;
  }
  return rates;
}

static void expect(const double value[BO_MAP_STATS], bo_map_stat statistic, double expected) {
  const bool is_same = fabs(value[statistic] - expected) <= 1e-6 * (1.0 + fabs(expected));
  if (!is_same) {
    (void)printf("%s: expected %.9g, got %.9g\n", bo_map_stat_name(statistic), expected,
                 value[statistic]);
  }
  CU_ASSERT_TRUE(is_same);
}

static void stats_of(double value[BO_MAP_STATS], const bo_cell_rates *rates, bo_map_scope scope) {
  bo_diag diag;
  scope.faulty_above = scope.faulty_above > 0.0 ? scope.faulty_above : 0.02;
  CU_ASSERT_EQUAL_FATAL(bo_map_stats(value, rates, &scope, &diag), BO_OK);
}

/*   .02  .05   .    .
 *    .   .95  .30   .      all 0->1, but
 *    .  1.00   .    .      1.00 and
 *    .    .    .   .60     .60: 1->0          */
static bo_cell_rates four_by_four(void) {
  bo_cell_rates rates = new_rates(1, 1, 4, 4);
  rates.p[BO_FAULT_0TO1][0] = 0.0199F;
  rates.p[BO_FAULT_0TO1][1] = 0.05F;
  rates.p[BO_FAULT_0TO1][5] = 0.95F;
  rates.p[BO_FAULT_0TO1][6] = 0.30F;
  rates.p[BO_FAULT_1TO0][9] = 1.00F;
  rates.p[BO_FAULT_1TO0][15] = 0.60F;
  return rates;
}

static void five_faulty_cells_of_sixteen_have_the_statistics_worked_out_by_hand(void) {
  bo_cell_rates rates = four_by_four();
  double value[BO_MAP_STATS];
  stats_of(value, &rates, (bo_map_scope){0});
  expect(value, BO_STAT_MEAN_0TO1_PCT, 100 * 1.3199 / 16);
  expect(value, BO_STAT_MEAN_1TO0_PCT, 10);
  expect(value, BO_STAT_MEAN_PCT, 100 * 2.9199 / 16);
  expect(value, BO_STAT_PERSISTENT_0TO1_PCT, 6.25);
  expect(value, BO_STAT_FAULTY_PCT, 31.25);
  expect(value, BO_STAT_COLUMN_DISPERSION, 1.1875 / 1.25); /* 0, 3, 1, 1 a column */
  expect(value, BO_STAT_ROW_DISPERSION, 0.1875 / 1.25);    /* 1, 2, 1, 1 a row */
  expect(value, BO_STAT_CLEAN_COLUMNS, 1);
  expect(value, BO_STAT_WORST_5_COLUMNS, 1);
  /* 2 of the 8 neighbours above and below of faulty cells are pairs, counted twice */
  expect(value, BO_STAT_VERTICAL_LIFT, 4.0 / 8 / 0.3125);
  expect(value, BO_STAT_HORIZONTAL_LIFT, 2.0 / 9 / 0.3125);
  expect(value, BO_STAT_RATE_TO_10, 0.2);
  expect(value, BO_STAT_RATE_10_25, 0);
  expect(value, BO_STAT_RATE_25_50, 0.2);
  expect(value, BO_STAT_RATE_50_75, 0.2);
  expect(value, BO_STAT_RATE_75_90, 0);
  expect(value, BO_STAT_RATE_90_97, 0.2);
  expect(value, BO_STAT_RATE_FROM_97, 0.2);
  expect(value, BO_STAT_HALF_CORRELATION, 0.125 / sqrt(0.6875 * 0.25)); /* 0 2 1 0, 0 1 0 1 */
  expect(value, BO_STAT_SAME_COLUMN_RATIO, (3.0 / 10) / (3.0 / 15));
  bo_cell_rates_free(&rates);
}

static void a_direction_that_is_left_out_counts_as_nothing(void) {
  bo_cell_rates rates = four_by_four();
  double value[BO_MAP_STATS];
  stats_of(value, &rates, (bo_map_scope){.without = {false, true}});
  expect(value, BO_STAT_MEAN_1TO0_PCT, 0);
  expect(value, BO_STAT_FAULTY_PCT, 100 * 3.0 / 16);
  stats_of(value, &rates, (bo_map_scope){.without = {true, false}});
  expect(value, BO_STAT_PERSISTENT_0TO1_PCT, 0);
  expect(value, BO_STAT_FAULTY_PCT, 100 * 2.0 / 16);
  bo_cell_rates_free(&rates);
}

static void a_cell_is_faulty_above_the_limit_and_not_at_it(void) {
  bo_cell_rates rates = new_rates(1, 1, 1, 2);
  double value[BO_MAP_STATS];
  rates.p[0][0] = 0.25F;
  stats_of(value, &rates, (bo_map_scope){.faulty_above = 0.25});
  expect(value, BO_STAT_FAULTY_PCT, 0);
  stats_of(value, &rates, (bo_map_scope){.faulty_above = 0.2499});
  expect(value, BO_STAT_FAULTY_PCT, 50);
  bo_cell_rates_free(&rates);
}

/* 200 arrays of 1 x 2: two cells in array 7, one in arrays 0 to 5. */
static void arrays_are_counted_one_by_one(void) {
  bo_cell_rates rates = new_rates(1, 200, 1, 2);
  double value[BO_MAP_STATS];
  for (uint32_t array = 0; array < 6; array++) {
    rates.p[BO_FAULT_1TO0][(size_t)2 * array] = 1;
  }
  rates.p[BO_FAULT_1TO0][14] = rates.p[BO_FAULT_0TO1][15] = 1;
  stats_of(value, &rates, (bo_map_scope){0});
  expect(value, BO_STAT_CLEAN_ARRAYS, 193.0 / 200);
  expect(value, BO_STAT_ARRAY_DISPERSION, (10.0 / 200 - 0.04 * 0.04) / 0.04);
  expect(value, BO_STAT_WORST_1_PCT_ARRAYS, 3.0 / 8);
  expect(value, BO_STAT_WORST_10_PCT_ARRAYS, 1);
  expect(value, BO_STAT_HORIZONTAL_LIFT, 2.0 / 8 / (8.0 / 400)); /* not across arrays */
  CU_ASSERT_TRUE(isnan(value[BO_STAT_VERTICAL_LIFT]));           /* one row: no neighbours */
  bo_cell_rates_free(&rates);
}

static void the_worst_columns_are_found_wherever_they_are(void) {
  bo_cell_rates rates = new_rates(1, 1, 4, 30);
  double value[BO_MAP_STATS];
  for (uint32_t column = 0; column < 25; column++) { /* 4 cells in every fifth column, else 1 */
    for (uint32_t row = 0; row < (column % 5 == 4 ? 4U : 1U); row++) {
      rates.p[0][row * 30 + column] = 1;
    }
  }
  stats_of(value, &rates, (bo_map_scope){0});
  expect(value, BO_STAT_CLEAN_COLUMNS, 5);
  expect(value, BO_STAT_WORST_5_COLUMNS, 20.0 / 40);
  expect(value, BO_STAT_WORST_10_COLUMNS, 25.0 / 40);
  expect(value, BO_STAT_WORST_20_COLUMNS, 35.0 / 40);
  bo_cell_rates_free(&rates);
}

static void without_a_faulty_cell_what_needs_one_is_not_defined(void) {
  bo_cell_rates rates = new_rates(1, 2, 3, 4);
  double value[BO_MAP_STATS];
  stats_of(value, &rates, (bo_map_scope){0});
  expect(value, BO_STAT_FAULTY_PCT, 0);
  expect(value, BO_STAT_CLEAN_COLUMNS, 8);
  expect(value, BO_STAT_CLEAN_ARRAYS, 1);
  const bo_map_stat none[] = {
      BO_STAT_COLUMN_DISPERSION, BO_STAT_ROW_DISPERSION,   BO_STAT_WORST_5_COLUMNS,
      BO_STAT_VERTICAL_LIFT,     BO_STAT_RATE_FROM_97,     BO_STAT_HALF_CORRELATION,
      BO_STAT_NESTING,           BO_STAT_ARRAY_DISPERSION, BO_STAT_WORST_1_PCT_ARRAYS,
      BO_STAT_SAME_COLUMN_RATIO};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    CU_ASSERT_TRUE(isnan(value[none[i]]));
  }
  bo_cell_rates_free(&rates);
}

static void cells_that_recover_at_a_lower_voltage_are_counted_and_named(void) {
  bo_cell_rates rates = new_rates(2, 1, 2, 3);
  double value[BO_MAP_STATS];
  bo_rising_cell first[1];
  const float lower[] = {1, 0.5F, 0, 0, 0, 0};
  const float upper[] = {1, 0.6F, 0.3F, 0, 0, 0};
  for (int i = 0; i < 6; i++) {
    rates.p[BO_FAULT_1TO0][i] = lower[i];
    rates.p[BO_FAULT_1TO0][6 + i] = upper[i];
  }
  CU_ASSERT_EQUAL(bo_map_rising_cells(&rates, first, 1), 2);
  CU_ASSERT_EQUAL(first[0].cell, 1);
  CU_ASSERT_EQUAL(first[0].voltage, 1);
  CU_ASSERT_EQUAL(first[0].direction, BO_FAULT_1TO0);
  stats_of(value, &rates, (bo_map_scope){.voltage = 1, .lower_voltage = 0});
  expect(value, BO_STAT_NESTING, 2.0 / 3);
  bo_cell_rates_free(&rates);
}

static void a_map_gives_back_the_rates_that_it_was_made_of(void) {
  bo_cell_rates rates = new_rates(2, 1, 3, 43); /* 129 cells: words of 64 and one cell more */
  bo_cell_rates back;
  bo_cell_map *map = NULL;
  bo_diag diag;
  for (uint32_t cell = 0; cell < 258; cell++) {
    rates.p[cell % 2][cell] = (float)(cell % 5) / 4;
  }
  CU_ASSERT_EQUAL_FATAL(bo_cell_map_new(&map, &rates, &diag), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_cell_map_rates(&back, map, &diag), BO_OK);
  for (uint32_t cell = 0; cell < 258; cell++) {
    CU_ASSERT_EQUAL(back.p[0][cell], rates.p[0][cell]);
    CU_ASSERT_EQUAL(back.p[1][cell], rates.p[1][cell]);
  }
  CU_ASSERT_EQUAL(back.vdd_ratio[1], rates.vdd_ratio[1]);
  bo_cell_map_free(map);
  bo_cell_rates_free(&back);
  bo_cell_rates_free(&rates);
}

/* Columns beyond 64, rows, both directions: block by block is cell by cell. */
static uint32_t compare_cells(const bo_cell_model *model, const double rate[BO_FAULT_DIRECTIONS]) {
  enum {
    ROWS = 600,
    COLUMNS = 131
  };
  bo_cell_state state;
  bo_diag diag;
  CU_ASSERT_EQUAL_FATAL(bo_cell_state_at(&state, model, 5, rate, &diag), BO_OK);
  bo_cell_rates rates = new_rates(1, 1, ROWS, COLUMNS);
  bo_cell_model_rates(&state, 3, ROWS, COLUMNS, rates.p);
  uint32_t above_0 = 0;
  for (uint32_t row = 0; row < ROWS; row++) {
    for (uint32_t column = 0; column < COLUMNS; column++) {
      const bo_cell_rate cell = bo_cell_model_rate(&state, 3, row, column);
      const size_t at = row * COLUMNS + column;
      CU_ASSERT_TRUE(fabs((double)rates.p[cell.direction][at] - cell.p) <= 1e-7);
      CU_ASSERT_EQUAL(rates.p[1 - cell.direction][at], 0);
      above_0 += cell.p > 1e-6;
    }
  }
  bo_cell_rates_free(&rates);
  return above_0;
}

static void the_rates_of_an_array_are_those_of_its_cells(void) {
  const bo_cell_model mixed = {.prefers_1 = 0.7,
                               .effects = {{0.1, 0.3, 0.1, 0.1}, {0.2, 0.1, 0.0, 0.0}}};
  const double often[] = {0.1, 0.02};
  CU_ASSERT_TRUE(compare_cells(&mixed, often) > 1000);
  /* Rare and by row: whether a column can fail at all is for the row to say. */
  const bo_cell_model by_row = {.prefers_1 = 0.5,
                                .effects = {{0, 0.05, 0.8, 0.05}, {0, 0.05, 0.8, 0.05}}};
  const double rarely[] = {0.00001, 0.00001};
  CU_ASSERT_TRUE(compare_cells(&by_row, rarely) >= 5);
}

static void statistics_without_memory_say_so(void) {
  bo_cell_rates rates = four_by_four();
  const bo_map_scope scope = {.faulty_above = 0.02};
  double value[BO_MAP_STATS];
  bo_diag diag;
  fail_alloc_arm(0);
  CU_ASSERT_EQUAL(bo_map_stats(value, &rates, &scope, &diag), BO_E_NOMEM);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  bo_cell_rates_free(&rates);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(five_faulty_cells_of_sixteen_have_the_statistics_worked_out_by_hand),
    BO_TEST(a_direction_that_is_left_out_counts_as_nothing),
    BO_TEST(a_cell_is_faulty_above_the_limit_and_not_at_it),
    BO_TEST(arrays_are_counted_one_by_one),
    BO_TEST(the_worst_columns_are_found_wherever_they_are),
    BO_TEST(without_a_faulty_cell_what_needs_one_is_not_defined),
    BO_TEST(cells_that_recover_at_a_lower_voltage_are_counted_and_named),
    BO_TEST(a_map_gives_back_the_rates_that_it_was_made_of),
    BO_TEST(the_rates_of_an_array_are_those_of_its_cells),
    BO_TEST(statistics_without_memory_say_so),
    CU_TEST_INFO_NULL,
};
