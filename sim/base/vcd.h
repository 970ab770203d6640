/**
 * @file vcd.h
 * Waveforms of a cycle model: a VCD file (IEEE 1364-2005, 18.2) of registers found by their probes,
 * with the names of the RTL, so that it opens beside a dump of the RTL simulation.
 *
 *   bo_vcd_new, bo_vcd_add for every register, bo_vcd_begin, bo_vcd_cycle for every cycle,
 * bo_vcd_end
 *
 * A scope's parts, joined by dots, become modules; parts that begin with "gen_" are generate
 * blocks. Elements name[0], name[1], ... of one width are one vector `name`, element 0 lowest, as
 * the RTL has them; any other name with brackets (mem[1][5]) is a variable of its own, escaped.
 *
 * Cycle t lies between clock edges t and t + 1: clk_i rises at t * period with the registers as
 * they are in that cycle, and falls half a period later. Only what changes is written; memory grows
 * with the number of registers, not with time.
 */
#ifndef BO_BASE_VCD_H
#define BO_BASE_VCD_H

#include "base/probe.h"
#include "base/status.h"

#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_vcd_config {
  FILE *file;         /**< open for writing; borrowed until bo_vcd_free, which does not close it */
  uint32_t period_ps; /**< of the clock, at least 2 */
  const char *top;    /**< scope that clk_i belongs to; borrowed for the call */
} bo_vcd_config;

typedef struct bo_vcd bo_vcd;

/** A waveform without registers, owned by the caller. BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_vcd_new(bo_vcd **out, const bo_vcd_config *config, bo_diag *diag);
void bo_vcd_free(bo_vcd *vcd);

/**
 * Adds a register: a bo_probe_visit; @p context is the bo_vcd. What the probe points to must
 * outlive the waveform. BO_OK, BO_E_NOMEM. Precondition: bo_vcd_begin has not been called.
 */
bo_status bo_vcd_add(void *context, const char *scope, const char *name, const bo_probe *probe);

/** Writes the header. BO_OK, BO_E_NOMEM, BO_E_IO. */
bo_status bo_vcd_begin(bo_vcd *vcd, bo_diag *diag);

/** Writes what changed up to @p cycle, higher than at the last call. BO_OK, BO_E_IO. */
bo_status bo_vcd_cycle(bo_vcd *vcd, uint64_t cycle, bo_diag *diag);

/** Ends the last cycle and flushes the file. BO_OK, BO_E_IO. */
bo_status bo_vcd_end(bo_vcd *vcd, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
