/* The output-stationary dataflow. */
#include "array/array_private.h"
#include "base/simd.h"

enum {
  ACT,
  WEIGHT,
  SUM,
  HOLD,
  DRAIN,
};

/* Tokens of bo_array.token. */
enum {
  FIRST,
  LAST,
};

/*
 * Sums grow in place; activations move right, weights down. From the last PE to the first, so that
 * each takes the weight that the one above held before the edge.
 */
BO_SIMD_CLONES
static void multiply(const bo_array *array) {
  const int32_t *const act = array->plane[ACT] - 1;
  const int32_t *const above = array->plane[WEIGHT] - array->stride;
  int32_t *const weight = array->plane[WEIGHT];
  int32_t *const sums = array->plane[SUM];
  int32_t *const act_next = array->act_spare;
  for (size_t i = array->rows * array->stride; i > 0;) {
    bo_line in;
    bo_line factor;
    bo_line sum;
    i -= BO_ARRAY_LINE;
    bo_line_load(&in, act + i);
    bo_line_load(&factor, above + i);
    bo_line_load(&sum, sums + i);
    sum += in * factor;
    bo_line_store(sums + i, &sum);
    bo_line_store(weight + i, &factor);
    bo_line_store(act_next + i, &in);
  }
}

/* One row of the way out: results where the column unloads, else what comes from above. */
BO_SIMD_CLONES
static void drain_row(size_t cols, const int32_t *hold, const int32_t *unload, const int32_t *above,
                      int32_t *drain) {
  for (size_t c = 0; c < cols; c += BO_ARRAY_LINE) {
    bo_line coming;
    bo_line held;
    bo_line mask;
    bo_line_load(&coming, above + c);
    bo_line_load(&held, hold + c);
    bo_line_load(&mask, unload + c);
    coming ^= (coming ^ held) & mask;
    bo_line_store(drain + c, &coming);
  }
}

static const int32_t zeros[BO_ARRAY_MAX_SIDE];

static void drain_results(bo_array *array, const bo_lane *col) {
  if ((bo_lanes_or(col, array->cols) & BO_LANE_LOAD) != 0) {
    array->drain_left = array->rows + 1;
  }
  if (array->drain_left == 0) {
    return; /* zeros would move over zeros */
  }
  array->drain_left--;
  for (uint32_t c = 0; c < array->cols; c++) {
    array->load[c] = -(int32_t)((col[c] & BO_LANE_LOAD) != 0);
  }
  for (uint32_t r = array->rows; r-- > 0;) {
    int32_t *const drain = bo_plane_row(array, array->plane[DRAIN], r);
    drain_row(array->cols, bo_plane_row(array, array->plane[HOLD], r), array->load,
              drain - array->stride, drain);
  }
}

/* Where a tile begins, sums begin at zero. */
static void clear_sums(bo_array *array, const bo_lane *row) {
  for (uint32_t r = 0; r < array->rows; r++) {
    if (bo_token_move(array, FIRST, r, (row[r] & BO_LANE_FIRST) != 0)) {
      bo_token_copy(array, FIRST, r, zeros, bo_plane_row(array, array->plane[SUM], r));
    }
  }
}

/* Where a tile ends, its sums are held for the drain. */
static void hold_sums(bo_array *array, const bo_lane *row) {
  for (uint32_t r = 0; r < array->rows; r++) {
    if (bo_token_move(array, LAST, r, (row[r] & BO_LANE_LAST) != 0)) {
      bo_token_copy(array, LAST, r, bo_plane_row(array, array->plane[SUM], r),
                    bo_plane_row(array, array->plane[HOLD], r));
    }
  }
}

static void tick(bo_array *array, const bo_lane *row, const bo_lane *col) {
  int32_t *const top = array->plane[WEIGHT] - array->stride;
  for (uint32_t c = 0; c < array->cols; c++) {
    top[c] = bo_lane_operand(col[c]);
  }
  bo_array_enter_acts(array, row);
  const uint32_t tokens = bo_lanes_or(row, array->rows);
  const bool moving = bo_tokens_are_moving(array, (tokens & (BO_LANE_FIRST | BO_LANE_LAST)) != 0);
  drain_results(array, col); /* before hold_q changes */
  if (moving) {
    clear_sums(array, row);
  }
  multiply(array);
  if (moving) {
    hold_sums(array, row);
  }
  bo_array_swap_acts(array);
}

const bo_dataflow bo_dataflow_os = {
    .name = "output-stationary",
    .planes = 5,
    .tokens = 2,
    .plane = {{"act_q", 9}, {"weight_q", 9}, {"sum_q", 32}, {"hold_q", 32}, {"drain_q", 32}},
    .token = {"first_q", "last_q"},
    .output = DRAIN,
    .tick = tick,
};
