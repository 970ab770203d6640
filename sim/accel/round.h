/**
 * @file round.h
 * bo_round_to_code of net/requant.h in a form that compilers turn into vector code.
 */
#ifndef BO_ACCEL_ROUND_H
#define BO_ACCEL_ROUND_H

#include <stdint.h>

/** The range of codes, moved by the zero-point: bounds of x before rounding. |bounds| <= 2^9. */
typedef struct bo_code_range {
  float lo, hi;
  int32_t zero_point;
} bo_code_range;

static inline bo_code_range bo_code_range_of(int32_t zero_point, int32_t lo, int32_t hi) {
  return (bo_code_range){(float)(lo - zero_point), (float)(hi - zero_point), zero_point};
}

/**
 * saturate(rint(x) + zero_point). Clamping first is the same, as the bounds are whole numbers, and
 * a NaN becomes lo. Adding 1.5 * 2^23 leaves a float no bit for a fraction: it rounds, halves to
 * even, in one addition.
 */
static inline uint8_t bo_round_in_range(float x, bo_code_range range) {
  const float magic = 12582912.0F;
  const float above = x > range.lo ? x : range.lo;
  const float clamped = above < range.hi ? above : range.hi;
  const float rounded = (clamped + magic) - magic;
  return (uint8_t)((int32_t)rounded + range.zero_point);
}

#endif
