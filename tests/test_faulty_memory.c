/* The weight SRAM as training meets it: what an injector of the same placement reads, and refusals.
 */
#include "fail_alloc.h"
#include "mem/inject.h"
#include "silicon/chip.h"
#include "test_suite.h"
#include "train/faulty_memory.h"

#include <string.h>

#define PROFILE BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml"

enum {
  OUTPUTS = 20, /* more than the 16 columns of a tile, so tile order is not parameter order */
  INPUTS = 27,
  CODES = OUTPUTS * INPUTS,
};

static const bo_weight_shape shapes[] = {
    {.groups = 1, .outputs = OUTPUTS, .inputs = INPUTS, .bits = 8},
    {.groups = 1, .outputs = OUTPUTS, .inputs = INPUTS, .bits = 8},
};

static bo_faulty_memory *new_memory(void) {
  bo_faulty_memory *memory = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_faulty_memory_new(&memory, PROFILE, shapes, 2, &diag), BO_OK);
  return memory;
}

static void it_reads_what_an_injector_in_tile_order_reads(void) {
  static uint8_t clean[2][CODES], faulty[2][CODES], expected[2][CODES];
  for (int i = 0; i < CODES; i++) {
    clean[0][i] = (uint8_t)(i * 7);
    clean[1][i] = (uint8_t)(i * 11 + 3);
  }
  const uint8_t *const from[] = {clean[0], clean[1]};
  uint8_t *const to[] = {faulty[0], faulty[1]};
  uint8_t *const reference[] = {expected[0], expected[1]};
  bo_diag diag = {""};
  bo_profile profile;
  CU_ASSERT_EQUAL_FATAL(bo_profile_load(&profile, PROFILE, &diag), BO_OK);
  bo_chip chip;
  CU_ASSERT_EQUAL_FATAL(bo_chip_at(&chip, &profile, 9, 0.8, &diag), BO_OK);
  const bo_placement_config config = {
      .policy = BO_PLACEMENT_TILE, .tile_cols = 16, .bank_rows = 512, .bank_width_bits = 64};
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &config, shapes, 2, &diag), BO_OK);
  bo_injector *injector = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_injector_new(&injector, placement, &diag), BO_OK);
  bo_fault_count count = {0};
  bo_injector_run(injector, &chip, from, reference, &count);
  CU_ASSERT(count.weights_changed > 10);

  bo_faulty_memory *memory = new_memory();
  CU_ASSERT_EQUAL_FATAL(bo_faulty_memory_read(memory, 9, 0.8, from, to, &diag), BO_OK);
  CU_ASSERT_EQUAL(memcmp(faulty, expected, sizeof faulty), 0);
  CU_ASSERT_EQUAL_FATAL(bo_faulty_memory_read(memory, 10, 0.8, from, to, &diag), BO_OK);
  CU_ASSERT_NOT_EQUAL(memcmp(faulty, expected, sizeof faulty), 0);
  CU_ASSERT_EQUAL_FATAL(bo_faulty_memory_read(memory, 9, 1.0, from, to, &diag), BO_OK);
  CU_ASSERT_EQUAL(memcmp(faulty, clean, sizeof faulty), 0);
  bo_faulty_memory_free(memory);
  bo_injector_free(injector);
  bo_placement_free(placement);
}

static void a_rate_of_the_curve_has_the_voltage_of_the_curve(void) {
  bo_faulty_memory *memory = new_memory();
  double vdd_ratio = 0;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_faulty_memory_vdd_for_ber(memory, 0.01115, &vdd_ratio, &diag), BO_OK);
  CU_ASSERT_DOUBLE_EQUAL(vdd_ratio, 20.0 / 24.0, 1e-9); /* the published point */
  CU_ASSERT_EQUAL(bo_faulty_memory_vdd_for_ber(memory, 0.3, &vdd_ratio, &diag), BO_E_INVALID);
  bo_faulty_memory_free(memory);
}

static void what_is_no_profile_voltage_or_shape_is_refused(void) {
  bo_faulty_memory *memory = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_faulty_memory_new(&memory, "/nonexistent/p.yaml", shapes, 2, &diag), BO_E_IO);
  CU_ASSERT_PTR_NULL(memory);
  const bo_weight_shape empty = {.groups = 1, .outputs = 0, .inputs = 1, .bits = 8};
  CU_ASSERT_EQUAL(bo_faulty_memory_new(&memory, PROFILE, &empty, 1, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(memory);
  memory = new_memory();
  CU_ASSERT_EQUAL(bo_faulty_memory_read(memory, 0, 0.5, NULL, NULL, &diag), BO_E_INVALID);
  bo_faulty_memory_free(memory);
  bo_faulty_memory_free(NULL);
}

static void every_failed_allocation_is_reported(void) {
  unsigned k = 0;
  for (bool failed = true; failed; k++) {
    bo_faulty_memory *memory = NULL;
    bo_diag diag = {""};
    fail_alloc_arm(k);
    const bo_status status = bo_faulty_memory_new(&memory, PROFILE, shapes, 2, &diag);
    failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    CU_ASSERT_EQUAL(memory == NULL, failed);
    bo_faulty_memory_free(memory);
  }
  CU_ASSERT(k > 3);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(it_reads_what_an_injector_in_tile_order_reads),
    BO_TEST(a_rate_of_the_curve_has_the_voltage_of_the_curve),
    BO_TEST(what_is_no_profile_voltage_or_shape_is_refused),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
