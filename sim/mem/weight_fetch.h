/**
 * @file weight_fetch.h
 * Reads the words of a tile of weights from their banks and puts their codes into the weight
 * buffer. RTL twin: the load_* and word_* registers of rtl/bo_tile_ctrl.sv, which reads one word a
 * cycle and codes in the order of the array; side by side and gathered reads are the C model's
 * alone.
 *
 * One address goes to all banks, so in one cycle those words can be read that lie in the same row
 * of neighbouring banks: up to read_words, from one multiple of read_words to the next. What is
 * asked for in cycle t is in the buffer from cycle t + latency + 1 on.
 */
#ifndef BO_MEM_WEIGHT_FETCH_H
#define BO_MEM_WEIGHT_FETCH_H

#include "base/probe.h"
#include "base/status.h"
#include "mem/weight_buffer.h"
#include "mem/weight_sram.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The codes of a tile of k rows (inputs) and n columns (outputs) in the weight SRAM. */
typedef struct bo_tile_words {
  uint64_t stream_row;    /**< of the first code */
  uint32_t slot;          /**< of the first code in its row */
  uint32_t codes_per_row; /**< at least 1 */
  uint32_t bits;          /**< of a code, 1 … 8 */
  bool is_signed;         /**< two's complement; else offset binary */
  uint32_t k, n;          /**< at least 1 */
  /**
   * 0: k * n codes, one row of the array after the other. Else the codes come output by output, n
   * runs of k codes, each so many codes behind the one before; all are gathered before any is used.
   */
  uint64_t run_stride;
} bo_tile_words;

typedef struct bo_weight_fetch bo_weight_fetch;

typedef struct bo_weight_fetch_config {
  bo_weight_sram_config sram; /**< what is read */
  uint32_t read_words; /**< 1 … 256, a divisor of the placement's interleave: else two words
                            of one cycle lie in one bank. Without a placement 1 */
  uint32_t max_codes;  /**< of a tile, at least 1 */
} bo_weight_fetch_config;

/** BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_weight_fetch_new(bo_weight_fetch **out, const bo_weight_fetch_config *config,
                              bo_diag *diag);
void bo_weight_fetch_free(bo_weight_fetch *fetch);

/** All registers to zero. */
void bo_weight_fetch_reset(bo_weight_fetch *fetch);

/** At an edge: from the next cycle on reads @p words. Precondition: the one before is all there. */
void bo_weight_fetch_begin(bo_weight_fetch *fetch, const bo_tile_words *words,
                           const bo_weight_sram *sram);

/** One clock edge: takes the words that the banks give in this cycle, asks for the next ones. */
void bo_weight_fetch_tick(bo_weight_fetch *fetch, bo_weight_sram *sram, bo_weight_buffer *buffer);

/** The tile that is being read. Borrowed. */
const bo_tile_words *bo_weight_fetch_words(const bo_weight_fetch *fetch);

/** Whether the buffer has all codes of the next row of the array. */
bool bo_weight_fetch_row_ready(const bo_weight_fetch *fetch, const bo_weight_buffer *buffer);

/** w' of column @p column < n of that row. Precondition: it is ready. */
int32_t bo_weight_fetch_weight(const bo_weight_fetch *fetch, const bo_weight_buffer *buffer,
                               uint32_t column);

/**
 * Hands every register to @p visitor. Word i of stage s, s cycles after it was asked for, is
 * word_bank_q[s * read_words + i] and so on; with one word a cycle word_bank_q[s], as in the RTL.
 * BO_OK, or what it returned.
 */
bo_status bo_weight_fetch_probes(const bo_weight_fetch *fetch, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
