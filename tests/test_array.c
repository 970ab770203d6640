/* The array against one struct a PE, every register after every edge, in both dataflows. */
#include "arch/arch.h"
#include "array/array.h"
#include "dice.h"
#include "fail_alloc.h"
#include "probe_list.h"
#include "test_suite.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the oracle --- */

/* The registers of a PE of either kind. */
typedef struct pe {
  int32_t act, first, last;
  int32_t weight_pipe, weight_next, weight, psum; /* weight-stationary */
  int32_t sum, hold, drain;                       /* output-stationary, beside weight */
} pe;

typedef struct pe_register {
  const char *name;
  uint32_t width_bits;
  size_t offset; /* in pe */
} pe_register;

static const pe_register registers_ws[] = {
    {"act_q", 9, offsetof(pe, act)},
    {"first_q", 1, offsetof(pe, first)},
    {"weight_pipe_q", 9, offsetof(pe, weight_pipe)},
    {"weight_next_q", 9, offsetof(pe, weight_next)},
    {"weight_q", 9, offsetof(pe, weight)},
    {"psum_q", 32, offsetof(pe, psum)},
};

static const pe_register registers_os[] = {
    {"act_q", 9, offsetof(pe, act)},      {"first_q", 1, offsetof(pe, first)},
    {"last_q", 1, offsetof(pe, last)},    {"weight_q", 9, offsetof(pe, weight)},
    {"sum_q", 32, offsetof(pe, sum)},     {"hold_q", 32, offsetof(pe, hold)},
    {"drain_q", 32, offsetof(pe, drain)},
};

static int32_t mac(int32_t sum, int32_t act, int32_t weight) {
  return (int32_t)(uint32_t)((int64_t)sum + (int64_t)act * weight); /* wraps */
}

/* Next state of a PE from its own, its left and its upper neighbour's and what its column hears. */
static pe next_ws(pe own, pe left, pe above, bool shift, bool load) {
  const int32_t weight = left.first ? own.weight_next : own.weight;
  return (pe){
      .act = left.act,
      .first = left.first,
      .weight = weight,
      .psum = mac(above.psum, left.act, weight),
      .weight_pipe = shift ? above.weight_pipe : own.weight_pipe,
      .weight_next = load ? above.weight_pipe : own.weight_next,
  };
}

static pe next_os(pe own, pe left, pe above, bool unload) {
  const int32_t sum = mac(left.first ? 0 : own.sum, left.act, above.weight);
  return (pe){
      .act = left.act,
      .first = left.first,
      .last = left.last,
      .weight = above.weight,
      .sum = sum,
      .hold = left.last ? sum : own.hold,
      .drain = unload ? own.hold : above.drain,
  };
}

typedef struct model {
  uint32_t dataflow, rows, cols;
  pe *now, *next; /* [rows][cols] */
} model;

static void *zeroed(size_t count, size_t size) {
  void *const memory = calloc(count, size);
  if (memory == NULL) {
    abort();
  }
  return memory;
}

static model new_model(uint32_t dataflow, uint32_t rows, uint32_t cols) {
  const size_t pes = (size_t)rows * cols;
  return (model){dataflow, rows, cols, zeroed(pes, sizeof(pe)), zeroed(pes, sizeof(pe))};
}

static void free_model(model *m) {
  free(m->now);
  free(m->next);
}

/* Two's complement of 9 bits, by hand. */
static int32_t operand(bo_lane lane) {
  const int32_t code = lane % 512;
  return code < 256 ? code : code - 512;
}

static void tick_model(model *m, const bo_lane *row, const bo_lane *col) {
  for (uint32_t r = 0; r < m->rows; r++) {
    for (uint32_t c = 0; c < m->cols; c++) {
      const size_t i = (size_t)r * m->cols + c;
      const pe edge_left = {
          operand(row[r]), row[r] >> 9 & 1, row[r] >> 10 & 1, 0, 0, 0, 0, 0, 0, 0};
      const pe edge_above = {.weight_pipe = operand(col[c]), .weight = operand(col[c])};
      const pe left = c == 0 ? edge_left : m->now[i - 1];
      const pe above = r == 0 ? edge_above : m->now[i - m->cols];
      const bool shift = (col[c] >> 9 & 1) != 0;
      const bool load = (col[c] >> 10 & 1) != 0;
      m->next[i] = m->dataflow == BO_DATAFLOW_WEIGHT_STATIONARY
                       ? next_ws(m->now[i], left, above, shift, load)
                       : next_os(m->now[i], left, above, load);
    }
  }
  pe *const old = m->now;
  m->now = m->next;
  m->next = old;
}

/* --- model and array side by side --- */

typedef struct bench {
  model model;
  bo_array *array;
  const pe_register *registers;
  uint32_t register_count;
  probe_list list;
  const bo_probe **probe; /* [rows][cols][register_count] */
} bench;

static bo_status probes_of(const void *array, const bo_probe_visitor *visitor) {
  return bo_array_probes(array, visitor);
}

static bo_array *new_array(uint32_t dataflow, uint32_t rows, uint32_t cols) {
  bo_array *array = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_array_new(&array, dataflow, rows, cols, NULL), BO_OK);
  return array;
}

/* Also proves that every PE has every register under its right name, and nothing else is there. */
static bench new_bench(uint32_t dataflow, uint32_t rows, uint32_t cols) {
  const bool is_ws = dataflow == BO_DATAFLOW_WEIGHT_STATIONARY;
  bench b = {
      .model = new_model(dataflow, rows, cols),
      .array = new_array(dataflow, rows, cols),
      .registers = is_ws ? registers_ws : registers_os,
      .register_count = is_ws ? sizeof registers_ws / sizeof registers_ws[0]
                              : sizeof registers_os / sizeof registers_os[0],
  };
  const size_t count = (size_t)rows * cols * b.register_count;
  b.list = probe_list_new(probes_of, b.array, "top.u_array");
  CU_ASSERT_TRUE(probe_names_are_unique(&b.list));
  CU_ASSERT_EQUAL(b.list.count, count);
  b.probe = zeroed(count, sizeof(const bo_probe *));
  for (size_t i = 0; i < count; i++) {
    const pe_register *const reg = &b.registers[i % b.register_count];
    const size_t at = i / b.register_count;
    b.probe[i] = probe_find(&b.list, "top.u_array.gen_row[%zu].u_row.gen_pe[%zu].gen_kind.u_pe.%s",
                            at / cols, at % cols, reg->name);
    CU_ASSERT_EQUAL(b.probe[i]->width_bits, reg->width_bits);
  }
  return b;
}

static void free_bench(bench *b) {
  free_model(&b->model);
  bo_array_free(b->array);
  probe_list_free(&b->list);
  free((void *)b->probe);
}

static bool is_equal(const bench *b, uint32_t cycle) {
  const size_t pes = (size_t)b->model.rows * b->model.cols;
  for (size_t i = 0; i < pes * b->register_count; i++) {
    const pe_register *const reg = &b->registers[i % b->register_count];
    int32_t value = 0;
    memcpy(&value, (const char *)&b->model.now[i / b->register_count] + reg->offset, sizeof value);
    const uint64_t expected = (uint32_t)value & (UINT64_MAX >> (64 - reg->width_bits));
    const uint64_t got = bo_probe_read(b->probe[i]);
    if (got != expected) {
      (void)printf("cycle %u, PE %zu, %s: expected %llx, got %llx\n", cycle, i / b->register_count,
                   reg->name, (unsigned long long)expected, (unsigned long long)got);
      return false;
    }
  }
  for (uint32_t c = 0; c < b->model.cols; c++) {
    const pe *const bottom = &b->model.now[(size_t)(b->model.rows - 1) * b->model.cols + c];
    if (bo_array_sums(b->array)[c] !=
        (b->registers == registers_ws ? bottom->psum : bottom->drain)) {
      return false;
    }
  }
  return true;
}

/* How often, in 1 of how many lanes, each token comes. */
typedef struct token_rate {
  uint32_t bit9, bit10;
} token_rate;

static void draw_lanes(dice *d, uint32_t count, token_rate rate, bo_lane *lane) {
  static const bo_lane extreme[] = {0x100, 0x0ff, 0x1ff, 0};
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t kind = roll(d, 0, 7);
    lane[i] = kind < 4 ? extreme[kind] : (bo_lane)roll(d, 0, 511);
    lane[i] = (bo_lane)(lane[i] | (roll(d, 1, rate.bit9) == 1 ? 1 << 9 : 0));
    lane[i] = (bo_lane)(lane[i] | (roll(d, 1, rate.bit10) == 1 ? 1 << 10 : 0));
  }
}

/* Random lanes; with tokens often, seldom and, for longer than the array is deep, never. */
static void run_random(dice *d, bench *b, uint32_t cycles) {
  static const token_rate rates[] = {{2, 2}, {5, 40}, {40, 5}, {UINT32_MAX, UINT32_MAX}, {1, 1}};
  bo_lane row[BO_ARRAY_MAX_SIDE];
  bo_lane col[BO_ARRAY_MAX_SIDE];
  const uint32_t phase_cycles = cycles / 8 + 1;
  token_rate row_rate = {2, 2};
  token_rate col_rate = {2, 2};
  for (uint32_t cycle = 0; cycle < cycles; cycle++) {
    if (cycle % phase_cycles == 0) {
      row_rate = rates[roll(d, 0, 4)];
      col_rate = rates[(cycle / phase_cycles + 1) % 5];
    }
    draw_lanes(d, b->model.rows, row_rate, row);
    draw_lanes(d, b->model.cols, col_rate, col);
    bo_array_tick(b->array, row, col);
    tick_model(&b->model, row, col);
    const bool good = is_equal(b, cycle);
    CU_ASSERT_TRUE(good);
    if (!good) {
      return;
    }
  }
}

static void expect_lockstep(uint32_t number, uint32_t rows, uint32_t cols) {
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    dice d = {number, 0};
    bench b = new_bench(dataflow, rows, cols);
    CU_ASSERT_TRUE(probes_are_zero(&b.list));
    run_random(&d, &b, 8 * (rows + cols + 10));
    free_bench(&b);
  }
}

static void every_register_is_that_of_the_formulas_after_every_edge(void) {
  static const uint32_t size[][2] = {{1, 1},   {1, 2},  {1, 17},  {2, 1},  {17, 1},  {2, 64},
                                     {1, 128}, {3, 65}, {2, 129}, {70, 5}, {256, 1}, {1, 256}};
  for (uint32_t i = 0; i < sizeof size / sizeof size[0]; i++) {
    expect_lockstep(i, size[i][0], size[i][1]);
  }
}

static void arrays_of_any_size_do_the_same(void) {
  for (uint32_t i = 100; i < 140; i++) {
    dice d = {i, 0};
    const uint32_t rows = roll(&d, 1, 12);
    expect_lockstep(i, rows, roll(&d, 1, 20));
  }
}

static void reset_zeroes_every_register_in_the_middle_of_anything(void) {
  for (uint32_t i = 200; i < 230; i++) {
    dice d = {i, 0};
    bench b = new_bench(i % 2, roll(&d, 1, 9), roll(&d, 1, 9));
    run_random(&d, &b, roll(&d, 1, 60));
    bo_array_reset(b.array);
    CU_ASSERT_TRUE(probes_are_zero(&b.list));
    memset(b.model.now, 0, sizeof(pe) * b.model.rows * b.model.cols);
    run_random(&d, &b, 60);
    free_bench(&b);
  }
}

/* --- making --- */

static void expect_refused(uint32_t dataflow, uint32_t rows, uint32_t cols, const char *text) {
  bo_array *array = (bo_array *)&dataflow;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_array_new(&array, dataflow, rows, cols, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(array);
  CU_ASSERT(same_text(diag.text, text));
}

static void a_size_or_dataflow_out_of_range_is_refused_by_name_range_and_value(void) {
  expect_refused(0, 0, 1, "array_rows: expected 1..256, got 0");
  expect_refused(1, 257, 1, "array_rows: expected 1..256, got 257");
  expect_refused(1, 1, 0, "array_cols: expected 1..256, got 0");
  expect_refused(0, 256, 257, "array_cols: expected 1..256, got 257");
  expect_refused(2, 1, 1, "dataflow: expected 0..1, got 2");
}

static void a_visitor_that_fails_ends_the_visit(void) {
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    bo_array *array = new_array(dataflow, 3, 2);
    CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, array));
    bo_array_free(array);
  }
}

static void each_failed_allocation_is_reported(void) {
  for (unsigned k = 0;; k++) {
    bo_array *array = NULL;
    bo_diag diag = {""};
    fail_alloc_arm(k);
    const bo_status status = bo_array_new(&array, 0, 3, 5, &diag);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(k, 2);
      bo_array_free(array);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(array);
    CU_ASSERT(same_text(diag.text, "array of 3x5: out of memory"));
  }
  bo_array_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(every_register_is_that_of_the_formulas_after_every_edge),
    BO_TEST(arrays_of_any_size_do_the_same),
    BO_TEST(reset_zeroes_every_register_in_the_middle_of_anything),
    BO_TEST(a_size_or_dataflow_out_of_range_is_refused_by_name_range_and_value),
    BO_TEST(a_visitor_that_fails_ends_the_visit),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
