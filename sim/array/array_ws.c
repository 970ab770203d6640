/* The weight-stationary dataflow. */
#include "array/array_private.h"
#include "base/simd.h"

enum {
  ACT,
  WEIGHT_PIPE,
  WEIGHT_NEXT,
  WEIGHT,
  PSUM,
};

/*
 * Products of the inputs go to the sums from above; activations move right. From the bottom, so
 * that each row adds to what the one above held before the edge.
 */
BO_SIMD_CLONES
static void multiply(const bo_array *array) {
  static const int32_t zeros[BO_ARRAY_MAX_SIDE];
  const size_t stride = array->stride;
  const size_t cols = stride - BO_ARRAY_MARGIN;
  for (uint32_t r = array->rows; r-- > 0;) {
    const int32_t *restrict const act = array->plane[ACT] + r * stride - 1;
    const int32_t *restrict const weight = array->plane[WEIGHT] + r * stride;
    int32_t *restrict const psum = array->plane[PSUM] + r * stride;
    int32_t *restrict const act_next = array->act_spare + r * stride;
    const int32_t *restrict const above = r == 0 ? zeros : psum - stride;
    for (size_t c = 0; c < cols; c++) {
      const uint32_t product = (uint32_t)act[c] * (uint32_t)weight[c];
      psum[c] = (int32_t)((uint32_t)above[c] + product);
      act_next[c] = act[c];
    }
  }
}

/* One row of the way in: takes `in` where the column shifts, and as next weight where it loads. */
BO_SIMD_CLONES
static void shift_row(size_t cols, const int32_t *restrict in, const int32_t *restrict shift,
                      const int32_t *restrict load, int32_t *restrict pipe,
                      int32_t *restrict next) {
  for (size_t c = 0; c < cols; c++) {
    next[c] = (in[c] & load[c]) | (next[c] & ~load[c]);
    pipe[c] = (in[c] & shift[c]) | (pipe[c] & ~shift[c]);
  }
}

/* Where the first vector of a tile arrives, the next weight goes to work in this very cycle. */
static void swap_weights(bo_array *array, const bo_lane *row) {
  for (uint32_t r = 0; r < array->rows; r++) {
    if (bo_token_move(array, 0, r, (row[r] & BO_LANE_FIRST) != 0)) {
      bo_token_copy(array, 0, r, bo_plane_row(array, array->plane[WEIGHT_NEXT], r),
                    bo_plane_row(array, array->plane[WEIGHT], r));
    }
  }
}

static void shift_weights(bo_array *array, const bo_lane *col) {
  uint32_t any = 0;
  for (uint32_t c = 0; c < array->cols; c++) {
    any |= col[c];
  }
  if ((any & (BO_LANE_SHIFT | BO_LANE_LOAD)) == 0) {
    return;
  }
  int32_t in[BO_ARRAY_MAX_SIDE];
  int32_t shift[BO_ARRAY_MAX_SIDE];
  int32_t load[BO_ARRAY_MAX_SIDE];
  for (uint32_t c = 0; c < array->cols; c++) {
    in[c] = bo_lane_operand(col[c]);
    shift[c] = -(int32_t)((col[c] & BO_LANE_SHIFT) != 0);
    load[c] = -(int32_t)((col[c] & BO_LANE_LOAD) != 0);
  }
  /* From the bottom, so that each row takes what the one above held before the edge. */
  for (uint32_t r = array->rows; r-- > 0;) {
    int32_t *const pipe = bo_plane_row(array, array->plane[WEIGHT_PIPE], r);
    shift_row(array->cols, r == 0 ? in : pipe - array->stride, shift, load, pipe,
              bo_plane_row(array, array->plane[WEIGHT_NEXT], r));
  }
}

static void tick(bo_array *array, const bo_lane *row, const bo_lane *col) {
  uint32_t tokens = 0;
  for (uint32_t r = 0; r < array->rows; r++) {
    bo_plane_row(array, array->plane[ACT], r)[-1] = bo_lane_operand(row[r]);
    tokens |= row[r];
  }
  if (bo_tokens_are_moving(array, (tokens & BO_LANE_FIRST) != 0)) {
    swap_weights(array, row);
  }
  multiply(array);
  bo_array_swap_acts(array);
  shift_weights(array, col);
}

const bo_dataflow bo_dataflow_ws = {
    .name = "weight-stationary",
    .planes = 5,
    .tokens = 1,
    .plane =
        {{"act_q", 9}, {"weight_pipe_q", 9}, {"weight_next_q", 9}, {"weight_q", 9}, {"psum_q", 32}},
    .token = {"first_q"},
    .output = PSUM,
    .tick = tick,
};
