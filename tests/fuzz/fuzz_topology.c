/* A SCALE-Sim topology: the first byte says of which form; what is accepted can be counted. */
#include "accel/scalesim_topology.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) {
    return 0;
  }
  const bo_scalesim_array array = {.dataflow = BO_SCALESIM_OS, .rows = 1, .cols = 3};
  bo_scalesim_topology topology;
  bo_diag diag;
  if (bo_scalesim_topology_parse(&topology, "topology", (const char *)data + 1, size - 1,
                                 data[0] % 2 == 0 ? BO_SCALESIM_CONV : BO_SCALESIM_GEMM,
                                 &diag) == BO_OK &&
      topology.layers == 0) {
    abort();
  }
  for (size_t i = 0; i < topology.layers; i++) {
    bo_scalesim_counts counts;
    bo_scalesim_count(&array, &topology.layer[i].product, 1, &counts);
    if (counts.macs < 1 || counts.macs > BO_SCALESIM_MAX_MACS || counts.cycles < 1) {
      abort();
    }
  }
  bo_scalesim_topology_free(&topology);
  return 0;
}
