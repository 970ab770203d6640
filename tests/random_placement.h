/** @file random_placement.h  Random tensors and SRAMs, for placement and faults. */
#ifndef BO_TESTS_RANDOM_PLACEMENT_H
#define BO_TESTS_RANDOM_PLACEMENT_H

#include "mem/placement.h"

#include <stdint.h>

enum {
  MAX_TENSORS = 6
};

/** The sequence of numbers of one case: a pure function of the case and of how many were drawn. */
typedef struct dice {
  uint32_t case_number, drawn;
} dice;

/** Uniform in low … high, both included. */
uint32_t roll(dice *d, uint32_t low, uint32_t high);

typedef struct random_case {
  bo_placement_config config;
  bo_weight_shape shape[MAX_TENSORS];
  uint32_t tensors;
} random_case;

/** Any policy, tile, width, number of banks and of bits; each side of a tensor at most @p side. */
random_case random_case_draw(dice *d, uint32_t side);

/** groups * outputs * inputs. */
uint64_t codes_of(const bo_weight_shape *shape);

#endif
