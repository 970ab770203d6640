/**
 * @file tiles.h
 * How a convolution is cut into pieces that fit the array, and in which order they come.
 *
 * In each of its groups a convolution is a matrix product: M = out.h * out.w places, K inputs under
 * the window, N outputs. A tile is k inputs of n outputs for m places:
 *
 *   weight-stationary   for group, for N-tile, for chunk of places, for K-tile
 *   output-stationary   for group, for N-tile, for chunk of places
 *
 * N is cut by the columns. Weight-stationary, K is cut by the rows, and a chunk is as many places
 * as the accumulator SRAM holds for all columns; output-stationary, a chunk is a place a row, and K
 * is whole.
 */
#ifndef BO_ACCEL_TILES_H
#define BO_ACCEL_TILES_H

#include "accel/tile_ctrl.h"
#include "arch/arch.h"
#include "mem/placement.h"
#include "net/net.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How one layer is cut. A value. */
typedef struct bo_tiling {
  const bo_placement *placement;
  uint32_t tensor;
  uint32_t groups, outputs, inputs; /**< N and K of a group */
  uint64_t places;                  /**< M */
  uint32_t tile_k, tile_n;          /**< of a whole tile; larger than K or N: one tile */
  uint64_t tile_m;
  uint32_t bits, codes_per_row;
  bool is_signed;
  bool is_gathered; /**< placement linear: codes lie output by output */
} bo_tiling;

/** One tile of a layer. */
typedef struct bo_tile_job {
  uint32_t group, first_n, first_k; /**< first_n: of the group's outputs */
  uint64_t first_m;
  bo_tile tile;
} bo_tile_job;

/**
 * The tiling of CONV layer @p index of @p net, whose weight tensors @p placement (borrowed) places,
 * with tile_cols = array_cols.
 */
bo_tiling bo_tiling_of(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                       uint32_t index);

/** The first tile. */
bo_tile_job bo_tiling_first(const bo_tiling *tiling);

/** Moves @p job on to the next tile; false, and @p job as it was, if it was the last one. */
bool bo_tiling_next(const bo_tiling *tiling, bo_tile_job *job);

/**
 * Words of the weight SRAM that are read in one cycle: what the placement interleaves over, up to
 * weight_read_banks, so that it divides both the interleaving and all banks.
 */
uint32_t bo_read_words(const bo_arch *arch, const bo_placement *placement);

/** The same if no two words were in one bank: weight_read_banks, or all banks if they are fewer. */
uint32_t bo_read_words_without_conflict(const bo_arch *arch, const bo_placement *placement);

/** Words that the weight SRAM holds. */
uint64_t bo_sram_rows(const bo_placement *placement);

/**
 * Whether the words of an N-tile are gathered and do not fit into the weight SRAM: then one that is
 * read again for the next K-tile or chunk has to be brought in again.
 */
bool bo_tiling_refetches(const bo_tiling *tiling);

/** Places that the accumulator SRAM holds for all columns, at least 1. */
uint32_t bo_accumulator_depth(const bo_arch *arch);

#ifdef __cplusplus
}
#endif

#endif
