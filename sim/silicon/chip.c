#include "silicon/chip.h"

#include "base/rng.h"
#include "silicon/cell_random.h"

static bo_status at_model(bo_chip *chip, const bo_profile *profile, bo_diag *diag) {
  const double share = bo_profile_share_0to1(profile, chip->vdd_ratio);
  const double rate[BO_FAULT_DIRECTIONS] = {chip->ber * share, chip->ber * (1.0 - share)};
  return bo_cell_state_at(&chip->cells.model, &profile->model, chip->seed, rate, diag);
}

static uint64_t first_cell(const bo_cell_map *map, uint64_t seed) {
  const bo_cell_shape *const shape = bo_cell_map_shape(map);
  const uint64_t rows = (uint64_t)shape->arrays * shape->rows;
  const uint32_t counter[3] = {0};
  const bo_rng_block draw = bo_rng_draw(seed, BO_RNG_MAP_ROW, counter);
  return seed == 0 ? 0 : (draw.word[0] % rows) * shape->columns;
}

static bo_status at_map(bo_chip *chip, const bo_profile *profile, bo_diag *diag) {
  uint32_t v = 0;
  if (!bo_cell_map_find(profile->map, chip->vdd_ratio, &v)) {
    if (chip->ber > 0.0) {
      return bo_fail(diag, BO_E_INVALID, "profile %s: no map at vdd_ratio %.9g", profile->name,
                     chip->vdd_ratio);
    }
    chip->source = BO_CELLS_RANDOM; /* nothing fails */
    return BO_OK;
  }
  chip->cells.map = (bo_map_view){.map = profile->map,
                                  .voltage = v,
                                  .first_cell = first_cell(profile->map, chip->seed),
                                  .seed = chip->seed};
  return BO_OK;
}

bo_status bo_chip_at(bo_chip *chip, const bo_profile *profile, uint64_t seed, double vdd_ratio,
                     bo_diag *diag) {
  bo_chip found = {.seed = seed,
                   .vdd_ratio = vdd_ratio,
                   .source = profile->source_of_cells,
                   .persistent_only = profile->persistent_only};
  bo_status status = bo_profile_ber(profile, vdd_ratio, &found.ber, diag);
  if (status == BO_OK && found.source == BO_CELLS_MODEL) {
    status = at_model(&found, profile, diag);
  }
  if (status == BO_OK && found.source == BO_CELLS_MAP) {
    status = at_map(&found, profile, diag);
  }
  if (status == BO_OK) {
    *chip = found;
  }
  return status;
}

void bo_chip_bank_faults(const bo_chip *chip, uint32_t bank, uint32_t rows, uint32_t width_bits,
                         bo_fault_word *fault) {
  switch (chip->source) {
  case BO_CELLS_RANDOM:
    bo_cell_random_faults(chip->seed, chip->ber, bank, rows, width_bits, fault);
    break;
  case BO_CELLS_MODEL:
    bo_cell_model_faults(&chip->cells.model, bank, rows, width_bits, chip->persistent_only, fault);
    break;
  case BO_CELLS_MAP:
    bo_cell_map_faults(&chip->cells.map, bank, rows, width_bits, chip->persistent_only, fault);
    break;
  }
}
