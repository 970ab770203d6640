/* Readers of measured maps, chosen by the first byte; what a log gives are rates. */
#include "silicon/import_private.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_log(bo_span text, const bo_rates_options *options) {
  bo_cell_rates rates;
  bo_diag diag;
  if (bo_rates_import_log(&rates, "log", text, options, &diag) == BO_OK) {
    if (bo_cell_rates_check(&rates, &diag) != BO_OK) {
      abort();
    }
    bo_cell_rates_free(&rates);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const bo_span text = {(const char *)data + 1, size - 1};
  bo_rates_options options = {.vmin_v = data[0] / 4 % 2 == 0 ? 0.0 : 0.6};
  bo_rates_list list;
  bo_rates_matrix matrix = {0};
  bo_rates_dump dump = {0};
  bo_diag diag;
  switch (data[0] % 4) {
  case 0:
    options.format = BO_RATES_LOG;
    read_log(text, &options);
    break;
  case 1:
    (void)bo_rates_matrix_from_csv(&matrix, "matrix", text, &diag);
    free(matrix.p);
    break;
  case 2:
    (void)bo_rates_dump_parse(&dump, "dump", text, &diag);
    free(dump.row);
    break;
  default:
    options.format = BO_RATES_CSV;
    (void)bo_rates_list_parse(&list, "list", text, &options, &diag);
    break;
  }
  return 0;
}
