#include "report/masks.h"

#include "campaign/campaign.h"
#include "report/json.h"
#include "report/text.h"

#include <inttypes.h>

static const char *const kind_names[BO_MASK_KINDS] = {"and", "or", "xor"};

const char *bo_mask_kind_name(bo_mask_kind kind) {
  return kind_names[kind];
}

/* The columns that the bank has. */
static uint64_t columns(const bo_mask_origin *origin) {
  return UINT64_MAX >> (64 - origin->bank_width_bits);
}

static int hex_digits(const bo_mask_origin *origin) {
  return (int)((origin->bank_width_bits + 3) / 4);
}

void bo_mask_count_bank(bo_mask_count *count, const bo_mask_origin *origin,
                        const bo_fault_word *fault) {
  for (uint32_t row = 0; row < origin->bank_rows; row++) {
    const uint64_t cells = bo_fault_word_cells(fault[row]) & columns(origin);
    count->rows += cells != 0;
    count->cells += (uint64_t)__builtin_popcountll(cells);
  }
}

/* @p word: of row 0, and every @p stride further on of the next one. */
static bo_status print_bank(bo_bytes *out, const bo_mask_origin *origin, uint32_t bank,
                            const char *what, const uint64_t *word, size_t stride, bo_diag *diag) {
  const bo_chip *const chip = &origin->chip;
  bo_text text;
  *out = (bo_bytes){0};
  bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)fprintf(text.out, "// brownout %s: %s of weight bank %" PRIu32 ", profile ", bo_version(),
                what, bank);
  bo_text_line(text.out, origin->profile);
  (void)fprintf(text.out,
                ", chip seed %" PRIu64 ", vdd_ratio %.10g, ber %.10g, rows %" PRIu32
                ", width_bits %" PRIu32 "\n",
                chip->seed, chip->vdd_ratio, chip->ber, origin->bank_rows, origin->bank_width_bits);
  for (uint32_t row = 0; row < origin->bank_rows; row++) {
    (void)fprintf(text.out, "%0*" PRIx64 "\n", hex_digits(origin),
                  word[row * stride] & columns(origin));
  }
  return bo_text_close(&text, out, status, diag);
}

bo_status bo_report_mask_readmemh(bo_bytes *out, const bo_mask_origin *origin, uint32_t bank,
                                  bo_mask_kind kind, const bo_fault_word *fault, bo_diag *diag) {
  static const size_t stride = sizeof *fault / sizeof fault->and_mask;
  const uint64_t *const first[BO_MASK_KINDS] = {&fault->and_mask, &fault->or_mask,
                                                &fault->xor_mask};
  char what[16];
  (void)snprintf(what, sizeof what, "%s mask", kind_names[kind]);
  return print_bank(out, origin, bank, what, first[kind], stride, diag);
}

bo_status bo_report_words_readmemh(bo_bytes *out, const bo_mask_origin *origin, uint32_t bank,
                                   const uint64_t *word, bo_diag *diag) {
  return print_bank(out, origin, bank, "words", word, 1, diag);
}

bo_status bo_report_masks_csv(bo_bytes *out, const bo_mask_origin *origin, uint32_t bank,
                              const bo_fault_word *fault, bo_diag *diag) {
  const int digits = hex_digits(origin);
  const uint64_t all = columns(origin);
  bo_text text;
  *out = (bo_bytes){0};
  bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)fprintf(text.out, "bank,row,and,or,xor\n");
  for (uint32_t row = 0; row < origin->bank_rows; row++) {
    if ((bo_fault_word_cells(fault[row]) & all) != 0) {
      (void)fprintf(text.out, "%" PRIu32 ",%" PRIu32 ",%0*" PRIx64 ",%0*" PRIx64 ",%0*" PRIx64 "\n",
                    bank, row, digits, fault[row].and_mask & all, digits, fault[row].or_mask & all,
                    digits, fault[row].xor_mask & all);
    }
  }
  return bo_text_close(&text, out, status, diag);
}

bo_status bo_report_masks_json(bo_bytes *out, const bo_mask_origin *origin, const char *format,
                               const bo_mask_count *count, bo_diag *diag) {
  bo_json json = bo_json_object();
  bo_json_text(&json, "version", bo_version());
  bo_json_text(&json, "format", format);
  bo_json_text(&json, "profile", origin->profile);
  bo_json_count(&json, "chip_seed", origin->chip.seed);
  bo_json_real(&json, "vdd_ratio", origin->chip.vdd_ratio);
  bo_json_real(&json, "ber_pct", origin->chip.ber * 100);
  bo_json_count(&json, "banks", origin->banks);
  bo_json_count(&json, "bank_rows", origin->bank_rows);
  bo_json_count(&json, "bank_width_bits", origin->bank_width_bits);
  bo_json_count(&json, "rows_faulty", count->rows);
  bo_json_count(&json, "cells_faulty", count->cells);
  return bo_json_finish(&json, out, diag);
}
