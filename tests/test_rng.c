#include "base/quantile.h"
#include "base/rng.h"
#include "test_suite.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Known answers of Random123 for philox4x32 with 10 rounds: zeros, ones, digits of pi. */
static void draws_are_the_published_vectors_of_philox(void) {
  static const struct {
    uint64_t seed;
    uint32_t counter[4];
    uint32_t expected[4];
  } vectors[] = {
      {0, {0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {UINT64_MAX,
       {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {0x299f31d0a4093822,
       {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
    const bo_rng_block block =
        bo_rng_draw(vectors[i].seed, (bo_rng_stream)vectors[i].counter[3], vectors[i].counter);
    CU_ASSERT_EQUAL(memcmp(block.word, vectors[i].expected, sizeof block.word), 0);
  }
}

static void a_unit_is_the_word_over_two_to_the_32(void) {
  CU_ASSERT_EQUAL(bo_rng_unit(0), 0.0);
  CU_ASSERT_EQUAL(bo_rng_unit(1), 0x1p-32);
  CU_ASSERT_EQUAL(bo_rng_unit(0x80000000), 0.5);
  CU_ASSERT_EQUAL(bo_rng_unit(UINT32_MAX), 1 - 0x1p-32);
}

static void an_open_unit_is_never_0_or_1_and_uses_52_bits(void) {
  CU_ASSERT_EQUAL(bo_rng_open_unit(0, 0), 0x1p-53);
  CU_ASSERT_EQUAL(bo_rng_open_unit(UINT32_MAX, UINT32_MAX), 1 - 0x1p-53);
  CU_ASSERT_EQUAL(bo_rng_open_unit(0x80000000, 0), 0.5 + 0x1p-53);
  CU_ASSERT_EQUAL(bo_rng_open_unit(0, 1 << 12), 3 * 0x1p-53);
  CU_ASSERT_EQUAL(bo_rng_open_unit(0, (1 << 12) - 1), 0x1p-53);
}

/* The C library's long double logarithm is the reference: its error is far below one double ulp. */
static double error_in_ulp(double x) {
  const long double expected = logl((long double)x);
  const double rounded = (double)expected;
  const double ulp = nextafter(fabs(rounded), INFINITY) - fabs(rounded);
  return (double)fabsl(((long double)bo_rng_ln(x) - expected) / (long double)ulp);
}

static void the_logarithm_is_within_4_ulp_of_the_c_library(void) {
  double worst = 0;
  double worst_x = 0;
  for (uint32_t i = 0; i < 1000000; i++) {
    const bo_rng_block block = bo_rng_draw(7, BO_RNG_TEST, (uint32_t[3]){i, 0, 0});
    const double unit = bo_rng_open_unit(block.word[0], block.word[1]);
    /* A third each: probabilities, values close to 1, every exponent. */
    const int exponent = (int)(block.word[2] % 2090) - 1070;
    const double x = i % 3 == 0   ? unit
                     : i % 3 == 1 ? 1 + (unit - 0.5) * ldexp(1, -(int)(block.word[3] % 50))
                                  : ldexp(unit, exponent);
    if (x > 0 && isfinite(x) && x != 1) {
      const double error = error_in_ulp(x);
      worst_x = error > worst ? x : worst_x;
      worst = error > worst ? error : worst;
    }
  }
  (void)printf("worst error %.3f ulp at %a\n", worst, worst_x);
  CU_ASSERT_TRUE(worst <= 4);
  CU_ASSERT_TRUE(worst > 0.5); /* a libm that the function merely called would be below this */
}

static void the_logarithm_is_right_at_the_edges_of_its_range(void) {
  CU_ASSERT_EQUAL(bo_rng_ln(1), 0);
  CU_ASSERT_EQUAL(bo_rng_ln(2), 0x1.62e42fefa39efp-1);
  CU_ASSERT_EQUAL(bo_rng_ln(0.5), -0x1.62e42fefa39efp-1);
  static const double edges[] = {DBL_TRUE_MIN,
                                 DBL_MIN,
                                 DBL_MAX,
                                 0x1p-1023,
                                 0x1p-53,
                                 0x1.6a09e667f3bccp+0,
                                 0x1.6a09e667f3bcdp+0,
                                 0x1.6a09e667f3bcep+0,
                                 1 - 0x1p-53,
                                 1 + 0x1p-52};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    CU_ASSERT_TRUE(error_in_ulp(edges[i]) <= 4);
  }
}

static void the_logarithm_of_a_reciprocal_power_of_two_is_exactly_the_negative(void) {
  for (int exponent = 1; exponent <= 1023; exponent++) {
    CU_ASSERT_EQUAL(bo_rng_ln(ldexp(1, -exponent)), -bo_rng_ln(ldexp(1, exponent)));
    CU_ASSERT_TRUE(bo_rng_ln(ldexp(1, exponent)) > bo_rng_ln(ldexp(1, exponent - 1)));
  }
}

/* Bisection of erfc is the reference: another function, another method. */
static double distance_to_quantile(uint32_t word) {
  return fabs(bo_rng_normal(word) - bo_quantile_normal(((double)word + 0.5) / 4294967296.0));
}

static void a_normal_number_is_the_quantile_of_the_middle_of_its_word(void) {
  double worst = 0;
  for (uint32_t i = 0; i < 60000; i++) {
    const bo_rng_block block = bo_rng_draw(11, BO_RNG_TEST, (uint32_t[3]){i, 0, 0});
    /* Half of them anywhere, half at either end with every number of leading bits. */
    const uint32_t end = block.word[1] >> (block.word[2] % 32);
    const uint32_t word = i % 2 == 0 ? block.word[0] : i % 4 == 1 ? end : ~end;
    worst = fmax(worst, distance_to_quantile(word));
  }
  (void)printf("worst distance %.3g\n", worst);
  CU_ASSERT(worst < 1e-14);
}

/* Where one rational function takes over from another, 0.075 and 0.925, and at both ends. */
static void normal_numbers_rise_word_by_word_and_are_symmetric(void) {
  static const uint32_t middle[] = {2000,       322122547,  3972844748U,      0x7fffffff,
                                    0x80000000, 0x01ffffff, UINT32_MAX - 2000};
  for (size_t i = 0; i < sizeof middle / sizeof *middle; i++) {
    for (uint32_t word = middle[i] - 2000; word < middle[i] + 2000; word++) {
      CU_ASSERT(bo_rng_normal(word) < bo_rng_normal(word + 1));
      CU_ASSERT_EQUAL(bo_rng_normal(word), -bo_rng_normal(UINT32_MAX - word));
    }
    CU_ASSERT(distance_to_quantile(middle[i]) < 1e-14);
  }
}

static void normal_numbers_end_where_the_header_says(void) {
  CU_ASSERT_EQUAL(bo_rng_normal(0), -bo_rng_normal(UINT32_MAX));
  CU_ASSERT(bo_rng_normal(UINT32_MAX) > 6.33 && bo_rng_normal(UINT32_MAX) < 6.34);
  CU_ASSERT(distance_to_quantile(0) < 1e-14);
  CU_ASSERT(distance_to_quantile(UINT32_MAX) < 1e-14);
  CU_ASSERT(fabs(bo_rng_normal(0x80000000)) < 1e-9);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(draws_are_the_published_vectors_of_philox),
    BO_TEST(a_unit_is_the_word_over_two_to_the_32),
    BO_TEST(an_open_unit_is_never_0_or_1_and_uses_52_bits),
    BO_TEST(the_logarithm_is_within_4_ulp_of_the_c_library),
    BO_TEST(the_logarithm_is_right_at_the_edges_of_its_range),
    BO_TEST(the_logarithm_of_a_reciprocal_power_of_two_is_exactly_the_negative),
    BO_TEST(a_normal_number_is_the_quantile_of_the_middle_of_its_word),
    BO_TEST(normal_numbers_rise_word_by_word_and_are_symmetric),
    BO_TEST(normal_numbers_end_where_the_header_says),
    CU_TEST_INFO_NULL,
};
