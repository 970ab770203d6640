/**
 * @file profile_fit.h
 * A profile with a cell model whose chips look like a published one.
 *
 * The free parameters minimise the sum over the published values of z^2, z = (published - mean of
 * the generated segments) / their standard deviation, of those values that are bars. Seeds are
 * fixed and the search draws nothing, so the result is a function of the two files.
 */
#ifndef BO_SILICON_PROFILE_FIT_H
#define BO_SILICON_PROFILE_FIT_H

#include "base/status.h"
#include "silicon/profile.h"
#include "silicon/targets.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How well it fits. */
typedef struct bo_fit_result {
  uint32_t values; /**< bars among the published values */
  double squares;  /**< sum of their z^2 */
} bo_fit_result;

/**
 * Fits the model of @p *out: name and cells are those of @p targets, the rest is that of
 * @p curve. The part of 0->1 at a point of the curve is that of the targets' chips, linear in the
 * voltage between their rates and constant beyond; without chips it is prefers_1. Both directions
 * have the same shares of the variance.
 *
 * @return BO_OK; BO_E_INVALID (a rate that the curve does not have, no value that is a bar, built
 *         without NLopt), BO_E_NOMEM. On failure @p out is as before.
 */
bo_status bo_profile_fit(bo_profile *out, bo_fit_result *result, const bo_profile *curve,
                         const bo_targets *targets, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
