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

/* Sums grow in place; the row of weights that comes in lies above row 0 already. */
BO_SIMD_CLONES
static void multiply(const bo_array *array, const bo_lane *row) {
  const size_t stride = array->stride;
  const size_t others = array->cols - 1; /* than column 0 */
  for (size_t r = 0; r < array->rows; r++) {
    const int32_t *const act = array->plane[ACT] + r * array->act_stride;
    const int32_t *const above = array->plane[WEIGHT] + r * stride - stride;
    int32_t *const sums = array->plane[SUM] + r * stride;
    for (size_t c = 0; c < others; c += BO_ARRAY_LINE) {
      bo_line in;
      bo_line factor;
      bo_line sum;
      bo_line_load(&in, act + c);
      bo_line_load(&factor, above + 1 + c);
      bo_line_load(&sum, sums + 1 + c);
      sum += in * factor;
      bo_line_store(sums + 1 + c, &sum);
    }
    sums[0] = (int32_t)((uint32_t)sums[0] + (uint32_t)bo_lane_operand(row[r]) * (uint32_t)above[0]);
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

/* Where a tile begins, the sum is its first product alone. */
static void begin_sums(bo_array *array, const bo_lane *row, uint32_t r) {
  const int32_t *const above = bo_plane_row(array, array->plane[WEIGHT], r) - array->stride;
  int32_t *const sums = bo_plane_row(array, array->plane[SUM], r);
  for (uint32_t w = 0; w < (array->cols + 63) / 64; w++) {
    for (uint64_t word = array->token[FIRST].word[r][w]; word != 0;) {
      const uint32_t c = w * 64 + bo_token_take(&word);
      sums[c] = bo_array_act_in(array, row, r, c) * above[c];
    }
  }
}

/* Where a tile ends, the sum is held for the drain. */
static void hold_sums(bo_array *array, uint32_t r) {
  const int32_t *const sums = bo_plane_row(array, array->plane[SUM], r);
  int32_t *const hold = bo_plane_row(array, array->plane[HOLD], r);
  for (uint32_t w = 0; w < (array->cols + 63) / 64; w++) {
    for (uint64_t word = array->token[LAST].word[r][w]; word != 0;) {
      const uint32_t c = w * 64 + bo_token_take(&word);
      hold[c] = sums[c];
    }
  }
}

static void move_tokens(bo_array *array, const bo_lane *row) {
  for (uint32_t r = 0; r < array->rows; r++) {
    if (bo_token_move(array, FIRST, r, (row[r] & BO_LANE_FIRST) != 0)) {
      begin_sums(array, row, r);
    }
    if (bo_token_move(array, LAST, r, (row[r] & BO_LANE_LAST) != 0)) {
      hold_sums(array, r);
    }
  }
}

/* Weights move down by one row: what came in is row 0 now. */
static void move_weights(bo_array *array) {
  int32_t **const weight = &array->plane[WEIGHT];
  *weight -= array->stride;
  if (*weight == array->fall_limit) {
    const size_t slack = BO_ARRAY_SLACK_ROWS * array->stride;
    memmove(*weight + slack, *weight, array->rows * array->stride * sizeof **weight);
    *weight += slack;
  }
}

static void tick(bo_array *array, const bo_lane *row, const bo_lane *col) {
  int32_t *const top = array->plane[WEIGHT] - array->stride;
  for (uint32_t c = 0; c < array->cols; c++) {
    top[c] = bo_lane_operand(col[c]);
  }
  drain_results(array, col); /* before hold_q changes */
  multiply(array, row);
  const uint32_t tokens = bo_lanes_or(row, array->rows);
  if (bo_tokens_are_moving(array, (tokens & (BO_LANE_FIRST | BO_LANE_LAST)) != 0)) {
    move_tokens(array, row);
  }
  bo_array_move_acts(array, row);
  move_weights(array);
}

const bo_dataflow bo_dataflow_os = {
    .name = "output-stationary",
    .planes = 5,
    .tokens = 2,
    .plane = {{"act_q", 9}, {"weight_q", 9}, {"sum_q", 32}, {"hold_q", 32}, {"drain_q", 32}},
    .token = {"first_q", "last_q"},
    .output = DRAIN,
    .falling = WEIGHT,
    .tick = tick,
};
