/**
 * @file masks.h
 * The fault masks of a chip at a voltage as text, for RTL and for anything else that reads a weight
 * SRAM: word = ((stored & and) | or) ^ xor, one set of masks a row of a bank.
 */
#ifndef BO_REPORT_MASKS_H
#define BO_REPORT_MASKS_H

#include "base/file.h"
#include "base/status.h"
#include "silicon/chip.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whose masks they are; stands in every file. Strings are borrowed. */
typedef struct bo_mask_origin {
  const char *profile; /**< its name: one line of text */
  bo_chip chip;
  uint32_t banks, bank_rows;
  uint32_t bank_width_bits; /**< 1 … 64 */
} bo_mask_origin;

typedef enum bo_mask_kind {
  BO_MASK_AND,
  BO_MASK_OR,
  BO_MASK_XOR,
  BO_MASK_KINDS,
} bo_mask_kind;

/** "and", "or", "xor". */
const char *bo_mask_kind_name(bo_mask_kind kind);

/** What a set of masks amounts to; counted by bo_mask_count_bank. */
typedef struct bo_mask_count {
  uint64_t rows;  /**< with at least one faulty cell */
  uint64_t cells; /**< that are faulty */
} bo_mask_count;

/** Adds the faulty cells of fault[0 … bank_rows-1] to @p count. */
void bo_mask_count_bank(bo_mask_count *count, const bo_mask_origin *origin,
                        const bo_fault_word *fault);

/**
 * One mask of bank @p bank for $readmemh: a comment, then bank_rows lines from row 0 on, each
 * ceil(bank_width_bits / 4) hexadecimal digits, column 0 in the lowest bit. BO_OK, BO_E_NOMEM.
 */
bo_status bo_report_mask_readmemh(bo_bytes *out, const bo_mask_origin *origin, uint32_t bank,
                                  bo_mask_kind kind, const bo_fault_word *fault, bo_diag *diag);

/** The words stored in a bank, word[0 … bank_rows-1], in the same form. BO_OK, BO_E_NOMEM. */
bo_status bo_report_words_readmemh(bo_bytes *out, const bo_mask_origin *origin, uint32_t bank,
                                   const uint64_t *word, bo_diag *diag);

/**
 * The masks as CSV, columns bank,row,and,or,xor: one line a row that has a faulty cell, masks in
 * hexadecimal digits. BO_OK, BO_E_NOMEM.
 */
bo_status bo_report_masks_csv(bo_bytes *out, const bo_mask_origin *origin, uint32_t bank,
                              const bo_fault_word *fault, bo_diag *diag);

/** What a folder of masks holds, as a JSON object. BO_OK, BO_E_NOMEM. */
bo_status bo_report_masks_json(bo_bytes *out, const bo_mask_origin *origin, const char *format,
                               const bo_mask_count *count, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
