#include "train/faulty_memory.h"

#include "arch/arch.h"
#include "mem/inject.h"
#include "silicon/chip.h"
#include "silicon/profile.h"

#include <stdlib.h>

struct bo_faulty_memory {
  bo_profile profile;
  bo_placement *placement;
  bo_injector *injector;
};

bo_status bo_faulty_memory_new(bo_faulty_memory **out, const char *profile_path,
                               const bo_weight_shape *tensors, uint32_t count, bo_diag *diag) {
  *out = NULL;
  bo_faulty_memory *const memory = calloc(1, sizeof *memory);
  if (memory == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  const bo_arch arch = bo_arch_default();
  const bo_placement_config config = {
      .policy = BO_PLACEMENT_TILE,
      .tile_cols = arch.array_cols,
      .bank_rows = arch.bank_rows,
      .bank_width_bits = arch.bank_width_bits,
  };
  bo_status status = bo_profile_load(&memory->profile, profile_path, diag);
  if (status == BO_OK) {
    status = bo_placement_new(&memory->placement, &config, tensors, count, diag);
  }
  if (status == BO_OK) {
    status = bo_injector_new(&memory->injector, memory->placement, diag);
  }
  if (status != BO_OK) {
    bo_faulty_memory_free(memory);
    return status;
  }
  *out = memory;
  return BO_OK;
}

void bo_faulty_memory_free(bo_faulty_memory *memory) {
  if (memory != NULL) {
    bo_injector_free(memory->injector);
    bo_placement_free(memory->placement);
    bo_profile_free(&memory->profile);
    free(memory);
  }
}

bo_status bo_faulty_memory_vdd_for_ber(const bo_faulty_memory *memory, double ber,
                                       double *vdd_ratio, bo_diag *diag) {
  return bo_profile_vdd_for_ber(&memory->profile, ber, vdd_ratio, diag);
}

bo_status bo_faulty_memory_read(bo_faulty_memory *memory, uint64_t seed, double vdd_ratio,
                                const uint8_t *const *clean, uint8_t *const *faulty,
                                bo_diag *diag) {
  bo_chip chip;
  const bo_status status = bo_chip_at(&chip, &memory->profile, seed, vdd_ratio, diag);
  if (status == BO_OK) {
    bo_fault_count count = {0};
    bo_injector_run(memory->injector, &chip, clean, faulty, &count);
  }
  return status;
}
