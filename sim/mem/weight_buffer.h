/**
 * @file weight_buffer.h
 * Between the weight banks and the array: takes the codes of words as they arrive, gives the codes
 * of a row of the array at a time. RTL twin: rtl/bo_weight_buffer.sv.
 *
 * Codes come in the order in which the array takes them, n of a row after the other. Only the C
 * model also gathers: where the placement has another order (linear), all k * n codes of the tile
 * arrive first, output by output, and are then taken across.
 */
#ifndef BO_MEM_WEIGHT_BUFFER_H
#define BO_MEM_WEIGHT_BUFFER_H

#include "base/probe.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_weight_buffer bo_weight_buffer;

/** Codes of a word that go into the buffer. */
typedef struct bo_word_codes {
  uint64_t word;
  uint32_t bits;  /**< of a code, 1 … 8 */
  uint32_t slot;  /**< first code of the word that is taken */
  uint32_t count; /**< codes taken */
} bo_word_codes;

/**
 * Room for @p depth codes, for an array of @p cols columns, which takes up to that many at a time.
 * BO_OK or BO_E_NOMEM, then @p *out is NULL.
 */
bo_status bo_weight_buffer_new(bo_weight_buffer **out, uint32_t depth, uint32_t cols,
                               bo_diag *diag);
void bo_weight_buffer_free(bo_weight_buffer *buffer);

/** All registers to zero. */
void bo_weight_buffer_reset(bo_weight_buffer *buffer);

/** At an edge: forgets all codes. */
void bo_weight_buffer_clear(bo_weight_buffer *buffer);

/** At an edge: takes codes. Precondition: they fit. */
void bo_weight_buffer_write(bo_weight_buffer *buffer, const bo_word_codes *codes);

/** At an edge: the @p cols codes that were at the front are gone. Precondition: they were there. */
void bo_weight_buffer_take(bo_weight_buffer *buffer, uint32_t cols);

/** Codes that came since the last clear, and that were taken. */
uint32_t bo_weight_buffer_written(const bo_weight_buffer *buffer);
uint32_t bo_weight_buffer_taken(const bo_weight_buffer *buffer);

/** Code @p index since the last clear. Precondition: index < depth. */
uint8_t bo_weight_buffer_code(const bo_weight_buffer *buffer, uint32_t index);

/** Hands every register to @p visitor. BO_OK, or what it returned. */
bo_status bo_weight_buffer_probes(const bo_weight_buffer *buffer, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
