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

/* Numerator and denominator of a rational function, highest power first. */
static double ratio(double x, const double numerator[8], const double denominator[8]) {
  double above = 0;
  double below = 0;
  for (int i = 0; i < 8; i++) {
    above = above * x + numerator[i];
    below = below * x + denominator[i];
  }
  return above / below;
}

double bo_rng_normal(uint32_t word) {
  static const double middle[2][8] = {
      {2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
       4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
       1.3314166789178437745e+2, 3.3871328727963666080},
      {5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
       2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
       4.2313330701600911252e+1, 1.0}};
  static const double tail[2][8] = {
      {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
       1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550,
       4.63033784615654529590, 1.42343711074968357734},
      {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
       1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940,
       2.05319162663775882187, 1.0}};
  const double unit = ((double)word + 0.5) * 0x1p-32;
  const double q = unit - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    return q * ratio(0.180625 - q * q, middle[0], middle[1]);
  }
  /* The third function of AS 241 is for tails below exp(-25); a word's end at 2^-33. */
  const double r = sqrt(-bo_rng_ln(q < 0 ? unit : 1 - unit));
  const double z = ratio(r - 1.6, tail[0], tail[1]);
  return q < 0 ? -z : z;
}
