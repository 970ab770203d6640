/**
 * @file quantile.h
 * Quantiles of the distributions that intervals need, to about 1e-12 relative. Each is the double
 * at which the distribution function passes the probability, found by bisection over the doubles
 * themselves: no starting guess, no derivative, 64 steps, and as exact for tiny values as for
 * others.
 */
#ifndef BO_BASE_QUANTILE_H
#define BO_BASE_QUANTILE_H

#ifdef __cplusplus
extern "C" {
#endif

/** Of the standard normal distribution; p in (0, 1). */
double bo_quantile_normal(double p);

/** Of Student's t distribution; p in (0, 1), degrees of freedom > 0. */
double bo_quantile_t(double p, double degrees);

/** Of the beta distribution; p in (0, 1), a > 0, b > 0. */
double bo_quantile_beta(double p, double a, double b);

#ifdef __cplusplus
}
#endif

#endif
