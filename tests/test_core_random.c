/*
 * Random sequences of tiles with weights that the host wrote, one word a cycle as in the RTL: every
 * cycle is known from the formulas.
 */
#include "accel/core.h"
#include "core_bench.h"
#include "dice.h"
#include "probe_list.h"
#include "test_suite.h"

static bo_core *new_core(const bo_core_config *config) {
  bo_core *core = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_core_new(&core, config, NULL), BO_OK);
  return core;
}

enum {
  BANK_ROWS = BENCH_TILES * BENCH_SIDE * BENCH_SIDE, /* no tile lies over another in one bank */
  MAX_BANKS = 3,
};

static bo_core_config draw_config(dice *d) {
  return (bo_core_config){
      .rows = roll(d, 1, BENCH_SIDE),
      .cols = roll(d, 1, BENCH_SIDE),
      .accumulator_depth = roll(d, 1, BENCH_DEPTH),
      .weight_banks = roll(d, 1, MAX_BANKS),
      .bank_rows = BANK_ROWS,
      .bank_width_bits = roll(d, 8, 64),
      .read_latency_cycles = roll(d, 1, 8),
      .read_words = 1,
  };
}

/* With faults: a code is what the faulty word holds in its slot. */
typedef struct host {
  bo_weight_sram *sram;
  const bo_core_config *config;
  uint32_t next_row; /* of the SRAM, for the next tile */
  bool has_faults;
} host;

/* Writes a random word into a row of the SRAM, rows counted over all banks; returns its read. */
static uint64_t write_row(dice *d, const host *h, bo_fault_word fault[], uint32_t sram_row) {
  const uint64_t word = roll_word(d);
  bo_weight_sram_write(h->sram, sram_row / h->config->bank_rows, sram_row % h->config->bank_rows,
                       word);
  return bo_fault_word_read(fault[sram_row], word);
}

static int32_t decode(uint64_t word, uint32_t slot, const bo_tile_words *words) {
  const int32_t codes = 1 << words->bits;
  const int32_t code = (int32_t)(word >> (slot * words->bits)) & (codes - 1);
  return words->is_signed && code >= codes / 2 ? code - codes : code;
}

/* From accepting a tile to its start, if no other streams: P of tile_ctrl.h. */
static uint32_t load_cycles(const bo_core_config *config, const bo_tile_words *words) {
  const uint32_t g = words->codes_per_row;
  const uint32_t o = words->slot;
  const uint32_t first_row = (o + words->n - 1) / g + words->k;
  const uint32_t last_row = (o + words->k * words->n - 1) / g + 1;
  const uint32_t codes =
      config->read_latency_cycles + 2 + (first_row > last_row ? first_row : last_row);
  return codes > config->rows + 1 ? codes : config->rows + 1;
}

static void draw_tile(dice *d, host *h, bo_fault_word fault[], bench_tile *tile) {
  const bo_core_config *const config = h->config;
  bo_tile_words *const words = &tile->tile.words;
  const uint32_t sram_rows = config->weight_banks * config->bank_rows;
  *words = (bo_tile_words){
      .stream_row = h->next_row,
      .bits = roll(d, 1, 8),
      .is_signed = roll(d, 0, 1) == 1,
      .k = roll(d, 1, config->rows),
      .n = roll(d, 1, config->cols),
  };
  words->codes_per_row = config->bank_width_bits / words->bits;
  words->slot = roll(d, 0, words->codes_per_row - 1);
  uint64_t word = write_row(d, h, fault, h->next_row);
  uint32_t slot = words->slot;
  for (uint32_t i = 0; i < words->k * words->n; i++) {
    if (slot == words->codes_per_row) {
      h->next_row = (h->next_row + 1) % sram_rows;
      word = write_row(d, h, fault, h->next_row);
      slot = 0;
    }
    tile->weight[i / words->n][i % words->n] = decode(word, slot++, words);
  }
  h->next_row = (h->next_row + 1) % sram_rows;
  bench_tile_draw(d, config, tile);
  tile->load_cycles = load_cycles(config, words);
}

static void draw_faults(dice *d, const host *h, bo_fault_word fault[]) {
  for (uint32_t row = 0; row < MAX_BANKS * BANK_ROWS; row++) {
    fault[row] = (bo_fault_word){UINT64_MAX, 0, 0};
    if (h->has_faults) {
      fault[row] = (bo_fault_word){~roll_few_bits(d), roll_few_bits(d), roll_few_bits(d)};
    }
  }
  for (uint32_t bank = 0; bank < h->config->weight_banks; bank++) {
    bo_weight_sram_set_faults(h->sram, bank, fault + (size_t)bank * h->config->bank_rows);
  }
}

/* Draws the tiles of a run and writes their words. @p idle: some are offered late. */
static void draw_run(dice *d, bo_core *core, bool has_faults, bool idle, bench_run *run) {
  bo_fault_word fault[MAX_BANKS * BANK_ROWS];
  host h = {.sram = bo_core_weights(core), .config = &run->config, .has_faults = has_faults};
  h.next_row =
      roll(d, 1, run->config.weight_banks) * BANK_ROWS - roll(d, 1, 100); /* crosses banks */
  draw_faults(d, &h, fault);
  run->tiles = roll(d, 1, BENCH_TILES);
  uint32_t offered = 0;
  for (uint32_t i = 0; i < run->tiles; i++) {
    draw_tile(d, &h, fault, &run->tile[i]);
    offered += idle ? roll(d, 0, 60) : 0;
    run->tile[i].offered = offered;
  }
}

/* Of the random runs: tiles that started late, for loading took longer, and early ones. */
typedef struct seen {
  uint32_t bound_by_load, bound_by_stream;
} seen;

static void expect_random_run(uint32_t number, bool has_faults, bool idle, seen *s) {
  dice d = {number, 0};
  bench_run run = {.config = draw_config(&d)};
  bo_core *core = new_core(&run.config);
  draw_run(&d, core, has_faults, idle, &run);
  CU_ASSERT_EQUAL(bench_differences(core, &run), 0);
  for (uint32_t i = 1; i < run.tiles; i++) {
    const bool by_load = run.tile[i].load_cycles > run.tile[i - 1].tile.m;
    s->bound_by_load += by_load;
    s->bound_by_stream += !by_load;
    if (!idle) { /* the formula of the contract itself */
      CU_ASSERT_EQUAL(bench_started(&run, i) - bench_started(&run, i - 1),
                      by_load ? run.tile[i].load_cycles : run.tile[i - 1].tile.m);
    }
  }
  bo_core_free(core);
}

static void tiles_offered_at_once_start_and_give_their_sums_in_their_cycles(void) {
  seen s = {0, 0};
  for (uint32_t i = 0; i < 300; i++) {
    expect_random_run(i, false, false, &s);
  }
  CU_ASSERT_TRUE(s.bound_by_load > 100 && s.bound_by_stream > 30);
}

static void tiles_offered_at_any_time_with_faults_do_so_too(void) {
  seen s = {0, 0};
  for (uint32_t i = 1000; i < 1200; i++) {
    expect_random_run(i, true, true, &s);
  }
}

/* K-tiles of one N-tile, one after the other onto the same sums. */
static void a_chain_of_k_tiles_is_the_product_over_all_of_k(void) {
  for (uint32_t number = 2000; number < 2100; number++) {
    dice d = {number, 0};
    bench_run run = {.config = draw_config(&d)};
    bo_core *core = new_core(&run.config);
    draw_run(&d, core, false, number % 2 == 0, &run);
    for (uint32_t i = 0; i < run.tiles; i++) {
      run.tile[i].tile.m = run.tile[0].tile.m;
      run.tile[i].tile.accumulate = i > 0;
      run.tile[i].tile.last = i == run.tiles - 1;
    }
    CU_ASSERT_EQUAL(bench_differences(core, &run), 0);
    int32_t product = 0; /* of the last vector, last column: stays in sum_q */
    for (uint32_t i = 0; i < run.tiles; i++) {
      product += bench_product(&run.tile[i], run.tile[0].tile.m - 1, run.config.cols - 1);
    }
    int32_t sum = 0;
    (void)bo_core_sum(core, run.config.cols - 1, &sum);
    CU_ASSERT_EQUAL(sum, product);
    bo_core_free(core);
  }
}

static bo_status registers_of(const void *core, const bo_probe_visitor *visitor) {
  return bo_core_probes(core, visitor, false);
}

static void reset_clears_every_register_at_any_time_and_leaves_the_memories(void) {
  for (uint32_t number = 3000; number < 3060; number++) {
    dice d = {number, 0};
    bench_run run = {.config = draw_config(&d)};
    bo_core *core = new_core(&run.config);
    draw_run(&d, core, true, false, &run);
    probe_list list = probe_list_new(registers_of, core, "bo_core");
    const uint8_t act[BENCH_SIDE] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    const uint32_t cycles = roll(&d, 0, 80);
    for (uint32_t cycle = 0; cycle < cycles; cycle++) {
      const bo_core_in in = {&run.tile[0].tile, act, 0, run.tile[0].weight_zero};
      bo_core_tick(core, &in);
    }
    bo_core_reset(core);
    CU_ASSERT_TRUE(probes_are_zero(&list));
    CU_ASSERT_EQUAL(bench_differences(core, &run), 0);
    probe_list_free(&list);
    bo_core_free(core);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(tiles_offered_at_once_start_and_give_their_sums_in_their_cycles),
    BO_TEST(tiles_offered_at_any_time_with_faults_do_so_too),
    BO_TEST(a_chain_of_k_tiles_is_the_product_over_all_of_k),
    BO_TEST(reset_clears_every_register_at_any_time_and_leaves_the_memories),
    CU_TEST_INFO_NULL,
};
