/**
 * @file schedule.h
 * What a layer costs on the machine, in closed form: cycles, stalls by cause, events. The
 * cycle-level engine (tick.h) counts the same, cycle by cycle, for every network and machine.
 *
 * The machine. R x C array (array_rows, array_cols), a layer cut into tiles of m places, k inputs
 * and n outputs (tiles.h). Words of the weight SRAM hold whole codes. W words are read in a cycle,
 * W being the largest divisor of the interleaving up to weight_read_banks (bo_read_words), that is
 * G = W * (codes of a word). A tile's codes come one row of the array after the other (placement
 * tile), the first one o codes behind the beginning of a group of W words. The fetch begins in the
 * cycle after the tile was accepted, data come read_latency cycles later, and can be used the cycle
 * after that: in the (latency + 2)-nd cycle after the tile was accepted the first words' codes are
 * there, and those of row j of the array floor((o + (j + 1) n - 1) / G) cycles after them. The rows
 * go in one a cycle; the last one has gone in, or (output-stationary) been used, after
 *
 *   load(o, k, n) = latency + 2 + max over j of (floor((o + (j + 1) n - 1) / G) + k - j)
 *                 = latency + 2 + max(floor((o + n - 1) / G) + k, floor((o + k n - 1) / G) + 1)
 *
 * cycles, since what is under the max falls or rises with j, as n < G or not. With placement linear
 * the codes of an output lie together, and all k n codes are gathered before the first row goes in:
 *
 *   load(o, k, n) = latency + 1 + (cycles to read n runs of k codes) + k
 *
 * Weight-stationary. Tiles follow in the order of tiles.h; a tile loads behind the one at work (two
 * weight registers a PE), from the cycle in which that one begins, and rows of the array that it
 * does not use go in first, while the fetch is on its way: P = max(R + 1, load(o, k, n)). A vector
 * enters every cycle; skewed by one cycle a row and a column, its last sum is written R + C - 1
 * cycles after it entered, also where fewer rows and columns are in use:
 *
 *   compute_cycles      = sum over tiles t of m_t
 *   stall_fill_drain    = P_0 + R + C - 1
 *   stall_weights       = sum over t >= 1 of max(0, P_t - m_(t-1))
 *
 * Output-stationary. A tile takes D = load(o, K, n) cycles from where it is accepted until its last
 * vector of activations and weights has entered, K of them at work. Its results move out under the
 * next tile, R cycles; so the last vectors of two tiles are R cycles apart at least. The last
 * result is out 2 R + C - 1 cycles after the last vector entered:
 *
 *   compute_cycles      = K * tiles
 *   stall_weights       = sum over t of D_t - K
 *   stall_fill_drain    = sum over t >= 1 of max(0, R - D_t) + 2 R + C - 1
 *
 * Both. Words that could be read side by side (weight_read_banks) but lie in one bank, or in two
 * groups, are read one after the other. What that costs is stall_bank_conflict: stall_weights and
 * stall_fill_drain are those of a machine without it (G = min(weight_read_banks, weight_banks)
 * words, o from the tile's first word), and stall_bank_conflict is what the real P or D takes
 * longer. Last,
 *
 *   stall_dram = max(0, dram_latency + ceil(DRAM bytes / dram_bytes_per_cycle) - all of the above)
 *
 * or 0 for a layer without DRAM bytes, since a layer's traffic goes on beside its work; what it
 * brings in is taken to be there when it is needed. Layers follow each other without overlap.
 *
 * Example, weight-stationary, to be checked by hand: R = C = 4, K = 6, N = 5, M = 5, one 8-bit code
 * a word, one word a cycle, latency 1, no DRAM latency. Tiles k x n: 4x4, 2x4, 4x1, 2x1. load = 3 +
 * max(n + k - 1, k n): 19, 11, 7, 5; P = 19, 11, 7, 5. Compute 4 * 5 = 20; fill and drain 19 + 7 =
 * 26; weights (11 - 5) + (7 - 5) + 0 = 8: 54 cycles. Output-stationary: K is whole, M is 4 + 1, so
 * four tiles 4x4, 1x4, 4x1, 1x1 (m x n); D = 3 + max(n + 5, 6 n): 27, 27, 9, 9. Compute 4 * 6 = 24;
 * weights 21 + 21 + 3 + 3 = 48; no D is below R; drain 2 * 4 + 3 = 11: 83 cycles.
 *
 * Events. Each tile reads k inputs a place, padding included, so inputs are read again for every
 * N-tile. Weight-stationary, the sums of all K-tiles but the last are written to the accumulators
 * and read again by the next one; the last ones go out to be requantised. A word of weights is read
 * once for each tile that has codes in it. Outputs are written once as codes; float logits only to
 * DRAM. A network that fits into the weight SRAM stays there (each tensor beginning in a new row);
 * else every tensor is brought in from DRAM once an inference. If the weights of an N-tile, used
 * for chunk after chunk, are S words and the SRAM has Z < S, then words whose places others took
 * come again for every further chunk: all but those max(0, 2 Z - S) that share their place with
 * none (32 words in 24: 16 of them; gathered words: at every read). The activation SRAM has two
 * halves, one read and one written; a tensor larger than a half lives in DRAM: written once, read
 * once by each layer that uses it. The network's input comes from DRAM once, its logits go there.
 * Layers without weights run on a vector unit of C lanes: one byte of input a lane and cycle, every
 * byte of every window, no fill and drain.
 */
#ifndef BO_ACCEL_SCHEDULE_H
#define BO_ACCEL_SCHEDULE_H

#include "arch/arch.h"
#include "mem/placement.h"
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
  uint64_t stall_fill_drain;    /**< first weights in, skew, last sums out */
  uint64_t stall_weights;       /**< the next tile's weights are not there yet */
  uint64_t stall_bank_conflict; /**< words of weights that lie in the same bank */
  uint64_t stall_dram;          /**< DRAM traffic longer than all of the above */
  uint64_t macs;
  uint64_t weight_row_reads; /**< rows of weight banks */
  uint64_t weight_row_writes;
  uint64_t activation_bytes_read, activation_bytes_written;
  uint64_t accumulator_reads, accumulator_writes; /**< int32 partial sums */
  uint64_t dram_bytes_read, dram_bytes_written;
} bo_events;

/**
 * Events of layer @p index of @p net on @p arch for one image, its weights lying as @p placement of
 * its tensors says, with tile_cols = array_cols. All must have passed their checks.
 */
void bo_schedule_layer(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                       uint32_t index, bo_events *out);

/** Sum over all layers; stops at UINT64_MAX instead of wrapping. */
void bo_schedule_net(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                     bo_events *out);

/** Adds @p one to @p sum; stops at UINT64_MAX. */
void bo_events_add(bo_events *sum, const bo_events *one);

#ifdef __cplusplus
}
#endif

#endif
