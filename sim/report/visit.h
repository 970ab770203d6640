/** @file visit.h  Walks over the points of a store. Private to sim/report. */
#ifndef BO_REPORT_VISIT_H
#define BO_REPORT_VISIT_H

#include "base/status.h"
#include "campaign/store.h"

#include <stdint.h>

/** Takes a point and its trials, at least one, borrowed for the call. */
typedef bo_status (*bo_point_visitor)(void *context, const bo_point *point, const bo_trial *trials,
                                      uint32_t count, bo_diag *diag);

/** Calls @p visitor for each point that has trials, in order, until one call fails. */
bo_status bo_report_visit(bo_store *store, bo_point_visitor visitor, void *context, bo_diag *diag);

#endif
