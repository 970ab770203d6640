/**
 * @file report.h
 * Results as text: tables to read, CSV, JSON. Nothing here prints; text is returned on the heap,
 * ends with a newline and has a zero byte behind it.
 *
 * Numbers have ten significant digits; what does not exist (the standard deviation of one chip) is
 * an empty field in CSV and null in JSON. Error rates and savings are per cent, energies pJ of one
 * inference.
 */
#ifndef BO_REPORT_REPORT_H
#define BO_REPORT_REPORT_H

#include "base/file.h"
#include "base/status.h"
#include "campaign/point.h"
#include "campaign/store.h"
#include "campaign/workload.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** That the published 30 % is weight-SRAM access energy only: stands under tables of savings. */
extern const char *const bo_report_energy_note;

/**
 * One point of `run` as a JSON object: results, energy by part, and what they depend on. A seed
 * beyond 2^63 - 1, which JSON readers would round or refuse, is a string.
 */
bo_status bo_report_run_json(bo_bytes *out, const bo_workload *workload,
                             const bo_point_summary *summary, uint64_t seed, bo_diag *diag);

/** The same for people: one "name  value unit" a line, energy beside that at Vmin. */
bo_status bo_report_run_text(bo_bytes *out, const bo_workload *workload,
                             const bo_point_summary *summary, uint64_t seed, bo_diag *diag);

/**
 * Table of a sweep, one block a model, profile and placement, one line a point that has trials:
 * V/Vmin, BER %, chips, robust error % as mean and std, weight-SRAM saving %, total saving %.
 */
bo_status bo_report_table(bo_bytes *out, bo_store *store, bo_diag *diag);

/** CSV, one row a point that has trials; a column has the JSON key's name, parts after a '_'. */
bo_status bo_report_points_csv(bo_bytes *out, bo_store *store, bo_diag *diag);

/** CSV, one row a trial. */
bo_status bo_report_trials_csv(bo_bytes *out, bo_store *store, bo_diag *diag);

/** The manifest as a JSON object of strings. */
bo_status bo_report_manifest_json(bo_bytes *out, const bo_store *store, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
