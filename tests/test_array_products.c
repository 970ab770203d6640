/* What an array computes: all products, wrapping sums, matrices by a schedule made by hand. */
#include "arch/arch.h"
#include "array/array.h"
#include "probe_list.h"
#include "test_suite.h"

#include <string.h>

static bo_status probes_of(const void *array, const bo_probe_visitor *visitor) {
  return bo_array_probes(array, visitor);
}

static bo_array *new_array(uint32_t dataflow, uint32_t rows, uint32_t cols) {
  bo_array *array = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_array_new(&array, dataflow, rows, cols, NULL), BO_OK);
  return array;
}

enum {
  SIDE = 256, /* columns of the arrays that follow: half of all weights */
};

/* Rows 1: a first token a cycle puts weight_next to work, so it is loaded once. */
static uint32_t multiply_all_ws(bo_array *array, int32_t first_weight) {
  uint32_t wrong = 0;
  bo_lane row = 0;
  bo_lane col[SIDE];
  for (int32_t c = 0; c < SIDE; c++) {
    col[c] = bo_lane_pack(first_weight + c, BO_LANE_SHIFT | BO_LANE_LOAD);
  }
  bo_array_tick(array, &row, col);
  memset(col, 0, sizeof col);
  for (int32_t cycle = 0; cycle < 512 + SIDE; cycle++) {
    row = bo_lane_pack(cycle - 256, BO_LANE_FIRST); /* wraps after 511: not looked at */
    bo_array_tick(array, &row, col);
    for (int32_t c = 0; c < SIDE; c++) { /* of the vector that entered c cycles ago */
      const int32_t act = cycle - c - 256;
      wrong += act >= -256 && act < 256 && bo_array_sums(array)[c] != act * (first_weight + c);
    }
  }
  return wrong;
}

/* Rows 1: every vector is a tile of its own; what it left a cycle ago is unloaded. */
static uint32_t multiply_all_os(bo_array *array, int32_t first_weight) {
  uint32_t wrong = 0;
  bo_lane col[SIDE];
  for (int32_t c = 0; c < SIDE; c++) {
    col[c] = bo_lane_pack(first_weight + c, BO_LANE_LOAD);
  }
  for (int32_t cycle = 0; cycle < 513 + SIDE; cycle++) {
    const bo_lane row = bo_lane_pack(cycle - 256, BO_LANE_FIRST | BO_LANE_LAST);
    bo_array_tick(array, &row, col);
    for (int32_t c = 0; c < SIDE; c++) {
      const int32_t act = cycle - 1 - c - 256;
      wrong += act >= -256 && act < 256 && bo_array_sums(array)[c] != act * (first_weight + c);
    }
  }
  return wrong;
}

static void all_products_of_nine_signed_bits_are_exact(void) {
  for (int32_t half = -256; half <= 0; half += SIDE) {
    bo_array *array = new_array(BO_DATAFLOW_WEIGHT_STATIONARY, 1, SIDE);
    CU_ASSERT_EQUAL(multiply_all_ws(array, half), 0);
    bo_array_free(array);
    array = new_array(BO_DATAFLOW_OUTPUT_STATIONARY, 1, SIDE);
    CU_ASSERT_EQUAL(multiply_all_os(array, half), 0);
    bo_array_free(array);
  }
}

/* -256 * -256 = 2^16: 2^15 of them are 2^31, one more than an int32 holds. */
static void a_sum_wraps_as_int32(void) {
  bo_array *array = new_array(BO_DATAFLOW_OUTPUT_STATIONARY, 1, 1);
  probe_list list = probe_list_new(probes_of, array, "a");
  const bo_probe *const sum = probe_find(&list, "a.gen_row[0].u_row.gen_pe[0].gen_kind.u_pe.sum_q");
  const bo_lane lane = bo_lane_pack(-256, 0);
  for (uint32_t i = 0; i < 32767; i++) {
    bo_array_tick(array, &lane, &lane);
  }
  CU_ASSERT_EQUAL(bo_probe_read(sum), 0x7fff0000);
  const bo_lane last = bo_lane_pack(-256, BO_LANE_LAST);
  bo_array_tick(array, &last, &lane);
  CU_ASSERT_EQUAL(bo_probe_read(sum), 0x80000000);
  const bo_lane unload = bo_lane_pack(0, BO_LANE_LOAD);
  bo_array_tick(array, &lane, &unload);
  CU_ASSERT_EQUAL(bo_array_sums(array)[0], INT32_MIN);
  probe_list_free(&list);
  bo_array_free(array);
}

enum {
  R = 3,
  C = 4,
  M = 5, /* vectors of a weight-stationary tile; K of an output-stationary one */
};

/* Where `index` lies in 0 … count-1, i.e. an item of a sequence is on the lane in this cycle. */
static bool is_in(int32_t index, int32_t count) {
  return index >= 0 && index < count;
}

static const int32_t ws_act[M][R] = {
    {1, 2, 3}, {-4, 5, -6}, {255, -256, 0}, {7, 0, 1}, {-1, -1, -1}};
static const int32_t ws_weight[R][C] = {{1, 0, 10, -256}, {2, -1, 20, 255}, {3, 5, 30, 7}};
static const int32_t ws_product[M][C] = {{14, 13, 140, 275},
                                         {-12, -35, -120, 2257},
                                         {-257, 256, -2570, -130560},
                                         {10, 5, 100, -1785},
                                         {-6, -4, -60, -6}};

/* Vector v enters row r in cycle R + v + r, one cycle after the weights of column 0 are loaded. */
static bo_lane ws_row(int32_t cycle, int32_t r) {
  const int32_t v = cycle - R - r;
  return is_in(v, M) ? bo_lane_pack(ws_act[v][r], v == 0 ? BO_LANE_FIRST : 0) : 0;
}

/* Weights shift into column c in cycles c … c+R-1, that of the bottom row first. */
static bo_lane ws_col(int32_t cycle, int32_t c) {
  const int32_t item = cycle - c;
  const uint32_t load = item == R - 1 ? BO_LANE_LOAD : 0;
  return is_in(item, R) ? bo_lane_pack(ws_weight[R - 1 - item][c], BO_LANE_SHIFT | load) : 0;
}

static void a_weight_stationary_array_multiplies_matrices(void) {
  bo_array *array = new_array(BO_DATAFLOW_WEIGHT_STATIONARY, R, C);
  for (int32_t cycle = 0; cycle < 30; cycle++) {
    bo_lane row[R];
    bo_lane col[C];
    for (int32_t r = 0; r < R; r++) {
      row[r] = ws_row(cycle, r);
    }
    for (int32_t c = 0; c < C; c++) {
      col[c] = ws_col(cycle, c);
      const int32_t v = cycle - R - R - c;
      CU_ASSERT_EQUAL(bo_array_sums(array)[c], is_in(v, M) ? ws_product[v][c] : 0);
    }
    bo_array_tick(array, row, col);
  }
  bo_array_free(array);
}

static const int32_t os_left[R][M] = {{1, 2, 3, 4, 5}, {-1, 0, 255, -256, 2}, {9, 8, 7, 6, -5}};
static const int32_t os_top[M][C] = {
    {1, 0, 2, -256}, {0, 1, 2, 255}, {1, 1, 2, 0}, {-1, 1, 2, 1}, {3, 0, 2, -3}};
static const int32_t os_product[R][C] = {{15, 9, 30, 243}, {516, -1, 0, -6}, {-5, 21, 50, -243}};

/* Step k of the sum enters row r in cycle k + r, */
static bo_lane os_row(int32_t cycle, int32_t r) {
  const int32_t k = cycle - r;
  const uint32_t tokens = (k == 0 ? BO_LANE_FIRST : 0U) | (k == M - 1 ? BO_LANE_LAST : 0U);
  return is_in(k, M) ? bo_lane_pack(os_left[r][k], tokens) : 0;
}

/* and column c in cycle k + c; R cycles after the last one the column unloads. */
static bo_lane os_col(int32_t cycle, int32_t c) {
  const int32_t k = cycle - c;
  return is_in(k, M) ? bo_lane_pack(os_top[k][c], 0) : k == M - 1 + R ? BO_LANE_LOAD : 0;
}

static void an_output_stationary_array_multiplies_matrices(void) {
  bo_array *array = new_array(BO_DATAFLOW_OUTPUT_STATIONARY, R, C);
  for (int32_t cycle = 0; cycle < 30; cycle++) {
    bo_lane row[R];
    bo_lane col[C];
    for (int32_t r = 0; r < R; r++) {
      row[r] = os_row(cycle, r);
    }
    for (int32_t c = 0; c < C; c++) {
      col[c] = os_col(cycle, c);
      const int32_t above_bottom = cycle - c - (M - 1 + R) - 1;
      CU_ASSERT_EQUAL(bo_array_sums(array)[c],
                      is_in(above_bottom, R) ? os_product[R - 1 - above_bottom][c] : 0);
    }
    bo_array_tick(array, row, col);
  }
  bo_array_free(array);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(all_products_of_nine_signed_bits_are_exact),
    BO_TEST(a_sum_wraps_as_int32),
    BO_TEST(a_weight_stationary_array_multiplies_matrices),
    BO_TEST(an_output_stationary_array_multiplies_matrices),
    CU_TEST_INFO_NULL,
};
