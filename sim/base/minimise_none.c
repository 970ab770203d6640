#include "base/minimise.h"

/* NOLINTNEXTLINE(readability-non-const-parameter): as declared */
bo_status bo_minimise(double *x, double *least, const bo_box *box, bo_function function,
                      void *context, bo_diag *diag) {
  (void)x, (void)least, (void)box, (void)function, (void)context;
  return bo_fail(
      diag, BO_E_INVALID,
      "built without NLopt, which finds the fit: install libnlopt-dev, then build again");
}
