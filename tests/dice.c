#include "dice.h"

#include "base/rng.h"

uint32_t roll(dice *d, uint32_t low, uint32_t high) {
  const uint32_t counter[3] = {d->case_number, d->drawn++, 0};
  const uint64_t word = bo_rng_draw(2026, BO_RNG_TEST, counter).word[0];
  return low + (uint32_t)(word * ((uint64_t)high - low + 1) >> 32);
}
