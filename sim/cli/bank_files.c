#include "cli/bank_files.h"

#include "cli/folder.h"

#include <inttypes.h>
#include <stdio.h>

/* Writes text, if making it went well, and frees it. */
static bo_status write_bank(const char *dir, uint32_t bank, const char *suffix, bo_bytes *text,
                            bo_status status, bo_diag *diag) {
  char name[64];
  (void)snprintf(name, sizeof name, "bank_%03" PRIu32 "%s", bank, suffix);
  return status == BO_OK ? bo_folder_write_and_free(dir, name, text, diag) : status;
}

bo_status bo_bank_files_masks(const char *dir, const bo_mask_origin *origin, uint32_t bank,
                              const bo_fault_word *fault, bo_diag *diag) {
  bo_status status = BO_OK;
  for (int kind = 0; kind < BO_MASK_KINDS && status == BO_OK; kind++) {
    bo_bytes text = {0};
    char suffix[16];
    (void)snprintf(suffix, sizeof suffix, "_%s.hex", bo_mask_kind_name((bo_mask_kind)kind));
    status = bo_report_mask_readmemh(&text, origin, bank, (bo_mask_kind)kind, fault, diag);
    status = write_bank(dir, bank, suffix, &text, status, diag);
  }
  return status;
}

bo_status bo_bank_files_csv(const char *dir, const bo_mask_origin *origin, uint32_t bank,
                            const bo_fault_word *fault, bo_diag *diag) {
  bo_bytes text = {0};
  const bo_status status = bo_report_masks_csv(&text, origin, bank, fault, diag);
  return write_bank(dir, bank, ".csv", &text, status, diag);
}

bo_status bo_bank_files_words(const char *dir, const bo_mask_origin *origin, uint32_t bank,
                              const uint64_t *word, bo_diag *diag) {
  bo_bytes text = {0};
  const bo_status status = bo_report_words_readmemh(&text, origin, bank, word, diag);
  return write_bank(dir, bank, "_words.hex", &text, status, diag);
}
