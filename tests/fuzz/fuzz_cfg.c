/* A SCALE-Sim configuration; what is accepted is in range. */
#include "accel/scalesim_cfg.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_scalesim_array array = {0};
  bo_diag diag;
  if (bo_scalesim_cfg_parse(&array, "cfg", (const char *)data, size, &diag) == BO_OK &&
      (array.rows < 1 || array.rows > BO_SCALESIM_MAX_SIDE || array.cols < 1 ||
       array.cols > BO_SCALESIM_MAX_SIDE || (int)array.dataflow >= BO_SCALESIM_DATAFLOWS)) {
    abort();
  }
  return 0;
}
