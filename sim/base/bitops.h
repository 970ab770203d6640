/**
 * @file bitops.h
 * Operations on the bits of arrays of codes, one implementation for four element types. A code is
 * taken as its bit pattern (two's complement if signed); only bo_bits_project_largest looks at
 * values.
 *
 * Shapes: values are [count]; bits and what belongs to a bit are [count][width], bit 0 = the least
 * significant, whatever the byte order of the machine. Inputs are never changed; @p out may be the
 * same array as an input, but must not overlap one in part.
 *
 * The operations are those of Stutz, Chandramoorthy, Hein, Schiele, "Bit Error Robustness for
 * Energy-Efficient DNN Accelerators", MLSys 2021.
 */
#ifndef BO_BASE_BITOPS_H
#define BO_BASE_BITOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_bits_type {
  BO_BITS_I32,
  BO_BITS_I16,
  BO_BITS_I8,
  BO_BITS_U8,
} bo_bits_type;

/** Bits of an element: 32, 16 or 8. */
unsigned bo_bits_width(bo_bits_type type);

void bo_bits_and(void *out, const void *a, const void *b, size_t count, bo_bits_type type);
void bo_bits_or(void *out, const void *a, const void *b, size_t count, bo_bits_type type);
void bo_bits_xor(void *out, const void *a, const void *b, size_t count, bo_bits_type type);

/** bits[i][k] = bit k of values[i]. */
void bo_bits_unpack(bool *bits, const void *values, size_t count, bo_bits_type type);

/** distance[i] = bits in which a[i] and b[i] differ, 0 … 32. */
void bo_bits_hamming(uint8_t *distance, const void *a, const void *b, size_t count,
                     bo_bits_type type);

/** Inverts the bits whose mask[i][k] is true. */
void bo_bits_flip(void *out, const void *values, const bool *mask, size_t count, bo_bits_type type);

/**
 * Stuck-at faults: a bit reads 1 where ones[i][k] is true, and 0 where zeros[i][k] is true; zero
 * wins where both are.
 */
void bo_bits_set(void *out, const void *values, const bool *ones, const bool *zeros, size_t count,
                 bo_bits_type type);

/** Clears the @p bits least significant bits; precondition: bits <= width. */
void bo_bits_clear_low(void *out, const void *values, unsigned bits, size_t count,
                       bo_bits_type type);

/** What bo_bits_random_flip does. {0} flips nothing; pointers are borrowed. */
typedef struct bo_bits_random {
  /** P(a stored 0 is read as 1) and P(a stored 1 is read as 0), the same for all bits … */
  double flip_0_prob, flip_1_prob;
  /** … or, unless NULL, one of each bit, [count][width]: a measured map of cells. */
  const double *cell_flip_0_prob, *cell_flip_1_prob;
  const bool *protected_bits; /**< [width]: bits that never flip; NULL: none */
  const bool *elements;       /**< [count]: only elements with true can change; NULL: all */
  const double *u;            /**< [count][width], uniform in [0, 1); NULL: drawn from seed */
  uint64_t seed;              /**< of stream BO_RNG_BIT_FLIP, used if u is NULL */
} bo_bits_random;

/**
 * Flips bit k of element i where u[i][k] < the probability for its stored value. Drawn numbers
 * depend on (seed, i, k) alone, so for a seed the flips of a smaller probability are a subset of
 * those of a larger one.
 */
void bo_bits_random_flip(void *out, const void *values, const bo_bits_random *random, size_t count,
                         bo_bits_type type);

/**
 * Flips each bit with probability numerator / 2^log2_denominator, many bits at a time: random words
 * are chained by AND and OR along the binary digits of the probability. Stream
 * BO_RNG_DYADIC_FLIP; other flips than bo_bits_random_flip with the same seed.
 *
 * Preconditions: 1 <= log2_denominator <= 32, numerator < 2^log2_denominator.
 */
void bo_bits_dyadic_flip(void *out, const void *values, uint32_t numerator,
                         unsigned log2_denominator, uint64_t seed, size_t count, bo_bits_type type);

/** Keeps of each change from original to perturbed only the most significant differing bit. */
void bo_bits_project_msb(void *out, const void *original, const void *perturbed, size_t count,
                         bo_bits_type type);

/**
 * Keeps the @p keep elements whose value changed most (the first ones among equals), each reduced
 * to its most significant differing bit, and restores all others: at most @p keep bits differ.
 */
void bo_bits_project_largest(void *out, const void *original, const void *perturbed, size_t keep,
                             size_t count, bo_bits_type type);

#ifdef __cplusplus
}
#endif

#endif
