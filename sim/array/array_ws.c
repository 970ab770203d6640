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
 * Products of the inputs go to the sums from above, with the weights that were at work. From the
 * bottom, so that each row adds to what the one above held before the edge.
 */
BO_SIMD_CLONES
static void multiply(const bo_array *array, const bo_lane *row) {
  const size_t stride = array->stride;
  const size_t others = array->cols - 1; /* than column 0 */
  for (size_t r = array->rows; r-- > 0;) {
    const int32_t *const act = array->plane[ACT] + r * array->act_stride;
    const int32_t *const weight = array->plane[WEIGHT] + r * stride;
    int32_t *const psum = array->plane[PSUM] + r * stride;
    for (size_t c = 0; c < others; c += BO_ARRAY_LINE) {
      bo_line in;
      bo_line factor;
      bo_line sum;
      bo_line_load(&in, act + c);
      bo_line_load(&factor, weight + 1 + c);
      bo_line_load(&sum, psum + 1 + c - stride);
      sum += in * factor;
      bo_line_store(psum + 1 + c, &sum);
    }
    psum[0] = (int32_t)((uint32_t)psum[0 - (ptrdiff_t)stride] +
                        (uint32_t)bo_lane_operand(row[r]) * (uint32_t)weight[0]);
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
  const uint32_t words = (array->cols + 63) / 64;
  for (uint32_t r = 0; r < array->rows; r++) {
    if (!bo_token_move(array, 0, r, (row[r] & BO_LANE_FIRST) != 0)) {
      continue;
    }
    int32_t *const weight = bo_plane_row(array, array->plane[WEIGHT], r);
    int32_t *const psum = bo_plane_row(array, array->plane[PSUM], r);
    const int32_t *const next = bo_plane_row(array, array->plane[WEIGHT_NEXT], r);
    for (uint32_t w = 0; w < words; w++) {
      for (uint64_t word = array->token[0].word[r][w]; word != 0;) {
        const uint32_t c = w * 64 + bo_token_take(&word);
        const uint32_t act = (uint32_t)bo_array_act_in(array, row, r, c);
        const uint32_t more = (uint32_t)next[c] - (uint32_t)weight[c];
        psum[c] = (int32_t)((uint32_t)psum[c] + act * more);
        weight[c] = next[c];
      }
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
  blend_rows(array, columns_with(array, col, BO_LANE_LOAD), array->load, array->plane[WEIGHT_NEXT]);
  blend_rows(array, columns_with(array, col, BO_LANE_SHIFT), array->shift,
             array->plane[WEIGHT_PIPE]);
}

static void tick(bo_array *array, const bo_lane *row, const bo_lane *col) {
  multiply(array, row);
  if (bo_tokens_are_moving(array, (bo_lanes_or(row, array->rows) & BO_LANE_FIRST) != 0)) {
    swap_weights(array, row);
  }
  bo_array_move_acts(array, row);
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
    .falling = BO_ARRAY_NO_PLANE,
    .tick = tick,
};
