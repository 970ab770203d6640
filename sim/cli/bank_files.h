/**
 * @file bank_files.h
 * Files of one weight bank in a folder: bank_000_and.hex, bank_000_or.hex, bank_000_xor.hex for its
 * masks, bank_000_words.hex for what it stores, or bank_000.csv. More than 1000 banks: more digits.
 * Each returns BO_OK, BO_E_IO, BO_E_NOMEM or BO_E_INVALID (path too long).
 *
 * Beside them stands a file that is written last: where there is one, the files belong together.
 */
#ifndef BO_CLI_BANK_FILES_H
#define BO_CLI_BANK_FILES_H

#include "base/status.h"
#include "report/masks.h"

#include <stdint.h>

/** The file that is written last: by masks, by vectors. */
#define BO_BANK_FILES_MASKS_END   "masks.json"
#define BO_BANK_FILES_VECTORS_END "vectors.vh"

/** Kinds of files, to be joined by |. */
enum {
  BO_BANK_FILES_MASKS = 1,
  BO_BANK_FILES_WORDS = 2,
  BO_BANK_FILES_CSV = 4,
};

/**
 * Makes the folder @p dir, if need be, ready for files of @p kinds of banks 0 … banks-1: removes
 * both files that are written last, then what there is of other banks and other kinds, which may be
 * of another chip. Files of any other name stay.
 */
bo_status bo_bank_files_begin(const char *dir, uint32_t banks, unsigned kinds, bo_diag *diag);

/** Three masks for $readmemh: as bo_report_mask_readmemh. */
bo_status bo_bank_files_masks(const char *dir, const bo_mask_origin *origin, uint32_t bank,
                              const bo_fault_word *fault, bo_diag *diag);

/** The masks as bo_report_masks_csv. */
bo_status bo_bank_files_csv(const char *dir, const bo_mask_origin *origin, uint32_t bank,
                            const bo_fault_word *fault, bo_diag *diag);

/** The words as bo_report_words_readmemh. */
bo_status bo_bank_files_words(const char *dir, const bo_mask_origin *origin, uint32_t bank,
                              const uint64_t *word, bo_diag *diag);

#endif
