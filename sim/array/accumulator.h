/**
 * @file accumulator.h
 * The partial sums below a weight-stationary array: a memory of int32 a column, read, added to and
 * written as the sums of one K-tile after the other come down. RTL twin: rtl/bo_accumulator.sv.
 *
 * A token says what to do with the sums of one vector and moves along the columns, a column a
 * cycle, as the skewed sums do. In the cycle before the sum, the memory is read; with the sum, the
 * new partial sum is written, or, for the last K-tile, goes out to be requantised and is not
 * written.
 */
#ifndef BO_ARRAY_ACCUMULATOR_H
#define BO_ARRAY_ACCUMULATOR_H

#include "base/probe.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The token of a vector. */
typedef struct bo_accumulate {
  bool valid;
  bool accumulate; /**< add to what the memory holds; else begin */
  bool last;       /**< the sum is complete: goes out */
  uint32_t addr;   /**< place in the memory, < depth */
} bo_accumulate;

typedef struct bo_accumulator bo_accumulator;

/** Zeros. @p cols and @p depth at least 1. BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_accumulator_new(bo_accumulator **out, uint32_t cols, uint32_t depth, bo_diag *diag);
void bo_accumulator_free(bo_accumulator *acc);

/** All registers to zero; the memory stays. */
void bo_accumulator_reset(bo_accumulator *acc);

/**
 * One clock edge. @p token reads column 0 in this cycle, and meets its sum in the next one.
 * @p psum [cols]: what leaves the array in this cycle.
 */
void bo_accumulator_tick(bo_accumulator *acc, bo_accumulate token, const int32_t *psum);

/** Whether any column put a complete sum out at the last edge. */
bool bo_accumulator_any_out(const bo_accumulator *acc);

/** Whether column @p c put a complete sum out at the last edge; then @p *sum is it. */
bool bo_accumulator_out(const bo_accumulator *acc, uint32_t c, int32_t *sum);

/** Hands every register to @p visitor. BO_OK, or what it returned. */
bo_status bo_accumulator_probes(const bo_accumulator *acc, const bo_probe_visitor *visitor);

/** Hands every word of the memory to @p visitor. BO_OK, or what it returned. */
bo_status bo_accumulator_memory_probes(const bo_accumulator *acc, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
