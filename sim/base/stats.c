#include "base/stats.h"

#include "base/quantile.h"

#include <assert.h>
#include <math.h>

bo_sample bo_stats_sample(const double *values, size_t n) {
  assert(n > 0);
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += values[i];
  }
  const double mean = sum / (double)n;
  if (n == 1) {
    return (bo_sample){n, mean, NAN};
  }
  double squares = 0;
  double residue = 0; /* what rounding left in the mean; exact arithmetic would give 0 */
  for (size_t i = 0; i < n; i++) {
    const double deviation = values[i] - mean;
    squares += deviation * deviation;
    residue += deviation;
  }
  const double variance = (squares - residue * residue / (double)n) / (double)(n - 1);
  return (bo_sample){n, mean, sqrt(fmax(variance, 0))};
}

bo_interval bo_stats_t_interval(const bo_sample *sample, double confidence) {
  if (sample->n < 2) {
    return (bo_interval){NAN, NAN};
  }
  const double t = bo_quantile_t(0.5 + confidence / 2, (double)(sample->n - 1));
  const double half_width = t * sample->std / sqrt((double)sample->n);
  return (bo_interval){sample->mean - half_width, sample->mean + half_width};
}

bo_interval bo_stats_wilson(uint64_t successes, uint64_t trials, double confidence) {
  assert(trials > 0 && successes <= trials);
  const double n = (double)trials;
  const double p = (double)successes / n;
  const double z = bo_quantile_normal(0.5 + confidence / 2);
  const double scale = 1 + z * z / n;
  const double centre = (p + z * z / (2 * n)) / scale;
  const double half_width = z / scale * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return (bo_interval){successes == 0 ? 0 : centre - half_width,
                       successes == trials ? 1 : centre + half_width};
}

bo_interval bo_stats_clopper_pearson(uint64_t successes, uint64_t trials, double confidence) {
  assert(trials > 0 && successes <= trials);
  const double s = (double)successes;
  const double failures = (double)(trials - successes);
  const double tail = 0.5 - confidence / 2;
  return (bo_interval){
      successes == 0 ? 0 : bo_quantile_beta(tail, s, failures + 1),
      /* the upper limit by symmetry, so that a small tail is not rounded away in 1 - tail */
      successes == trials ? 1 : 1 - bo_quantile_beta(tail, failures, s + 1),
  };
}

double bo_stats_robust_error_excess(uint64_t images, uint64_t patterns, double delta) {
  assert(images > 0 && patterns > 0 && delta > 0);
  const double n = (double)images;
  const double l = (double)patterns;
  return sqrt(log((n + 1) / delta) / n) * (sqrt(l) + sqrt(n)) / sqrt(l);
}
