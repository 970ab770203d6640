/* The accumulators: by hand, and every register and word of memory against the formulas. */
#include "array/accumulator.h"
#include "dice.h"
#include "fail_alloc.h"
#include "probe_list.h"
#include "test_suite.h"

#include <string.h>

enum {
  MAX_COLS = 70,
  MAX_DEPTH = 9,
};

static bo_accumulator *new_accumulator(uint32_t cols, uint32_t depth) {
  bo_accumulator *acc = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_accumulator_new(&acc, cols, depth, NULL), BO_OK);
  return acc;
}

static bo_status registers_of(const void *acc, const bo_probe_visitor *visitor) {
  return bo_accumulator_probes(acc, visitor);
}

static bo_status memory_of(const void *acc, const bo_probe_visitor *visitor) {
  return bo_accumulator_memory_probes(acc, visitor);
}

/* --- one column, by hand --- */

static const bo_accumulate none = {0};

/* A token, and in the cycle after it its sum; nothing else is on the way. */
static void add(bo_accumulator *acc, bo_accumulate token, int32_t psum) {
  const int32_t noise = 1 << 20;
  bo_accumulator_tick(acc, token, &noise); /* not the token's: one cycle early */
  bo_accumulator_tick(acc, none, &psum);
}

static bo_accumulate begin(uint32_t addr) {
  return (bo_accumulate){.valid = true, .addr = addr};
}

static bo_accumulate more(uint32_t addr) {
  return (bo_accumulate){.valid = true, .accumulate = true, .addr = addr};
}

static bo_accumulate end(uint32_t addr) {
  return (bo_accumulate){.valid = true, .accumulate = true, .last = true, .addr = addr};
}

static void expect_out(const bo_accumulator *acc, int32_t expected) {
  int32_t sum = 0;
  CU_ASSERT_TRUE(bo_accumulator_out(acc, 0, &sum));
  CU_ASSERT_EQUAL(sum, expected);
}

static void expect_no_out(const bo_accumulator *acc) {
  int32_t sum = 0;
  CU_ASSERT_FALSE(bo_accumulator_out(acc, 0, &sum));
}

static void sums_begin_grow_and_go_out_at_their_own_address(void) {
  bo_accumulator *acc = new_accumulator(1, 3);
  add(acc, begin(0), 5);
  add(acc, begin(2), 100); /* the last word */
  add(acc, more(0), 7);
  expect_no_out(acc);
  add(acc, end(2), -1);
  expect_out(acc, 99);
  add(acc, end(0), 30);
  expect_out(acc, 42);
  add(acc, end(0), 1); /* what went out was not written: memory still holds 12 */
  expect_out(acc, 13);
  add(acc, begin(0), 3); /* forgets them */
  add(acc, end(0), 1);
  expect_out(acc, 4);
  bo_accumulator_free(acc);
}

static void a_single_tile_goes_out_without_the_memory(void) {
  bo_accumulator *acc = new_accumulator(1, 1);
  add(acc, begin(0), 1000);
  add(acc, (bo_accumulate){.valid = true, .last = true}, 5);
  expect_out(acc, 5);
  add(acc, end(0), 0);
  expect_out(acc, 1000);
  bo_accumulator_free(acc);
}

static void a_sum_is_out_for_one_cycle_and_its_value_stays(void) {
  bo_accumulator *acc = new_accumulator(1, 1);
  const int32_t psum = 77;
  int32_t sum = 0;
  bo_accumulator_tick(acc, (bo_accumulate){.valid = true, .last = true}, &psum);
  CU_ASSERT_FALSE(bo_accumulator_out(acc, 0, &sum)); /* a cycle early */
  bo_accumulator_tick(acc, none, &psum);
  CU_ASSERT_TRUE(bo_accumulator_out(acc, 0, &sum));
  bo_accumulator_tick(acc, none, &(int32_t){1});
  CU_ASSERT_FALSE(bo_accumulator_out(acc, 0, &sum));
  CU_ASSERT_EQUAL(sum, 77);
  bo_accumulator_free(acc);
}

/* Token and write of one address in one cycle: the token reads what was there before. */
static void a_read_gets_what_was_there_before_the_write_of_its_cycle(void) {
  bo_accumulator *acc = new_accumulator(1, 2);
  add(acc, begin(1), 10);
  bo_accumulator_tick(acc, begin(1), &(int32_t){0});
  bo_accumulator_tick(acc, end(1), &(int32_t){500}); /* writes 500, reads 10 */
  bo_accumulator_tick(acc, end(1), &(int32_t){1});
  expect_out(acc, 11);
  bo_accumulator_tick(acc, none, &(int32_t){1}); /* a cycle later it reads 500 */
  expect_out(acc, 501);
  bo_accumulator_free(acc);
}

static void sums_wrap_as_int32(void) {
  bo_accumulator *acc = new_accumulator(1, 1);
  add(acc, begin(0), INT32_MAX);
  add(acc, more(0), 1);
  add(acc, end(0), 0);
  expect_out(acc, INT32_MIN);
  add(acc, end(0), INT32_MIN);
  expect_out(acc, 0);
  bo_accumulator_free(acc);
}

/* Column c has its sum out after c + 2 edges, and after no other. */
static void a_token_reaches_column_c_c_cycles_late(void) {
  bo_accumulator *acc = new_accumulator(MAX_COLS, 1);
  for (uint32_t cycle = 0; cycle < 2 * MAX_COLS; cycle++) {
    int32_t psum[MAX_COLS];
    for (uint32_t c = 0; c < MAX_COLS; c++) {
      psum[c] = (int32_t)(1000 * cycle + c);
    }
    bo_accumulator_tick(acc, (bo_accumulate){.valid = cycle == 3, .last = true}, psum);
    for (uint32_t c = 0; c < MAX_COLS; c++) {
      int32_t sum = 0;
      CU_ASSERT_EQUAL(bo_accumulator_out(acc, c, &sum), cycle == 4 + c);
      CU_ASSERT_EQUAL(sum, cycle >= 4 + c ? (int32_t)(1000 * (4 + c) + c) : 0);
    }
  }
  bo_accumulator_free(acc);
}

static void tokens_that_are_not_valid_have_no_effect(void) {
  bo_accumulator *acc = new_accumulator(1, 2);
  add(acc, begin(0), 8);
  add(acc, (bo_accumulate){.addr = 0}, 1);
  add(acc, (bo_accumulate){.accumulate = true, .addr = 0}, 2);
  add(acc, (bo_accumulate){.accumulate = true, .last = true, .addr = UINT32_MAX}, 3);
  expect_no_out(acc);
  add(acc, end(0), 0);
  expect_out(acc, 8);
  bo_accumulator_free(acc);
}

/* --- every register and word, by the formulas --- */

typedef struct column {
  bool valid, accumulate, last, sum_valid;
  uint32_t addr, rdata, sum;
  uint32_t mem[MAX_DEPTH];
} column;

static column next_column(column now, bo_accumulate token_in, int32_t psum) {
  column next = now;
  const uint32_t sum = (uint32_t)psum + (now.accumulate ? now.rdata : 0);
  next.valid = token_in.valid;
  next.accumulate = token_in.accumulate;
  next.last = token_in.last;
  next.addr = token_in.addr;
  if (token_in.valid && token_in.accumulate) {
    next.rdata = now.mem[token_in.addr];
  }
  if (now.valid && !now.last) {
    next.mem[now.addr] = sum;
  }
  next.sum_valid = now.valid && now.last;
  if (next.sum_valid) {
    next.sum = sum;
  }
  return next;
}

static void tick_columns(column *col, uint32_t cols, bo_accumulate token, const int32_t *psum) {
  for (uint32_t c = cols; c-- > 0;) {
    const column *const left = c == 0 ? NULL : &col[c - 1];
    const bo_accumulate in =
        left == NULL ? token
                     : (bo_accumulate){left->valid, left->accumulate, left->last, left->addr};
    col[c] = next_column(col[c], in, psum[c]);
  }
}

static uint32_t differences(const column *col, uint32_t c, uint32_t depth,
                            const probe_list *registers, const probe_list *memory) {
  const column *const now = &col[c];
  uint32_t addr_bits = 1; /* of 0 … depth: an idle token may point behind the last sum */
  while (1U << addr_bits < depth + 1) {
    addr_bits++;
  }
  const struct {
    const char *name;
    uint32_t width_bits, value;
  } expected[] = {
      {"valid_q", 1, now->valid},  {"accumulate_q", 1, now->accumulate},
      {"last_q", 1, now->last},    {"addr_q", addr_bits, now->addr & ((1U << addr_bits) - 1)},
      {"rdata_q", 32, now->rdata}, {"sum_valid_q", 1, now->sum_valid},
      {"sum_q", 32, now->sum},
  };
  uint32_t wrong = registers->count % (sizeof expected / sizeof expected[0]) != 0;
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    const bo_probe *const probe = probe_find(registers, "t.u_acc.%s[%u]", expected[i].name, c);
    wrong += probe->width_bits != expected[i].width_bits;
    wrong += bo_probe_read(probe) != expected[i].value;
  }
  for (uint32_t addr = 0; addr < depth; addr++) {
    wrong += bo_probe_read(probe_find(memory, "t.u_acc.mem[%u][%u]", c, addr)) != now->mem[addr];
  }
  return wrong;
}

/* Tokens come often, then, for times around that in which the last one leaves, not at all. */
static bo_accumulate draw_token(dice *d, uint32_t depth, bool idle) {
  const bool valid = !idle && roll(d, 0, 3) != 0;
  return (bo_accumulate){
      .valid = valid,
      .accumulate = roll(d, 0, 2) != 0,
      .last = roll(d, 0, 3) == 0,
      .addr = roll(d, 0, valid || roll(d, 0, 1) == 0 ? depth - 1 : UINT32_MAX),
  };
}

/* Also resets in the middle: registers go to zero, the memory stays. */
static void run_random(dice *d, uint32_t cols, uint32_t depth) {
  bo_accumulator *acc = new_accumulator(cols, depth);
  probe_list registers = probe_list_new(registers_of, acc, "t.u_acc");
  probe_list memory = probe_list_new(memory_of, acc, "t.u_acc");
  CU_ASSERT_TRUE(probe_names_are_unique(&registers) && probe_names_are_unique(&memory));
  CU_ASSERT_EQUAL(registers.count, (size_t)7 * cols);
  CU_ASSERT_EQUAL(memory.count, (size_t)cols * depth);
  column col[MAX_COLS] = {{0}};
  uint32_t idle = 0;
  for (uint32_t cycle = 0; cycle < 200; cycle++) {
    int32_t psum[MAX_COLS];
    for (uint32_t c = 0; c < cols; c++) {
      psum[c] = (int32_t)roll(d, 0, UINT32_MAX);
    }
    idle = idle > 0 ? idle - 1 : roll(d, 0, 6) == 0 ? roll(d, 1, cols + 5) : 0;
    const bo_accumulate token = draw_token(d, depth, idle > 0);
    bo_accumulator_tick(acc, token, psum);
    tick_columns(col, cols, token, psum);
    if (cycle == 50) {
      bo_accumulator_reset(acc);
      CU_ASSERT_TRUE(probes_are_zero(&registers));
      for (uint32_t c = 0; c < cols; c++) {
        column reset = {0};
        memcpy(reset.mem, col[c].mem, sizeof reset.mem);
        col[c] = reset;
      }
    }
    bool any_out = false;
    for (uint32_t c = 0; c < cols; c++) {
      any_out = any_out || col[c].sum_valid;
      CU_ASSERT_EQUAL(differences(col, c, depth, &registers, &memory), 0);
    }
    CU_ASSERT_EQUAL(bo_accumulator_any_out(acc), any_out);
  }
  probe_list_free(&registers);
  probe_list_free(&memory);
  bo_accumulator_free(acc);
}

static void every_register_and_word_is_that_of_the_formulas_after_every_edge(void) {
  for (uint32_t i = 0; i < 20; i++) {
    dice d = {i, 0};
    const uint32_t cols = roll(&d, 1, 9);
    run_random(&d, cols, roll(&d, 1, MAX_DEPTH));
  }
  run_random(&(dice){20, 0}, MAX_COLS, 1);
  run_random(&(dice){21, 0}, 1, 1);
}

static void a_visitor_that_fails_ends_the_visit(void) {
  bo_accumulator *acc = new_accumulator(2, 3);
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(registers_of, acc));
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(memory_of, acc));
  bo_accumulator_free(acc);
}

static void a_failed_allocation_is_reported(void) {
  bo_accumulator *acc = (bo_accumulator *)&acc;
  bo_diag diag = {""};
  fail_alloc_arm(0);
  CU_ASSERT_EQUAL(bo_accumulator_new(&acc, 4, 9, &diag), BO_E_NOMEM);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  CU_ASSERT_PTR_NULL(acc);
  CU_ASSERT(same_text(diag.text, "accumulators, 4 columns of 9 sums: out of memory"));
  fail_alloc_arm(1);
  CU_ASSERT_EQUAL(bo_accumulator_new(&acc, 4, 9, &diag), BO_OK);
  CU_ASSERT_FALSE(fail_alloc_disarm());
  bo_accumulator_free(acc);
  bo_accumulator_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(sums_begin_grow_and_go_out_at_their_own_address),
    BO_TEST(a_single_tile_goes_out_without_the_memory),
    BO_TEST(a_sum_is_out_for_one_cycle_and_its_value_stays),
    BO_TEST(a_read_gets_what_was_there_before_the_write_of_its_cycle),
    BO_TEST(sums_wrap_as_int32),
    BO_TEST(a_token_reaches_column_c_c_cycles_late),
    BO_TEST(tokens_that_are_not_valid_have_no_effect),
    BO_TEST(every_register_and_word_is_that_of_the_formulas_after_every_edge),
    BO_TEST(a_visitor_that_fails_ends_the_visit),
    BO_TEST(a_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
