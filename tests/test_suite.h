/** @file test_suite.h  A suite is one file: its table of tests, which main.c runs. */
#ifndef BO_TESTS_TEST_SUITE_H
#define BO_TESTS_TEST_SUITE_H

#include <CUnit/CUnit.h>
#include <stdbool.h>

/* The function's name is the test's name: it reads as the sentence that the test proves. */
#define BO_TEST(function)                                                                          \
  { #function, function }

/** The tests of this executable, ended by CU_TEST_INFO_NULL. */
extern CU_TestInfo suite_tests[];

/** For CU_ASSERT: whether @p got is @p expected, or has @p part in it; if not, prints both. */
bool same_text(const char *got, const char *expected);
bool has_text(const char *got, const char *part);

#endif
