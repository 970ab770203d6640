/**
 * @file activation_sram.h
 * The activation SRAM: two halves, one that a layer reads and one that it writes. A tensor that
 * does not fit into a half lives in DRAM: it is written there once and read from there by each
 * layer that uses it. Counts bytes; how they are laid out over banks is not modelled: in every
 * cycle the array gets the codes of one place.
 */
#ifndef BO_MEM_ACTIVATION_SRAM_H
#define BO_MEM_ACTIVATION_SRAM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A value: nothing to free. Counts since it was made. */
typedef struct bo_activation_sram {
  uint64_t half_bytes;
  uint64_t bytes_written;                       /**< of the SRAM */
  uint64_t dram_bytes_read, dram_bytes_written; /**< because a tensor was not in it */
} bo_activation_sram;

static inline bo_activation_sram bo_activation_sram_of(uint32_t kib) {
  return (bo_activation_sram){(uint64_t)kib * 1024 / 2, 0, 0, 0};
}

/** A layer is about to read a tensor: if it is not here, it comes from DRAM. True if it stays. */
static inline bool bo_activation_sram_fetch(bo_activation_sram *sram, uint64_t bytes,
                                            bool is_here) {
  sram->dram_bytes_read += is_here ? 0 : bytes;
  return bytes <= sram->half_bytes;
}

/** A layer has written a tensor of codes. True if it stays; else it went on to DRAM. */
static inline bool bo_activation_sram_store(bo_activation_sram *sram, uint64_t bytes) {
  const bool stays = bytes <= sram->half_bytes;
  sram->bytes_written += bytes;
  sram->dram_bytes_written += stays ? 0 : bytes;
  return stays;
}

#ifdef __cplusplus
}
#endif

#endif
