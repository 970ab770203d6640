/** @file stored_net.h  Random weights in a random weight SRAM with faults, found bit by bit. */
#ifndef BO_TESTS_STORED_NET_H
#define BO_TESTS_STORED_NET_H

#include "dice.h"
#include "mem/placement.h"
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

/** An SRAM that holds the net; owned by the caller. */
bo_weight_sram *stored_net_sram(const stored_net *net, uint32_t read_latency_cycles);

/** The code of an element as the array gets it: each bit through the cell that it lies in. */
uint8_t stored_net_read(const stored_net *net, uint32_t tensor, uint64_t element);

/** What a read of each row of the stream returns, [stream rows]; free() it. */
uint64_t *stored_net_words(const stored_net *net);

#endif
