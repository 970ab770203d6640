#include "base/number.h"
#include "test_suite.h"

#include <stdio.h>

static const char *const no_real[] = {"",     " 1", "1 ",  "nan", "inf", "-inf", "0x1",   "0x1p3",
                                      "1e9x", "e3", "1,5", "--1", "+",   ".",    "1e999", "5%"};

static void expect_refused(bool refused, const char *text) {
  if (!refused) {
    (void)printf("'%s' was taken for a number\n", text);
  }
  CU_ASSERT_TRUE(refused);
}

static void a_real_is_decimal_and_finite(void) {
  double value = 0;
  CU_ASSERT_TRUE(bo_number_real(&value, "0.75"));
  CU_ASSERT_EQUAL(value, 0.75);
  CU_ASSERT_TRUE(bo_number_real(&value, "-3"));
  CU_ASSERT_EQUAL(value, -3.0);
  CU_ASSERT_TRUE(bo_number_real(&value, "+.5e-3"));
  CU_ASSERT_EQUAL(value, 0.0005);
  for (size_t i = 0; i < sizeof no_real / sizeof no_real[0]; i++) {
    expect_refused(!bo_number_real(&value, no_real[i]), no_real[i]);
  }
  expect_refused(!bo_number_real(&value, "18/24"), "18/24");
}

static void a_ratio_may_be_a_quotient(void) {
  static const char *const no_ratio[] = {"20/",   "/24",   "1/0",   "1/-2",        "1/nan",
                                         "1/2/3", "1 / 2", "1/0x2", "1e300/1e-300"};
  double value = 0;
  CU_ASSERT_TRUE(bo_number_ratio(&value, "18/24"));
  CU_ASSERT_EQUAL(value, 0.75);
  CU_ASSERT_TRUE(bo_number_ratio(&value, "0.8"));
  CU_ASSERT_EQUAL(value, 0.8);
  for (size_t i = 0; i < sizeof no_ratio / sizeof no_ratio[0]; i++) {
    expect_refused(!bo_number_ratio(&value, no_ratio[i]), no_ratio[i]);
  }
  for (size_t i = 0; i < sizeof no_real / sizeof no_real[0]; i++) {
    expect_refused(!bo_number_ratio(&value, no_real[i]), no_real[i]);
  }
}

static void a_count_is_digits_below_2_to_the_64(void) {
  static const char *const no_count[] = {
      "", "-1", "+1", " 1", "1.0", "1e3", "0x1", "many", "18446744073709551616"};
  uint64_t value = 0;
  CU_ASSERT_TRUE(bo_number_count(&value, "18446744073709551615"));
  CU_ASSERT_EQUAL(value, UINT64_MAX);
  CU_ASSERT_TRUE(bo_number_count(&value, "0"));
  CU_ASSERT_EQUAL(value, 0);
  for (size_t i = 0; i < sizeof no_count / sizeof no_count[0]; i++) {
    expect_refused(!bo_number_count(&value, no_count[i]), no_count[i]);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_real_is_decimal_and_finite),
    BO_TEST(a_ratio_may_be_a_quotient),
    BO_TEST(a_count_is_digits_below_2_to_the_64),
    CU_TEST_INFO_NULL,
};
