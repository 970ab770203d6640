#include "base/rng.h"

#include <Random123/philox.h>
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

bo_rng_block bo_rng_draw(uint64_t seed, bo_rng_stream stream, const uint32_t counter[3]) {
  const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
  const philox4x32_ctr_t block = {{counter[0], counter[1], counter[2], (uint32_t)stream}};
  const philox4x32_ctr_t words = philox4x32(block, key);
  return (bo_rng_block){{words.v[0], words.v[1], words.v[2], words.v[3]}};
}

double bo_rng_unit(uint32_t word) {
  return (double)word * 0x1p-32;
}

double bo_rng_open_unit(uint32_t high, uint32_t low) {
  /* 52 random bits, moved to the middle of their interval: an odd multiple of 2^-53. */
  const uint64_t bits = ((uint64_t)high << 20) | (low >> 12);
  return (double)(2 * bits + 1) * 0x1p-53;
}

/* x = m 2^e with sqrt(1/2) <= m < sqrt(2). ldexp and frexp are exact, but this is as short. */
static double split_binary(double x, int *exponent) {
  int bias = 1023;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    bias += 54;
  }
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  *exponent = (int)(bits >> 52) - bias;
  bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
  double mantissa;
  memcpy(&mantissa, &bits, sizeof mantissa);
  if (mantissa > 0x1.6a09e667f3bcdp+0) {
    mantissa *= 0.5;
    *exponent += 1;
  }
  return mantissa;
}

double bo_rng_ln(double x) {
  assert(x > 0 && isfinite(x));
  int exponent;
  const double f = split_binary(x, &exponent) - 1; /* exact */

  /* ln(1+f) = 2 artanh(s) = 2 s (1 + s^2/3 + s^4/5 + ...), s = f/(2+f), |s| < 0.1716: the term left
   * out first, s^22/23, is below 2^-60. */
  static const double odd_reciprocal[] = {1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                                          1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};
  const double s = f / (2 + f);
  const double square = s * s;
  double series = 0;
  for (size_t i = 0; i < sizeof odd_reciprocal / sizeof *odd_reciprocal; i++) {
    series = (series + odd_reciprocal[i]) * square;
  }
  const double ln_mantissa = 2 * s + 2 * s * series;

  /* ln 2 in two parts, the first of 32 bits: its product with any exponent is exact. */
  const double ln2_high = 0x1.62e42feep-1;
  const double ln2_low = 0x1.a39ef35793c76p-33;
  return exponent * ln2_high + (ln_mantissa + exponent * ln2_low);
}
