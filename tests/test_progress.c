#include "base/progress.h"
#include "test_suite.h"

#include <string.h>

static void expect_line(uint64_t done, uint64_t resumed, uint64_t total, double elapsed_s,
                        const char *expected) {
  char text[128];
  bo_progress_format(text, sizeof text, done, resumed, total, "trials", elapsed_s);
  CU_ASSERT(same_text(text, expected));
}

static void the_line_has_share_bar_count_time_and_estimate(void) {
  /* 12 s for 52 of 140: 88 left take 20.3 s */
  expect_line(52, 0, 140, 12, "  37 % [#######             ] 52/140 trials, 12 s, ETA 20 s");
}

static void resumed_work_does_not_speed_up_the_estimate(void) {
  /* 2 in 12 s, 88 left: 528 s */
  expect_line(52, 50, 140, 12, "  37 % [#######             ] 52/140 trials, 12 s, ETA 8 min 48 s");
}

static void there_is_no_estimate_before_the_first_and_after_the_last(void) {
  expect_line(0, 0, 7, 0.4, "   0 % [                    ] 0/7 trials, 0 s");
  expect_line(5, 5, 10, 9, "  50 % [##########          ] 5/10 trials, 9 s");
  expect_line(7, 0, 7, 59.6, " 100 % [####################] 7/7 trials, 1 min 00 s");
}

static void full_is_shown_only_when_all_is_done(void) {
  expect_line(999, 0, 1000, 999,
              "  99 % [################### ] 999/1000 trials, 16 min 39 s, ETA 1 s");
  expect_line(29, 0, 100, 7500,
              "  29 % [#####               ] 29/100 trials, 2 h 05 min, ETA 5 h 06 min");
}

static void numbers_of_any_size_neither_overflow_nor_overrun(void) {
  char text[96 + 1];
  memset(text, 'x', sizeof text);
  bo_progress_format(text, 96, UINT64_MAX - 1, 0, UINT64_MAX, "candidate placements", 1e30);
  CU_ASSERT_EQUAL(text[96], 'x');
  CU_ASSERT_PTR_NOT_NULL(memchr(text, '\0', 96));
  CU_ASSERT_EQUAL(strncmp(text, "  99 % [################### ] 18446744073709551614/", 51), 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_line_has_share_bar_count_time_and_estimate),
    BO_TEST(resumed_work_does_not_speed_up_the_estimate),
    BO_TEST(there_is_no_estimate_before_the_first_and_after_the_last),
    BO_TEST(full_is_shown_only_when_all_is_done),
    BO_TEST(numbers_of_any_size_neither_overflow_nor_overrun),
    CU_TEST_INFO_NULL,
};
