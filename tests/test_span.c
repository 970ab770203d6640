/* Cutting a text into lines and fields. */
#include "base/span.h"
#include "test_suite.h"

#include <string.h>

static bo_span span(const char *text) {
  return (bo_span){text, strlen(text)};
}

static void a_text_with_n_separators_has_n_plus_one_parts(void) {
  static const char *const parts[] = {"a", "", "bc", ""};
  bo_span rest = span("a,,bc,");
  bo_span part;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    CU_ASSERT_FATAL(bo_span_cut(&rest, ',', &part));
    CU_ASSERT(bo_span_is(part, parts[i]));
  }
  CU_ASSERT_FALSE(bo_span_cut(&rest, ',', &part));
  rest = span("");
  CU_ASSERT(bo_span_cut(&rest, ',', &part) && part.size == 0);
  CU_ASSERT_FALSE(bo_span_cut(&rest, ',', &part));
}

static void only_blanks_at_the_ends_are_trimmed(void) {
  CU_ASSERT(bo_span_is(bo_span_trim(span(" \t a b\r\n")), "a b"));
  CU_ASSERT_EQUAL(bo_span_trim(span(" \t\r\n")).size, 0);
}

static void a_count_is_the_whole_span_and_nothing_behind_it(void) {
  uint64_t value = 0;
  CU_ASSERT(bo_span_count(&value, (bo_span){"1234", 3}) && value == 123);
  CU_ASSERT(bo_span_count(&value, span("18446744073709551615")) && value == UINT64_MAX);
  CU_ASSERT_FALSE(bo_span_count(&value, span("18446744073709551616")));
  CU_ASSERT_FALSE(bo_span_count(&value, span("")));
  CU_ASSERT_FALSE(bo_span_count(&value, span("1 ")));
  CU_ASSERT_FALSE(bo_span_count(&value, (bo_span){"1\0", 2}));
  CU_ASSERT_FALSE(bo_span_count(&value, span("00000000000000000000000000000001")));
}

static void a_number_is_the_whole_span_and_only_a_ratio_is_divided(void) {
  double value = 0;
  char longest[129];
  memset(longest, '0', sizeof longest);
  CU_ASSERT(bo_span_real(&value, (bo_span){"0.255", 4}) && value == 0.25);
  CU_ASSERT(bo_span_real(&value, (bo_span){longest, 127}) && value == 0);
  CU_ASSERT(bo_span_ratio(&value, (bo_span){"21/240", 5}) && value == 0.875);
  CU_ASSERT_FALSE(bo_span_real(&value, (bo_span){longest, 128}));
  CU_ASSERT_FALSE(bo_span_real(&value, span("21/24")));
  CU_ASSERT_FALSE(bo_span_real(&value, span("")));
  CU_ASSERT_FALSE(bo_span_real(&value, span("nan")));
  CU_ASSERT_FALSE(bo_span_real(&value, (bo_span){"1\0", 2}));
  CU_ASSERT_FALSE(bo_span_ratio(&value, span("1/0")));
}

static void words_are_equal_in_either_case_and_texts_are_not(void) {
  CU_ASSERT(bo_span_is_word(span("ArrayWidth"), "arraywidth"));
  CU_ASSERT_FALSE(bo_span_is(span("ArrayWidth"), "arraywidth"));
  CU_ASSERT_FALSE(bo_span_is_word(span("Array"), "arraywidth"));
}

static void printable_text_has_no_control_character_and_is_utf_8(void) {
  CU_ASSERT(bo_span_is_printable(span("conv é 1")));
  CU_ASSERT_FALSE(bo_span_is_printable(span("a\x1b[31m")));
  CU_ASSERT_FALSE(bo_span_is_printable((bo_span){"a\0", 2}));
  CU_ASSERT_FALSE(bo_span_is_printable((bo_span){"a\xc3\xa9", 2})); /* cut short by the span */
  CU_ASSERT_EQUAL(bo_span_shown((bo_span){"", 100}), 64);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_text_with_n_separators_has_n_plus_one_parts),
    BO_TEST(only_blanks_at_the_ends_are_trimmed),
    BO_TEST(a_count_is_the_whole_span_and_nothing_behind_it),
    BO_TEST(a_number_is_the_whole_span_and_only_a_ratio_is_divided),
    BO_TEST(words_are_equal_in_either_case_and_texts_are_not),
    BO_TEST(printable_text_has_no_control_character_and_is_utf_8),
    CU_TEST_INFO_NULL,
};
