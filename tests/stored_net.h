/** @file stored_net.h  Random weights in a random weight SRAM with faults, found bit by bit. */
#ifndef BO_TESTS_STORED_NET_H
#define BO_TESTS_STORED_NET_H

#include "dice.h"
#include "mem/placement.h"
#include "mem/weight_fetch.h"
#include "mem/weight_sram.h"
#include "random_placement.h"
#include "silicon/chip.h"

#include <stdint.h>

typedef struct stored_net {
  random_case drawn;
  bo_placement *placement;
  uint32_t banks, bank_rows;
  uint8_t *codes[MAX_TENSORS];     /**< clean, by element */
  uint64_t *position[MAX_TENSORS]; /**< in the stream, by element */
  bo_fault_word *fault;            /**< [banks][bank_rows] */
} stored_net;

/** Draws codes and faults for tensors and an SRAM. Ends the program without memory. */
stored_net stored_net_new(dice *d, const random_case *drawn);
void stored_net_free(stored_net *net);

/** Gives an SRAM of the right size the net and its faults. */
void stored_net_fill(const stored_net *net, bo_weight_sram *sram);

/** The code of an element as the array gets it: each bit through the cell that it lies in. */
uint8_t stored_net_read(const stored_net *net, uint32_t tensor, uint64_t element);

/** What a read of each row of the stream returns, [stream rows]; free() it. */
uint64_t *stored_net_words(const stored_net *net);

/** A tile of a network: k x n elements of one group of a tensor, from (k0, n0) on. */
typedef struct net_tile {
  uint32_t tensor, group, k0, n0;
  bo_tile_words words;
} net_tile;

/**
 * In the order of the array a tile is one N-tile wide, config.tile_cols or what is left; one that
 * is gathered (linear placement) begins anywhere. At most @p max_k x @p max_n.
 */
net_tile net_tile_draw(dice *d, const stored_net *net, uint32_t max_k, uint32_t max_n);

/** Element of the tensor at input @p k, output @p n of the tile. */
uint64_t net_tile_element(const stored_net *net, const net_tile *tile, uint32_t k, uint32_t n);

/** w' at input @p k, output @p n of the tile as the array gets it. */
int32_t net_tile_weight(const stored_net *net, const net_tile *tile, uint32_t k, uint32_t n);

#endif
