#include "base/quantile.h"
#include "base/rng.h"
#include "base/stats.h"
#include "test_suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#ifdef BO_HAVE_GSL
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#endif

static void expect_close(double got, double expected, double relative) {
  const bool close = fabs(got - expected) <= relative * fabs(expected);
  if (!close) {
    (void)printf("expected %.17g, got %.17g\n", expected, got);
  }
  CU_ASSERT_TRUE(close);
}

/* 2, 4, 4, 4, 5, 5, 7, 9: squares of deviations 9+1+1+1+0+0+4+16 = 32, 32/7. */
static void mean_and_deviation_are_those_done_by_hand(void) {
  static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
  const bo_sample sample = bo_stats_sample(values, 8);
  CU_ASSERT_EQUAL(sample.n, 8);
  CU_ASSERT_EQUAL(sample.mean, 5);
  expect_close(sample.std, sqrt(32.0 / 7), 1e-15);
}

static void one_value_has_a_mean_and_no_spread(void) {
  static const double value[] = {7.25};
  const bo_sample sample = bo_stats_sample(value, 1);
  CU_ASSERT_EQUAL(sample.mean, 7.25);
  CU_ASSERT_TRUE(isnan(sample.std));
  const bo_interval interval = bo_stats_t_interval(&sample, 0.95);
  CU_ASSERT_TRUE(isnan(interval.low) && isnan(interval.high));
}

static void equal_values_have_no_deviation_and_an_interval_of_no_width(void) {
  static const double values[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
  const bo_sample sample = bo_stats_sample(values, 7);
  CU_ASSERT_DOUBLE_EQUAL(sample.std, 0, 1e-16);
  const bo_interval interval = bo_stats_t_interval(&sample, 0.95);
  CU_ASSERT_DOUBLE_EQUAL(interval.high - interval.low, 0, 1e-15);
}

/* 1e9 + {4, 7, 13, 16}: the sum of squares minus the square of the sum would have no digit left. */
static void a_large_common_offset_costs_no_precision(void) {
  static const double values[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
  const bo_sample sample = bo_stats_sample(values, 4);
  CU_ASSERT_EQUAL(sample.mean, 1e9 + 10);
  expect_close(sample.std, sqrt(30), 1e-15);
}

/* One and two degrees of freedom have closed forms; the others are from printed tables. */
static void t_quantiles_are_the_known_ones(void) {
  const double pi = acos(-1);
  for (unsigned i = 1; i < 1000; i += 3) {
    const double p = i / 1000.0;
    const double a = 2 * p - 1;
    CU_ASSERT_DOUBLE_EQUAL(bo_quantile_t(p, 1), tan(pi * (p - 0.5)),
                           1e-12 + 1e-12 * fabs(tan(pi * (p - 0.5))));
    CU_ASSERT_DOUBLE_EQUAL(bo_quantile_t(p, 2), a * sqrt(2 / (1 - a * a)),
                           1e-12 + 1e-12 * fabs(a * sqrt(2 / (1 - a * a))));
  }
  CU_ASSERT_EQUAL(bo_quantile_t(0.5, 3), 0);
  CU_ASSERT_DOUBLE_EQUAL(bo_quantile_t(0.975, 4), 2.776, 0.0005);
  CU_ASSERT_DOUBLE_EQUAL(bo_quantile_t(0.975, 9), 2.262, 0.0005);
  CU_ASSERT_DOUBLE_EQUAL(bo_quantile_t(0.995, 49), 2.680, 0.0005);
  CU_ASSERT_DOUBLE_EQUAL(bo_quantile_t(0.025, 9), -2.262, 0.0005);
}

static void normal_quantiles_are_the_known_ones(void) {
  expect_close(bo_quantile_normal(0.975), 1.959963984540054, 1e-14);
  expect_close(bo_quantile_normal(0.995), 2.5758293035489004, 1e-14);
  expect_close(bo_quantile_normal(0.025), -1.959963984540054, 1e-14);
}

static void the_t_interval_is_mean_plus_minus_t_s_over_root_n(void) {
  static const double values[] = {6, 8, 10, 12, 14}; /* mean 10, s^2 = 40/4 */
  const bo_sample sample = bo_stats_sample(values, 5);
  const bo_interval interval = bo_stats_t_interval(&sample, 0.95);
  CU_ASSERT_DOUBLE_EQUAL(interval.high, 10 + 2.776445 * sqrt(10.0 / 5), 1e-5);
  CU_ASSERT_DOUBLE_EQUAL(interval.low, 10 - 2.776445 * sqrt(10.0 / 5), 1e-5);
}

static void no_event_in_a_thousand_has_the_known_upper_limits(void) {
  const bo_interval wilson = bo_stats_wilson(0, 1000, 0.95);
  const bo_interval exact = bo_stats_clopper_pearson(0, 1000, 0.95);
  CU_ASSERT_EQUAL(wilson.low, 0);
  CU_ASSERT_EQUAL(exact.low, 0);
  CU_ASSERT_DOUBLE_EQUAL(wilson.high, 0.00383, 0.000005);
  CU_ASSERT_DOUBLE_EQUAL(exact.high, 0.00368, 0.000005);
  expect_close(exact.high, 1 - pow(0.025, 1e-3), 1e-12); /* (1 - p)^n = 0.025 */
}

static void intervals_of_failures_mirror_those_of_successes(void) {
  for (uint64_t s = 0; s <= 20; s++) {
    const bo_interval w = bo_stats_wilson(s, 20, 0.9);
    const bo_interval w_mirror = bo_stats_wilson(20 - s, 20, 0.9);
    const bo_interval c = bo_stats_clopper_pearson(s, 20, 0.9);
    const bo_interval c_mirror = bo_stats_clopper_pearson(20 - s, 20, 0.9);
    CU_ASSERT_DOUBLE_EQUAL(w.low, 1 - w_mirror.high, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(c.low, 1 - c_mirror.high, 1e-14);
    const double rate = (double)s / 20;
    CU_ASSERT_TRUE(w.low <= rate && rate <= w.high && c.low <= rate && rate <= c.high);
  }
}

/* P(X = k), X binomial(n, p). */
static double binomial(unsigned k, unsigned n, double p) {
  return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) +
             (n - k) * log1p(-p));
}

/* P(from <= X <= to). */
static double binomial_sum(unsigned from, unsigned to, unsigned n, double p) {
  double sum = 0;
  for (unsigned k = from; k <= to; k++) {
    sum += binomial(k, n, p);
  }
  return sum;
}

/* The definition: at the lower limit s or more, at the upper limit s or fewer have P = alpha/2. */
static void clopper_pearson_limits_solve_the_binomial_tails(void) {
  for (unsigned n = 1; n <= 40; n += 3) {
    for (unsigned s = 0; s <= n; s++) {
      const bo_interval limits = bo_stats_clopper_pearson(s, n, 0.99);
      if (s > 0) {
        CU_ASSERT_DOUBLE_EQUAL(binomial_sum(s, n, n, limits.low), 0.005, 1e-12);
      }
      if (s < n) {
        CU_ASSERT_DOUBLE_EQUAL(binomial_sum(0, s, n, limits.high), 0.005, 1e-12);
      }
    }
  }
}

/* Chance that the interval of a sample of 1000 covers the true p, summed exactly. */
static double coverage(bo_interval (*method)(uint64_t, uint64_t, double), double p) {
  double covered = 0;
  for (unsigned k = 0; k <= 200; k++) { /* P(X > 200) is nil for p <= 0.05 */
    const bo_interval interval = method(k, 1000, 0.95);
    covered += interval.low <= p && p <= interval.high ? binomial(k, 1000, p) : 0;
  }
  return covered;
}

/* Exact coverage at n = 1000 as computed elsewhere by direct summation. */
static void coverage_is_as_tabulated(void) {
  static const double table[][3] = {{0.0005, 0.910, 0.986}, {0.001, 0.920, 0.981},
                                    {0.002, 0.948, 0.984},  {0.005, 0.962, 0.980},
                                    {0.01, 0.964, 0.976},   {0.05, 0.950, 0.958}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    CU_ASSERT_DOUBLE_EQUAL(coverage(bo_stats_wilson, table[i][0]), table[i][1], 0.00051);
    CU_ASSERT_DOUBLE_EQUAL(coverage(bo_stats_clopper_pearson, table[i][0]), table[i][2], 0.00051);
  }
}

/* Published for a million patterns: 4.1 % on ten thousand images, 1.7 % on a hundred thousand. */
static void the_bound_has_the_published_values(void) {
  CU_ASSERT_DOUBLE_EQUAL(bo_stats_robust_error_excess(10000, 1000000, 0.01), 0.0409, 0.00005);
  CU_ASSERT_DOUBLE_EQUAL(bo_stats_robust_error_excess(100000, 1000000, 0.01), 0.0167, 0.00005);
  CU_ASSERT_DOUBLE_EQUAL(bo_stats_robust_error_excess(10000, 1000000, 0.99), 0.033, 0.0005);
  CU_ASSERT_DOUBLE_EQUAL(bo_stats_robust_error_excess(10000, 10000, 0.01), 0.074, 0.0005);
  CU_ASSERT_DOUBLE_EQUAL(bo_stats_robust_error_excess(10000, 50, 0.01), 0.56, 0.005);
  /* by hand, where n + 1 is not n: sqrt(ln(2 / 0.5)) (1 + 1) */
  expect_close(bo_stats_robust_error_excess(1, 1, 0.5), 2 * sqrt(2 * log(2)), 1e-15);
}

#ifdef BO_HAVE_GSL
static const double probabilities[] = {1e-9, 1e-4, 0.005, 0.025, 0.1,   0.3,   0.49,
                                       0.51, 0.75, 0.95,  0.975, 0.995, 0.9999};
enum {
  PROBABILITIES = sizeof probabilities / sizeof *probabilities
};

/* GSL's own inverses stop at about 1e-8 and give up far out, so its distribution functions are
 * asked instead whether the quantile is one; the tail that is compared is the smaller one. */
static void t_quantiles_invert_the_distribution_of_gsl(void) {
  static const double degrees[] = {1, 2, 3, 4, 5, 9, 19, 49, 99, 1000, 1e5};
  for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
    for (size_t j = 0; j < PROBABILITIES; j++) {
      const double p = probabilities[j];
      const double t = bo_quantile_t(p, degrees[i]);
      expect_close(p < 0.5 ? gsl_cdf_tdist_P(t, degrees[i]) : gsl_cdf_tdist_Q(t, degrees[i]),
                   p < 0.5 ? p : 1 - p, 1e-9);
      if (p > 1e-3 && p < 0.999) {
        expect_close(t, gsl_cdf_tdist_Pinv(p, degrees[i]), 1e-9);
      }
    }
  }
}

/* An error of the tail, over the density, is the error of the quantile. */
static void beta_quantiles_invert_the_distribution_of_gsl(void) {
  static const double shapes[] = {0.5, 1, 1.5, 2, 7, 31, 200, 5001, 1e6};
  enum {
    SHAPES = sizeof shapes / sizeof *shapes
  };
  for (size_t i = 0; i < (size_t)SHAPES * SHAPES; i++) {
    const double a = shapes[i / SHAPES];
    const double b = shapes[i % SHAPES];
    for (size_t j = 0; j < PROBABILITIES; j++) {
      const double p = probabilities[j];
      const double x = bo_quantile_beta(p, a, b);
      const double excess = p < 0.5 ? gsl_cdf_beta_P(x, a, b) - p : 1 - p - gsl_cdf_beta_Q(x, a, b);
      expect_close(x + excess / gsl_ran_beta_pdf(x, a, b), x, 1e-9);
    }
  }
}

static void normal_quantiles_agree_with_gsl(void) {
  for (size_t j = 0; j < PROBABILITIES; j++) {
    expect_close(bo_quantile_normal(probabilities[j]), gsl_cdf_ugaussian_Pinv(probabilities[j]),
                 1e-9);
  }
}

static void samples_agree_with_gsl(void) {
  double values[1000];
  for (uint32_t i = 0; i < 1000; i++) {
    const bo_rng_block block = bo_rng_draw(11, BO_RNG_TEST, (uint32_t[3]){i, 0, 0});
    values[i] = 100 * bo_rng_unit(block.word[0]);
  }
  for (size_t n = 2; n <= 1000; n += 37) {
    const bo_sample sample = bo_stats_sample(values, n);
    expect_close(sample.mean, gsl_stats_mean(values, 1, n), 1e-12);
    expect_close(sample.std, gsl_stats_sd(values, 1, n), 1e-12);
  }
}
#endif

CU_TestInfo suite_tests[] = {
    BO_TEST(mean_and_deviation_are_those_done_by_hand),
    BO_TEST(one_value_has_a_mean_and_no_spread),
    BO_TEST(equal_values_have_no_deviation_and_an_interval_of_no_width),
    BO_TEST(a_large_common_offset_costs_no_precision),
    BO_TEST(t_quantiles_are_the_known_ones),
    BO_TEST(normal_quantiles_are_the_known_ones),
    BO_TEST(the_t_interval_is_mean_plus_minus_t_s_over_root_n),
    BO_TEST(no_event_in_a_thousand_has_the_known_upper_limits),
    BO_TEST(intervals_of_failures_mirror_those_of_successes),
    BO_TEST(clopper_pearson_limits_solve_the_binomial_tails),
    BO_TEST(coverage_is_as_tabulated),
    BO_TEST(the_bound_has_the_published_values),
#ifdef BO_HAVE_GSL
    BO_TEST(t_quantiles_invert_the_distribution_of_gsl),
    BO_TEST(beta_quantiles_invert_the_distribution_of_gsl),
    BO_TEST(normal_quantiles_agree_with_gsl),
    BO_TEST(samples_agree_with_gsl),
#endif
    CU_TEST_INFO_NULL,
};
