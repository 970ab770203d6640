/* Synthetic cells: the formulas of the header, the mean rate, nesting, structure. */
#include "base/quantile.h"
#include "base/rng.h"
#include "silicon/cell_model.h"
#include "test_suite.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  ROWS = 200,
  COLUMNS = 64,
  ARRAYS = 32,
};

static const bo_cell_model plain = {.prefers_1 = 0.5};
static const bo_cell_model noisy = {.prefers_1 = 0.8,
                                    .effects = {{0.05, 0.4, 0.03, 0.1}, {0.02, 0.01, 0.0, 0.2}}};
static const bo_cell_model columns_only = {.prefers_1 = 1.0,
                                           .effects = {{0.0, 0.7, 0.0, 0.0}, {0.0, 0.0, 0.0, 0.0}}};

static bo_cell_state at(const bo_cell_model *model, uint64_t seed, double to_1, double to_0) {
  const double rate[BO_FAULT_DIRECTIONS] = {to_1, to_0};
  bo_cell_state state;
  bo_diag diag = {""};
  if (bo_cell_state_at(&state, model, seed, rate, &diag) != BO_OK) {
    (void)printf("%s\n", diag.text);
    abort();
  }
  return state;
}

/* --- the header's formulas, one cell, the slow way
 * ------------------------------------------------
 */

/* The quantile of (word + 1/2) / 2^32, by bisection of the distribution function. */
static double normal(const bo_cell_state *state, bo_rng_stream stream, uint32_t a, uint32_t b,
                     uint32_t c, uint32_t word) {
  const uint32_t counter[3] = {a, b, c};
  const bo_rng_block draw = bo_rng_draw(state->seed, stream, counter);
  return bo_quantile_normal(((double)draw.word[word] + 0.5) / 4294967296.0);
}

typedef struct slow_cell {
  bool prefers_1;
  double score, noise; /* both times their share's root */
} slow_cell;

static slow_cell slow(const bo_cell_state *state, uint32_t array, uint32_t row, uint32_t column) {
  const uint32_t counter[3] = {array, row, column};
  const bo_rng_block read = bo_rng_draw(state->seed, BO_RNG_CELL_READ, counter);
  slow_cell cell = {.prefers_1 = (double)read.word[0] / 4294967296.0 < state->model->prefers_1};
  const uint32_t d = cell.prefers_1 ? 0 : 1;
  const bo_cell_effects e = state->model->effects[d];
  cell.score = sqrt(e.array) * normal(state, BO_RNG_CELL_ARRAY, array, 0, 0, d) +
               sqrt(e.column) * normal(state, BO_RNG_CELL_COLUMN, array, column, 0, d) +
               sqrt(e.row) * normal(state, BO_RNG_CELL_ROW, array, row, 0, d) +
               sqrt(1 - e.array - e.column - e.row - e.read) *
                   normal(state, BO_RNG_CELL, array, row, column / 4, column % 4);
  cell.noise = sqrt(e.read) * normal(state, BO_RNG_CELL_READ, array, row, column, 1);
  return cell;
}

static double slow_rate(const bo_cell_state *state, const slow_cell *cell) {
  const int d = cell->prefers_1 ? 0 : 1;
  const double above = cell->score - state->threshold[d];
  const double read = state->model->effects[d].read;
  return read > 0 ? 0.5 * (1 + erf(above / sqrt(read) / sqrt(2.0))) : (above > 0 ? 1.0 : 0.0);
}

/* Cells whose score lies on the threshold to the last digits may fall on either side: none here. */
static unsigned differing_cells(const bo_cell_state *state, uint32_t array, bool persistent_only) {
  bo_fault_word fault[ROWS];
  unsigned differing = 0;
  bo_cell_model_faults(state, array, ROWS, COLUMNS, persistent_only, fault);
  for (uint32_t row = 0; row < ROWS; row++) {
    for (uint32_t column = 0; column < COLUMNS; column++) {
      const slow_cell cell = slow(state, array, row, column);
      const int d = cell.prefers_1 ? 0 : 1;
      const bool fails = persistent_only ? slow_rate(state, &cell) >= 0.9
                                         : cell.score + cell.noise > state->threshold[d];
      const bool to_1 = (fault[row].or_mask >> column & 1) != 0;
      const bool to_0 = (fault[row].and_mask >> column & 1) == 0;
      differing += to_1 != (fails && cell.prefers_1) || to_0 != (fails && !cell.prefers_1) ||
                   fault[row].xor_mask != 0;
    }
  }
  return differing;
}

static void masks_are_what_the_formulas_say_cell_by_cell(void) {
  const bo_cell_model *const models[] = {&plain, &noisy};
  const double rate[] = {1e-5, 0.001, 0.02, 0.15, 0.3};
  for (unsigned i = 0; i < 2 * 5; i++) {
    const double p = rate[i / 2];
    const bo_cell_state state = at(models[i % 2], 40 + i, p * 0.7, p * 0.3);
    CU_ASSERT_EQUAL(differing_cells(&state, i, false), 0);
    CU_ASSERT_EQUAL(differing_cells(&state, i, true), 0);
  }
}

static void the_rate_of_a_cell_is_what_the_formulas_say(void) {
  const bo_cell_state state = at(&noisy, 3, 0.03, 0.01);
  unsigned between = 0;
  for (uint32_t i = 0; i < 4000; i++) {
    const uint32_t row = i * 37 % 700; /* beyond a bank, and columns beyond a word */
    const uint32_t column = i * 11 % 130;
    const bo_cell_rate cell = bo_cell_model_rate(&state, i % 5, row, column);
    const slow_cell expected = slow(&state, i % 5, row, column);
    CU_ASSERT_EQUAL(cell.direction, expected.prefers_1 ? BO_FAULT_0TO1 : BO_FAULT_1TO0);
    CU_ASSERT_DOUBLE_EQUAL(cell.p, slow_rate(&state, &expected), 1e-9);
    between += cell.p > 0.01 && cell.p < 0.99;
  }
  CU_ASSERT(between > 50);
}

/* --- what follows from them ----------------------------------------------------------------------
 */

typedef struct counts {
  uint64_t to_1, to_0;
  uint64_t in_column[COLUMNS]; /* of array 0 */
} counts;

static counts count(const bo_cell_state *state, uint32_t arrays) {
  counts all = {0};
  bo_fault_word fault[ROWS];
  for (uint32_t array = 0; array < arrays; array++) {
    bo_cell_model_faults(state, array, ROWS, COLUMNS, false, fault);
    for (uint32_t row = 0; row < ROWS; row++) {
      all.to_1 += (uint64_t)__builtin_popcountll(fault[row].or_mask);
      all.to_0 += (uint64_t)__builtin_popcountll(~fault[row].and_mask);
      for (uint32_t c = 0; array == 0 && c < COLUMNS; c++) {
        all.in_column[c] += bo_fault_word_cells(fault[row]) >> c & 1;
      }
    }
  }
  return all;
}

/* Independent cells: a binomial, five standard deviations wide. */
static void expect_binomial(uint64_t got, double cells, double rate) {
  CU_ASSERT(fabs((double)got - cells * rate) < 5 * sqrt(cells * rate * (1 - rate)));
}

static void independent_cells_fail_at_the_rate_of_the_curve(void) {
  const double cells = (double)ARRAYS * ROWS * COLUMNS;
  const double rate[] = {0.0001, 0.003, 0.03, 0.2};
  for (unsigned i = 0; i < 4; i++) {
    const bo_cell_state state = at(&plain, 900 + i, rate[i], rate[i] / 4);
    const counts seen = count(&state, ARRAYS);
    expect_binomial(seen.to_1, cells, rate[i]);
    expect_binomial(seen.to_0, cells, rate[i] / 4);
  }
}

/* Chips are independent: their mean is within five of its standard errors of the curve. */
static void effects_leave_the_mean_rate_as_it_is(void) {
  enum {
    CHIPS = 60
  };
  double sum = 0;
  double squares = 0;
  for (uint64_t chip = 0; chip < CHIPS; chip++) {
    const bo_cell_state state = at(&noisy, chip, 0.02, 0.005);
    const counts seen = count(&state, 8);
    const double rate = (double)(seen.to_1 + seen.to_0) / (8.0 * ROWS * COLUMNS);
    sum += rate;
    squares += rate * rate;
  }
  const double mean = sum / CHIPS;
  const double error = sqrt((squares / CHIPS - mean * mean) / (CHIPS - 1));
  CU_ASSERT(error < 0.1 * 0.025); /* or the test would say nothing */
  CU_ASSERT(fabs(mean - 0.025) < 5 * error);
}

static double dispersion(const counts *seen) {
  double sum = 0;
  double squares = 0;
  for (uint32_t c = 0; c < COLUMNS; c++) {
    sum += (double)seen->in_column[c];
    squares += (double)seen->in_column[c] * (double)seen->in_column[c];
  }
  const double mean = sum / COLUMNS;
  return (squares / COLUMNS - mean * mean) / mean;
}

static void a_column_share_puts_failures_into_columns(void) {
  const bo_cell_state even = at(&plain, 5, 0.02, 0.02);
  const bo_cell_state aligned = at(&columns_only, 5, 0.04, 0);
  const counts uniform = count(&even, 1);
  const counts structured = count(&aligned, 1);
  CU_ASSERT(dispersion(&uniform) < 2);
  CU_ASSERT(dispersion(&structured) > 10);
}

static bool is_within(const bo_fault_word *inner, const bo_fault_word *outer) {
  uint64_t beyond = 0;
  for (uint32_t row = 0; row < ROWS; row++) {
    beyond |=
        (inner[row].or_mask & ~outer[row].or_mask) | (~inner[row].and_mask & outer[row].and_mask);
  }
  return beyond == 0;
}

static void failures_are_nested_over_the_rate(void) {
  bo_fault_word few[ROWS];
  bo_fault_word many[ROWS];
  for (uint64_t seed = 0; seed < 20; seed++) {
    const bo_cell_state high = at(&noisy, seed, 0.005, 0.001);
    const bo_cell_state low = at(&noisy, seed, 0.05, 0.02);
    for (int persistent_only = 0; persistent_only < 2; persistent_only++) {
      bo_cell_model_faults(&high, 1, ROWS, COLUMNS, persistent_only != 0, few);
      bo_cell_model_faults(&low, 1, ROWS, COLUMNS, persistent_only != 0, many);
      CU_ASSERT(is_within(few, many));
      CU_ASSERT_FALSE(is_within(many, few));
    }
  }
}

static void a_cell_does_not_depend_on_how_many_there_are(void) {
  bo_fault_word large[ROWS];
  bo_fault_word small[ROWS];
  const bo_cell_state state = at(&noisy, 8, 0.1, 0.02);
  bo_cell_model_faults(&state, 2, ROWS, COLUMNS, false, large);
  const uint32_t widths[] = {1, 3, 17, 63};
  for (unsigned i = 0; i < 4; i++) {
    const uint64_t columns = UINT64_MAX >> (64 - widths[i]);
    bo_cell_model_faults(&state, 2, 7, widths[i], false, small);
    for (uint32_t row = 0; row < 7; row++) {
      CU_ASSERT_EQUAL(small[row].or_mask, large[row].or_mask & columns);
      CU_ASSERT_EQUAL(small[row].and_mask, large[row].and_mask | ~columns);
    }
  }
}

static void nothing_fails_at_rate_0_and_everything_that_can_at_its_share(void) {
  const bo_cell_state none = at(&noisy, 1, 0, 0);
  const bo_cell_state all = at(&noisy, 1, 0.8, 0);
  const counts of_none = count(&none, 1);
  const counts of_all = count(&all, 1);
  CU_ASSERT_EQUAL(of_none.to_1 + of_none.to_0, 0);
  CU_ASSERT_EQUAL(of_all.to_0, 0);
  expect_binomial(of_all.to_1, (double)ROWS * COLUMNS, 0.8);
}

static void more_failures_than_cells_that_prefer_them_are_refused(void) {
  const double rate[] = {0.1, 0.25};
  bo_cell_state state = {.seed = 77};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_cell_state_at(&state, &noisy, 1, rate, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "25 % of the cells fail 1->0, but only 20 % can"));
  CU_ASSERT_EQUAL(state.seed, 77);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(masks_are_what_the_formulas_say_cell_by_cell),
    BO_TEST(the_rate_of_a_cell_is_what_the_formulas_say),
    BO_TEST(independent_cells_fail_at_the_rate_of_the_curve),
    BO_TEST(effects_leave_the_mean_rate_as_it_is),
    BO_TEST(a_column_share_puts_failures_into_columns),
    BO_TEST(failures_are_nested_over_the_rate),
    BO_TEST(a_cell_does_not_depend_on_how_many_there_are),
    BO_TEST(nothing_fails_at_rate_0_and_everything_that_can_at_its_share),
    BO_TEST(more_failures_than_cells_that_prefer_them_are_refused),
    CU_TEST_INFO_NULL,
};
