/**
 * @file minimise.h
 * The minimum of a function without derivatives in a box: NLopt's Subplex (Rowan, "Functional
 * Stability Analysis of Numerical Algorithms", 1990, as rewritten by S. G. Johnson), which draws no
 * random numbers: the same function gives the same minimum.
 */
#ifndef BO_BASE_MINIMISE_H
#define BO_BASE_MINIMISE_H

#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Value of the function at @p x into @p *value, finite. A failure ends the search. */
typedef bo_status (*bo_function)(void *context, const double *x, double *value, bo_diag *diag);

typedef struct bo_box {
  uint32_t dimensions;
  const double *low, *high; /**< [dimensions] */
  const double *step;       /**< [dimensions] first step, above 0 */
  uint32_t max_calls;       /**< of the function, at least 1 */
  double tolerance;         /**< ends when all x change by less than this part of themselves */
} bo_box;

/**
 * Moves @p x, which begins inside, to the best point found, whose value is @p *least.
 *
 * @return BO_OK, what the function returned, BO_E_NOMEM, BO_E_INVALID (built without NLopt).
 */
bo_status bo_minimise(double *x, double *least, const bo_box *box, bo_function function,
                      void *context, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
