/**
 * @file arch.h
 * The machine as data: one struct member a row of arch_params.def, which is also the YAML schema,
 * the help text and the RTL package.
 */
#ifndef BO_ARCH_ARCH_H
#define BO_ARCH_ARCH_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Values of bo_arch.dataflow. */
enum {
  BO_DATAFLOW_WEIGHT_STATIONARY,
  BO_DATAFLOW_OUTPUT_STATIONARY,
};

/** Values of bo_arch.timing. */
enum {
  BO_TIMING_NATIVE,
  BO_TIMING_SCALESIM,
};

typedef struct bo_arch {
#define BO_PARAM(c_name, sv_name, def, min, max, doc) uint32_t c_name; /**< see arch_params.def */
#define BO_CHOICE(c_name, sv_name, zero, one, doc)    uint32_t c_name; /**< see arch_params.def */
#include "arch/arch_params.def"
#undef BO_PARAM
#undef BO_CHOICE
} bo_arch;

/** A row of the table, for help and reports. */
typedef struct bo_arch_param {
  const char *name; /**< C name = YAML key */
  const char *doc;
  uint32_t def, min, max;
  const char *choice[2]; /**< words for 0 and 1; NULL: the value is a number */
  size_t offset;         /**< of the member in bo_arch */
} bo_arch_param;

/** The whole table; @p *count rows. Borrowed, static. */
const bo_arch_param *bo_arch_params(size_t *count);

/** The default machine, "ibm14": every parameter at its default. */
bo_arch bo_arch_default(void);

/** BO_OK, or BO_E_INVALID naming the parameter, its range and its value. */
bo_status bo_arch_check(const bo_arch *arch, bo_diag *diag);

/**
 * Reads a machine from YAML: a mapping with the keys of the table, all of them. On failure @p arch
 * is as before.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (unknown or missing key, out of range).
 */
bo_status bo_arch_load(bo_arch *arch, const char *path, bo_diag *diag);

/** The same from memory; @p name stands for the file in diagnostics. */
bo_status bo_arch_parse(bo_arch *arch, const char *name, const void *text, size_t size,
                        bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
