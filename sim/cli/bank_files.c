#include "cli/bank_files.h"

#include "cli/folder.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  NAME_SIZE = 64
};

static void name_file(char name[NAME_SIZE], uint32_t bank, const char *suffix) {
  (void)snprintf(name, NAME_SIZE, "bank_%03" PRIu32 "%s", bank, suffix);
}

/* --- of earlier runs ---------------------------------------------------------------------------
 */

/* Kind of a file, or 0: no name that name_file makes. */
static unsigned kind_of(const char *name, uint32_t *bank) {
  static const struct {
    const char *suffix;
    unsigned kind;
  } row[] = {{"_and.hex", BO_BANK_FILES_MASKS},
             {"_or.hex", BO_BANK_FILES_MASKS},
             {"_xor.hex", BO_BANK_FILES_MASKS},
             {"_words.hex", BO_BANK_FILES_WORDS},
             {".csv", BO_BANK_FILES_CSV}};
  const size_t digits_at = strlen("bank_");
  if (strncmp(name, "bank_", digits_at) != 0) {
    return 0;
  }
  *bank = (uint32_t)strtoul(name + digits_at, NULL, 10);
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    char expected[NAME_SIZE];
    name_file(expected, *bank, row[i].suffix);
    if (strcmp(name, expected) == 0) {
      return row[i].kind;
    }
  }
  return 0;
}

static bo_status remove_others(const char *dir, uint32_t banks, unsigned kinds, bo_diag *diag) {
  DIR *const stream = opendir(dir);
  if (stream == NULL) {
    return bo_fail(diag, BO_E_IO, "%s: cannot read the folder: %s", dir, strerror(errno));
  }
  bo_status status = BO_OK;
  for (const struct dirent *entry = readdir(stream); entry != NULL && status == BO_OK;
       entry = readdir(stream)) {
    uint32_t bank = 0;
    const unsigned kind = kind_of(entry->d_name, &bank);
    if (kind != 0 && (bank >= banks || (kind & kinds) == 0)) {
      status = bo_folder_remove(dir, entry->d_name, diag);
    }
  }
  (void)closedir(stream);
  return status;
}

bo_status bo_bank_files_begin(const char *dir, uint32_t banks, unsigned kinds, bo_diag *diag) {
  bo_status status = bo_folder_make(dir, diag);
  if (status == BO_OK) {
    status = bo_folder_remove(dir, BO_BANK_FILES_MASKS_END, diag);
  }
  if (status == BO_OK) {
    status = bo_folder_remove(dir, BO_BANK_FILES_VECTORS_END, diag);
  }
  return status == BO_OK ? remove_others(dir, banks, kinds, diag) : status;
}

/* --- of this one -------------------------------------------------------------------------------
 */

/* Writes text, if making it went well, and frees it. */
static bo_status write_bank(const char *dir, uint32_t bank, const char *suffix, bo_bytes *text,
                            bo_status status, bo_diag *diag) {
  char name[NAME_SIZE];
  name_file(name, bank, suffix);
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
