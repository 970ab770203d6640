/* Rates of a chip's cells from every source, against what the machine reads, and their summary. */
#include "fail_alloc.h"
#include "silicon/cell_random.h"
#include "silicon/chip.h"
#include "silicon/chip_rates.h"
#include "test_suite.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  COLUMNS = 19,
  ROWS = 37,
  ARRAYS = 3,
};

static const bo_cell_shape odd_shape = {.arrays = ARRAYS, .rows = ROWS, .columns = COLUMNS};

static bo_profile random_profile(void) {
  return (bo_profile){
      .name = "p", .points = 3, .point = {{0.8, 0.2, 0}, {0.9, 0.02, 0}, {1, 0, 0}}};
}

static bo_profile model_profile(void) {
  bo_profile profile = random_profile();
  profile.source_of_cells = BO_CELLS_MODEL;
  profile.model = (bo_cell_model){.prefers_1 = 0.75,
                                  .effects = {{0.05, 0.5, 0.01, 0.05}, {0, 0.02, 0.01, 0.05}}};
  for (uint32_t i = 0; i < profile.points; i++) {
    profile.point[i].share_0to1 = 0.75;
  }
  return profile;
}

/* Twelve cells of every kind: never, sometimes, always, each way and both; at 0.9 half as often. */
static const bo_cell_shape map_shape = {.arrays = 2, .rows = 2, .columns = 3};
static const float map_0to1[12] = {0, 1, 0.25F, 0, 0, 0, 0.95F, 1, 0, 0.5F, 0, 0};
static const float map_1to0[12] = {0, 0, 0, 1, 0.75F, 0, 0, 1, 0, 0.5F, 0, 0.9375F};

static bo_profile map_profile(void) {
  bo_profile profile = random_profile();
  bo_cell_rates rates;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, 2, &map_shape, NULL), BO_OK);
  for (size_t i = 0; i < 12; i++) {
    rates.p[0][i] = map_0to1[i];
    rates.p[1][i] = map_1to0[i];
    rates.p[0][12 + i] = map_0to1[i] / 2;
    rates.p[1][12 + i] = map_1to0[i] / 2;
  }
  rates.vdd_ratio[0] = 0.8;
  rates.vdd_ratio[1] = 0.9;
  profile.source_of_cells = BO_CELLS_MAP;
  CU_ASSERT_EQUAL_FATAL(bo_cell_map_new(&profile.map, &rates, NULL), BO_OK);
  bo_cell_rates_free(&rates);
  return profile;
}

static bo_cell_rates rates_at(const bo_profile *profile, uint64_t seed, double vdd_ratio,
                              bo_cell_shape shape) {
  bo_cell_rates rates;
  CU_ASSERT_EQUAL_FATAL(bo_chip_rates(&rates, profile, seed, &vdd_ratio, 1, &shape, NULL), BO_OK);
  CU_ASSERT_EQUAL(rates.vdd_ratio[0], vdd_ratio);
  return rates;
}

/* Cells of rate 1 fail, each in its direction, and those of rate 0 do not: count them. */
static size_t compare_with_machine(const bo_profile *profile, uint64_t seed, double vdd_ratio) {
  bo_cell_rates rates = rates_at(profile, seed, vdd_ratio, odd_shape);
  bo_chip chip;
  size_t sure = 0;
  size_t wrong = 0;
  CU_ASSERT_EQUAL_FATAL(bo_chip_at(&chip, profile, seed, vdd_ratio, NULL), BO_OK);
  for (uint32_t cell = 0; cell < ARRAYS * ROWS * COLUMNS; cell++) {
    bo_fault_word fault[ROWS];
    const uint32_t column = cell % COLUMNS;
    bo_chip_bank_faults(&chip, cell / COLUMNS / ROWS, ROWS, COLUMNS, fault);
    const bo_fault_word word = fault[cell / COLUMNS % ROWS];
    const bool fails[] = {(bo_fault_word_read(word, 0) >> column & 1) == 1,
                          (bo_fault_word_read(word, UINT64_MAX) >> column & 1) == 0};
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      const float p = rates.p[d][cell];
      wrong += (p >= 1 && !fails[d]) || (p <= 0 && fails[d]);
      sure += p >= 1;
    }
  }
  CU_ASSERT_EQUAL(wrong, 0);
  bo_cell_rates_free(&rates);
  return sure;
}

static void sure_cells_are_those_that_the_machine_reads_wrongly(void) {
  bo_profile profile = random_profile();
  CU_ASSERT(compare_with_machine(&profile, 5, 0.85) > 20);
  profile = model_profile();
  profile.persistent_only = true;
  CU_ASSERT(compare_with_machine(&profile, 5, 0.8) > 20);
  profile = map_profile();
  for (uint64_t seed = 0; seed < 6; seed++) {
    CU_ASSERT(compare_with_machine(&profile, seed, 0.8) > 20);
    profile.persistent_only = seed % 2 == 0;
  }
  bo_profile_free(&profile);
}

static void a_random_cell_fails_both_ways_or_not_at_all(void) {
  const bo_profile profile = random_profile();
  bo_cell_rates rates = rates_at(&profile, 7, 0.8, odd_shape);
  bo_fault_word fault[ROWS];
  size_t wrong = 0;
  for (uint32_t array = 0; array < ARRAYS; array++) {
    bo_cell_random_faults(7, 0.2, array, ROWS, COLUMNS, fault);
    for (uint32_t i = 0; i < ROWS * COLUMNS; i++) {
      const float expected = (float)(fault[i / COLUMNS].xor_mask >> (i % COLUMNS) & 1);
      const size_t cell = array * ROWS * COLUMNS + i;
      wrong += rates.p[0][cell] != expected || rates.p[1][cell] != expected;
    }
  }
  CU_ASSERT_EQUAL(wrong, 0);
  bo_cell_rates_free(&rates);
}

static void a_model_cell_fails_as_often_as_its_score_says(void) {
  const bo_profile profile = model_profile();
  bo_cell_rates rates = rates_at(&profile, 7, 0.9, odd_shape);
  const double rate[] = {0.02 * 0.75, 0.02 * 0.25};
  bo_cell_state state;
  size_t wrong = 0;
  CU_ASSERT_EQUAL_FATAL(bo_cell_state_at(&state, &profile.model, 7, rate, NULL), BO_OK);
  for (uint32_t i = 0; i < ARRAYS * ROWS * COLUMNS; i++) {
    const bo_cell_rate cell =
        bo_cell_model_rate(&state, i / COLUMNS / ROWS, i / COLUMNS % ROWS, i % COLUMNS);
    wrong += fabs((double)rates.p[cell.direction][i] - cell.p) > 1e-6;
    wrong += rates.p[1 - cell.direction][i] != 0;
  }
  CU_ASSERT_EQUAL(wrong, 0);
  bo_cell_rates_free(&rates);
}

static void a_map_is_laid_along_the_arrays_and_around_its_end(void) {
  bo_profile profile = map_profile();
  const bo_cell_shape shape = {.arrays = 1, .rows = 5, .columns = 5};
  const double vdd_ratio[] = {0.8, 0.9, 1.0};
  bo_cell_rates rates;
  CU_ASSERT_EQUAL_FATAL(bo_chip_rates(&rates, &profile, 0, vdd_ratio, 3, &shape, NULL), BO_OK);
  for (size_t i = 0; i < 25; i++) {
    CU_ASSERT_EQUAL(rates.p[0][i], map_0to1[i % 12]);
    CU_ASSERT_EQUAL(rates.p[1][i], map_1to0[i % 12]);
    CU_ASSERT_EQUAL(rates.p[0][25 + i], map_0to1[i % 12] / 2);
    CU_ASSERT_EQUAL(rates.p[1][25 + i], map_1to0[i % 12] / 2);
    CU_ASSERT_EQUAL(rates.p[0][50 + i] + rates.p[1][50 + i], 0); /* Vmin */
  }
  bo_cell_rates_free(&rates);
  profile.persistent_only = true;
  rates = rates_at(&profile, 0, 0.8, map_shape);
  for (size_t i = 0; i < 12; i++) {
    CU_ASSERT_EQUAL(rates.p[0][i], map_0to1[i] > 0.9F ? 1 : 0);
    CU_ASSERT_EQUAL(rates.p[1][i], map_1to0[i] > 0.9F ? 1 : 0);
  }
  bo_cell_rates_free(&rates);
  bo_profile_free(&profile);
}

static void expect_refused(const bo_profile *profile, double vdd_ratio, bo_cell_shape shape,
                           const char *message) {
  bo_cell_rates rates;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_chip_rates(&rates, profile, 0, &vdd_ratio, 1, &shape, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, message));
  CU_ASSERT_PTR_NULL(rates.p[0]);
}

static void what_no_chip_has_is_refused(void) {
  const bo_profile profile = random_profile();
  bo_profile map = map_profile();
  expect_refused(&profile, 0.7, odd_shape, "profile p: vdd_ratio: expected 0.8..1.25, got 0.7");
  expect_refused(&profile, 0.8, (bo_cell_shape){1, 2, 65},
                 "random cells: expected at most 65536 rows and 64 columns, got 2 and 65");
  expect_refused(&profile, 0.8, (bo_cell_shape){1, 65537, 2},
                 "random cells: expected at most 65536 rows and 64 columns, got 65537 and 2");
  expect_refused(
      &map, 0.85, odd_shape,
      "profile p: vdd_ratio: expected one of its maps, 0.8, 0.9, or from 1 up, got 0.85");
  bo_profile_free(&map);
}

/* By hand. Both directions: 0.95, 0, 0.5, 1/128 and 1, 1/64, 0, 0.9375: faulty are 4, one a row. */
static void the_summary_of_eight_cells_is_what_a_hand_counts(void) {
  static const float up[] = {0.95F, 0, 0.5F, 0.0078125F, 1, 0.015625F, 0, 0.5F};
  static const float down[] = {0, 0, 0, 0, 1, 0, 0, 0.4375F};
  const bo_cell_shape shape = {.arrays = 2, .rows = 2, .columns = 2};
  bo_cell_rates rates;
  bo_rates_summary summary;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, 2, &shape, NULL), BO_OK);
  memcpy(rates.p[0] + 8, up, sizeof up); /* the second voltage */
  memcpy(rates.p[1] + 8, down, sizeof down);
  CU_ASSERT_EQUAL_FATAL(bo_rates_summarise(&summary, &rates, 1, NULL), BO_OK);
  CU_ASSERT_EQUAL(summary.cells, 8);
  CU_ASSERT_DOUBLE_EQUAL(summary.mean[BO_FAULT_0TO1], 0.3716796875, 1e-7);
  CU_ASSERT_DOUBLE_EQUAL(summary.mean[BO_FAULT_1TO0], 0.1796875, 1e-7);
  CU_ASSERT_DOUBLE_EQUAL(summary.mean_of_both, 0.4263671875, 1e-7);
  CU_ASSERT_EQUAL(summary.persistent, 3);
  CU_ASSERT_EQUAL(summary.between, 1);
  const bo_line_faults columns = summary.faults[BO_LINE_COLUMN]; /* 2, 0 and 1, 1 */
  CU_ASSERT(columns.lines == 4 && columns.without == 1 && columns.min == 0 && columns.max == 2);
  CU_ASSERT_EQUAL(columns.median, 1);
  const bo_line_faults rows = summary.faults[BO_LINE_ROW];
  CU_ASSERT(rows.lines == 4 && rows.without == 0 && rows.min == 1 && rows.max == 1);
  uint32_t *faults = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_faults_a_line(&faults, &rates, 1, BO_LINE_COLUMN, NULL), BO_OK);
  CU_ASSERT(faults[0] == 2 && faults[1] == 0 && faults[2] == 1 && faults[3] == 1);
  free(faults);
  CU_ASSERT_EQUAL_FATAL(bo_rates_summarise(&summary, &rates, 0, NULL), BO_OK);
  CU_ASSERT_EQUAL(summary.persistent + summary.between, 0);
  CU_ASSERT_EQUAL(summary.faults[BO_LINE_COLUMN].without, 4);
  bo_cell_rates_free(&rates);
}

/* An even number of columns, as many with 0 faults as with 3: the median lies between. */
static void the_median_of_two_counts_lies_between_them(void) {
  const bo_cell_shape shape = {.arrays = 1, .rows = 3, .columns = 2};
  bo_cell_rates rates;
  bo_rates_summary summary;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, 1, &shape, NULL), BO_OK);
  for (size_t row = 0; row < 3; row++) {
    rates.p[1][2 * row] = 1;
  }
  CU_ASSERT_EQUAL_FATAL(bo_rates_summarise(&summary, &rates, 0, NULL), BO_OK);
  CU_ASSERT_EQUAL(summary.faults[BO_LINE_COLUMN].median, 1.5);
  bo_cell_rates_free(&rates);
}

static void each_failed_allocation_is_reported(void) {
  const bo_profile profile = random_profile();
  const double vdd_ratio = 0.8;
  for (unsigned k = 0;; k++) {
    bo_cell_rates rates;
    bo_rates_summary summary;
    fail_alloc_arm(k);
    bo_status status = bo_chip_rates(&rates, &profile, 1, &vdd_ratio, 1, &odd_shape, NULL);
    if (status == BO_OK) {
      status = bo_rates_summarise(&summary, &rates, 0, NULL);
      bo_cell_rates_free(&rates);
    }
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(k, 6); /* voltages, two directions, a bank, columns, rows */
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(rates.p[0]);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(sure_cells_are_those_that_the_machine_reads_wrongly),
    BO_TEST(a_random_cell_fails_both_ways_or_not_at_all),
    BO_TEST(a_model_cell_fails_as_often_as_its_score_says),
    BO_TEST(a_map_is_laid_along_the_arrays_and_around_its_end),
    BO_TEST(what_no_chip_has_is_refused),
    BO_TEST(the_summary_of_eight_cells_is_what_a_hand_counts),
    BO_TEST(the_median_of_two_counts_lies_between_them),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
