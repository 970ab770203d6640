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
 * Products of the inputs go to the sums from above; activations move right. From the last PE to the
 * first, so that each adds to what the one above held before the edge.
 */
BO_SIMD_CLONES
static void multiply(const bo_array *array) {
  const int32_t *const act = array->plane[ACT] - 1;
  const int32_t *const weight = array->plane[WEIGHT];
  const int32_t *const above = array->plane[PSUM] - array->stride;
  int32_t *const psum = array->plane[PSUM];
  int32_t *const act_next = array->act_spare;
  for (size_t i = array->rows * array->stride; i > 0;) {
    bo_line in;
    bo_line factor;
    bo_line sum;
    i -= BO_ARRAY_LINE;
    bo_line_load(&in, act + i);
    bo_line_load(&factor, weight + i);
    bo_line_load(&sum, above + i);
    sum += in * factor;
    bo_line_store(psum + i, &sum);
    bo_line_store(act_next + i, &in);
  }
}

/* Some columns, from a whole vector to a whole vector. */
typedef struct columns {
  size_t begin, end;
} columns;

/*
 * Every row takes what weight_pipe_q of the row above held, row 0 what came in, in those columns of
 * @p where that the mask has. From the bottom, so that `to` can be weight_pipe_q itself.
 */
BO_SIMD_CLONES
static void blend_rows(const bo_array *array, columns where, const int32_t *mask, int32_t *to) {
  for (size_t r = array->rows; r-- > 0;) {
    const int32_t *const in =
        r == 0 ? array->operand : array->plane[WEIGHT_PIPE] + (r - 1) * array->stride;
    int32_t *const row = to + r * array->stride;
    for (size_t c = where.begin; c < where.end; c += BO_ARRAY_LINE) {
      bo_line coming;
      bo_line held;
      bo_line taken;
      bo_line_load(&coming, in + c);
      bo_line_load(&held, row + c);
      bo_line_load(&taken, mask + c);
      held ^= (held ^ coming) & taken;
      bo_line_store(row + c, &held);
    }
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

/* The lanes of the columns as operands and as masks. */
BO_SIMD_CLONES
static void unpack_columns(size_t cols, const bo_lane *restrict col, int32_t *restrict in,
                           int32_t *restrict shift, int32_t *restrict load) {
  for (size_t c = 0; c < cols; c++) {
    in[c] = bo_lane_operand(col[c]);
    shift[c] = -(int32_t)((col[c] & BO_LANE_SHIFT) != 0);
    load[c] = -(int32_t)((col[c] & BO_LANE_LOAD) != 0);
  }
}

/* The vectors of columns from the first to the last one that has the token. */
static columns columns_with(const bo_array *array, const bo_lane *col, uint32_t token) {
  columns found = {0, array->cols};
  while (found.begin < found.end && (col[found.begin] & token) == 0) {
    found.begin++;
  }
  while (found.end > found.begin && (col[found.end - 1] & token) == 0) {
    found.end--;
  }
  found.begin -= found.begin % BO_ARRAY_LINE;
  return found;
}

static void shift_weights(bo_array *array, const bo_lane *col) {
  const uint32_t tokens = bo_lanes_or(col, array->cols);
  if ((tokens & (BO_LANE_SHIFT | BO_LANE_LOAD)) == 0) {
    return;
  }
  unpack_columns(array->cols, col, array->operand, array->shift, array->load);
  if ((tokens & BO_LANE_LOAD) != 0) {
    blend_rows(array, columns_with(array, col, BO_LANE_LOAD), array->load,
               array->plane[WEIGHT_NEXT]);
  }
  blend_rows(array, columns_with(array, col, BO_LANE_SHIFT), array->shift,
             array->plane[WEIGHT_PIPE]);
}

static void tick(bo_array *array, const bo_lane *row, const bo_lane *col) {
  bo_array_enter_acts(array, row);
  if (bo_tokens_are_moving(array, (bo_lanes_or(row, array->rows) & BO_LANE_FIRST) != 0)) {
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
