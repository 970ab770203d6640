#include "random_placement.h"

random_case random_case_draw(dice *d, uint32_t side) {
  random_case c = {
      .config =
          {
              .policy = roll(d, 0, 1) == 0 ? BO_PLACEMENT_LINEAR : BO_PLACEMENT_TILE,
              .tile_cols = roll(d, 1, 8),
              .banks = roll(d, 0, 4),
              .bank_rows = roll(d, 1, 40),
              .bank_width_bits = roll(d, 0, 1) == 0 ? 8 * roll(d, 1, 8) : roll(d, 8, 64),
              .start_row = roll(d, 0, 2) == 0 ? 0 : roll(d, 0, 500),
          },
      .tensors = roll(d, 1, MAX_TENSORS),
  };
  c.config.rotate = c.config.bank_width_bits % 8 == 0 && roll(d, 0, 1) == 0;
  do {
    c.config.interleave = roll(d, 0, 4);
  } while (c.config.interleave != 0 && c.config.banks % c.config.interleave != 0);
  for (uint32_t t = 0; t < c.tensors; t++) {
    c.shape[t] = (bo_weight_shape){
        .groups = roll(d, 0, 2) == 0 ? roll(d, 1, 4) : 1,
        .outputs = roll(d, 1, side),
        .inputs = roll(d, 1, side),
        .bits = roll(d, 1, 8),
    };
  }
  return c;
}

uint64_t codes_of(const bo_weight_shape *shape) {
  return (uint64_t)shape->groups * shape->outputs * shape->inputs;
}
