/**
 * @file trace.h
 * A waveform of the array while it runs one image: every register, with the names of the RTL.
 */
#ifndef BO_CLI_TRACE_H
#define BO_CLI_TRACE_H

#include "base/status.h"
#include "campaign/workload.h"

#include <stdint.h>

/**
 * Cycles first … last. Cycle t: the registers after t clock edges of the array since the inference
 * began, 0 after reset; as `brownout vectors` counts them for one layer.
 */
typedef struct bo_trace_cycles {
  uint64_t first, last;
} bo_trace_cycles;

/** Reads "A:B". BO_OK, BO_E_INVALID (not so, or not A <= B). */
bo_status bo_trace_parse(bo_trace_cycles *cycles, const char *text, bo_diag *diag);

/**
 * Runs the first image of @p workload on chip @p seed at @p vdd_ratio, cycle by cycle, and writes
 * the waveform of @p cycles to @p path, by bo_file_begin: it is there whole or not at all.
 *
 * @return BO_OK, BO_E_INVALID (voltage outside the profile; an inference has not so many cycles),
 *         BO_E_IO, BO_E_NOMEM.
 */
bo_status bo_trace_write(const char *path, const bo_workload *workload, double vdd_ratio,
                         uint64_t seed, bo_trace_cycles cycles, bo_diag *diag);

#endif
