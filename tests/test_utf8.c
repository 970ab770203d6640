#include "base/utf8.h"
#include "test_suite.h"

static void a_printable_character_has_its_bytes(void) {
  CU_ASSERT_EQUAL(bo_utf8_printable(" "), 1);
  CU_ASSERT_EQUAL(bo_utf8_printable("~x"), 1);
  CU_ASSERT_EQUAL(bo_utf8_printable("\xc2\xa0"), 2);     /* U+00A0, the first after the controls */
  CU_ASSERT_EQUAL(bo_utf8_printable("é"), 2);            /* U+00E9 */
  CU_ASSERT_EQUAL(bo_utf8_printable("\xe0\xa0\x80"), 3); /* U+0800, the first of three */
  CU_ASSERT_EQUAL(bo_utf8_printable("\xef\xbf\xbf"), 3); /* U+FFFF, the last of three */
  CU_ASSERT_EQUAL(bo_utf8_printable("\xf0\x90\x80\x80"), 4); /* U+10000, the first of four */
  CU_ASSERT_EQUAL(bo_utf8_printable("\xf4\x8f\xbf\xbf"), 4); /* U+10FFFF, the last */
}

static void controls_and_the_end_are_not_printable(void) {
  CU_ASSERT_EQUAL(bo_utf8_printable(""), 0);
  CU_ASSERT_EQUAL(bo_utf8_printable("\n"), 0);
  CU_ASSERT_EQUAL(bo_utf8_printable("\x1b[31m"), 0);
  CU_ASSERT_EQUAL(bo_utf8_printable("\x7f"), 0);
  CU_ASSERT_EQUAL(bo_utf8_printable("\xc2\x9b"), 0); /* U+009B begins a terminal's command */
}

static void what_is_not_utf8_is_not_printable(void) {
  const char *const broken[] = {
      "\x80",             /* begins with a continuation */
      "\xff",             /* no such byte */
      "\xc1\xbf",         /* overlong, two bytes for U+007F */
      "\xe0\x9f\xbf",     /* overlong, three for U+07FF */
      "\xf0\x8f\xbf\xbf", /* overlong, four for U+FFFF */
      "\xed\xa0\x80",     /* the surrogate U+D800 */
      "\xed\xbf\xbf",     /* the surrogate U+DFFF */
      "\xf4\x90\x80\x80", /* U+110000 */
      "\xf5\x80\x80\x80", /* beyond */
      "\xc3",             /* cut short */
      "\xe2\x82",         /* cut short */
      "\xf0\x9f\x98",     /* cut short */
      "\xc3(",            /* not continued */
  };
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    CU_ASSERT_EQUAL(bo_utf8_printable(broken[i]), 0);
  }
}

static void text_is_cut_between_characters(void) {
  static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"; /* of 1, 2, 3 and 4 bytes */
  static const size_t fits[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10, 10};
  for (size_t most = 0; most < sizeof fits / sizeof *fits; most++) {
    CU_ASSERT_EQUAL(bo_utf8_fit(text, most), fits[most]);
  }
  CU_ASSERT_EQUAL(bo_utf8_fit("", 5), 0);
  CU_ASSERT_EQUAL(bo_utf8_fit("\x80\x80\x80", 2), 0); /* no text, and still an end */
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_printable_character_has_its_bytes),
    BO_TEST(controls_and_the_end_are_not_printable),
    BO_TEST(what_is_not_utf8_is_not_printable),
    BO_TEST(text_is_cut_between_characters),
    CU_TEST_INFO_NULL,
};
