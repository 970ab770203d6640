/**
 * @file core_bench.h
 * Runs tiles through a core and compares each cycle with what must happen in it: which tile is
 * accepted, which vector enters, which sums come out. The sums are plain products of matrices.
 */
#ifndef BO_TESTS_CORE_BENCH_H
#define BO_TESTS_CORE_BENCH_H

#include "accel/core.h"
#include "dice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
  BENCH_SIDE = 9,   /**< rows and columns of the cores, at most */
  BENCH_DEPTH = 12, /**< of their accumulators, at most */
  BENCH_TILES = 12, /**< of a run, at most */
};

/** A tile with its operands, and when it must load. */
typedef struct bench_tile {
  bo_tile tile;
  int32_t weight[BENCH_SIDE][BENCH_SIDE]; /**< w' of [k][n], as the array gets it */
  int32_t weight_zero[BENCH_SIDE];        /**< [n]; beyond n anything */
  uint8_t act[BENCH_DEPTH][BENCH_SIDE];   /**< [m][k] */
  uint8_t act_zero;
  uint32_t offered;     /**< cycle from which it is offered */
  uint32_t load_cycles; /**< P: from the cycle in which it is accepted to that of its start */
} bench_tile;

typedef struct bench_run {
  bo_core_config config;
  bench_tile tile[BENCH_TILES];
  uint32_t tiles;
} bench_run;

/** Draws what the array is to do with a tile whose words are set: m, flags, zero-points, inputs. */
void bench_tile_draw(dice *d, const bo_core_config *config, bench_tile *tile);

/** Cycle in which tile @p index is accepted and starts, by the formulas of tile_ctrl.h. */
uint32_t bench_accepted(const bench_run *run, uint32_t index);
uint32_t bench_started(const bench_run *run, uint32_t index);

/** act * weight, vector @p v, column @p c of one tile. */
int32_t bench_product(const bench_tile *tile, uint32_t v, uint32_t c);

/**
 * Runs all tiles until everything is out and compares every cycle; registers must be zero, the
 * memory of the accumulators may hold anything. Number of wrong cycles, of which it prints the
 * first.
 */
uint32_t bench_differences(bo_core *core, const bench_run *run);

#endif
