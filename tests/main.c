/* Runs the suite that this executable was linked with. Exits 1 on a failure or if nothing ran. */
#include "test_suite.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static bool agree(bool good, const char *got, const char *expected) {
  if (!good) {
    (void)fprintf(stderr, "\nexpected: %s\n     got: %s\n", expected, got);
  }
  return good;
}

bool same_text(const char *got, const char *expected) {
  return agree(strcmp(got, expected) == 0, got, expected);
}

bool has_text(const char *got, const char *part) {
  return agree(strstr(got, part) != NULL, got, part);
}

int main(int argc, char **argv) {
  CU_SuiteInfo suites[] = {{argv[0], NULL, NULL, NULL, NULL, suite_tests}, CU_SUITE_INFO_NULL};
  if (argc != 1 || CU_initialize_registry() != CUE_SUCCESS ||
      CU_register_suites(suites) != CUE_SUCCESS) {
    (void)fprintf(stderr, "usage: %s   (takes no argument)\n", argv[0]);
    return 2;
  }
  CU_basic_set_mode(CU_BRM_VERBOSE);
  (void)CU_basic_run_tests();
  const unsigned tests_run = CU_get_number_of_tests_run();
  const unsigned failures = CU_get_number_of_failures();
  CU_cleanup_registry();
  if (tests_run == 0) {
    (void)fprintf(stderr, "%s: no test ran\n", argv[0]);
  }
  return tests_run == 0 || failures != 0;
}
