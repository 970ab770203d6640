/*
 * The core with the weights of a network where its placement has them: words read side by side, and
 * tiles that are gathered. Every cycle is known from the formulas.
 */
#include "accel/core.h"
#include "core_bench.h"
#include "dice.h"
#include "random_placement.h"
#include "stored_net.h"
#include "test_suite.h"

static uint32_t larger(uint32_t a, uint32_t b) {
  return a > b ? a : b;
}

/* Codes that lie before a code in its group, and the number of its group, of words read at once. */
typedef struct group_place {
  uint64_t group;
  uint32_t offset;
} group_place;

static group_place place_in_group(const stored_net *net, const net_tile *tile, uint64_t position,
                                  uint32_t read_words) {
  const bo_stream_place at = bo_placement_stream_place(net->placement, tile->tensor, position);
  const uint64_t row = net->drawn.config.start_row + at.row;
  return (group_place){row / read_words,
                       (uint32_t)(row % read_words) * tile->words.codes_per_row + at.slot};
}

/* P with G codes a group, the first code of the tile at o in its one. */
static uint32_t in_order_cycles(const stored_net *net, const net_tile *tile,
                                const bo_core_config *config) {
  const uint32_t g = tile->words.codes_per_row * config->read_words;
  const uint64_t first = net->position[tile->tensor][net_tile_element(net, tile, 0, 0)];
  const uint32_t o = place_in_group(net, tile, first, config->read_words).offset;
  const uint32_t k = tile->words.k;
  const uint32_t n = tile->words.n;
  const uint32_t codes = larger((o + n - 1) / g + k, (o + k * n - 1) / g + 1);
  return larger(config->rows + 1, config->read_latency_cycles + 2 + codes);
}

/* All groups of all runs first, one a cycle, then k shifts. */
static uint32_t gathered_cycles(const stored_net *net, const net_tile *tile,
                                const bo_core_config *config) {
  uint64_t groups = 0;
  for (uint32_t n = 0; n < tile->words.n; n++) {
    const uint64_t first = net->position[tile->tensor][net_tile_element(net, tile, 0, n)];
    const uint64_t last = first + tile->words.k - 1;
    groups += place_in_group(net, tile, last, config->read_words).group -
              place_in_group(net, tile, first, config->read_words).group + 1;
  }
  const uint32_t shifts = config->read_latency_cycles + 1 + (uint32_t)groups + tile->words.k;
  return larger(config->rows + 1, shifts);
}

/* The core has as many columns as the placement takes for a tile. */
static bo_core_config draw_config(dice *d, const stored_net *net, uint32_t read_words) {
  return (bo_core_config){
      .rows = roll(d, 1, BENCH_SIDE),
      .cols = net->drawn.config.tile_cols,
      .accumulator_depth = roll(d, 1, BENCH_DEPTH),
      .weight_banks = net->banks,
      .bank_rows = net->bank_rows,
      .bank_width_bits = net->drawn.config.bank_width_bits,
      .read_latency_cycles = roll(d, 1, 8),
      .read_words = read_words,
  };
}

static void draw_tile(dice *d, const stored_net *net, const bo_core_config *config,
                      bench_tile *tile) {
  const net_tile placed = net_tile_draw(d, net, config->rows, config->cols);
  tile->tile.words = placed.words;
  for (uint32_t k = 0; k < placed.words.k; k++) {
    for (uint32_t n = 0; n < placed.words.n; n++) {
      tile->weight[k][n] = net_tile_weight(net, &placed, k, n);
    }
  }
  bench_tile_draw(d, config, tile);
  tile->load_cycles = placed.words.run_stride != 0 ? gathered_cycles(net, &placed, config)
                                                   : in_order_cycles(net, &placed, config);
}

static random_case draw_case(dice *d, bo_placement_policy policy, uint32_t read_words) {
  random_case drawn = random_case_draw(d, 30);
  drawn.config.rotate = false; /* words are in the order of the codes */
  drawn.config.policy = policy;
  drawn.config.interleave = read_words * roll(d, 1, 2);
  drawn.config.banks = drawn.config.interleave * roll(d, 0, 3);
  drawn.config.start_row = roll(d, 0, drawn.config.bank_rows - 1); /* < rows of the SRAM */
  return drawn;
}

/* Runs tiles of a random network; true if the network is larger than the SRAM. */
static bool expect_run(uint32_t number, bo_placement_policy policy, uint32_t read_words) {
  dice d = {number, 0};
  const random_case drawn = draw_case(&d, policy, read_words);
  stored_net net = stored_net_new(&d, &drawn);
  bench_run run = {.config = draw_config(&d, &net, read_words), .tiles = BENCH_TILES};
  bo_core *core = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_core_new(&core, &run.config, NULL), BO_OK);
  stored_net_fill(&net, bo_core_weights(core));
  for (uint32_t i = 0; i < run.tiles; i++) {
    draw_tile(&d, &net, &run.config, &run.tile[i]);
  }
  CU_ASSERT_EQUAL(bench_differences(core, &run), 0);
  const bool wraps = bo_placement_passes(net.placement) > 1;
  bo_core_free(core);
  stored_net_free(&net);
  return wraps;
}

static void expect_runs(uint32_t first, bo_placement_policy policy) {
  static const uint32_t read_words[] = {1, 2, 4};
  uint32_t wrapped = 0;
  for (uint32_t i = 0; i < 150; i++) {
    wrapped += expect_run(first + i, policy, read_words[i % 3]);
  }
  CU_ASSERT_TRUE(wrapped > 30);
}

static void tiles_in_the_order_of_the_array_load_by_groups_of_words(void) {
  expect_runs(0, BO_PLACEMENT_TILE);
}

static void gathered_tiles_load_all_words_and_then_shift(void) {
  expect_runs(1000, BO_PLACEMENT_LINEAR);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(tiles_in_the_order_of_the_array_load_by_groups_of_words),
    BO_TEST(gathered_tiles_load_all_words_and_then_shift),
    CU_TEST_INFO_NULL,
};
