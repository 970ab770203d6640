/**
 * @file core.h
 * The weight-stationary core, register for register, one clock edge at a time: weight SRAM, weight
 * buffer, tile control, array with its skews, accumulators. RTL twin: rtl/bo_core.sv.
 *
 * The driver offers tiles and, in each cycle in which a vector enters, its codes; complete sums
 * come out below each column. Row r of the array takes input k-1-r of the tile.
 */
#ifndef BO_ACCEL_CORE_H
#define BO_ACCEL_CORE_H

#include "accel/tile_ctrl.h"
#include "base/probe.h"
#include "base/status.h"
#include "mem/weight_sram.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_core_config {
  uint32_t rows, cols;          /**< of the array, 1 … 256 */
  uint32_t accumulator_depth;   /**< sums a column, 1 … 2^24 */
  uint32_t weight_banks;        /**< at least 1 */
  uint32_t bank_rows;           /**< 1 … 65536 */
  uint32_t bank_width_bits;     /**< 8 … 64 */
  uint32_t read_latency_cycles; /**< 1 … 8 */
  uint32_t read_words;          /**< words read side by side: 1 as in the RTL and without a
                                     placement, else what bo_read_words says of it */
} bo_core_config;

/** What is at the inputs in one cycle; all borrowed for the tick. */
typedef struct bo_core_in {
  const bo_tile *tile;        /**< offered; taken if tile_ready. NULL: none */
  const uint8_t *act;         /**< codes by row of the array, the first stream_k count; [rows] */
  uint8_t act_zero;           /**< zx */
  const int32_t *weight_zero; /**< zw of each column of the tile that loads, [cols]: w' - zw in
                                   -256 … 255 for every w' that its bits allow */
} bo_core_in;

typedef struct bo_core bo_core;

/**
 * A core of zeros, owned by the caller.
 *
 * @return BO_OK, BO_E_INVALID (a field of @p config out of range, named), BO_E_NOMEM; on failure
 *         @p *out is NULL.
 */
bo_status bo_core_new(bo_core **out, const bo_core_config *config, bo_diag *diag);
void bo_core_free(bo_core *core);

/** All registers to zero; memories stay. */
void bo_core_reset(bo_core *core);

/** Its weight SRAM, to fill and to give faults. Borrowed. */
bo_weight_sram *bo_core_weights(bo_core *core);

/** What happens in this cycle: follows from the registers alone. Borrowed; valid until the tick. */
const bo_tile_ctrl_out *bo_core_look(const bo_core *core);

/** One clock edge. */
void bo_core_tick(bo_core *core, const bo_core_in *in);

/** Whether any column put a complete sum out at the last edge. */
bool bo_core_any_sum(const bo_core *core);

/** Whether column @p c put a complete sum out at the last edge; then @p *sum is it. */
bool bo_core_sum(const bo_core *core, uint32_t c, int32_t *sum);

/**
 * Hands every register to @p visitor, scopes as in the RTL: visitor->scope is the top ("bo_core").
 * With @p memories also the words of the accumulators. BO_OK, or what the visitor returned.
 */
bo_status bo_core_probes(const bo_core *core, const bo_probe_visitor *visitor, bool memories);

#ifdef __cplusplus
}
#endif

#endif
