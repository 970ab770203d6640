/**
 * @file rng.h
 * Stateless random numbers: the same (seed, stream, counter) gives the same bits in every run, in
 * any order, on any thread. The counter says *what is drawn for*, never "the next number".
 *
 * Philox4x32-10 of Random123: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as
 * 1, 2, 3", SC11.
 */
#ifndef BO_BASE_RNG_H
#define BO_BASE_RNG_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the draw is for. Values are part of what a seed means: append, never renumber. */
typedef enum bo_rng_stream {
  BO_RNG_CELL_SHELL = 0,  /**< random chips: counter = bank, shell, index of the candidate */
  BO_RNG_BIT_FLIP = 1,    /**< bo_bits_random_flip: counter = element low, element high, bit / 4 */
  BO_RNG_TEST = 2,        /**< anything a test draws */
  BO_RNG_DYADIC_FLIP = 3, /**< bo_bits_dyadic_flip: counter = element low, high, digit / 4 */
  BO_RNG_CELL_ARRAY = 4,  /**< cell_model.h: counter = array; a word a direction */
  BO_RNG_CELL_COLUMN = 5, /**< cell_model.h: counter = array, column; a word a direction */
  BO_RNG_CELL_ROW = 6,    /**< cell_model.h: counter = array, row; a word a direction */
  BO_RNG_CELL = 7,        /**< cell_model.h: counter = array, row, column / 4 */
  BO_RNG_CELL_READ =
      8,              /**< cells between 0 and 1: counter = array, row, column; preference, noise */
  BO_RNG_MAP_ROW = 9, /**< chip.h: the row of a map that a chip begins on; counter = 0 */
} bo_rng_stream;

typedef struct bo_rng_block {
  uint32_t word[4];
} bo_rng_block;

/** Four uniform 32-bit words. Philox key = @p seed, low word first; counter = (counter, stream). */
bo_rng_block bo_rng_draw(uint64_t seed, bo_rng_stream stream, const uint32_t counter[3]);

/** Maps a word to [0, 1) exactly: word / 2^32. */
double bo_rng_unit(uint32_t word);

/** Maps two words to (0, 1) on a grid of 2^-53, never 0: for logarithms. */
double bo_rng_open_unit(uint32_t high, uint32_t low);

/**
 * Natural logarithm of a finite @p x > 0 from IEEE additions, multiplications and divisions alone,
 * within 4 ulp: unlike a C library's, the same bits on every machine, so a seed is the same chip
 * for ever.
 */
double bo_rng_ln(double x);

/**
 * A standard normal number for a uniform word, rising with it, from -6.34 to 6.34: the quantile of
 * (word + 1/2) / 2^32, from IEEE operations alone as bo_rng_ln is. Wichura, "Algorithm AS 241: The
 * Percentage Points of the Normal Distribution", Applied Statistics 37, 1988: PPND16.
 */
double bo_rng_normal(uint32_t word);

#ifdef __cplusplus
}
#endif

#endif
