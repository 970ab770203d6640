/**
 * @file requant.h
 * From a wide number to a code of few bits, as ONNX QuantizeLinear and QLinearConv define it:
 *
 *   y = saturate(rint(x) + zero_point)      rint: to nearest, halves to even
 *
 * Everything that quantises (reference operators, network reference, input images) goes through
 * here, so that all of them round and saturate alike.
 */
#ifndef BO_NET_REQUANT_H
#define BO_NET_REQUANT_H

#include <math.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * saturate(rint(x) + zero_point) into lo … hi, for any @p x: infinities saturate, NaN gives lo.
 * Preconditions: lo <= hi; lo, hi and zero_point lie in -2^22 … 2^22, where float32 is exact.
 */
static inline int32_t bo_round_to_code(float x, int32_t zero_point, int32_t lo, int32_t hi) {
  const float rounded = rintf(x);
  /* Compared before the conversion: a float beyond int32 has none. */
  if (!(rounded > (float)(lo - zero_point))) {
    return lo;
  }
  if (rounded >= (float)(hi - zero_point)) {
    return hi;
  }
  return (int32_t)rounded + zero_point;
}

/**
 * Requantises an accumulator: saturate(rint((float)acc * multiplier) + zero_point). The product is
 * float32, as in ONNX runtimes; @p multiplier is usually (sx * sw) / sy. Preconditions as above.
 */
static inline int32_t bo_requant(int32_t acc, float multiplier, int32_t zero_point, int32_t lo,
                                 int32_t hi) {
  return bo_round_to_code((float)acc * multiplier, zero_point, lo, hi);
}

#ifdef __cplusplus
}
#endif

#endif
