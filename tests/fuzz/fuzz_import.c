/* Measured memories: the first byte says which reader; what is accepted is in its range. */
#include "silicon/import_private.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
  if (!holds) {
    abort();
  }
}

static void read_list(bo_span text, const bo_rates_options *options) {
  bo_rates_list list;
  bo_diag diag;
  if (bo_rates_list_parse(&list, "folder/list", text, options, &diag) != BO_OK) {
    return;
  }
  require(list.lines >= 1 && list.lines <= BO_CELL_RATES_MAX_VOLTAGES);
  for (uint32_t i = 0; i < list.lines; i++) {
    bo_rates_path path;
    require(i == 0 || list.line[i].vdd_ratio > list.line[i - 1].vdd_ratio);
    require(list.line[i].file[0].data != NULL || list.line[i].file[1].data != NULL);
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      if (list.line[i].file[d].data != NULL) {
        (void)bo_rates_list_path(&path, &list, list.line[i].file[d], &diag);
      }
    }
  }
}

static void read_csv(bo_span text) {
  bo_rates_matrix matrix;
  bo_diag diag;
  if (bo_rates_matrix_from_csv(&matrix, "csv", text, &diag) == BO_OK) {
    const size_t cells = bo_cell_count(&matrix.shape);
    require(cells >= 1 && cells <= text.size);
    for (size_t i = 0; i < cells; i++) {
      require(matrix.p[i] >= 0 && matrix.p[i] <= 1);
    }
  }
  free(matrix.p);
}

/* Of a given size: else a short log may ask for gigabytes that take their time, within the bound.
 */
static void read_log(bo_span text, double vmin_v) {
  const bo_rates_options options = {.format = BO_RATES_LOG, .vmin_v = vmin_v, .shape = {2, 16, 16}};
  bo_cell_rates rates;
  bo_diag diag;
  if (bo_rates_import_log(&rates, "log", text, &options, &diag) == BO_OK) {
    require(rates.voltages >= 1 && bo_cell_rates_check(&rates, &diag) == BO_OK);
  }
  bo_cell_rates_free(&rates);
}

/* Repeated to a whole BRAM, which the fuzzer would hardly make up. */
static void read_dump(bo_span text) {
  enum {
    DIGITS = 4096
  };
  char whole[DIGITS];
  bo_rates_dump dump;
  bo_diag diag;
  for (size_t i = 0; i < DIGITS; i++) {
    whole[i] = text.size == 0 ? 'f' : text.data[i % text.size];
  }
  if (bo_rates_dump_parse(&dump, "dump", text, &diag) == BO_OK) {
    require(dump.brams >= 1);
    free(dump.row);
  }
  if (bo_rates_dump_parse(&dump, "dump", (bo_span){whole, DIGITS}, &diag) == BO_OK) {
    require(dump.brams == 1);
    free(dump.row);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) {
    return 0;
  }
  const bo_span text = {(const char *)data + 1, size - 1};
  const bo_rates_options csv = {.format = BO_RATES_CSV, .vmin_v = 0.5};
  const bo_rates_options bram = {.format = BO_RATES_BRAM};
  switch (data[0] % 5) {
  case 0:
    read_list(text, &csv);
    break;
  case 1:
    read_list(text, &bram);
    break;
  case 2:
    read_csv(text);
    break;
  case 3:
    read_log(text, data[0] < 128 ? 0 : 0.5);
    break;
  default:
    read_dump(text);
  }
  return 0;
}
