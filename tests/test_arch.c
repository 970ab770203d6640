/* The table of parameters as struct, defaults, checks and file. */
#include "arch/arch.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <stdio.h>
#include <string.h>

static const char *const ibm14 = BO_SOURCE_DIR "/profiles/arch/ibm14.yaml";

static uint32_t *member(bo_arch *arch, const bo_arch_param *param) {
  return (uint32_t *)((char *)arch + param->offset);
}

/* A machine as YAML, every parameter at the value in arch, with `extra` behind it. */
static void write_yaml(char *text, size_t size, bo_arch arch, const char *extra) {
  size_t params = 0;
  const bo_arch_param *param = bo_arch_params(&params);
  size_t used = 0;
  for (size_t i = 0; i < params; i++) {
    const uint32_t value = *member(&arch, &param[i]);
    used += param[i].choice[0] == NULL
                ? (size_t)snprintf(text + used, size - used, "%s: %u\n", param[i].name, value)
                : (size_t)snprintf(text + used, size - used, "%s: %s\n", param[i].name,
                                   param[i].choice[value]);
  }
  (void)snprintf(text + used, size - used, "%s", extra);
}

static bo_status parse(bo_arch *arch, const char *text, bo_diag *diag) {
  return bo_arch_parse(arch, "a.yaml", text, strlen(text), diag);
}

static void the_default_machine_is_32_banks_of_4_kb_and_16_by_16_macs(void) {
  const bo_arch arch = bo_arch_default();
  CU_ASSERT_EQUAL(arch.array_rows, 16);
  CU_ASSERT_EQUAL(arch.array_cols, 16);
  CU_ASSERT_EQUAL(arch.weight_banks * arch.bank_rows * arch.bank_width_bits, 1U << 20);
  CU_ASSERT_EQUAL(arch.bank_rows * arch.bank_width_bits / 8, 4096);
  CU_ASSERT_EQUAL(bo_arch_check(&arch, NULL), BO_OK);
}

static void the_shipped_file_is_the_default_machine(void) {
  bo_arch arch = {0};
  bo_diag diag = {""};
  const bo_status status = bo_arch_load(&arch, ibm14, &diag);
  CU_ASSERT_EQUAL(status, BO_OK);
  CU_ASSERT(same_text(diag.text, ""));
  const bo_arch expected = bo_arch_default();
  CU_ASSERT_EQUAL(memcmp(&arch, &expected, sizeof arch), 0);
}

static void a_choice_is_written_as_a_word_and_read_as_its_number(void) {
  bo_arch arch = bo_arch_default();
  CU_ASSERT_EQUAL(arch.dataflow, BO_DATAFLOW_WEIGHT_STATIONARY);
  CU_ASSERT_EQUAL(arch.timing, BO_TIMING_NATIVE);
  char text[1024];
  write_yaml(text, sizeof text, arch, "");
  char *const word = strstr(text, "weight_stationary");
  if (word == NULL) {
    CU_FAIL("no dataflow in the file");
    return;
  }
  memcpy(word, "output_stationary", strlen("output_stationary"));
  CU_ASSERT_EQUAL(parse(&arch, text, NULL), BO_OK);
  CU_ASSERT_EQUAL(arch.dataflow, BO_DATAFLOW_OUTPUT_STATIONARY);
  CU_ASSERT_EQUAL(arch.timing, BO_TIMING_NATIVE);
}

static void the_table_describes_the_whole_struct(void) {
  size_t params = 0;
  const bo_arch_param *param = bo_arch_params(&params);
  CU_ASSERT_EQUAL(params * sizeof(uint32_t), sizeof(bo_arch));
  for (size_t i = 0; i < params; i++) {
    CU_ASSERT_EQUAL(param[i].offset, i * sizeof(uint32_t));
    CU_ASSERT_TRUE(param[i].min <= param[i].def && param[i].def <= param[i].max);
    CU_ASSERT_TRUE(strlen(param[i].doc) > 0);
  }
}

static void each_parameter_is_read_from_its_own_key(void) {
  size_t params = 0;
  const bo_arch_param *param = bo_arch_params(&params);
  for (size_t i = 0; i < params; i++) {
    bo_arch expected = bo_arch_default();
    *member(&expected, &param[i]) = param[i].max;
    char text[1024];
    write_yaml(text, sizeof text, expected, "");
    bo_arch arch = {0};
    CU_ASSERT_EQUAL(parse(&arch, text, NULL), BO_OK);
    CU_ASSERT_EQUAL(memcmp(&arch, &expected, sizeof arch), 0);
  }
}

static void each_parameter_is_held_to_both_ends_of_its_range(void) {
  size_t params = 0;
  const bo_arch_param *param = bo_arch_params(&params);
  for (size_t i = 0; i < params; i++) {
    bo_arch arch = bo_arch_default();
    bo_diag diag = {""};
    char expected[128];
    *member(&arch, &param[i]) = param[i].max + 1;
    CU_ASSERT_EQUAL(bo_arch_check(&arch, &diag), BO_E_INVALID);
    (void)snprintf(expected, sizeof expected, "%s: expected %u..%u, got %u", param[i].name,
                   param[i].min, param[i].max, param[i].max + 1);
    CU_ASSERT(same_text(diag.text, expected));
    *member(&arch, &param[i]) = param[i].max;
    CU_ASSERT_EQUAL(bo_arch_check(&arch, NULL), BO_OK);
    *member(&arch, &param[i]) = param[i].min;
    CU_ASSERT_EQUAL(bo_arch_check(&arch, NULL), BO_OK);
    if (param[i].min > 0) {
      *member(&arch, &param[i]) = param[i].min - 1;
      CU_ASSERT_EQUAL(bo_arch_check(&arch, NULL), BO_E_INVALID);
    }
  }
}

static void expect_refused(const char *text, const char *message) {
  bo_arch arch = {.array_rows = 77};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse(&arch, text, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, message));
  CU_ASSERT_EQUAL(arch.array_rows, 77);
}

static void a_bad_file_is_refused_in_one_line(void) {
  bo_arch arch = bo_arch_default();
  char text[1024];
  write_yaml(text, sizeof text, arch, "colour: 3\n");
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse(&arch, text, &diag), BO_E_INVALID);
  CU_ASSERT_EQUAL(strncmp(diag.text, "a.yaml:16: unknown key 'colour'", 31), 0);
  write_yaml(text, sizeof text, arch, "");
  *strstr(text, "clock_mhz") = '\0';
  expect_refused(text, "a.yaml:1: document: missing key 'clock_mhz'");
  arch.array_cols = 1000;
  write_yaml(text, sizeof text, arch, "");
  expect_refused(text, "a.yaml: array_cols: expected 1..256, got 1000");
  expect_refused("array_rows: many\n",
                 "a.yaml:1: array_rows: expected an integer 0..4294967295, got 'many'");
  expect_refused("dataflow: 1\n", "a.yaml:1: dataflow: expected one of weight_stationary, "
                                  "output_stationary, got '1'");
}

static void a_missing_file_is_an_input_output_error_that_names_it(void) {
  bo_arch arch;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_arch_load(&arch, "/no/such/arch.yaml", &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/no/such/arch.yaml"));
}

static void each_failed_allocation_is_reported(void) {
  for (unsigned k = 0;; k++) {
    bo_arch arch;
    fail_alloc_arm(k);
    const bo_status status = bo_arch_load(&arch, ibm14, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_TRUE(k > 1);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_default_machine_is_32_banks_of_4_kb_and_16_by_16_macs),
    BO_TEST(the_shipped_file_is_the_default_machine),
    BO_TEST(a_choice_is_written_as_a_word_and_read_as_its_number),
    BO_TEST(the_table_describes_the_whole_struct),
    BO_TEST(each_parameter_is_read_from_its_own_key),
    BO_TEST(each_parameter_is_held_to_both_ends_of_its_range),
    BO_TEST(a_bad_file_is_refused_in_one_line),
    BO_TEST(a_missing_file_is_an_input_output_error_that_names_it),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
