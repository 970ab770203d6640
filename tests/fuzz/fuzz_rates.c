/* The archive of a map: what is accepted can be packed and read. */
#include "silicon/cell_map.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_cell_rates rates;
  bo_cell_map *map = NULL;
  bo_diag diag;
  if (bo_cell_rates_parse(&rates, "map.npz", data, size, &diag) != BO_OK) {
    return 0;
  }
  if (bo_cell_rates_check(&rates, &diag) != BO_OK ||
      bo_cell_map_new(&map, &rates, &diag) != BO_OK) {
    abort();
  }
  bo_fault_word fault[64];
  const bo_map_view view = {.map = map, .voltage = rates.voltages - 1, .first_cell = 77};
  bo_cell_map_faults(&view, 3, 64, 61, fault);
  bo_cell_map_free(map);
  bo_cell_rates_free(&rates);
  return 0;
}
