#include "accel/requant_rows.h"

#include "accel/round.h"
#include "base/simd.h"

/* Unsigned arithmetic wraps as the accumulator does. */
static inline int32_t wrapping_sum(int32_t a, int32_t b, int32_t c) {
  return (int32_t)((uint32_t)a + (uint32_t)b + (uint32_t)c);
}

static inline int32_t accumulate(int32_t sum, int32_t offset, int32_t slope, int32_t window_sum) {
  return (int32_t)((uint32_t)sum + (uint32_t)offset - (uint32_t)slope * (uint32_t)window_sum);
}

/* Without slopes, or with one that makes the same of a whole place: no multiplication an output.
 */
BO_SIMD_CLONES
static void codes_plain(const bo_requant_rows *rows, uint8_t *restrict codes) {
  const bo_code_range range = bo_code_range_of(rows->zero_point, rows->lo, rows->hi);
  const size_t count = rows->groups * rows->outputs;
  for (size_t place = 0; place < rows->places; place++) {
    const int32_t *sum = rows->sum + place * count;
    uint8_t *code = codes + place * count;
    const int32_t window_sum = rows->window_sum == NULL ? 0 : rows->window_sum[place];
    const int32_t place_shift = accumulate(0, 0, rows->slope[0], window_sum);
    for (size_t n = 0; n < count; n++) {
      const int32_t acc = wrapping_sum(sum[n], rows->offset[n], place_shift);
      code[n] = bo_round_in_range((float)acc * rows->multiplier[n], range);
    }
  }
}

BO_SIMD_CLONES
static void codes_sloped(const bo_requant_rows *rows, uint8_t *restrict codes) {
  const bo_code_range range = bo_code_range_of(rows->zero_point, rows->lo, rows->hi);
  const size_t outputs = rows->outputs;
  for (size_t place = 0; place < rows->places; place++) {
    for (size_t group = 0; group < rows->groups; group++) {
      const size_t first = group * outputs;
      const int32_t window_sum = rows->window_sum[place * rows->groups + group];
      const int32_t *sum = rows->sum + place * rows->groups * outputs + first;
      uint8_t *code = codes + place * rows->groups * outputs + first;
      for (size_t n = 0; n < outputs; n++) {
        const int32_t acc =
            accumulate(sum[n], rows->offset[first + n], rows->slope[first + n], window_sum);
        code[n] = bo_round_in_range((float)acc * rows->multiplier[first + n], range);
      }
    }
  }
}

void bo_requant_rows_codes(const bo_requant_rows *rows, uint8_t *codes) {
  if (rows->window_sum == NULL || (rows->one_slope && rows->groups == 1)) {
    codes_plain(rows, codes);
  } else {
    codes_sloped(rows, codes);
  }
}

void bo_requant_rows_floats(const bo_requant_rows *rows, float *logits) {
  for (size_t place = 0; place < rows->places; place++) {
    for (size_t n = 0; n < rows->groups * rows->outputs; n++) {
      const size_t i = place * rows->groups * rows->outputs + n;
      const int32_t window_sum =
          rows->window_sum == NULL ? 0 : rows->window_sum[place * rows->groups + n / rows->outputs];
      const int32_t acc = accumulate(rows->sum[i], rows->offset[n], rows->slope[n], window_sum);
      logits[i] = (float)acc * rows->multiplier[n];
    }
  }
}
