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

/* One row: sums grow in place; activations move right, weights down. */
BO_SIMD_CLONES
static void mac_row(size_t cols, const int32_t *restrict act, const int32_t *restrict above,
                    int32_t *restrict sum, int32_t *restrict weight, int32_t *restrict act_next) {
  for (size_t c = 0; c < cols; c++) {
    const uint32_t product = (uint32_t)act[c] * (uint32_t)above[c];
    sum[c] = (int32_t)((uint32_t)sum[c] + product);
    weight[c] = above[c];
    act_next[c] = act[c];
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

static void tick(bo_array *array, const bo_lane *row, const bo_lane *col) {
  int32_t top[BO_ARRAY_MAX_SIDE] = {0};
  const size_t cols = array->stride - BO_ARRAY_MARGIN;
  for (uint32_t c = 0; c < array->cols; c++) {
    top[c] = bo_lane_operand(col[c]);
  }
  drain_results(array, col); /* before hold_q changes */
  for (uint32_t r = array->rows; r-- > 0;) {
    int32_t *const act = bo_plane_row(array, array->plane[ACT], r);
    int32_t *const sum = bo_plane_row(array, array->plane[SUM], r);
    int32_t *const weight = bo_plane_row(array, array->plane[WEIGHT], r);
    act[-1] = bo_lane_operand(row[r]);
    if (bo_token_move(array, FIRST, r, (row[r] & BO_LANE_FIRST) != 0)) {
      bo_token_copy(array, FIRST, r, zeros, sum);
    }
    mac_row(cols, act - 1, r == 0 ? top : weight - array->stride, sum, weight,
            bo_plane_row(array, array->act_spare, r));
    if (bo_token_move(array, LAST, r, (row[r] & BO_LANE_LAST) != 0)) {
      bo_token_copy(array, LAST, r, sum, bo_plane_row(array, array->plane[HOLD], r));
    }
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
