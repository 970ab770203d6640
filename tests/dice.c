#include "dice.h"

#include "base/rng.h"

uint32_t roll(dice *d, uint32_t low, uint32_t high) {
  const uint32_t counter[3] = {d->case_number, d->drawn++, 0};
  const uint64_t word = bo_rng_draw(2026, BO_RNG_TEST, counter).word[0];
  return low + (uint32_t)(word * ((uint64_t)high - low + 1) >> 32);
}

uint64_t roll_word(dice *d) {
  const uint64_t high = roll(d, 0, UINT32_MAX);
  return high << 32 | roll(d, 0, UINT32_MAX);
}

uint64_t roll_few_bits(dice *d) {
  uint64_t bits = roll_word(d);
  bits &= roll_word(d);
  return bits & roll_word(d);
}
