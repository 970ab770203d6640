/** @file dice.h  Random numbers for tests: the same in every run. */
#ifndef BO_TESTS_DICE_H
#define BO_TESTS_DICE_H

#include <stdint.h>

/** The sequence of numbers of one case: a pure function of the case and of how many were drawn. */
typedef struct dice {
  uint32_t case_number, drawn;
} dice;

/** Uniform in low … high, both included. */
uint32_t roll(dice *d, uint32_t low, uint32_t high);

/** 64 bits, of which a half or about an eighth are ones. */
uint64_t roll_word(dice *d);
uint64_t roll_few_bits(dice *d);

#endif
