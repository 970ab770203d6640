#include "base/bitops.h"
#include "base/rng.h"
#include "test_suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const bo_bits_type types[] = {BO_BITS_I32, BO_BITS_I16, BO_BITS_I8, BO_BITS_U8};
enum {
  TYPES = sizeof types / sizeof *types,
  COUNT = 1000,
  MAX_BITS = COUNT * 32
};

/* One draw of 32 random bits; `what` tells arrays of a test apart. */
static uint32_t draw(unsigned what, size_t i) {
  return bo_rng_draw(5, BO_RNG_TEST, (uint32_t[3]){(uint32_t)i, what, 0}).word[0];
}

static void fill(void *values, unsigned what, bo_bits_type type) {
  const size_t bytes = COUNT * bo_bits_width(type) / 8;
  for (size_t i = 0; i < bytes; i++) {
    ((uint8_t *)values)[i] = (uint8_t)draw(what, i);
  }
  memset(values, 0, 8); /* an element of zeros is among them */
}

/* The reference: bit k of element i, found in the bytes of a little-endian machine. */
static bool bit_of(const void *values, size_t i, unsigned k, bo_bits_type type) {
  const unsigned width = bo_bits_width(type);
  return ((const uint8_t *)values)[(i * width + k) / 8] >> (k % 8) & 1;
}

static void fill_bits(bool *bits, unsigned what, unsigned one_in, size_t count) {
  for (size_t i = 0; i < count; i++) {
    bits[i] = draw(what, i) % one_in == 0;
  }
}

static void widths_are_those_of_the_types(void) {
  CU_ASSERT_EQUAL(bo_bits_width(BO_BITS_I32), 32);
  CU_ASSERT_EQUAL(bo_bits_width(BO_BITS_I16), 16);
  CU_ASSERT_EQUAL(bo_bits_width(BO_BITS_I8), 8);
  CU_ASSERT_EQUAL(bo_bits_width(BO_BITS_U8), 8);
}

/* Decodes one value by hand: positions of its ones. */
static void expect_ones(const void *value, bo_bits_type type, const char *msb_first) {
  bool bits[32];
  bo_bits_unpack(bits, value, 1, type);
  const unsigned width = bo_bits_width(type);
  CU_ASSERT_EQUAL_FATAL(strlen(msb_first), width);
  for (unsigned k = 0; k < width; k++) {
    CU_ASSERT_EQUAL(bits[k], msb_first[width - 1 - k] == '1');
  }
}

static void bits_are_unpacked_least_significant_first(void) {
  expect_ones(&(uint8_t){0}, BO_BITS_U8, "00000000");
  expect_ones(&(uint8_t){1}, BO_BITS_U8, "00000001");
  expect_ones(&(uint8_t){212}, BO_BITS_U8, "11010100"); /* 128 + 64 + 16 + 4 */
  expect_ones(&(int8_t){-2}, BO_BITS_I8, "11111110");
  expect_ones(&(int16_t){13012}, BO_BITS_I16, "0011001011010100");
  expect_ones(&(int32_t){142156}, BO_BITS_I32, "00000000000000100010101101001100");
  expect_ones(&(int32_t){4342421}, BO_BITS_I32, "00000000010000100100001010010101");
  expect_ones(&(int32_t){INT32_MIN}, BO_BITS_I32, "10000000000000000000000000000000");
}

static void logic_and_distance_are_those_of_each_bit(void) {
  static uint32_t a[COUNT], b[COUNT], and[COUNT], or [COUNT], xor[COUNT];
  static uint8_t distance[COUNT];
  for (size_t t = 0; t < TYPES; t++) {
    fill(a, 1, types[t]);
    fill(b, 2, types[t]);
    bo_bits_and(and, a, b, COUNT, types[t]);
    bo_bits_or(or, a, b, COUNT, types[t]);
    bo_bits_xor(xor, a, b, COUNT, types[t]);
    bo_bits_hamming(distance, a, b, COUNT, types[t]);
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT; i++) {
      unsigned differing = 0;
      for (unsigned k = 0; k < bo_bits_width(types[t]); k++) {
        const bool x = bit_of(a, i, k, types[t]);
        const bool y = bit_of(b, i, k, types[t]);
        wrong += bit_of(and, i, k, types[t]) != (x && y);
        wrong += bit_of(or, i, k, types[t]) != (x || y);
        wrong += bit_of(xor, i, k, types[t]) != (x != y);
        differing += x != y;
      }
      wrong += distance[i] != differing;
    }
    CU_ASSERT_EQUAL(wrong, 0);
  }
}

static void flipping_inverts_the_masked_bits_and_no_other(void) {
  const bool mask[8] = {true, false, false, true};
  uint8_t nine = 0;
  bo_bits_flip(&nine, &nine, mask, 1, BO_BITS_U8); /* in place */
  CU_ASSERT_EQUAL(nine, 9);

  static uint32_t a[COUNT], out[COUNT];
  static bool bits[MAX_BITS];
  for (size_t t = 0; t < TYPES; t++) {
    const unsigned width = bo_bits_width(types[t]);
    fill(a, 3, types[t]);
    fill_bits(bits, 4, 7, (size_t)COUNT * width);
    bo_bits_flip(out, a, bits, COUNT, types[t]);
    unsigned wrong = 0;
    for (size_t cell = 0; cell < (size_t)COUNT * width; cell++) {
      const unsigned k = (unsigned)(cell % width);
      const bool before = bit_of(a, cell / width, k, types[t]);
      wrong += bit_of(out, cell / width, k, types[t]) != (before != bits[cell]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
  }
}

/* 500 distinct bits of 10,000 bytes, ten times. */
static void flipping_n_bits_is_a_distance_of_n(void) {
  enum {
    BYTES = 10000,
    FLIPS = 500
  };
  static uint8_t a[BYTES], out[BYTES], distance[BYTES];
  static bool mask[BYTES * 8];
  for (unsigned repeat = 0; repeat < 10; repeat++) {
    memset(mask, 0, sizeof mask);
    unsigned chosen = 0;
    for (unsigned i = 0; chosen < FLIPS; i++) {
      bool *bit = &mask[draw(100 + repeat, i) % (BYTES * 8)];
      chosen += !*bit;
      *bit = true;
    }
    bo_bits_flip(out, a, mask, BYTES, BO_BITS_U8);
    bo_bits_hamming(distance, a, out, BYTES, BO_BITS_U8);
    unsigned total = 0;
    for (unsigned i = 0; i < BYTES; i++) {
      total += distance[i];
    }
    CU_ASSERT_EQUAL(total, FLIPS);
  }
}

static void stuck_bits_are_set_and_cleared_and_clearing_wins(void) {
  static uint32_t a[COUNT], out[COUNT];
  static bool ones[MAX_BITS], zeros[MAX_BITS];
  for (size_t t = 0; t < TYPES; t++) {
    const unsigned width = bo_bits_width(types[t]);
    fill(a, 5, types[t]);
    fill_bits(ones, 6, 3, (size_t)COUNT * width);
    fill_bits(zeros, 7, 3, (size_t)COUNT * width);
    bo_bits_set(out, a, ones, zeros, COUNT, types[t]);
    unsigned wrong = 0;
    unsigned both = 0;
    for (size_t cell = 0; cell < (size_t)COUNT * width; cell++) {
      const unsigned k = (unsigned)(cell % width);
      const bool before = bit_of(a, cell / width, k, types[t]);
      const bool expected = zeros[cell] ? false : ones[cell] ? true : before;
      wrong += bit_of(out, cell / width, k, types[t]) != expected;
      both += zeros[cell] && ones[cell];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(both > 100);
  }
}

static void low_bits_are_cleared(void) {
  int16_t x = -1;
  bo_bits_clear_low(&x, &x, 3, 1, BO_BITS_I16);
  CU_ASSERT_EQUAL(x, -8);
  uint8_t byte = 0xff;
  bo_bits_clear_low(&byte, &byte, 8, 1, BO_BITS_U8);
  CU_ASSERT_EQUAL(byte, 0);
  int32_t word = -1;
  bo_bits_clear_low(&word, &word, 0, 1, BO_BITS_I32);
  CU_ASSERT_EQUAL(word, -1);
  bo_bits_clear_low(&word, &word, 32, 1, BO_BITS_I32);
  CU_ASSERT_EQUAL(word, 0);
}

/* The rule in one place: bit k flips iff u < P of what it stores, the bit is not protected and the
 * element is chosen. */
static bool should_flip(const bo_bits_random *random, size_t cell, unsigned width, bool stored) {
  double p = stored ? random->flip_1_prob : random->flip_0_prob;
  if (random->cell_flip_0_prob != NULL) {
    p = stored ? random->cell_flip_1_prob[cell] : random->cell_flip_0_prob[cell];
  }
  const bool guarded = random->protected_bits != NULL && random->protected_bits[cell % width];
  const bool passed_over = random->elements != NULL && !random->elements[cell / width];
  return random->u[cell] < p && !guarded && !passed_over;
}

static void expect_flips(const bo_bits_random *random, bo_bits_type type) {
  static uint32_t a[COUNT], out[COUNT];
  const unsigned width = bo_bits_width(type);
  fill(a, 12, type);
  bo_bits_random_flip(out, a, random, COUNT, type);
  unsigned wrong = 0;
  unsigned flipped = 0;
  for (size_t cell = 0; cell < (size_t)COUNT * width; cell++) {
    const unsigned k = (unsigned)(cell % width);
    const bool before = bit_of(a, cell / width, k, type);
    const bool flips = should_flip(random, cell, width, before);
    wrong += bit_of(out, cell / width, k, type) != (before != flips);
    flipped += flips;
  }
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT_TRUE(flipped > 300);
}

static void a_given_u_flips_exactly_the_bits_below_their_probability(void) {
  static double u[MAX_BITS], p0[MAX_BITS], p1[MAX_BITS];
  static bool elements[COUNT];
  const bool guarded[32] = {[0] = true, [5] = true, [7] = true, [20] = true};
  for (size_t i = 0; i < MAX_BITS; i++) {
    u[i] = (draw(8, i) % 100) / 100.0; /* coarse, so that u == p occurs */
    p0[i] = (draw(9, i) % 100) / 100.0;
    p1[i] = (draw(10, i) % 50) / 100.0;
  }
  fill_bits(elements, 11, 2, COUNT);
  for (unsigned options = 0; options < TYPES * 8; options++) {
    const bool by_cell = (options & 1) != 0;
    const bo_bits_random random = {.flip_0_prob = 0.3,
                                   .flip_1_prob = 0.05,
                                   .cell_flip_0_prob = by_cell ? p0 : NULL,
                                   .cell_flip_1_prob = by_cell ? p1 : NULL,
                                   .protected_bits = (options & 2) != 0 ? guarded : NULL,
                                   .elements = (options & 4) != 0 ? elements : NULL,
                                   .u = u};
    expect_flips(&random, types[options / 8]);
  }
}

/* Fraction of words left as they were, and bits that changed, of 65,536 elements. */
static double flip_many(const bo_bits_random *random, bo_bits_type type, double *unchanged) {
  enum {
    MANY = 1 << 16
  };
  static uint32_t a[MANY], out[MANY];
  static uint8_t distance[MANY];
  bo_bits_random_flip(out, a, random, MANY, type);
  bo_bits_hamming(distance, a, out, MANY, type);
  unsigned long bits = 0;
  unsigned same = 0;
  for (size_t i = 0; i < MANY; i++) {
    bits += distance[i];
    same += distance[i] == 0;
  }
  *unchanged = (double)same / MANY;
  return (double)bits / ((double)MANY * bo_bits_width(type));
}

static void drawn_flips_have_their_probability(void) {
  double unchanged;
  const bo_bits_random tenth = {.flip_0_prob = 0.1, .flip_1_prob = 1, .seed = 3};
  CU_ASSERT_DOUBLE_EQUAL(flip_many(&tenth, BO_BITS_U8, &unchanged), 0.1, 0.002);
  CU_ASSERT_DOUBLE_EQUAL(unchanged, 0.430, 0.01); /* 0.9^8 */
  CU_ASSERT_DOUBLE_EQUAL(flip_many(&tenth, BO_BITS_I32, &unchanged), 0.1, 0.001);
  CU_ASSERT_DOUBLE_EQUAL(unchanged, 0.034, 0.004); /* 0.9^32 */
}

static void certainty_flips_all_and_nil_flips_none(void) {
  double unchanged;
  const bo_bits_random all = {.flip_0_prob = 1};
  const bo_bits_random none = {.flip_1_prob = 1}; /* but all bits are 0 */
  const bool guarded[32] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const bo_bits_random guard = {.flip_0_prob = 1, .protected_bits = guarded};
  for (size_t t = 0; t < TYPES; t++) {
    CU_ASSERT_EQUAL(flip_many(&all, types[t], &unchanged), 1);
    CU_ASSERT_EQUAL(flip_many(&none, types[t], &unchanged), 0);
    CU_ASSERT_EQUAL(flip_many(&guard, types[t], &unchanged), 0);
  }
}

static void flips_depend_on_seed_element_and_bit_only(void) {
  static int16_t a[COUNT], whole[COUNT], other[COUNT], masked[COUNT];
  static bool late[COUNT];
  memset(late + COUNT / 2, true, COUNT / 2);
  bo_bits_random random = {.flip_0_prob = 0.2, .flip_1_prob = 0.2, .seed = 1};
  bo_bits_random_flip(whole, a, &random, COUNT, BO_BITS_I16);
  random.elements = late;
  bo_bits_random_flip(masked, a, &random, COUNT, BO_BITS_I16);
  CU_ASSERT_EQUAL(memcmp(masked, a, sizeof a / 2), 0);
  CU_ASSERT_EQUAL(memcmp(masked + COUNT / 2, whole + COUNT / 2, sizeof a / 2), 0);
  random.elements = NULL;
  random.seed = 2;
  bo_bits_random_flip(other, a, &random, COUNT, BO_BITS_I16);
  CU_ASSERT_NOT_EQUAL(memcmp(whole, other, sizeof a), 0);
}

static void flips_of_a_smaller_probability_are_among_those_of_a_larger(void) {
  static uint8_t a[COUNT], few[COUNT], many[COUNT];
  bo_bits_random random = {.flip_0_prob = 0.05, .seed = 9};
  bo_bits_random_flip(few, a, &random, COUNT, BO_BITS_U8);
  random.flip_0_prob = 0.2;
  bo_bits_random_flip(many, a, &random, COUNT, BO_BITS_U8);
  unsigned outside = 0;
  unsigned added = 0;
  for (size_t i = 0; i < COUNT; i++) {
    outside += (few[i] & ~many[i]) != 0;
    added += (many[i] & ~few[i]) != 0;
  }
  CU_ASSERT_EQUAL(outside, 0);
  CU_ASSERT_TRUE(added > 100);
}

/* The nine rates for which the published code has such a chain, over 2^24 bits: 6 sigma. */
static void dyadic_flips_have_their_probability(void) {
  enum {
    WORDS = 1 << 19
  };
  static int32_t a[WORDS], out[WORDS];
  static uint8_t distance[WORDS];
  static const double rates[] = {0.001953125, 0.0029296875, 0.00390625, 0.005859375, 0.0078125,
                                 0.01171875,  0.015625,     0.0234375,  0.03125};
  for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
    const uint32_t numerator = (uint32_t)(rates[r] * 1024);
    CU_ASSERT_EQUAL_FATAL(numerator, rates[r] * 1024);
    bo_bits_dyadic_flip(out, a, numerator, 10, 17, WORDS, BO_BITS_I32);
    bo_bits_hamming(distance, a, out, WORDS, BO_BITS_I32);
    double flips = 0;
    for (size_t i = 0; i < WORDS; i++) {
      flips += distance[i];
    }
    const double sigma = sqrt(rates[r] / ((double)WORDS * 32));
    CU_ASSERT_DOUBLE_EQUAL(flips / ((double)WORDS * 32), rates[r], 6 * sigma);
  }
  uint8_t byte = 0x5a;
  bo_bits_dyadic_flip(&byte, &byte, 0, 1, 17, 1, BO_BITS_U8);
  CU_ASSERT_EQUAL(byte, 0x5a);
}

static void msb_projection_keeps_the_highest_differing_bit(void) {
  int8_t out;
  bo_bits_project_msb(&out, &(int8_t){15}, &(int8_t){6}, 1, BO_BITS_I8); /* 1111 -> 0110 */
  CU_ASSERT_EQUAL(out, 7);
  bo_bits_project_msb(&out, &(int8_t){1}, &(int8_t){-1}, 1, BO_BITS_I8);
  CU_ASSERT_EQUAL(out, -127);
  bo_bits_project_msb(&out, &(int8_t){42}, &(int8_t){42}, 1, BO_BITS_I8);
  CU_ASSERT_EQUAL(out, 42);

  static uint32_t a[COUNT], b[COUNT], projected[COUNT];
  for (size_t t = 0; t < TYPES; t++) {
    fill(a, 13, types[t]);
    fill(b, 14, types[t]);
    bo_bits_project_msb(projected, a, b, COUNT, types[t]);
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT; i++) {
      bool found = false; /* the first difference from the top is taken over, no other */
      for (unsigned k = bo_bits_width(types[t]); k-- > 0;) {
        const bool before = bit_of(a, i, k, types[t]);
        const bool differs = before != bit_of(b, i, k, types[t]);
        wrong += bit_of(projected, i, k, types[t]) != (before != (differs && !found));
        found = found || differs;
      }
    }
    CU_ASSERT_EQUAL(wrong, 0);
  }
}

static void the_largest_changes_are_kept_and_the_first_among_equals(void) {
  /* changes             1   100    6    6    0    6   255 */
  const uint8_t from[] = {0, 100, 16, 22, 9, 3, 0};
  const uint8_t to[] = {1, 200, 22, 16, 9, 9, 255};
  static const uint8_t expected[][7] = {
      {0, 100, 16, 22, 9, 3, 0},    /* none */
      {0, 100, 16, 22, 9, 3, 128},  /* 255: bit 7 */
      {0, 228, 16, 22, 9, 3, 128},  /* 100 ^ 200 = 0b10101100: bit 7 */
      {0, 228, 20, 22, 9, 3, 128},  /* 16 ^ 22 = 0b110: bit 2 */
      {0, 228, 20, 18, 9, 3, 128},  /* 22 ^ 16 */
      {0, 228, 20, 18, 9, 11, 128}, /* 3 ^ 9 = 0b1010: bit 3 */
      {1, 228, 20, 18, 9, 11, 128}, /* 0 ^ 1 */
      {1, 228, 20, 18, 9, 11, 128}, /* the unchanged one */
      {1, 228, 20, 18, 9, 11, 128}, /* more than there are */
  };
  for (size_t keep = 0; keep < sizeof expected / sizeof *expected; keep++) {
    uint8_t out[7];
    bo_bits_project_largest(out, from, to, keep, 7, BO_BITS_U8);
    CU_ASSERT_EQUAL(memcmp(out, expected[keep], 7), 0);
  }
}

/* As values, not as patterns: -1 to 0 is a change of 1 though all bits differ, and the largest
 * change of all is from the lowest to the highest value. */
static void changes_are_measured_in_signed_values(void) {
  const int32_t from[] = {-1, INT32_MIN, 5};
  const int32_t to[] = {0, INT32_MAX, 8};
  int32_t out[3];
  bo_bits_project_largest(out, from, to, 2, 3, BO_BITS_I32);
  CU_ASSERT_EQUAL(out[0], -1);
  CU_ASSERT_EQUAL(out[1], 0); /* every bit differs: the sign goes */
  CU_ASSERT_EQUAL(out[2], 13);
}

static void at_most_k_bits_differ_after_the_projection(void) {
  static uint32_t a[COUNT], b[COUNT], out[COUNT];
  static uint8_t distance[COUNT];
  for (size_t t = 0; t < TYPES; t++) {
    for (size_t keep = 0; keep <= COUNT; keep += 123) {
      fill(a, 15, types[t]);
      fill(b, 16, types[t]);
      bo_bits_project_largest(out, a, b, keep, COUNT, types[t]);
      bo_bits_hamming(distance, a, out, COUNT, types[t]);
      size_t total = 0;
      for (size_t i = 0; i < COUNT; i++) {
        total += distance[i];
      }
      CU_ASSERT_EQUAL(total, keep); /* fewer only if fewer than keep elements differ */
    }
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(widths_are_those_of_the_types),
    BO_TEST(bits_are_unpacked_least_significant_first),
    BO_TEST(logic_and_distance_are_those_of_each_bit),
    BO_TEST(flipping_inverts_the_masked_bits_and_no_other),
    BO_TEST(flipping_n_bits_is_a_distance_of_n),
    BO_TEST(stuck_bits_are_set_and_cleared_and_clearing_wins),
    BO_TEST(low_bits_are_cleared),
    BO_TEST(a_given_u_flips_exactly_the_bits_below_their_probability),
    BO_TEST(drawn_flips_have_their_probability),
    BO_TEST(certainty_flips_all_and_nil_flips_none),
    BO_TEST(flips_depend_on_seed_element_and_bit_only),
    BO_TEST(flips_of_a_smaller_probability_are_among_those_of_a_larger),
    BO_TEST(dyadic_flips_have_their_probability),
    BO_TEST(msb_projection_keeps_the_highest_differing_bit),
    BO_TEST(the_largest_changes_are_kept_and_the_first_among_equals),
    BO_TEST(changes_are_measured_in_signed_values),
    BO_TEST(at_most_k_bits_differ_after_the_projection),
    CU_TEST_INFO_NULL,
};
