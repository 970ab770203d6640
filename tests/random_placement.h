/** @file random_placement.h  Random tensors and SRAMs, for placement and faults. */
#ifndef BO_TESTS_RANDOM_PLACEMENT_H
#define BO_TESTS_RANDOM_PLACEMENT_H

#include "dice.h"
#include "mem/placement.h"

#include <stdint.h>

enum {
  MAX_TENSORS = 6
};

typedef struct random_case {
  bo_placement_config config;
  bo_weight_shape shape[MAX_TENSORS];
  uint32_t tensors;
} random_case;

/**
 * Any policy, tile, width, number of banks and of bits, interleave that divides the banks; each
 * side of a tensor at most @p side.
 */
random_case random_case_draw(dice *d, uint32_t side);

/** groups * outputs * inputs. */
uint64_t codes_of(const bo_weight_shape *shape);

#endif
