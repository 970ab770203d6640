/**
 * @file stats.h
 * What may be concluded from a sample of chips or from counted outcomes.
 *
 * Chips are the sample: mean, standard deviation and Student's t interval are over chips. Wilson
 * and Clopper-Pearson intervals are for independent yes/no outcomes under *one* error pattern;
 * chips and images must not be pooled into one binomial, which would be too narrow.
 *
 * Proportions, confidences and deltas are in 0 … 1, not in per cent.
 */
#ifndef BO_BASE_STATS_H
#define BO_BASE_STATS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Of @p n values. One value has a mean and nothing else: std is NAN. */
typedef struct bo_sample {
  size_t n;
  double mean;
  double std; /**< of the sample, divided by n - 1 */
} bo_sample;

typedef struct bo_interval {
  double low, high;
} bo_interval;

/** Precondition: n > 0. The result depends on the order of the values by rounding only. */
bo_sample bo_stats_sample(const double *values, size_t n);

/**
 * Two-sided Student's t interval of the mean, for values that are independent and roughly normal.
 * NAN to NAN for n = 1: one value says nothing about its spread. Not clipped to any range.
 *
 * @param confidence in (0, 1), e.g. 0.95.
 */
bo_interval bo_stats_t_interval(const bo_sample *sample, double confidence);

/**
 * Two-sided Wilson score interval of a proportion: Wilson, "Probable inference, the law of
 * succession, and statistical inference", JASA 22, 1927. Its coverage dips below the nominal one at
 * the smallest rates (91.0 % instead of 95 % at p = 0.0005, n = 1000).
 *
 * Preconditions: trials > 0, successes <= trials, confidence in (0, 1).
 */
bo_interval bo_stats_wilson(uint64_t successes, uint64_t trials, double confidence);

/**
 * Two-sided exact interval of a proportion, for statements that must never be too narrow: Clopper
 * and Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934. Preconditions as
 * bo_stats_wilson.
 */
bo_interval bo_stats_clopper_pearson(uint64_t successes, uint64_t trials, double confidence);

/**
 * What to add to the mean robust error over @p patterns independent error patterns on @p images
 * test images to exceed the expected robust error with probability at least 1 - @p delta:
 *
 *   sqrt(ln((n + 1) / delta) / n) (sqrt(l) + sqrt(n)) / sqrt(l),   n images, l patterns.
 *
 * Stutz, Chandramoorthy, Hein, Schiele, "Bit Error Robustness for Energy-Efficient DNN
 * Accelerators", MLSys 2021, Proposition 1. It says something only when l is far larger than n.
 * Preconditions: images > 0, patterns > 0, delta in (0, 1).
 */
double bo_stats_robust_error_excess(uint64_t images, uint64_t patterns, double delta);

#ifdef __cplusplus
}
#endif

#endif
