#include "base/status.h"
#include "test_suite.h"

#include <string.h>

static void every_status_has_a_name_and_success_is_zero(void) {
  CU_ASSERT_EQUAL(BO_OK, 0);
  CU_ASSERT_STRING_EQUAL(bo_status_name(BO_OK), "ok");
  CU_ASSERT_STRING_EQUAL(bo_status_name(BO_E_INVALID), "invalid argument");
  CU_ASSERT_STRING_EQUAL(bo_status_name(BO_E_NOMEM), "out of memory");
  CU_ASSERT_STRING_EQUAL(bo_status_name(BO_E_IO), "input/output error");
  CU_ASSERT_STRING_EQUAL(bo_status_name(BO_E_MISMATCH), "mismatch");
  CU_ASSERT_STRING_EQUAL(bo_status_name(BO_E_INTERRUPTED), "interrupted");
  CU_ASSERT_STRING_EQUAL(bo_status_name((bo_status)-99), "unknown status");
}

static void a_failure_returns_its_status_and_leaves_its_text(void) {
  bo_diag diag = {"old"};
  CU_ASSERT_EQUAL(bo_fail(&diag, BO_E_IO, "rows: expected %d, got %s", 3, "x"), BO_E_IO);
  CU_ASSERT(same_text(diag.text, "rows: expected 3, got x"));
}

static void a_failure_without_a_diagnostic_is_only_a_status(void) {
  CU_ASSERT_EQUAL(bo_fail(NULL, BO_E_NOMEM, "%s", "unseen"), BO_E_NOMEM);
}

static void a_text_that_is_too_long_is_cut_and_ended(void) {
  char lengthy[1000];
  memset(lengthy, 'a', sizeof lengthy - 1);
  lengthy[sizeof lengthy - 1] = '\0';
  bo_diag diag;
  (void)bo_fail(&diag, BO_E_INVALID, "%s", lengthy);
  CU_ASSERT_EQUAL(strlen(diag.text), sizeof diag.text - 1);
}

static void a_hostile_name_cannot_break_the_line_or_steer_the_terminal(void) {
  bo_diag diag;
  (void)bo_fail(&diag, BO_E_INVALID, "%s: expected é", "a\nb\x1b[31m\x7f");
  CU_ASSERT(same_text(diag.text, "a?b?[31m?: expected é"));
}

CU_TestInfo suite_tests[] = {
    BO_TEST(every_status_has_a_name_and_success_is_zero),
    BO_TEST(a_failure_returns_its_status_and_leaves_its_text),
    BO_TEST(a_failure_without_a_diagnostic_is_only_a_status),
    BO_TEST(a_text_that_is_too_long_is_cut_and_ended),
    BO_TEST(a_hostile_name_cannot_break_the_line_or_steer_the_terminal),
    CU_TEST_INFO_NULL,
};
