/* An energy table; what is accepted gives finite energies, none of them negative. */
#include "energy/energy.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_energy_table table;
  bo_diag diag;
  const bo_arch arch = bo_arch_default();
  const bo_events events = {.cycles = 1, .macs = 1, .weight_row_reads = 1, .dram_bytes_read = 1};
  if (bo_energy_table_parse(&table, "table", data, size, &diag) == BO_OK) {
    const bo_energy energy = bo_energy_of(&table, &arch, 32, &events, 0.8);
    if (!isfinite(energy.total_pj) || energy.total_pj < 0.0) {
      abort();
    }
  }
  return 0;
}
