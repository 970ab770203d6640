#include "report/visit.h"

#include <stdlib.h>

bo_status bo_report_visit(bo_store *store, bo_point_visitor visitor, void *context, bo_diag *diag) {
  uint32_t points = 0;
  const bo_point *const point = bo_store_points(store, &points);
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < points && status == BO_OK; i++) {
    bo_trial *trials = NULL;
    uint32_t count = 0;
    status = bo_store_trials(store, i, &trials, &count, diag);
    if (status == BO_OK && count > 0) {
      status = visitor(context, &point[i], trials, count, diag);
    }
    free(trials);
  }
  return status;
}
