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
 * Sums grow in place; activations move right, weights down. From the bottom, so that each row takes
 * the weights that the one above held before the edge.
 */
BO_SIMD_CLONES
static void multiply(const bo_array *array, const int32_t *top) {
  const size_t stride = array->stride;
  const size_t cols = stride - BO_ARRAY_MARGIN;
  for (uint32_t r = array->rows; r-- > 0;) {
    const int32_t *restrict const act = array->plane[ACT] + r * stride - 1;
    int32_t *restrict const weight = array->plane[WEIGHT] + r * stride;
    int32_t *restrict const sum = array->plane[SUM] + r * stride;
    int32_t *restrict const act_next = array->act_spare + r * stride;
    const int32_t *restrict const above = r == 0 ? top : weight - stride;
    for (size_t c = 0; c < cols; c++) {
      const uint32_t product = (uint32_t)act[c] * (uint32_t)above[c];
      sum[c] = (int32_t)((uint32_t)sum[c] + product);
      weight[c] = above[c];
      act_next[c] = act[c];
    }
  }
}

/* One row of the way out: results where the column unloads, else what comes from above. */
BO_SIMD_CLONES
static void drain_row(size_t cols, const int32_t *restrict hold, const int32_t *restrict unload,
                      const int32_t *restrict above, int32_t *restrict drain) {
  for (size_t c = 0; c < cols; c++) {
    drain[c] = (hold[c] & unload[c]) | (above[c] & ~unload[c]);
  }
}

static const int32_t zeros[BO_ARRAY_MAX_SIDE];

static void drain_results(bo_array *array, const bo_lane *col) {
  int32_t unload[BO_ARRAY_MAX_SIDE] = {0};
  uint32_t any = 0;
  for (uint32_t c = 0; c < array->cols; c++) {
    unload[c] = -(int32_t)((col[c] & BO_LANE_LOAD) != 0);
    any |= col[c];
  }
  if ((any & BO_LANE_LOAD) != 0) {
    array->drain_left = array->rows + 1;
  }
  if (array->drain_left == 0) {
    return; /* zeros would move over zeros */
  }
  array->drain_left--;
  for (uint32_t r = array->rows; r-- > 0;) {
    int32_t *const drain = bo_plane_row(array, array->plane[DRAIN], r);
    drain_row(array->cols, bo_plane_row(array, array->plane[HOLD], r), unload,
              r == 0 ? zeros : drain - array->stride, drain);
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
  int32_t top[BO_ARRAY_MAX_SIDE] = {0};
  uint32_t tokens = 0;
  for (uint32_t c = 0; c < array->cols; c++) {
    top[c] = bo_lane_operand(col[c]);
  }
  for (uint32_t r = 0; r < array->rows; r++) {
    bo_plane_row(array, array->plane[ACT], r)[-1] = bo_lane_operand(row[r]);
    tokens |= row[r];
  }
  const bool moving = bo_tokens_are_moving(array, (tokens & (BO_LANE_FIRST | BO_LANE_LAST)) != 0);
  drain_results(array, col); /* before hold_q changes */
  if (moving) {
    clear_sums(array, row);
  }
  multiply(array, top);
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
