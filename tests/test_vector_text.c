/* The files of `brownout vectors`, written by hand. */
#include "fail_alloc.h"
#include "report/vectors.h"
#include "test_suite.h"

#include <string.h>

static const bo_core_config small = {
    .rows = 3,
    .cols = 2,
    .accumulator_depth = 100,
    .weight_banks = 4,
    .bank_rows = 5,
    .bank_width_bits = 17,
    .read_latency_cycles = 6,
    .read_words = 1,
};

/* A cycle in which a tile is offered and taken, and one in which all ports rest. */
static bo_status write_two_cycles(bo_bytes *out, bo_vector_count *count, bo_diag *diag) {
  const uint8_t act[] = {0x12, 0x00, 0xfe};
  const int32_t weight_zero[] = {-1, 128};
  const uint8_t sum_valid[] = {0, 1};
  const int32_t sum[] = {0, -2};
  const bo_tile tile = {
      .words = {.slot = 6, .codes_per_row = 33, .bits = 8, .is_signed = true, .k = 256, .n = 5},
      .m = 0xabcde,
      .last = true};
  bo_vectors_ports ports = {
      .tile = &tile,
      .tile_place = {.bank = 0x3ff, .row = 0x1234},
      .tile_rows = 0x10000,
      .act = act,
      .act_zero = 0x7f,
      .weight_zero = weight_zero,
      .tile_ready = true,
      .sum_valid = sum_valid,
      .sum = sum,
  };
  bo_vector_text *text = NULL;
  bo_status status = bo_vector_text_new(&text, &small, 1000, diag);
  if (status == BO_OK) {
    status = bo_vector_text_add(text, &ports, diag);
  }
  if (status == BO_OK) {
    ports.tile = NULL;
    ports.tile_ready = false;
    ports.act_ready = true;
    status = bo_vector_text_add(text, &ports, diag);
  }
  for (int i = 0; i < BO_VECTOR_FILES && status == BO_OK; i++) {
    status = bo_vector_text_take(text, (bo_vector_file)i, &out[i], diag);
  }
  if (status == BO_OK) {
    *count = bo_vector_text_count(text);
  }
  bo_vector_text_free(text);
  return status;
}

static void free_files(bo_bytes *out) {
  for (int i = 0; i < BO_VECTOR_FILES; i++) {
    bo_bytes_free(&out[i]);
  }
}

/* weight_zero: -1 is nine ones, 128 << 9 is bit 16: 0x101ff of 18 bits. */
static void lines_are_packed_as_documented(void) {
  static const char *const expected[BO_VECTOR_FILES] = {
      "// tile, a line a cycle: 144 bits\n110182106"
      "10000"
      "03ff"
      "1234"
      "100"
      "005"
      "000abcde\n"
      "000000000000000000000000000000000000\n",
      "// act, a line a cycle: 24 bits\nfe0012\nfe0012\n",
      "// act_zero, a line a cycle: 8 bits\n7f\n7f\n",
      "// weight_zero, a line a cycle: 18 bits\n101ff\n101ff\n",
      "// ready, a line a cycle: 2 bits\n2\n1\n",
      "// sum_valid, a line a cycle: 2 bits\n2\n2\n",
      "// sum, a line a cycle: 64 bits\nfffffffe00000000\nfffffffe00000000\n",
  };
  bo_bytes out[BO_VECTOR_FILES] = {{0}};
  bo_vector_count count = {0};
  CU_ASSERT_EQUAL_FATAL(write_two_cycles(out, &count, NULL), BO_OK);
  for (int i = 0; i < BO_VECTOR_FILES; i++) {
    CU_ASSERT(same_text((const char *)out[i].data, expected[i]));
  }
  CU_ASSERT_EQUAL(count.cycles, 2);
  CU_ASSERT_EQUAL(count.tiles, 1);
  CU_ASSERT_EQUAL(count.sums, 2);
  CU_ASSERT_EQUAL(count.sums_not_zero, 2);
  free_files(out);
}

static void the_header_has_the_parameters_of_the_core(void) {
  const bo_vector_count count = {.cycles = 7, .tiles = 8, .sums = 9};
  bo_bytes out = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_vectors_vh(&out, &small, &count, "a\nb", NULL), BO_OK);
  CU_ASSERT(same_text((const char *)out.data, "// a?b\n"
                                              "localparam ArrayRows = 3;\n"
                                              "localparam ArrayCols = 2;\n"
                                              "localparam WeightBanks = 4;\n"
                                              "localparam BankRows = 5;\n"
                                              "localparam BankWidth = 17;\n"
                                              "localparam WeightReadLatencyCycles = 6;\n"
                                              "localparam AccDepth = 100;\n"
                                              "localparam Cycles = 7;\n"
                                              "localparam Tiles = 8;\n"
                                              "localparam Sums = 9;\n"));
  bo_bytes_free(&out);
}

static void more_than_fits_is_refused(void) {
  const bo_core_config large = {.rows = 256, .cols = 256};
  static const uint8_t act[256];
  static const int32_t sum[256];
  const bo_vectors_ports ports = {.act = act, .weight_zero = sum, .sum_valid = act, .sum = sum};
  bo_vector_text *text = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_vector_text_new(&text, &large, 3 * 3246 + 3245, NULL), BO_OK);
  /* By hand: 37 + 513 + 3 + 577 + 2 + 65 + 2049 characters a cycle, each line with its end. */
  for (int cycle = 0; cycle < 3; cycle++) {
    CU_ASSERT_EQUAL(bo_vector_text_add(text, &ports, &diag), BO_OK);
  }
  CU_ASSERT_EQUAL(bo_vector_text_add(text, &ports, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "expected at most 3 cycles, got more: take fewer places"));
  bo_vector_text_free(text);
}

static void every_failed_allocation_is_reported(void) {
  unsigned k = 0;
  for (bool failed = true; failed; k++) {
    bo_bytes out[BO_VECTOR_FILES] = {{0}};
    bo_vector_count count = {0};
    fail_alloc_arm(k);
    const bo_status status = write_two_cycles(out, &count, NULL);
    failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    free_files(out);
  }
  CU_ASSERT(k > 1);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(lines_are_packed_as_documented),
    BO_TEST(the_header_has_the_parameters_of_the_core),
    BO_TEST(more_than_fits_is_refused),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
