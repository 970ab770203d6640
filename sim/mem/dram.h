/**
 * @file dram.h
 * The DRAM channel of a layer, cycle by cycle: so many bytes, none in the first latency_cycles,
 * then bytes_per_cycle in each.
 */
#ifndef BO_MEM_DRAM_H
#define BO_MEM_DRAM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A transfer that goes on. A value: nothing to free. */
typedef struct bo_dram {
  uint64_t bytes_left;
  uint32_t wait_cycles; /**< until the first byte */
  uint32_t bytes_per_cycle;
} bo_dram;

/** Starts a transfer of @p bytes; of 0 bytes is over at once. @p bytes_per_cycle at least 1. */
static inline bo_dram bo_dram_begin(uint64_t bytes, uint32_t latency_cycles,
                                    uint32_t bytes_per_cycle) {
  return (bo_dram){bytes, latency_cycles, bytes_per_cycle};
}

static inline bool bo_dram_busy(const bo_dram *dram) {
  return dram->bytes_left > 0;
}

/** One clock edge. */
static inline void bo_dram_tick(bo_dram *dram) {
  if (dram->wait_cycles > 0) {
    dram->wait_cycles--;
  } else {
    const uint64_t moved = dram->bytes_per_cycle;
    dram->bytes_left -= dram->bytes_left < moved ? dram->bytes_left : moved;
  }
}

#ifdef __cplusplus
}
#endif

#endif
