#include "base/bitops.h"

#include "base/rng.h"

#include <assert.h>
#include <string.h>

unsigned bo_bits_width(bo_bits_type type) {
  static const unsigned widths[] = {
      [BO_BITS_I32] = 32, [BO_BITS_I16] = 16, [BO_BITS_I8] = 8, [BO_BITS_U8] = 8};
  return widths[type];
}

/* Bit pattern of element i, zeros above the width. */
static uint32_t load(const void *values, size_t i, bo_bits_type type) {
  if (type == BO_BITS_I32) {
    return ((const uint32_t *)values)[i];
  }
  return type == BO_BITS_I16 ? ((const uint16_t *)values)[i] : ((const uint8_t *)values)[i];
}

/* Bits above the width are dropped. */
static void store(void *values, size_t i, bo_bits_type type, uint32_t pattern) {
  if (type == BO_BITS_I32) {
    ((uint32_t *)values)[i] = pattern;
  } else if (type == BO_BITS_I16) {
    ((uint16_t *)values)[i] = (uint16_t)pattern;
  } else {
    ((uint8_t *)values)[i] = (uint8_t)pattern;
  }
}

static int64_t value_of(uint32_t pattern, bo_bits_type type) {
  const unsigned width = bo_bits_width(type);
  const bool negative = type != BO_BITS_U8 && (pattern >> (width - 1)) != 0;
  return (int64_t)pattern - (negative ? INT64_C(1) << width : 0);
}

static uint32_t pack(const bool *bits, unsigned width) {
  uint32_t pattern = 0;
  for (unsigned k = 0; k < width; k++) {
    pattern |= (uint32_t)bits[k] << k;
  }
  return pattern;
}

void bo_bits_and(void *out, const void *a, const void *b, size_t count, bo_bits_type type) {
  for (size_t i = 0; i < count; i++) {
    store(out, i, type, load(a, i, type) & load(b, i, type));
  }
}

void bo_bits_or(void *out, const void *a, const void *b, size_t count, bo_bits_type type) {
  for (size_t i = 0; i < count; i++) {
    store(out, i, type, load(a, i, type) | load(b, i, type));
  }
}

void bo_bits_xor(void *out, const void *a, const void *b, size_t count, bo_bits_type type) {
  for (size_t i = 0; i < count; i++) {
    store(out, i, type, load(a, i, type) ^ load(b, i, type));
  }
}

void bo_bits_unpack(bool *bits, const void *values, size_t count, bo_bits_type type) {
  const unsigned width = bo_bits_width(type);
  for (size_t i = 0; i < count; i++) {
    const uint32_t pattern = load(values, i, type);
    for (unsigned k = 0; k < width; k++) {
      bits[i * width + k] = (pattern >> k & 1) != 0;
    }
  }
}

void bo_bits_hamming(uint8_t *distance, const void *a, const void *b, size_t count,
                     bo_bits_type type) {
  for (size_t i = 0; i < count; i++) {
    distance[i] = (uint8_t)__builtin_popcount(load(a, i, type) ^ load(b, i, type));
  }
}

void bo_bits_flip(void *out, const void *values, const bool *mask, size_t count,
                  bo_bits_type type) {
  const unsigned width = bo_bits_width(type);
  for (size_t i = 0; i < count; i++) {
    store(out, i, type, load(values, i, type) ^ pack(mask + i * width, width));
  }
}

void bo_bits_set(void *out, const void *values, const bool *ones, const bool *zeros, size_t count,
                 bo_bits_type type) {
  const unsigned width = bo_bits_width(type);
  for (size_t i = 0; i < count; i++) {
    const uint32_t set = load(values, i, type) | pack(ones + i * width, width);
    store(out, i, type, set & ~pack(zeros + i * width, width));
  }
}

void bo_bits_clear_low(void *out, const void *values, unsigned bits, size_t count,
                       bo_bits_type type) {
  assert(bits <= bo_bits_width(type));
  const uint32_t kept = (uint32_t)(UINT64_MAX << bits);
  for (size_t i = 0; i < count; i++) {
    store(out, i, type, load(values, i, type) & kept);
  }
}

/* Uniform numbers of four neighbouring bits of an element. */
static void uniform_of_bits(double u[4], const bo_bits_random *random, size_t i, unsigned bit,
                            unsigned width) {
  if (random->u != NULL) {
    memcpy(u, random->u + i * width + bit, 4 * sizeof *u);
    return;
  }
  const uint32_t counter[] = {(uint32_t)i, (uint32_t)((uint64_t)i >> 32), bit / 4};
  const bo_rng_block block = bo_rng_draw(random->seed, BO_RNG_BIT_FLIP, counter);
  for (unsigned k = 0; k < 4; k++) {
    u[k] = bo_rng_unit(block.word[k]);
  }
}

/* Probability that bit k of element i flips, given what it stores. */
static double flip_prob(const bo_bits_random *random, size_t cell, bool stored) {
  const double *cells = stored ? random->cell_flip_1_prob : random->cell_flip_0_prob;
  if (cells != NULL) {
    return cells[cell];
  }
  return stored ? random->flip_1_prob : random->flip_0_prob;
}

static uint32_t flips_of_element(const bo_bits_random *random, size_t i, uint32_t pattern,
                                 unsigned width) {
  uint32_t flips = 0;
  for (unsigned k = 0; k < width; k += 4) {
    double u[4];
    uniform_of_bits(u, random, i, k, width);
    for (unsigned j = k; j < k + 4; j++) {
      const bool stored = (pattern >> j & 1) != 0;
      flips |= (uint32_t)(u[j - k] < flip_prob(random, i * width + j, stored)) << j;
    }
  }
  return flips;
}

void bo_bits_random_flip(void *out, const void *values, const bo_bits_random *random, size_t count,
                         bo_bits_type type) {
  const unsigned width = bo_bits_width(type);
  const bool *protected_bits = random->protected_bits;
  const uint32_t exposed = protected_bits == NULL ? UINT32_MAX : ~pack(protected_bits, width);
  for (size_t i = 0; i < count; i++) {
    const uint32_t pattern = load(values, i, type);
    const bool chosen = random->elements == NULL || random->elements[i];
    const uint32_t flips = chosen ? flips_of_element(random, i, pattern, width) & exposed : 0;
    store(out, i, type, pattern ^ flips);
  }
}

void bo_bits_dyadic_flip(void *out, const void *values, uint32_t numerator,
                         unsigned log2_denominator, uint64_t seed, size_t count,
                         bo_bits_type type) {
  assert(log2_denominator >= 1 && log2_denominator <= 32);
  assert((uint64_t)numerator >> log2_denominator == 0);
  for (size_t i = 0; i < count; i++) {
    uint32_t flips = 0;
    bo_rng_block block = {{0}};
    for (unsigned digit = 0; digit < log2_denominator; digit++) {
      if (digit % 4 == 0) {
        const uint32_t counter[] = {(uint32_t)i, (uint32_t)((uint64_t)i >> 32), digit / 4};
        block = bo_rng_draw(seed, BO_RNG_DYADIC_FLIP, counter);
      }
      /* Digits from the least significant: P becomes (digit + P) / 2. */
      const uint32_t word = block.word[digit % 4];
      flips = (numerator >> digit & 1) != 0 ? flips | word : flips & word;
    }
    store(out, i, type, load(values, i, type) ^ flips);
  }
}

static uint32_t most_significant(uint32_t pattern) {
  return pattern == 0 ? 0 : UINT32_C(0x80000000) >> __builtin_clz(pattern);
}

void bo_bits_project_msb(void *out, const void *original, const void *perturbed, size_t count,
                         bo_bits_type type) {
  for (size_t i = 0; i < count; i++) {
    const uint32_t pattern = load(original, i, type);
    store(out, i, type, pattern ^ most_significant(pattern ^ load(perturbed, i, type)));
  }
}

static uint64_t change(const void *original, const void *perturbed, size_t i, bo_bits_type type) {
  const int64_t from = value_of(load(original, i, type), type);
  const int64_t to = value_of(load(perturbed, i, type), type);
  return (uint64_t)(from < to ? to - from : from - to);
}

static size_t count_changes(const void *original, const void *perturbed, uint64_t at_least,
                            size_t count, bo_bits_type type) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    found += change(original, perturbed, i, type) >= at_least;
  }
  return found;
}

/* Smallest change that fewer than keep + 1 elements reach, found digit by digit: no memory, so no
 * failure, and at most 33 passes. */
static uint64_t least_kept_change(const void *original, const void *perturbed, size_t keep,
                                  size_t count, bo_bits_type type) {
  uint64_t exceeded = 0; /* more than keep elements reach it */
  for (uint64_t digit = UINT64_C(1) << bo_bits_width(type); digit > 0; digit >>= 1) {
    if (count_changes(original, perturbed, exceeded + digit, count, type) > keep) {
      exceeded += digit;
    }
  }
  return exceeded + 1;
}

void bo_bits_project_largest(void *out, const void *original, const void *perturbed, size_t keep,
                             size_t count, bo_bits_type type) {
  const uint64_t least = least_kept_change(original, perturbed, keep, count, type);
  size_t equals = keep - count_changes(original, perturbed, least, count, type);
  for (size_t i = 0; i < count; i++) {
    const uint64_t size = change(original, perturbed, i, type);
    const bool first_equal = size == least - 1 && equals > 0;
    equals -= first_equal;
    const uint32_t pattern = load(original, i, type);
    const uint32_t difference = pattern ^ load(perturbed, i, type);
    const bool kept = size >= least || first_equal;
    store(out, i, type, kept ? pattern ^ most_significant(difference) : pattern);
  }
}
