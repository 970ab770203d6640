#include "base/quantile.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A distribution function, lower or upper tail, of x >= 0. */
typedef struct distribution {
  double (*tail)(const struct distribution *d, double x, bool upper);
  double a, b;
} distribution;

static double double_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* Positive doubles are ordered as their bits are. The tail that is asked for is the smaller one, so
 * that its value keeps its digits. */
static double solve(const distribution *d, double tail, bool upper, double max) {
  uint64_t low = 0;
  uint64_t high = bits_of(max);
  while (low + 1 < high) {
    const uint64_t middle = low + (high - low) / 2;
    const double value = d->tail(d, double_of(middle), upper);
    const bool beyond = upper ? value < tail : value > tail;
    if (beyond) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return double_of(low);
}

static double normal_tail(const distribution *d, double x, bool upper) {
  (void)d, (void)upper;
  return erfc(x / sqrt(2)) / 2;
}

double bo_quantile_normal(double p) {
  assert(p > 0 && p < 1);
  const distribution normal = {.tail = normal_tail};
  const double smaller = p < 0.5 ? p : 1 - p;
  const double z = solve(&normal, smaller, true, 40);
  return p < 0.5 ? -z : z;
}

/* j-th numerator of the continued fraction of the incomplete beta function (NIST Handbook of
 * Mathematical Functions, 8.17.22). */
static double beta_numerator(unsigned j, double a, double b, double x) {
  const unsigned half = j / 2; /* rounded down */
  const double m = half;
  if (j % 2 == 0) {
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
  }
  return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
}

/* 1 + d1/(1 + d2/(1 + ...)) by the method of Lentz as modified by Thompson and Barnett. For x up to
 * about the mean it converges in O(sqrt(max(a, b))) steps. */
static double beta_fraction(double a, double b, double x) {
  const double tiny = DBL_MIN / DBL_EPSILON;
  const unsigned max_steps = 1000000;
  double fraction = 1;
  double c = 1;
  double d = 0;
  double step = 0;
  for (unsigned j = 1; j < max_steps && fabs(step - 1) > DBL_EPSILON; j++) {
    const double numerator = beta_numerator(j, a, b, x);
    d = 1 + numerator * d;
    d = 1 / (fabs(d) < tiny ? tiny : d);
    c = 1 + numerator / c;
    c = fabs(c) < tiny ? tiny : c;
    step = c * d;
    fraction *= step;
  }
  return fraction;
}

/* ln Gamma(z) less Stirling's (z - 1/2) ln z - z + ln(2 pi)/2. */
static double stirling_excess(double z) {
  if (z < 16) {
    const double half_ln_2pi = 0.91893853320467274178;
    return lgamma(z) - ((z - 0.5) * log(z) - z + half_ln_2pi);
  }
  const double w = 1 / (z * z);
  return (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w / 1188)))) / z;
}

/* ln(x / mean), given their difference more exactly than x and mean have it. */
static double ln_ratio(double x, double mean, double difference) {
  const double excess = difference / mean;
  return fabs(excess) < 0.5 ? log1p(excess) : log(x / mean);
}

/* x^a (1-x)^b / B(a, b). Written around the mean a/(a+b), because the three logarithms of the plain
 * form are of the size of a + b and would leave few digits of their sum. */
static double beta_front(double a, double b, double x) {
  const double pi = 3.14159265358979323846;
  const double mean_x = a / (a + b);
  const double mean_y = b / (a + b);
  const double exponent =
      a * ln_ratio(x, mean_x, x - mean_x) + b * ln_ratio(1 - x, mean_y, mean_x - x);
  const double correction = stirling_excess(a + b) - stirling_excess(a) - stirling_excess(b);
  return sqrt(a * mean_y / (2 * pi)) * exp(exponent + correction);
}

/* I_x(a, b), or its complement, each to full relative precision if it is the smaller one. */
static double beta_tail(const distribution *d, double x, bool upper) {
  const double a = d->a;
  const double b = d->b;
  const double front = beta_front(a, b, x);
  const bool below_mean = x < (a + 1) / (a + b + 2);
  const double nearer =
      below_mean ? front / a / beta_fraction(a, b, x) : front / b / beta_fraction(b, a, 1 - x);
  return below_mean != upper ? nearer : 1 - nearer;
}

static double beta_of_tails(double lower_tail, double upper_tail, double a, double b) {
  const distribution beta = {.tail = beta_tail, .a = a, .b = b};
  const bool upper = upper_tail < lower_tail;
  return solve(&beta, upper ? upper_tail : lower_tail, upper, 1);
}

double bo_quantile_beta(double p, double a, double b) {
  assert(p > 0 && p < 1 && a > 0 && b > 0);
  return beta_of_tails(p, 1 - p, a, b);
}

/* With T of Student's distribution, x = degrees / (degrees + T^2) is beta(degrees/2, 1/2), and
 * y = 1 - x beta(1/2, degrees/2): the smaller of them is solved for. */
double bo_quantile_t(double p, double degrees) {
  assert(p > 0 && p < 1 && degrees > 0);
  if (p == 0.5) {
    return 0;
  }
  const double both_tails = 2 * (p < 0.5 ? p : 1 - p);
  const double x = beta_of_tails(both_tails, 1 - both_tails, degrees / 2, 0.5);
  double square = degrees * (1 - x) / x;
  if (x > 0.5) {
    const double y = beta_of_tails(1 - both_tails, both_tails, 0.5, degrees / 2);
    square = degrees * y / (1 - y);
  }
  return p < 0.5 ? -sqrt(square) : sqrt(square);
}
