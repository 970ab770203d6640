/**
 * @file scalesim.h
 * What SCALE-Sim would print for a network, as one table: cycles without stalls, SRAM accesses.
 */
#ifndef BO_REPORT_SCALESIM_H
#define BO_REPORT_SCALESIM_H

#include "accel/scalesim_topology.h"
#include "base/file.h"
#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** All borrowed. */
typedef struct bo_scalesim_view {
  const char *kind; /**< key of name in JSON: "topology" or "model" */
  const char *name; /**< of the file or the network */
  const bo_scalesim_topology *topology;
  bo_scalesim_array array;
} bo_scalesim_view;

/** For people. BO_OK, BO_E_NOMEM. */
bo_status bo_report_scalesim_text(bo_bytes *out, const bo_scalesim_view *view, bo_diag *diag);

/** The same as one JSON object, with the names of bo_scalesim_counts. */
bo_status bo_report_scalesim_json(bo_bytes *out, const bo_scalesim_view *view, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
