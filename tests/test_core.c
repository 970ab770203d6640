/* The core by hand: a tile on paper, sums that wrap, its registers, what it refuses. */
#include "accel/core.h"
#include "fail_alloc.h"
#include "probe_list.h"
#include "test_suite.h"

#include <string.h>

static bo_core *new_core(const bo_core_config *config) {
  bo_core *core = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_core_new(&core, config, &diag), BO_OK);
  return core;
}

static bo_status registers_of(const void *core, const bo_probe_visitor *visitor) {
  return bo_core_probes(core, visitor, false);
}

static bo_status all_of(const void *core, const bo_probe_visitor *visitor) {
  return bo_core_probes(core, visitor, true);
}

static const bo_core_config small = {
    .rows = 2,
    .cols = 3,
    .accumulator_depth = 4,
    .weight_banks = 2,
    .bank_rows = 4,
    .bank_width_bits = 16,
    .read_latency_cycles = 1,
    .read_words = 1,
};

/* --- by hand --- */

/*
 * Weights [k][n] = {{1, -2}, {3, 4}}, zero-points 1 and -1: {{0, -1}, {2, 5}}. Vectors {5, 7} and
 * {9, 2} with zero-point 4: {1, 3} and {5, -2}. Two codes a word: the first word is asked for in
 * cycle 1, arrives in 2 and is in the buffer in 3, the second one in 4; they shift in 3 and 4, so
 * the tile starts in cycle 5. Its sums are seen in cycles 5 + v + 2 + c + 1.
 */
static void a_tile_runs_as_on_paper(void) {
  static const int32_t sums[2][3] = {{6, 14, 0}, {-4, -15, 0}};
  static const uint8_t acts[2][2] = {{7, 5}, {2, 9}}; /* row r takes input k-1-r */
  static const int32_t weight_zero[3] = {1, -1, 77};
  bo_core *core = new_core(&small);
  bo_weight_sram_write(bo_core_weights(core), 1, 3, 0xfe01); /* row 7, then row 0 */
  bo_weight_sram_write(bo_core_weights(core), 0, 0, 0x0403);
  const bo_tile tile = {
      .words = {.stream_row = 7, .codes_per_row = 2, .bits = 8, .is_signed = true, .k = 2, .n = 2},
      .m = 2,
      .last = true,
  };
  for (uint32_t cycle = 0; cycle < 20; cycle++) {
    const bo_tile_ctrl_out *const out = bo_core_look(core);
    CU_ASSERT_EQUAL(out->tile_ready, cycle == 0 || cycle >= 5);
    CU_ASSERT_EQUAL(out->shift, cycle == 3 || cycle == 4);
    CU_ASSERT_EQUAL(out->take, cycle == 3 || cycle == 4);
    CU_ASSERT_EQUAL(out->load, cycle == 4);
    CU_ASSERT_EQUAL(out->start, cycle == 5);
    CU_ASSERT_EQUAL(out->streaming, cycle == 5 || cycle == 6);
    CU_ASSERT_EQUAL(out->token.valid, cycle == 6 || cycle == 7);
    for (uint32_t c = 0; c < 3; c++) {
      int32_t sum = 0;
      const uint32_t v = cycle - (5 + 2 + c + 1);
      CU_ASSERT_EQUAL(bo_core_sum(core, c, &sum), v < 2);
      CU_ASSERT_EQUAL(sum, v > 1000 ? 0 : sums[v < 2 ? v : 1][c]);
    }
    const bo_core_in in = {.tile = cycle == 0 ? &tile : NULL,
                           .act = acts[cycle == 6],
                           .act_zero = 4,
                           .weight_zero = weight_zero};
    bo_core_tick(core, &in);
  }
  bo_core_free(core);
}

/* 140 tiles of 256 products of 255 * -255 on one sum: -2330496000, beyond int32. */
static void sums_over_many_tiles_wrap_as_int32(void) {
  enum {
    ROWS = 256,
    COUNT = 140
  };
  const bo_core_config config = {ROWS, 1, 1, 1, 32, 64, 1, 1};
  const int64_t exact = (int64_t)COUNT * ROWS * 255 * -255;
  CU_ASSERT_EQUAL(exact, -2330496000);
  bo_core *core = new_core(&config);
  for (uint32_t row = 0; row < 32; row++) {
    bo_weight_sram_write(bo_core_weights(core), 0, row, 0x8080808080808080);
  }
  uint8_t act[ROWS];
  memset(act, 255, sizeof act);
  bo_tile tile = {.words = {.codes_per_row = 8, .bits = 8, .is_signed = true, .k = ROWS, .n = 1},
                  .m = 1};
  uint32_t accepted = 0;
  uint32_t outs = 0;
  int32_t sum = 0;
  for (uint32_t cycle = 0; cycle < COUNT * 300; cycle++) {
    tile.accumulate = accepted > 0;
    tile.last = accepted == COUNT - 1;
    const bool offered = accepted < COUNT;
    accepted += offered && bo_core_look(core)->tile_ready;
    bo_core_tick(core, &(bo_core_in){offered ? &tile : NULL, act, 0, &(int32_t){127}});
    int32_t out = 0;
    if (bo_core_sum(core, 0, &out)) {
      sum = out;
      outs++;
    }
  }
  CU_ASSERT_EQUAL(outs, 1);
  CU_ASSERT_EQUAL(sum, exact + ((int64_t)1 << 32));
  bo_core_free(core);
}

/*
 * One weight, 5 - 3 = 2, and two vectors of one input, 20 and 30 less 9. The unused row shifts at
 * once, in cycle 1, the weight in cycle 3; vectors enter in 4 and 5. What no tile uses gets 0,
 * whatever lies at the inputs.
 */
static void rows_and_columns_that_are_not_used_and_idle_cycles_are_zero(void) {
  static const uint32_t act[8] = {[4] = 11, [5] = 21}; /* row 0, in this cycle */
  static const uint32_t row_1[8] = {[4] = 0x200};      /* first */
  static const uint32_t weight[8] = {[3] = 2, [4] = 2, [5] = 2, [6] = 2, [7] = 2}; /* stays */
  static const uint32_t col_1[8] = {[1] = 0x200, [3] = 0x600};                     /* shift, load */
  static const uint8_t acts[2][2] = {{20, 99}, {30, 99}};
  bo_core *core = new_core(&small);
  bo_weight_sram_write(bo_core_weights(core), 0, 0, 0xff05);
  const bo_tile tile = {.words = {.codes_per_row = 2, .bits = 8, .is_signed = true, .k = 1, .n = 1},
                        .m = 2};
  probe_list list = probe_list_new(registers_of, core, "c");
  const char *const pe = "c.u_mesh.u_array.gen_row[0].u_row.gen_pe[0].gen_kind.u_pe";
  for (uint32_t cycle = 0; cycle < 8; cycle++) {
    const bo_core_in in = {.tile = cycle == 0 ? &tile : NULL,
                           .act = acts[cycle == 5],
                           .act_zero = 9,
                           .weight_zero = (const int32_t[]){3, 3, 3}};
    bo_core_tick(core, &in);
    CU_ASSERT_EQUAL(bo_probe_read(probe_find(&list, "%s.act_q", pe)), act[cycle]);
    CU_ASSERT_EQUAL(bo_probe_read(probe_find(&list, "%s.weight_pipe_q", pe)), weight[cycle]);
    CU_ASSERT_EQUAL(bo_probe_read(probe_find(&list, "c.u_mesh.u_act_skew.gen_lane[1].delay_q[0]")),
                    row_1[cycle]);
    CU_ASSERT_EQUAL(
        bo_probe_read(probe_find(&list, "c.u_mesh.u_weight_skew.gen_lane[1].delay_q[0]")),
        col_1[cycle]);
  }
  probe_list_free(&list);
  bo_core_free(core);
}

/* --- registers --- */

/* Of the small core: 2 x 3, 4 sums a column, 2 banks of 4 rows of 16 bits. */
static const struct {
  const char *name;
  uint32_t width_bits;
} widths[] = {
    {"u_tile_ctrl.load_busy_q", 1},
    {"u_tile_ctrl.loaded_q", 1},
    {"u_tile_ctrl.load_bank_q", 1},
    {"u_tile_ctrl.load_row_q", 2},
    {"u_tile_ctrl.load_slot_q", 5},  /* 0 … 16 */
    {"u_tile_ctrl.load_rows_q", 3},  /* 0 … 6 */
    {"u_tile_ctrl.load_codes_q", 3}, /* 0 … 6 */
    {"u_tile_ctrl.load_k_q", 2},
    {"u_tile_ctrl.load_n_q", 2},
    {"u_tile_ctrl.load_m_q", 3}, /* 0 … 4 */
    {"u_tile_ctrl.load_accumulate_q", 1},
    {"u_tile_ctrl.load_last_q", 1},
    {"u_tile_ctrl.load_bits_q", 4},
    {"u_tile_ctrl.load_signed_q", 1},
    {"u_tile_ctrl.load_codes_per_row_q", 5},
    {"u_tile_ctrl.shifts_q", 2},
    {"u_tile_ctrl.word_valid_q[0]", 1},
    {"u_tile_ctrl.word_slot_q[0]", 5},
    {"u_tile_ctrl.word_count_q[0]", 5},
    {"u_tile_ctrl.word_bank_q[0]", 1},
    {"u_tile_ctrl.stream_left_q", 3},
    {"u_tile_ctrl.stream_addr_q", 3},
    {"u_tile_ctrl.stream_k_q", 2},
    {"u_tile_ctrl.stream_accumulate_q", 1},
    {"u_tile_ctrl.stream_last_q", 1},
    {"u_tile_ctrl.gen_token_delay.token_valid_q[0]", 1},
    {"u_tile_ctrl.gen_token_delay.token_addr_q[0]", 3},
    {"u_tile_ctrl.gen_token_delay.token_accumulate_q[0]", 1},
    {"u_tile_ctrl.gen_token_delay.token_last_q[0]", 1},
    /* 2 x 3 + 16 codes, counts up to 3 more */
    {"u_weight_buffer.write_q", 5},
    {"u_weight_buffer.read_q", 5},
    {"u_weight_buffer.code_q[21]", 8},
    {"gen_bank[0].u_bank.rdata_q[0]", 16},
    {"gen_bank[1].u_bank.rdata_q[0]", 16},
    {"u_mesh.u_act_skew.gen_lane[1].delay_q[0]", 11},
    {"u_mesh.u_weight_skew.gen_lane[2].delay_q[1]", 11},
    {"u_mesh.u_array.gen_row[1].u_row.gen_pe[2].gen_kind.u_pe.psum_q", 32},
    {"u_accumulator.addr_q[0]", 3},
    {"u_accumulator.sum_q[2]", 32},
};

static void every_register_is_there_once_where_and_as_wide_as_the_rtl_has_it(void) {
  enum {
    BANKS = 2,
    CONTROL = 29,            /* those above */
    BUFFER = 2 + 2 * 3 + 16, /* codes: R * C + width */
    MESH = 1 + 3 + 6 * 6,    /* skews of 2 and 3 lanes, 6 registers a PE */
    ACCUMULATOR = 7 * 3,
  };
  bo_core *core = new_core(&small);
  probe_list list = probe_list_new(registers_of, core, "bo_core");
  CU_ASSERT_TRUE(probe_names_are_unique(&list));
  CU_ASSERT_EQUAL(list.count, BANKS + CONTROL + BUFFER + MESH + ACCUMULATOR);
  for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
    const bo_probe *const probe = probe_find(&list, "bo_core.%s", widths[i].name);
    CU_ASSERT_EQUAL(probe->width_bits, widths[i].width_bits);
  }
  probe_list_free(&list);
  list = probe_list_new(all_of, core, "bo_core");
  CU_ASSERT_TRUE(probe_names_are_unique(&list));
  CU_ASSERT_EQUAL(list.count, BANKS + CONTROL + BUFFER + MESH + ACCUMULATOR + 3 * 4);
  (void)probe_find(&list, "bo_core.u_accumulator.mem[2][3]");
  probe_list_free(&list);
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(all_of, core));
  bo_core_free(core);
}

/* --- making --- */

static void expect_refused(bo_core_config config, const char *text) {
  bo_core *core = (bo_core *)&config;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_core_new(&core, &config, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(core);
  CU_ASSERT(same_text(diag.text, text));
}

static void a_field_out_of_range_is_refused_by_name_range_and_value(void) {
  bo_core_config config = small;
  config.rows = 0;
  expect_refused(config, "array_rows: expected 1..256, got 0");
  config = small;
  config.cols = 257;
  expect_refused(config, "array_cols: expected 1..256, got 257");
  config = small;
  config.accumulator_depth = 0;
  expect_refused(config, "accumulator_depth: expected 1..16777216, got 0");
  config = small;
  config.weight_banks = 0;
  expect_refused(config, "weight_banks: expected 1..4294967295, got 0");
  config = small;
  config.bank_rows = 65537;
  expect_refused(config, "bank_rows: expected 1..65536, got 65537");
  config = small;
  config.bank_width_bits = 65;
  expect_refused(config, "bank_width_bits: expected 8..64, got 65");
  config = small;
  config.read_latency_cycles = 9;
  expect_refused(config, "weight_read_latency_cycles: expected 1..8, got 9");
  config = small;
  config.read_words = 0;
  expect_refused(config, "read_words: expected 1..256, got 0");
}

static void each_failed_allocation_is_reported(void) {
  for (unsigned k = 0;; k++) {
    bo_core *core = NULL;
    bo_diag diag = {""};
    fail_alloc_arm(k);
    const bo_status status = bo_core_new(&core, &small, &diag);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(k, 16); /* 1; SRAM 4 + 2 banks; buffer 1; control 2; mesh 5; sums 1 */
      bo_core_free(core);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(core);
    CU_ASSERT(has_text(diag.text, "out of memory"));
  }
  bo_core_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_tile_runs_as_on_paper),
    BO_TEST(rows_and_columns_that_are_not_used_and_idle_cycles_are_zero),
    BO_TEST(sums_over_many_tiles_wrap_as_int32),
    BO_TEST(every_register_is_there_once_where_and_as_wide_as_the_rtl_has_it),
    BO_TEST(a_field_out_of_range_is_refused_by_name_range_and_value),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
