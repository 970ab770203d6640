/**
 * @file array.h
 * The R x C multiply-accumulate array, register for register, one clock edge at a time. Two
 * dataflows behind one interface, a file each: array_ws.c and array_os.c. RTL twins:
 * rtl/bo_array.sv with bo_row.sv and bo_pe.sv (weight-stationary) or bo_pe_os.sv
 * (output-stationary).
 *
 * Operands are 9-bit signed (codes less their zero-points), sums int32 in two's complement. In both
 * dataflows activations move right and sums or results move down, one PE a cycle; inputs must be
 * skewed (skew.h): row r and column c lag by r and c cycles.
 *
 * Weight-stationary. PE (r, c) holds one weight at work, weight_q, and the next one, weight_next_q:
 *
 *   weight_d = first_i ? weight_next_q : weight_q         psum_d = psum_i + act_i * weight_d
 *
 * Weights come in from the top through weight_pipe_q, a row a shift; with the R-th shift comes
 * load, and row r takes what was shifted in (R-1-r)-th. All of this goes on under the tile at work.
 *
 * Output-stationary. PE (r, c) sums in place; weights move down with one PE a cycle:
 *
 *   sum_d = (first_i ? 0 : sum_q) + act_i * weight_i      hold_d = last_i ? sum_d : hold_q
 *
 * R cycles after the last vector entered, load copies hold_q to drain_q, which moves down and out,
 * a row a cycle, under the next tile.
 */
#ifndef BO_ARRAY_ARRAY_H
#define BO_ARRAY_ARRAY_H

#include "array/lane.h"
#include "base/probe.h"
#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_ARRAY_MAX_SIDE = 256, /**< rows and columns */
};

typedef struct bo_array bo_array;

/**
 * An array of zeros, owned by the caller. @p dataflow: BO_DATAFLOW_* of arch/arch.h.
 *
 * @return BO_OK, BO_E_INVALID (rows or columns outside 1 … 256, no such dataflow), BO_E_NOMEM; on
 *         failure @p *out is NULL.
 */
bo_status bo_array_new(bo_array **out, uint32_t dataflow, uint32_t rows, uint32_t cols,
                       bo_diag *diag);
void bo_array_free(bo_array *array);

/** All registers to zero. */
void bo_array_reset(bo_array *array);

/** One clock edge with skewed inputs: @p row [rows], @p col [cols]. */
void bo_array_tick(bo_array *array, const bo_lane *row, const bo_lane *col);

/**
 * What leaves the bottom row, [cols]: psum_q (weight-stationary) or drain_q (output-stationary) as
 * they are now. Borrowed; valid until the next tick.
 */
const int32_t *bo_array_sums(const bo_array *array);

/** Hands every register to @p visitor. BO_OK, or what it returned. */
bo_status bo_array_probes(const bo_array *array, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
