/**
 * @file weight_sram.h
 * The weight SRAM, cycle by cycle: banks with one port each, read side by side.
 *
 * What lies in a row is written by the host, or comes from a network by its placement: then a word
 * is read by its row of the stream, and DMA has just brought it in if another pass of the stream
 * lay there before.
 */
#ifndef BO_MEM_WEIGHT_SRAM_H
#define BO_MEM_WEIGHT_SRAM_H

#include "base/probe.h"
#include "base/status.h"
#include "mem/placement.h"
#include "silicon/chip.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_weight_sram_config {
  uint32_t banks, bank_rows;    /**< at least 1 */
  uint32_t bank_width_bits;     /**< 1 … 64 */
  uint32_t read_latency_cycles; /**< 1 … 8 */
} bo_weight_sram_config;

typedef struct bo_weight_sram bo_weight_sram;

/** Zeros without faults, owned by the caller. BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_weight_sram_new(bo_weight_sram **out, const bo_weight_sram_config *config,
                             bo_diag *diag);
void bo_weight_sram_free(bo_weight_sram *sram);

/** Read registers to zero; contents and faults stay. */
void bo_weight_sram_reset(bo_weight_sram *sram);

/**
 * From now on rows hold nothing, and, once read, what @p placement (borrowed) says, from @p codes
 * (borrowed, one pointer a tensor: clean storage patterns). Its banks and rows must be those of the
 * configuration.
 */
void bo_weight_sram_stream(bo_weight_sram *sram, const bo_placement *placement,
                           const uint8_t *const *codes);

/** What the cells of a bank do from now on, fault[0 … bank_rows-1]. */
void bo_weight_sram_set_faults(bo_weight_sram *sram, uint32_t bank, const bo_fault_word *fault);

/** Writes a row through its bank's port. Precondition: nothing is read from that bank in this
 * cycle.
 */
void bo_weight_sram_write(bo_weight_sram *sram, uint32_t bank, uint32_t row, uint64_t word);

/**
 * Bank and row of row @p stream_row of the stream; without a placement rows fill bank after bank.
 * Beyond the last row of the SRAM it goes on with the first one.
 */
bo_bit_place bo_weight_sram_place(const bo_weight_sram *sram, uint64_t stream_row);

/**
 * A read of row @p stream_row of the stream begins in this cycle. Preconditions: it exists, and it
 * is the only read of its bank.
 */
void bo_weight_sram_read(bo_weight_sram *sram, uint64_t stream_row);

/** One clock edge of all banks. */
void bo_weight_sram_tick(bo_weight_sram *sram);

/** Rows hold nothing again, until they are read: all words will be brought in anew. */
void bo_weight_sram_forget(bo_weight_sram *sram);

/** Whether a word that was brought in may be read again (it may at first), or is brought in anew.
 */
void bo_weight_sram_reuse(bo_weight_sram *sram, bool reuse);

/** Words since the SRAM was made. */
typedef struct bo_weight_sram_counts {
  uint64_t reads;
  uint64_t brought_in; /**< words that were not there when they were read */
} bo_weight_sram_counts;

bo_weight_sram_counts bo_weight_sram_get_counts(const bo_weight_sram *sram);

/** rdata_o of a bank. */
uint64_t bo_weight_sram_rdata(const bo_weight_sram *sram, uint32_t bank);

/** Hands every register to @p visitor. BO_OK, or what it returned. */
bo_status bo_weight_sram_probes(const bo_weight_sram *sram, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
