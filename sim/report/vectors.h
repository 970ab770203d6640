/**
 * @file vectors.h
 * What is at the ports of the core, cycle by cycle, as text for $readmemh: one file a port or group
 * of ports, one line a cycle. Lanes and columns from the lowest bits up; digits are hexadecimal.
 *
 *   tile         144 bits: valid last accumulate signed bits (1 digit each), codes_per_row slot
 * (2), rows (5), bank row (4), k n (3), m (8), from the left; 0 where no tile is offered act 8 bits
 * a lane act_zero     8 bits weight_zero  9 bits a column, two's complement ready        1 digit:
 * act_ready is bit 0, tile_ready bit 1 sum_valid    1 bit a column sum          32 bits a column,
 * two's complement, held until the column's next one
 */
#ifndef BO_REPORT_VECTORS_H
#define BO_REPORT_VECTORS_H

#include "accel/vectors.h"
#include "base/file.h"
#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_vector_file {
  BO_VECTOR_TILE,
  BO_VECTOR_ACT,
  BO_VECTOR_ACT_ZERO,
  BO_VECTOR_WEIGHT_ZERO,
  BO_VECTOR_READY,
  BO_VECTOR_SUM_VALID,
  BO_VECTOR_SUM,
  BO_VECTOR_FILES,
} bo_vector_file;

/** "tile", "act", ...: the port. */
const char *bo_vector_file_name(bo_vector_file file);

/** How much there is; counted by bo_vector_text_add. */
typedef struct bo_vector_count {
  uint64_t cycles;
  uint64_t tiles;         /**< that were taken */
  uint64_t sums;          /**< of all columns, used or not */
  uint64_t sums_not_zero; /**< of these */
} bo_vector_count;

/** The files while they grow. */
typedef struct bo_vector_text bo_vector_text;

/**
 * Files without a cycle, owned by the caller, that may grow to @p max_bytes together. BO_OK or
 * BO_E_NOMEM, then @p *out is NULL.
 */
bo_status bo_vector_text_new(bo_vector_text **out, const bo_core_config *core, uint64_t max_bytes,
                             bo_diag *diag);
void bo_vector_text_free(bo_vector_text *text);

/** Adds a cycle. BO_OK; BO_E_INVALID: there is no room for it. */
bo_status bo_vector_text_add(bo_vector_text *text, const bo_vectors_ports *ports, bo_diag *diag);

bo_vector_count bo_vector_text_count(const bo_vector_text *text);

/** Ends a file and moves its text to @p out. Once a file. BO_OK, BO_E_NOMEM. */
bo_status bo_vector_text_take(bo_vector_text *text, bo_vector_file file, bo_bytes *out,
                              bo_diag *diag);

/**
 * Parameters of the core and counts as Verilog localparams, to be included in a module. @p what: of
 * what they are, one line. BO_OK, BO_E_NOMEM.
 */
bo_status bo_report_vectors_vh(bo_bytes *out, const bo_core_config *core,
                               const bo_vector_count *count, const char *what, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
