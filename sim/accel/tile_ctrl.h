/**
 * @file tile_ctrl.h
 * Runs tiles one after the other through a weight-stationary array, and loads the weights of the
 * next one behind the one that streams. RTL twin: rtl/bo_tile_ctrl.sv, which reads one word a cycle
 * and codes in the order of the array; side by side and gathered reads are the C model's alone.
 *
 * A tile is accepted in cycle s; its first word is asked for in cycle s + 1. A row of weights
 * shifts into the array when its codes are in the weight buffer, rows that are not used going
 * first, at once. When the R-th has gone in, the tile is loaded, and starts as soon as the one
 * before has let its last vector in; in the same cycle the next tile is accepted. With G codes read
 * a cycle and the first code at o in its group, a tile that is not gathered can start P cycles
 * after it was accepted:
 *
 *   P = max(R + 1, latency + 2 + max((o + n - 1) / G + k, (o + k n - 1) / G + 1))
 */
#ifndef BO_ACCEL_TILE_CTRL_H
#define BO_ACCEL_TILE_CTRL_H

#include "array/accumulator.h"
#include "base/probe.h"
#include "base/status.h"
#include "mem/weight_buffer.h"
#include "mem/weight_fetch.h"
#include "mem/weight_sram.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the array is to do with one K x N piece of the weights. */
typedef struct bo_tile {
  bo_tile_words words; /**< k and n are the rows and columns of the array in use */
  uint32_t m;          /**< vectors, 1 … depth of the accumulators */
  bool accumulate;     /**< adds to the sums of an earlier K-tile */
  bool last;           /**< the sums are complete */
} bo_tile;

typedef struct bo_tile_ctrl_config {
  uint32_t rows, cols;        /**< of the array, 1 … 256 */
  uint32_t accumulator_depth; /**< sums a column, 1 … 2^24 */
  bo_weight_sram_config sram; /**< where the weights are */
  uint32_t read_words;        /**< words read side by side, 1 … 256; 1 as in the RTL */
} bo_tile_ctrl_config;

typedef struct bo_tile_ctrl bo_tile_ctrl;

/** BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_tile_ctrl_new(bo_tile_ctrl **out, const bo_tile_ctrl_config *config, bo_diag *diag);
void bo_tile_ctrl_free(bo_tile_ctrl *ctrl);

/** All registers to zero. */
void bo_tile_ctrl_reset(bo_tile_ctrl *ctrl);

/** What happens in this cycle, which follows from the registers. */
typedef struct bo_tile_ctrl_out {
  bool tile_ready;     /**< a tile given now is accepted */
  bool start;          /**< the first vector of a tile enters */
  bool streaming;      /**< a vector enters */
  bool shift;          /**< a row of weights goes into the array */
  bool take;           /**< it has codes; else it is one of the unused rows, of zeros */
  bool load;           /**< it is the last row of the tile */
  uint32_t stream_k;   /**< rows in use of the tile that streams */
  bo_accumulate token; /**< for the accumulators: of the vector that entered R - 1 cycles ago */
} bo_tile_ctrl_out;

bo_tile_ctrl_out bo_tile_ctrl_look(const bo_tile_ctrl *ctrl, const bo_weight_buffer *buffer);

/**
 * One clock edge; @p out is what bo_tile_ctrl_look said. Asks @p sram for words, moves what comes
 * from it into @p buffer and takes from there what shifted. @p tile: what is offered, NULL:
 * nothing.
 */
void bo_tile_ctrl_tick(bo_tile_ctrl *ctrl, const bo_tile_ctrl_out *out, const bo_tile *tile,
                       bo_weight_sram *sram, bo_weight_buffer *buffer);

/** Reads the codes of the tile that loads. Borrowed. */
const bo_weight_fetch *bo_tile_ctrl_fetch(const bo_tile_ctrl *ctrl);

/** Hands every register to @p visitor. BO_OK, or what it returned. */
bo_status bo_tile_ctrl_probes(const bo_tile_ctrl *ctrl, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
