/* SCALE-Sim's counts: against what it printed, hand counts, and its schedule run cycle by cycle. */
#include "accel/scalesim.h"
#include "base/rng.h"
#include "test_suite.h"

#include <inttypes.h>
#include <stdio.h>

static bool equal(const char *what, uint64_t got, uint64_t expected) {
  if (got != expected) {
    (void)printf("%s: got %" PRIu64 ", expected %" PRIu64 "\n", what, got, expected);
  }
  return got == expected;
}

#define EXPECT(counts, member, expected)                                                           \
  CU_ASSERT(equal(#member, (counts).member, (uint64_t)(expected)))

static bo_scalesim_counts count(bo_scalesim_dataflow dataflow, uint32_t side, uint64_t m,
                                uint64_t k, uint64_t n) {
  const bo_scalesim_array array = {.dataflow = dataflow, .rows = side, .cols = side};
  const bo_scalesim_product product = {.m = m, .k = k, .n = n};
  bo_scalesim_counts counts;
  bo_scalesim_count(&array, &product, 1, &counts);
  return counts;
}

/* --- numbers that SCALE-Sim printed ---------------------------------------------------------- */

static void one_mac_takes_the_time_of_the_whole_array(void) {
  EXPECT(count(BO_SCALESIM_WS, 32, 1, 1, 1), total_cycles, 94); /* 2 * 32 + 32 + 1 - 2 = 95 */
  EXPECT(count(BO_SCALESIM_WS, 32, 1, 1, 1), cycles, 95);
  EXPECT(count(BO_SCALESIM_IS, 32, 1, 1, 1), total_cycles, 94);
  EXPECT(count(BO_SCALESIM_OS, 32, 1, 1, 1), total_cycles, 62);
  EXPECT(count(BO_SCALESIM_OS, 1, 1, 1, 1), total_cycles, 0);
}

static void four_by_four_output_stationary_prints_9_where_the_paper_says_10(void) {
  EXPECT(count(BO_SCALESIM_OS, 4, 4, 4, 4), total_cycles, 9);
  EXPECT(count(BO_SCALESIM_OS, 4, 4, 4, 4), cycles, 10);
  EXPECT(count(BO_SCALESIM_OS, 4, 4, 8, 4), total_cycles, 13);
}

static void resnet_18_takes_the_cycles_that_were_measured(void) {
  /* Conv2_1a: 54 x 54 places, 3 x 3 x 64, 64 filters. 36 folds of 3,010. */
  EXPECT(count(BO_SCALESIM_WS, 32, 54UL * 54, 576, 64), cycles, 108360);
  EXPECT(count(BO_SCALESIM_WS, 32, 54UL * 54, 576, 64), macs, 107495424);
  /* Conv5_1b: 25 places, 144 x 16 folds of 119. */
  EXPECT(count(BO_SCALESIM_WS, 32, 25, 4608, 512), cycles, 144 * 16 * 119);
}

static void tpu_examples_take_the_published_cycles(void) {
  EXPECT(count(BO_SCALESIM_WS, 128, 128, 128, 128), total_cycles, 509);
  EXPECT(count(BO_SCALESIM_WS, 128, 256, 256, 256), total_cycles, 2551);
  EXPECT(count(BO_SCALESIM_WS, 128, 512, 512, 512), total_cycles, 14303);
  EXPECT(count(BO_SCALESIM_WS, 128, 128, 256, 512), total_cycles, 4079);
}

static void the_quirk_writes_r_plus_c_a_fold_and_only_output_stationary(void) {
  bo_scalesim_array array = {.dataflow = BO_SCALESIM_OS, .rows = 32, .cols = 32};
  const bo_scalesim_product g8 = {.m = 196, .k = 576, .n = 256};
  bo_scalesim_counts real;
  bo_scalesim_counts printed;
  bo_scalesim_count(&array, &g8, 1, &real);
  array.os_ofmap_quirk = true;
  bo_scalesim_count(&array, &g8, 1, &printed);
  EXPECT(real, sram_ofmap_writes, 50176);
  EXPECT(printed, sram_ofmap_writes, 53760);
  CU_ASSERT_EQUAL(real.cycles, printed.cycles);
  array.dataflow = BO_SCALESIM_WS;
  bo_scalesim_count(&array, &g8, 1, &printed);
  EXPECT(printed, sram_ofmap_writes, 18UL * 196 * 256);
}

/* --- by hand: 3 x 5 x 7 on 4 rows and 2 columns ---------------------------------------------- */

static void a_small_product_is_what_hand_counting_gives(void) {
  bo_scalesim_array array = {.dataflow = BO_SCALESIM_WS, .rows = 4, .cols = 2};
  const bo_scalesim_product product = {.m = 3, .k = 5, .n = 7};
  bo_scalesim_counts counts;
  bo_scalesim_count(&array, &product, 1, &counts);
  EXPECT(counts, cycles, 2 * 4 * 11); /* 2 x 4 folds of 8 + 2 + 3 - 2 */
  EXPECT(counts, total_cycles, 87);
  EXPECT(counts, sram_ifmap_reads, 5 * 3 * 4);
  EXPECT(counts, sram_filter_reads, 35);
  EXPECT(counts, sram_ofmap_writes, 2 * 3 * 7);
  array.dataflow = BO_SCALESIM_IS;
  bo_scalesim_count(&array, &product, 1, &counts);
  EXPECT(counts, cycles, 2 * 2 * 15);
  EXPECT(counts, sram_ifmap_reads, 15);
  EXPECT(counts, sram_filter_reads, 5 * 7 * 2);
  EXPECT(counts, sram_ofmap_writes, 2 * 7 * 3);
  array.dataflow = BO_SCALESIM_OS;
  bo_scalesim_count(&array, &product, 1, &counts);
  EXPECT(counts, cycles, 1 * 4 * 9); /* 4 + 2 + 5 - 2 */
  EXPECT(counts, sram_ifmap_reads, 3 * 5 * 4);
  EXPECT(counts, sram_filter_reads, 7 * 5 * 1);
  EXPECT(counts, sram_ofmap_writes, 21);
  EXPECT(counts, macs, 105);
}

static void repeats_are_layers_of_their_own(void) {
  const bo_scalesim_array array = {.dataflow = BO_SCALESIM_WS, .rows = 4, .cols = 2};
  const bo_scalesim_product product = {.m = 3, .k = 5, .n = 7};
  bo_scalesim_counts counts;
  bo_scalesim_count(&array, &product, 3, &counts);
  EXPECT(counts, cycles, 3 * 88);
  EXPECT(counts, total_cycles, 3 * 87);
  EXPECT(counts, sram_ifmap_reads, 3 * 60);
  EXPECT(counts, sram_filter_reads, 3 * 35);
  EXPECT(counts, sram_ofmap_writes, 3 * 42);
  EXPECT(counts, macs, 315);
}

static void a_sum_adds_each_count_and_stops_at_the_largest(void) {
  bo_scalesim_counts sum = {1, 2, 3, 4, 5, 6};
  const bo_scalesim_counts one = {10, 20, 30, 40, 50, UINT64_MAX - 5};
  bo_scalesim_add(&sum, &one);
  EXPECT(sum, cycles, 11);
  EXPECT(sum, total_cycles, 22);
  EXPECT(sum, sram_ifmap_reads, 33);
  EXPECT(sum, sram_filter_reads, 44);
  EXPECT(sum, sram_ofmap_writes, 55);
  EXPECT(sum, macs, UINT64_MAX);
}

static void counts_beyond_64_bits_stop_at_the_largest(void) {
  for (int d = 0; d < BO_SCALESIM_DATAFLOWS; d++) {
    const bo_scalesim_counts counts =
        count((bo_scalesim_dataflow)d, 1, UINT64_MAX, UINT64_MAX, UINT64_MAX);
    EXPECT(counts, cycles, UINT64_MAX);
    EXPECT(counts, sram_ifmap_reads, UINT64_MAX);
    EXPECT(counts, sram_filter_reads, UINT64_MAX);
    EXPECT(counts, sram_ofmap_writes, UINT64_MAX);
    EXPECT(counts, macs, UINT64_MAX);
  }
}

/* --- the schedule of its demand matrices, cycle by cycle ------------------------------------- */

/* Words at each port, and the operands that met: proves that the schedule computes the product. */
typedef struct demand {
  uint64_t cycles;
  uint64_t row_reads;  /* of what streams along the rows */
  uint64_t load_reads; /* of what stays (ws, is) or streams along the columns (os) */
  uint64_t writes;
  uint64_t macs;
} demand;

typedef struct fold {
  uint32_t rows, cols;           /* of the array */
  uint64_t used_rows, used_cols; /* of this fold */
  uint64_t streams;
} fold;

static bool within(uint64_t cycle, uint64_t first, uint64_t count_of) {
  return cycle >= first && cycle - first < count_of;
}

/* A cycle of a ws or is fold. False: nothing happens in it or after it, at any port used or not. */
static bool stationary_cycle(const fold *f, uint64_t cycle, demand *sum) {
  bool busy = false;
  if (cycle < f->rows) { /* rows enter from above, the lowest first */
    busy = true;
    sum->load_reads += f->rows - 1 - cycle < f->used_rows ? f->used_cols : 0;
  }
  for (uint64_t r = 0; r < f->rows; r++) {
    const bool reads = within(cycle, f->rows + r, f->streams);
    busy |= reads;
    sum->row_reads += reads && r < f->used_rows;
    /* The word that entered row r goes right, one column a cycle. */
    for (uint64_t c = 0; c < f->used_cols && r < f->used_rows; c++) {
      sum->macs += within(cycle, f->rows + r + c, f->streams);
    }
  }
  for (uint64_t c = 0; c < f->cols; c++) {
    const bool writes = within(cycle, 2UL * f->rows - 1 + c, f->streams);
    busy |= writes;
    sum->writes += writes && c < f->used_cols;
  }
  return busy;
}

static bool output_stationary_cycle(const fold *f, uint64_t cycle, demand *sum) {
  bool busy = false;
  for (uint64_t r = 0; r < f->rows; r++) {
    const bool reads = within(cycle, r, f->streams);
    busy |= reads;
    sum->row_reads += reads && r < f->used_rows;
    for (uint64_t c = 0; c < f->cols; c++) {
      const bool used = r < f->used_rows && c < f->used_cols;
      sum->macs += used && within(cycle, r + c, f->streams);
      /* The array is flipped for the drain: the lowest row goes out first, from cycle T - 1 on. */
      const bool writes = cycle == f->streams - 1 + (f->rows - 1 - r) + c;
      busy |= writes;
      sum->writes += writes && used;
    }
  }
  for (uint64_t c = 0; c < f->cols; c++) {
    const bool reads = within(cycle, c, f->streams);
    busy |= reads;
    sum->load_reads += reads && c < f->used_cols;
  }
  return busy;
}

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static demand simulate(bo_scalesim_dataflow dataflow, uint32_t rows, uint32_t cols,
                       const uint64_t size[3]) { /* Sr, Sc, T */
  demand sum = {0};
  for (uint64_t r = 0; r < size[0]; r += rows) {
    for (uint64_t c = 0; c < size[1]; c += cols) {
      const fold f = {rows, cols, smaller(rows, size[0] - r), smaller(cols, size[1] - c), size[2]};
      uint64_t cycle = 0;
      while (dataflow == BO_SCALESIM_OS ? output_stationary_cycle(&f, cycle, &sum)
                                        : stationary_cycle(&f, cycle, &sum)) {
        cycle++;
      }
      sum.cycles += cycle;
    }
  }
  return sum;
}

static void compare(bo_scalesim_dataflow dataflow, uint32_t rows, uint32_t cols, uint64_t m,
                    uint64_t k, uint64_t n) {
  const bo_scalesim_array array = {.dataflow = dataflow, .rows = rows, .cols = cols};
  const bo_scalesim_product product = {.m = m, .k = k, .n = n};
  const uint64_t sizes[BO_SCALESIM_DATAFLOWS][3] = {
      [BO_SCALESIM_WS] = {k, n, m}, [BO_SCALESIM_OS] = {m, n, k}, [BO_SCALESIM_IS] = {k, m, n}};
  const demand expected = simulate(dataflow, rows, cols, sizes[dataflow]);
  bo_scalesim_counts got;
  bo_scalesim_count(&array, &product, 1, &got);
  EXPECT(got, cycles, expected.cycles);
  EXPECT(got, macs, expected.macs);
  EXPECT(got, sram_ofmap_writes, expected.writes);
  const bool ifmap_stays = dataflow == BO_SCALESIM_IS;
  EXPECT(got, sram_ifmap_reads, ifmap_stays ? expected.load_reads : expected.row_reads);
  EXPECT(got, sram_filter_reads, ifmap_stays ? expected.row_reads : expected.load_reads);
}

static void the_closed_form_is_the_schedule_run_cycle_by_cycle(void) {
  unsigned ragged = 0;
  for (uint32_t i = 0; i < 600; i++) {
    uint32_t draw[5]; /* rows, columns 1 … 6; m, k, n 1 … 16 */
    for (uint32_t d = 0; d < 5; d++) {
      const uint32_t counter[3] = {i, d, 0};
      draw[d] = 1 + bo_rng_draw(17, BO_RNG_TEST, counter).word[0] % (d < 2 ? 6 : 16);
    }
    for (int d = 0; d < BO_SCALESIM_DATAFLOWS; d++) {
      compare((bo_scalesim_dataflow)d, draw[0], draw[1], draw[2], draw[3], draw[4]);
    }
    ragged +=
        draw[3] > draw[0] && draw[3] % draw[0] != 0 && draw[4] > draw[1] && draw[4] % draw[1] != 0;
  }
  CU_ASSERT(ragged > 50); /* several folds both ways, the last ones not full */
}

CU_TestInfo suite_tests[] = {
    BO_TEST(one_mac_takes_the_time_of_the_whole_array),
    BO_TEST(four_by_four_output_stationary_prints_9_where_the_paper_says_10),
    BO_TEST(resnet_18_takes_the_cycles_that_were_measured),
    BO_TEST(tpu_examples_take_the_published_cycles),
    BO_TEST(the_quirk_writes_r_plus_c_a_fold_and_only_output_stationary),
    BO_TEST(a_small_product_is_what_hand_counting_gives),
    BO_TEST(repeats_are_layers_of_their_own),
    BO_TEST(a_sum_adds_each_count_and_stops_at_the_largest),
    BO_TEST(counts_beyond_64_bits_stop_at_the_largest),
    BO_TEST(the_closed_form_is_the_schedule_run_cycle_by_cycle),
    CU_TEST_INFO_NULL,
};
