/**
 * @file placement.h
 * Where each bit of each weight code lies in the weight SRAM: (tensor, element, bit) to
 * (bank, row, column) and back.
 *
 * A row of a bank holds floor(width / bits) whole codes, LSB first from column 0; left-over columns
 * are unused, and every tensor starts in a new row. Rows are filled bank after bank, or, with
 * interleave, round and round over so many neighbouring banks, which can then be read side by side.
 * A network larger than the SRAM streams through it: row addresses wrap, and one bad cell hits
 * several weights, one a pass. With rotate, every byte of row r is rotated up by r bits on its way
 * into the bank and back on its way out, so that a bad column hits another bit of the codes in each
 * row.
 */
#ifndef BO_MEM_PLACEMENT_H
#define BO_MEM_PLACEMENT_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Codes of one layer, [groups][outputs][inputs] row-major, each bits wide. */
typedef struct bo_weight_shape {
  uint32_t groups;
  uint32_t outputs; /**< N of one group: array columns */
  uint32_t inputs;  /**< K of one group: array rows */
  uint32_t bits;    /**< 1 … 8 */
} bo_weight_shape;

typedef enum bo_placement_policy {
  BO_PLACEMENT_LINEAR, /**< parameter order, as in the paper */
  /**
   * The order in which the array consumes: group, N-tile, K-tile, row, column. The K-tiles of an
   * N-tile join, so how many rows the array has moves no code.
   */
  BO_PLACEMENT_TILE,
  BO_PLACEMENT_POLICIES
} bo_placement_policy;

/** "linear", "tile": what files and command lines call it. */
const char *bo_placement_policy_name(bo_placement_policy policy);

typedef struct bo_placement_config {
  bo_placement_policy policy;
  uint32_t tile_cols;       /**< N of a tile, at least 1: array columns; used by TILE */
  uint32_t banks;           /**< 1 … 65536; 0: as many as give every bit a cell of its own */
  uint32_t bank_rows;       /**< 1 … 65536 */
  uint32_t bank_width_bits; /**< 8 … 64 */
  uint64_t start_row;       /**< rows (over all banks) that the first code is moved by; wraps */
  uint32_t interleave; /**< banks that consecutive rows go round over, a divisor of banks; 0: 1 */
  bool rotate;         /**< bank_width_bits must be a multiple of 8 */
} bo_placement_config;

typedef struct bo_bit_place {
  uint32_t bank, row, column;
} bo_bit_place;

/** A weight bit that lies in a cell during one pass of the stream. */
typedef struct bo_weight_bit {
  uint32_t tensor;
  uint32_t bit; /**< 0 = LSB of the code */
  uint64_t element;
} bo_weight_bit;

/** Codes that lie in one row of a bank during one pass, from column 0 up, each bits wide. */
typedef struct bo_placed_row {
  uint32_t tensor;
  uint32_t bits;
  uint32_t codes; /**< at least 1 */
  uint64_t first; /**< position of the first in the order of the tensor's codes in the stream */
} bo_placed_row;

typedef struct bo_placement bo_placement;

/**
 * Builds the placement of @p count tensors in their order, owned by the caller.
 *
 * @return BO_OK, BO_E_INVALID (a field out of range, no tensor, an empty tensor, more than 2^48
 *         codes), BO_E_NOMEM. On failure @p *out is NULL.
 */
bo_status bo_placement_new(bo_placement **out, const bo_placement_config *config,
                           const bo_weight_shape *tensors, uint32_t count, bo_diag *diag);
void bo_placement_free(bo_placement *placement);

/** Where a bit lies. Precondition: tensor, element and bit exist. */
bo_bit_place bo_placement_locate(const bo_placement *placement, bo_weight_bit weight_bit);

/**
 * A word in the order of its codes for one in the order of the columns of @p row of a bank, such as
 * a mask of faulty cells: the way out of the bank.
 */
uint64_t bo_placement_from_columns(const bo_placement *placement, uint32_t row, uint64_t word);

/** Banks in use: config.banks, or the number that banks = 0 came to. */
uint32_t bo_placement_banks(const bo_placement *placement);

/** How often the stream passes over the SRAM: 1 if the network fits. */
uint64_t bo_placement_passes(const bo_placement *placement);

/** Which weight bit lies in a cell in pass @p pass; false if none does. */
bool bo_placement_resident(const bo_placement *placement, bo_bit_place place, uint64_t pass,
                           bo_weight_bit *out);

/**
 * Which codes lie in a row of a bank in pass @p pass; false if none does or there is no such row or
 * pass. In a later pass a row holds codes only if it does in every earlier one.
 */
bool bo_placement_row(const bo_placement *placement, uint32_t bank, uint32_t row, uint64_t pass,
                      bo_placed_row *out);

/** Where a code lies in the stream of rows: all rows of all tensors in their order, from 0. */
typedef struct bo_stream_place {
  uint64_t row;
  uint32_t slot; /**< codes of the row before it */
} bo_stream_place;

/** Place of the @p position-th code of @p tensor. Precondition: both exist. */
bo_stream_place bo_placement_stream_place(const bo_placement *placement, uint32_t tensor,
                                          uint64_t position);

/** Rows of the whole stream, at least 1. */
uint64_t bo_placement_stream_rows(const bo_placement *placement);

/** Bank and row (column 0) that a row of the stream lies in; the count goes on beyond its end. */
bo_bit_place bo_placement_bank_row(const bo_placement *placement, uint64_t stream_row);

/** The codes of a row of the stream. Precondition: it exists. */
bo_placed_row bo_placement_stream_row(const bo_placement *placement, uint64_t stream_row);

/** The codes of a row of the stream as its word, in the order of the codes. @p codes: patterns of
 * every tensor. */
uint64_t bo_placement_word(const bo_placement *placement, uint64_t stream_row,
                           const uint8_t *const *codes);

/** Element of @p tensor that is its @p position-th code in the stream. Precondition: both exist. */
uint64_t bo_placement_element(const bo_placement *placement, uint32_t tensor, uint64_t position);

/** The configuration and tensors it was built from; borrowed. */
const bo_placement_config *bo_placement_get_config(const bo_placement *placement);
const bo_weight_shape *bo_placement_tensors(const bo_placement *placement, uint32_t *count);

#ifdef __cplusplus
}
#endif

#endif
