/* Dumps of FPGA block RAMs: hex text, 16 bits a row, written with ones. */
#include "silicon/import_private.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
  ROWS = 1024, /* of a BRAM */
  COLUMNS = 16,
  DIGITS = COLUMNS / 4, /* of a row */
  BRAM_DIGITS = ROWS * DIGITS,
  ALL_ONES = 0xffff,
};

static int digit_of(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = (char)(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

/* Digits of the text; anything else but a line break between rows is refused by its place. */
static bo_status count_digits(size_t *digits, const char *name, bo_span text, bo_diag *diag) {
  size_t line = 1;
  size_t line_start = 0;
  *digits = 0;
  for (size_t i = 0; i < text.size; i++) {
    const char c = text.data[i];
    if (digit_of(c) >= 0) {
      ++*digits;
    } else if (!is_line_break(c) || *digits % DIGITS != 0) {
      return bo_fail(diag, BO_E_INVALID,
                     "%.300s:%zu: character %zu: expected a hexadecimal digit, got 0x%02x", name,
                     line, i - line_start + 1, (unsigned)(unsigned char)c);
    }
    if (c == '\n') {
      line++;
      line_start = i + 1;
    }
  }
  return BO_OK;
}

bo_status bo_rates_dump_parse(bo_rates_dump *dump, const char *name, bo_span text, bo_diag *diag) {
  size_t digits = 0;
  *dump = (bo_rates_dump){0};
  const bo_status status = count_digits(&digits, name, text, diag);
  if (status != BO_OK) {
    return status;
  }
  if (digits == 0 || digits % BRAM_DIGITS != 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s: expected whole BRAMs of %d digits, got %zu and %zu digits", name,
                   BRAM_DIGITS, digits / BRAM_DIGITS, digits % BRAM_DIGITS);
  }
  dump->row = calloc(digits / DIGITS, sizeof *dump->row);
  if (dump->row == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%.300s: out of memory", name);
  }
  dump->brams = (uint32_t)(digits / BRAM_DIGITS);
  size_t at = 0;
  for (size_t i = 0; i < text.size; i++) {
    const int digit = digit_of(text.data[i]);
    if (digit >= 0) {
      uint16_t *const row = &dump->row[at++ / DIGITS];
      *row = (uint16_t)(*row << 4 | digit);
    }
  }
  return BO_OK;
}

/* --- all voltages ---------------------------------------------------------------------------- */

typedef struct bram_import {
  const bo_rates_list *list;
  bo_rates_dump dump[BO_CELL_RATES_MAX_VOLTAGES];
} bram_import;

static bo_status load(bo_rates_dump *dump, const bo_rates_list *list, uint32_t voltage,
                      bo_diag *diag) {
  bo_rates_path path;
  bo_bytes bytes = {0};
  bo_status status = bo_rates_list_path(&path, list, list->line[voltage].file[0], diag);
  if (status == BO_OK) {
    status = bo_file_read(&bytes, path.text, BO_CELL_RATES_MAX_FILE, diag);
  }
  if (status == BO_OK) {
    const bo_span text = {(const char *)bytes.data, bytes.size};
    status = bo_rates_dump_parse(dump, path.text, text, diag);
    bo_bytes_free(&bytes);
  }
  return status;
}

/* All dumps must be of as many BRAMs, and fit with half of their columns. */
static bo_status load_all(bram_import *import, bo_diag *diag) {
  const bo_rates_list *const list = import->list;
  bo_status status = BO_OK;
  for (uint32_t v = 0; status == BO_OK && v < list->lines; v++) {
    status = load(&import->dump[v], list, v, diag);
    const uint32_t brams = import->dump[v].brams;
    const size_t most =
        (size_t)BO_CELL_RATES_MAX_VALUES / ((size_t)list->lines * ROWS * COLUMNS / 2);
    if (status == BO_OK && (brams != import->dump[0].brams || brams > most)) {
      status = bo_fail(diag, BO_E_INVALID,
                       "%.300s:%zu: dump: expected as many BRAMs at each of %" PRIu32
                       " voltages, at most %zu, got %" PRIu32 " after %" PRIu32,
                       list->name, list->line[v].number, list->lines, most, brams,
                       import->dump[0].brams);
    }
  }
  return status;
}

/* Faulty rows with equal bytes if all are so, else 0. Rows of zeros have equal bytes anyway. */
static uint64_t count_copies(const bram_import *import) {
  uint64_t equal = 0;
  bool is_telling = false;
  for (uint32_t v = 0; v < import->list->lines; v++) {
    const bo_rates_dump *const dump = &import->dump[v];
    for (size_t i = 0; i < (size_t)dump->brams * ROWS; i++) {
      const unsigned row = dump->row[i];
      if (row != ALL_ONES && row >> 8 != (row & 0xff)) {
        return 0;
      }
      equal += row != ALL_ONES;
      is_telling |= row != ALL_ONES && row != 0;
    }
  }
  return is_telling ? equal : 0;
}

static void fill(bo_cell_rates *rates, const bram_import *import) {
  const uint32_t columns = rates->shape.columns;
  float *p = rates->p[BO_FAULT_1TO0];
  for (uint32_t v = 0; v < rates->voltages; v++) {
    const bo_rates_dump *const dump = &import->dump[v];
    for (size_t i = 0; i < (size_t)dump->brams * ROWS; i++) {
      for (uint32_t c = 0; c < columns; c++) {
        *p++ = (dump->row[i] >> c & 1) != 0 ? 0.0F : 1.0F;
      }
    }
  }
}

bo_status bo_rates_import_bram(bo_cell_rates *rates, bo_rates_facts *facts,
                               const bo_rates_list *list, const bo_rates_options *options,
                               bo_diag *diag) {
  bram_import import = {.list = list};
  *rates = (bo_cell_rates){0};
  bo_status status = load_all(&import, diag);
  if (status == BO_OK) {
    facts->copied_rows = options->keep_copies ? 0 : count_copies(&import);
    const bo_cell_shape shape = {import.dump[0].brams, ROWS,
                                 facts->copied_rows > 0 ? COLUMNS / 2 : COLUMNS};
    status = bo_rates_list_begin(rates, list, &shape, diag);
  }
  if (status == BO_OK) {
    fill(rates, &import);
  }
  for (uint32_t v = 0; v < list->lines; v++) {
    free(import.dump[v].row);
  }
  return status;
}
