/**
 * @file inspect.h
 * A network on its machine, before any error: layers, placement, cycles by cause, energy at Vmin.
 */
#ifndef BO_REPORT_INSPECT_H
#define BO_REPORT_INSPECT_H

#include "base/file.h"
#include "base/status.h"
#include "campaign/workload.h"

#ifdef __cplusplus
extern "C" {
#endif

/** For people: a table of layers and a summary. The workload needs no images. */
bo_status bo_report_inspect_text(bo_bytes *out, const bo_workload *workload, bo_diag *diag);

/** The same as one JSON object; of one inference, energies in pJ, SRAM rows counted, not bytes. */
bo_status bo_report_inspect_json(bo_bytes *out, const bo_workload *workload, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
