/* A machine; what is accepted is in range. */
#include "arch/arch.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_arch arch;
  bo_diag diag;
  if (bo_arch_parse(&arch, "arch", data, size, &diag) == BO_OK &&
      bo_arch_check(&arch, &diag) != BO_OK) {
    abort();
  }
  return 0;
}
