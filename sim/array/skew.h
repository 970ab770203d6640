/**
 * @file skew.h
 * The triangle of registers at an edge of the array: lane i comes out i cycles after it went in.
 * RTL twin: rtl/bo_skew.sv.
 */
#ifndef BO_ARRAY_SKEW_H
#define BO_ARRAY_SKEW_H

#include "array/lane.h"
#include "base/probe.h"
#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_skew bo_skew;

/** Lanes 1 … 256 by precondition. BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_skew_new(bo_skew **out, uint32_t lanes, bo_diag *diag);
void bo_skew_free(bo_skew *skew);

/** All registers to zero. */
void bo_skew_reset(bo_skew *skew);

/** One clock edge: in[i] goes in, out[i] is what comes out in this cycle. Both [lanes]. */
void bo_skew_tick(bo_skew *skew, const bo_lane *in, bo_lane *out);

/** Hands every register to @p visitor. BO_OK, or what it returned. */
bo_status bo_skew_probes(const bo_skew *skew, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
