#include "base/minimise.h"

#include <math.h>
#include <nlopt.h>
#include <stdbool.h>
#include <string.h>

enum {
  MAX_DIMENSIONS = 16,
};

/* The best point so far is ours to keep: NLopt has none when it is stopped. */
typedef struct search {
  nlopt_opt optimiser; /* borrowed */
  bo_function function;
  void *context;
  bo_diag *diag;
  bo_status status;
  double least;
  double best[MAX_DIMENSIONS];
} search;

/* NOLINTNEXTLINE(readability-non-const-parameter): the type of NLopt */
static double call(unsigned dimensions, const double *x, double *gradient, void *data) {
  search *const s = data;
  double value = HUGE_VAL;
  (void)gradient; /* Subplex has none */
  if (s->status == BO_OK) {
    s->status = s->function(s->context, x, &value, s->diag);
  }
  if (s->status != BO_OK) {
    (void)nlopt_force_stop(s->optimiser);
    return HUGE_VAL;
  }
  if (value < s->least) {
    s->least = value;
    memcpy(s->best, x, dimensions * sizeof *x);
  }
  return value;
}

static bool set_up(nlopt_opt optimiser, const bo_box *box, search *s) {
  return nlopt_set_lower_bounds(optimiser, box->low) > 0 &&
         nlopt_set_upper_bounds(optimiser, box->high) > 0 &&
         nlopt_set_initial_step(optimiser, box->step) > 0 &&
         nlopt_set_maxeval(optimiser, (int)box->max_calls) > 0 &&
         nlopt_set_xtol_rel(optimiser, box->tolerance) > 0 &&
         nlopt_set_min_objective(optimiser, call, s) > 0;
}

bo_status bo_minimise(double *x, double *least, const bo_box *box, bo_function function,
                      void *context, bo_diag *diag) {
  if (box->dimensions == 0 || box->dimensions > MAX_DIMENSIONS) {
    return bo_fail(diag, BO_E_INVALID, "dimensions: expected 1..%d, got %u", MAX_DIMENSIONS,
                   box->dimensions);
  }
  const nlopt_opt optimiser = nlopt_create(NLOPT_LN_SBPLX, box->dimensions);
  search s = {.optimiser = optimiser,
              .function = function,
              .context = context,
              .diag = diag,
              .least = HUGE_VAL};
  if (optimiser == NULL || !set_up(optimiser, box, &s)) {
    nlopt_destroy(optimiser);
    return bo_fail(diag, BO_E_NOMEM, "NLopt: cannot be set up");
  }
  double at[MAX_DIMENSIONS];
  double value = 0;
  memcpy(at, x, box->dimensions * sizeof *x);
  const nlopt_result result = nlopt_optimize(optimiser, at, &value);
  nlopt_destroy(optimiser);
  if (s.status != BO_OK) {
    return s.status;
  }
  if (!(s.least < HUGE_VAL)) {
    return bo_fail(diag, BO_E_INVALID, "NLopt: no finite value of the function (code %d)",
                   (int)result);
  }
  memcpy(x, s.best, box->dimensions * sizeof *x);
  *least = s.least;
  return BO_OK;
}
