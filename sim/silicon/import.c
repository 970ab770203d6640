#include "silicon/import.h"

#include "silicon/import_private.h"
#include "silicon/map_stats.h"

enum {
  MAX_LIST = 1 << 20, /* bytes */
};

static bo_status import_listed(bo_cell_rates *rates, bo_rates_facts *facts, const char *path,
                               bo_span text, const bo_rates_options *options, bo_diag *diag) {
  bo_rates_list list;
  const bo_status status = bo_rates_list_parse(&list, path, text, options, diag);
  if (status != BO_OK) {
    return status;
  }
  return options->format == BO_RATES_BRAM
             ? bo_rates_import_bram(rates, facts, &list, options, diag)
             : bo_rates_import_matrices(rates, &list, options->format, diag);
}

bo_status bo_rates_import(bo_cell_rates *rates, bo_rates_facts *facts, const char *path,
                          const bo_rates_options *options, bo_diag *diag) {
  const bool is_log = options->format == BO_RATES_LOG;
  bo_bytes bytes;
  *rates = (bo_cell_rates){0};
  *facts = (bo_rates_facts){0};
  bo_status status = bo_file_read(&bytes, path, is_log ? BO_CELL_RATES_MAX_FILE : MAX_LIST, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_span text = {(const char *)bytes.data, bytes.size};
  status = is_log ? bo_rates_import_log(rates, path, text, options, diag)
                  : import_listed(rates, facts, path, text, options, diag);
  bo_bytes_free(&bytes);
  if (status == BO_OK) {
    facts->rising_cells = bo_map_rising_cells(rates, NULL, 0);
  }
  return status;
}
