/**
 * @file schedule.h
 * What a layer costs on the machine, in closed form: cycles, stalls by cause, events. The one place
 * that knows the order of tiles; every engine that ticks must agree with it.
 *
 * The machine. R x C array (array_rows, array_cols), weight-stationary. A convolution is, in each
 * of its G groups, a matrix product: M = out.h * out.w places, K inputs under the window, N
 * outputs. K lies on the rows, N on the columns, M streams. The order is
 *
 *   for group, for N-tile, for chunk of places, for K-tile: stream the chunk through the tile
 *
 * that is BO_PLACEMENT_TILE's, with K innermost so that partial sums of a place add up. A chunk is
 * as many places as the accumulator SRAM holds for C outputs; most layers are one chunk. A tile's k
 * x n weights (k <= R, n <= C) come from the weight SRAM by whole rows of floor(width / bits)
 * codes, as if each tile began in a row of its own:
 *
 *   rows(k, n) = ceil(k * n / floor(width / bits))
 *   P(k, n)    = max(R, ceil(rows / read_banks))        cycles to load a tile
 *
 * since the rows of weights shift down the array one a cycle, each when its codes are there, rows
 * that are not used going first. Loading a tile takes place behind the one at work (two weight
 * registers a PE) and begins when that one begins. A vector of inputs enters every cycle; skewed by
 * one cycle a row and a column, its last sum is written R + C - 1 cycles after it entered, also
 * where fewer rows and columns are in use. With the T tiles numbered in order, m_t places of t's
 * chunk:
 *
 *   compute_cycles   = sum over t of m_t
 *   stall_fill_drain = P_0 + R + C - 1
 *   stall_weights    = sum over t >= 1 of max(0, P_t - m_(t-1))
 *   stall_dram       = max(0, ceil(DRAM bytes / dram_bytes_per_cycle) - the three above)
 *
 * Layers follow each other without overlap. Example, to be checked by hand: R = C = 4, K = 6, N =
 * 5, M = 5, one 8-bit code a row, one bank read a cycle. Tiles k x n: 4x4, 2x4, 4x1, 2x1; P = 16,
 * 8, 4, 4. Compute 4 * 5 = 20, fill and drain 16 + 7 = 23, weights (8 - 5) + 0 + 0 = 3: 46 cycles.
 *
 * Events. Each tile reads k inputs a place, padding included, so inputs are read again for every
 * N-tile. Each place of each tile writes n partial sums, and reads n: the earlier K-tiles' to add
 * to, or at the end the finished ones to requantise. Outputs are written once as codes; float
 * logits only to DRAM. A network that fits into the weight SRAM stays there (rows of all tensors,
 * each tensor beginning in a new row); else every tensor is written there from DRAM once an
 * inference. The activation SRAM has two halves, one read and one written; a tensor larger than a
 * half lives in DRAM: written once, read once by each layer that uses it. The network's input comes
 * from DRAM once, its logits go there. Layers without weights run on a vector unit of C lanes: one
 * byte of input a lane and cycle, every byte of every window, no fill and drain.
 */
#ifndef BO_ACCEL_SCHEDULE_H
#define BO_ACCEL_SCHEDULE_H

#include "arch/arch.h"
#include "net/net.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One image through one layer (or a sum of such). Reads and writes of SRAM are in rows or bytes.
 */
typedef struct bo_events {
  uint64_t cycles;         /**< compute_cycles + all stalls */
  uint64_t compute_cycles; /**< cycles in which the array (or vector unit) takes an input vector */
  uint64_t stall_fill_drain; /**< first weights in, skew, last sums out */
  uint64_t stall_weights;    /**< the next tile's weights are not there yet */
  uint64_t stall_dram;       /**< DRAM traffic longer than all of the above */
  uint64_t macs;
  uint64_t weight_row_reads; /**< rows of weight banks */
  uint64_t weight_row_writes;
  uint64_t activation_bytes_read, activation_bytes_written;
  uint64_t accumulator_reads, accumulator_writes; /**< int32 partial sums */
  uint64_t dram_bytes_read, dram_bytes_written;
} bo_events;

/** Events of layer @p index of @p net on @p arch for one image. Both must have passed their check.
 */
void bo_schedule_layer(const bo_arch *arch, const bo_net *net, uint32_t index, bo_events *out);

/** Sum over all layers; stops at UINT64_MAX instead of wrapping. */
void bo_schedule_net(const bo_arch *arch, const bo_net *net, bo_events *out);

#ifdef __cplusplus
}
#endif

#endif
