/**
 * @file scalesim_cfg.h
 * Reads the array from a configuration file of SCALE-Sim (.cfg).
 *
 *   [architecture_presets]
 *   ArrayHeight : 32        1 … 65536
 *   ArrayWidth  : 32
 *   Dataflow    : ws        ws, os or is
 *
 * As SCALE-Sim's own reader (Python's configparser): '=' or ':' behind a key, keys in upper or
 * lower case, sections in lower case; a line that begins with '#' or ';' is a remark.
 *
 * Every other key and section is ignored on purpose: sizes of SRAMs, bandwidths, banks, layouts and
 * the interface do not change the count without stalls, and SCALE-Sim's versions differ in which of
 * them they demand. Only SparsitySupport in [sparsity] would change it: if true, the file is
 * refused.
 */
#ifndef BO_ACCEL_SCALESIM_CFG_H
#define BO_ACCEL_SCALESIM_CFG_H

#include "accel/scalesim.h"
#include "base/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Sets rows, cols and dataflow of @p array; on failure nothing. The file has at most 64 KiB.
 *
 * @return BO_OK; BO_E_IO; BO_E_NOMEM; BO_E_INVALID, "file:line: what, expected, got".
 */
bo_status bo_scalesim_cfg_load(bo_scalesim_array *array, const char *path, bo_diag *diag);

/** The same from memory; @p name stands for the file in diagnostics. */
bo_status bo_scalesim_cfg_parse(bo_scalesim_array *array, const char *name, const char *text,
                                size_t size, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
