/**
 * @file bank_files.h
 * Files of one weight bank in a folder: bank_000_and.hex, bank_000_or.hex, bank_000_xor.hex for its
 * masks, bank_000_words.hex for what it stores, or bank_000.csv. More than 1000 banks: more digits.
 * Each returns BO_OK, BO_E_IO, BO_E_NOMEM or BO_E_INVALID (path too long).
 */
#ifndef BO_CLI_BANK_FILES_H
#define BO_CLI_BANK_FILES_H

#include "base/status.h"
#include "report/masks.h"

#include <stdint.h>

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
