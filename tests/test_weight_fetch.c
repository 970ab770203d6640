/*
 * Which codes come, in which cycle: by hand, and for tiles of random networks against words and
 * bits that are looked up one by one.
 */
#include "dice.h"
#include "fail_alloc.h"
#include "mem/weight_fetch.h"
#include "probe_list.h"
#include "random_placement.h"
#include "stored_net.h"
#include "test_suite.h"

#include <stdlib.h>

enum {
  SIDE = 14, /* of the array */
};

static bo_weight_fetch *new_fetch(const bo_weight_sram_config *sram, uint32_t read_words) {
  bo_weight_fetch *fetch = NULL;
  const bo_weight_fetch_config config = {*sram, read_words, SIDE * SIDE};
  CU_ASSERT_EQUAL_FATAL(bo_weight_fetch_new(&fetch, &config, NULL), BO_OK);
  return fetch;
}

static bo_weight_buffer *new_buffer(uint32_t depth) {
  bo_weight_buffer *buffer = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_weight_buffer_new(&buffer, depth, SIDE, NULL), BO_OK);
  return buffer;
}

static bo_status probes_of(const void *fetch, const bo_probe_visitor *visitor) {
  return bo_weight_fetch_probes(fetch, visitor);
}

/* --- registers, by hand --- */

/* Registers in cycle 1, the first one after begin, and those that follow. */
typedef struct cycle_registers {
  uint32_t bank, row, slot, rows, codes;               /* load_*_q */
  uint32_t valid[2], word_bank, word_slot, word_count; /* word_valid_q; word_*_q[1] if it is set */
  uint32_t written;
} cycle_registers;

static uint64_t value(const probe_list *list, const char *name) {
  return bo_probe_read(probe_find(list, "t.u_ctrl.%s", name));
}

static void expect_cycle(const probe_list *list, const bo_weight_buffer *buffer,
                         const cycle_registers *expected) {
  CU_ASSERT_EQUAL(value(list, "load_rows_q"), expected->rows);
  CU_ASSERT_EQUAL(value(list, "load_codes_q"), expected->codes);
  if (expected->rows != 0) {
    CU_ASSERT_EQUAL(value(list, "load_bank_q"), expected->bank);
    CU_ASSERT_EQUAL(value(list, "load_row_q"), expected->row);
    CU_ASSERT_EQUAL(value(list, "load_slot_q"), expected->slot);
  }
  CU_ASSERT_EQUAL(value(list, "word_valid_q[0]"), expected->valid[0]);
  CU_ASSERT_EQUAL(value(list, "word_valid_q[1]"), expected->valid[1]);
  if (expected->valid[1] != 0) {
    CU_ASSERT_EQUAL(value(list, "word_bank_q[1]"), expected->word_bank);
    CU_ASSERT_EQUAL(value(list, "word_slot_q[1]"), expected->word_slot);
    CU_ASSERT_EQUAL(value(list, "word_count_q[1]"), expected->word_count);
  }
  CU_ASSERT_EQUAL(bo_weight_buffer_written(buffer), expected->written);
}

/* Seven 5-bit codes from slot 1 of the last row of bank 0 on, three a word, latency 2. */
static void a_word_is_asked_for_each_cycle_and_in_the_buffer_latency_plus_one_later(void) {
  static const cycle_registers expected[] = {
      {0, 3, 1, 3, 7, {0, 0}, 0, 0, 0, 0}, {1, 0, 0, 2, 5, {1, 0}, 0, 0, 0, 0},
      {1, 1, 0, 1, 2, {1, 1}, 0, 1, 2, 0}, {0, 0, 0, 0, 0, {1, 1}, 1, 0, 3, 2},
      {0, 0, 0, 0, 0, {0, 1}, 1, 0, 2, 5}, {0, 0, 0, 0, 0, {0, 0}, 0, 0, 0, 7},
      {0, 0, 0, 0, 0, {0, 0}, 0, 0, 0, 7},
  };
  static const uint8_t codes[] = {2, 31, 16, 0, 9, 5, 10};
  bo_weight_sram *sram = NULL;
  const bo_weight_sram_config config = {2, 4, 15, 2};
  CU_ASSERT_EQUAL_FATAL(bo_weight_sram_new(&sram, &config, NULL), BO_OK);
  bo_weight_sram_write(sram, 0, 3, 1 | 2 << 5 | 31 << 10);
  bo_weight_sram_write(sram, 1, 0, 16 | 0 << 5 | 9 << 10);
  bo_weight_sram_write(sram, 1, 1, 5 | 10 << 5 | 3 << 10);
  bo_weight_fetch *fetch = new_fetch(&config, 1);
  bo_weight_buffer *buffer = new_buffer(7);
  probe_list list = probe_list_new(probes_of, fetch, "t.u_ctrl");
  bo_weight_fetch_begin(fetch,
                        &(bo_tile_words){.stream_row = 3,
                                         .slot = 1,
                                         .codes_per_row = 3,
                                         .bits = 5,
                                         .is_signed = true,
                                         .k = 7,
                                         .n = 1},
                        sram);
  CU_ASSERT_EQUAL(value(&list, "load_codes_per_row_q"), 3);
  CU_ASSERT_EQUAL(value(&list, "load_bits_q"), 5);
  CU_ASSERT_EQUAL(value(&list, "load_signed_q"), 1);
  for (uint32_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    expect_cycle(&list, buffer, &expected[i]);
    bo_weight_fetch_tick(fetch, sram, buffer);
    bo_weight_sram_tick(sram);
  }
  for (uint32_t i = 0; i < 7; i++) {
    CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, i), codes[i]);
  }
  probe_list_free(&list);
  bo_weight_buffer_free(buffer);
  bo_weight_fetch_free(fetch);
  bo_weight_sram_free(sram);
}

/* Registers of a word on its way; those of a word that is not are not looked at. */
typedef struct pipe_word {
  uint32_t valid, bank, slot, count;
} pipe_word;

static void expect_pipe(const probe_list *list, const pipe_word *expected, uint32_t words) {
  for (uint32_t i = 0; i < words; i++) {
    CU_ASSERT_EQUAL(bo_probe_read(probe_find(list, "c.word_valid_q[%u]", i)), expected[i].valid);
    if (expected[i].valid != 0) {
      CU_ASSERT_EQUAL(bo_probe_read(probe_find(list, "c.word_bank_q[%u]", i)), expected[i].bank);
      CU_ASSERT_EQUAL(bo_probe_read(probe_find(list, "c.word_slot_q[%u]", i)), expected[i].slot);
      CU_ASSERT_EQUAL(bo_probe_read(probe_find(list, "c.word_count_q[%u]", i)), expected[i].count);
    }
  }
}

/* Five codes, two a word, from slot 1 of bank 0 on: banks of one row, 0 and 1, then 2 side by side.
 */
static void words_that_are_read_side_by_side_are_all_in_the_pipe(void) {
  static const pipe_word expected[][4] = {
      {{0}, {0}, {0}, {0}},
      {{1, 0, 1, 1}, {1, 1, 0, 2}, {0}, {0}},
      {{1, 2, 0, 2}, {0}, {1, 0, 1, 1}, {1, 1, 0, 2}},
      {{0}, {0}, {1, 2, 0, 2}, {0}},
      {{0}, {0}, {0}, {0}},
  };
  bo_weight_sram *sram = NULL;
  const bo_weight_sram_config config = {4, 1, 8, 2};
  CU_ASSERT_EQUAL_FATAL(bo_weight_sram_new(&sram, &config, NULL), BO_OK);
  bo_weight_fetch *fetch = new_fetch(&config, 2);
  bo_weight_buffer *buffer = new_buffer(5);
  probe_list list = probe_list_new(probes_of, fetch, "c");
  CU_ASSERT_TRUE(probe_names_are_unique(&list));
  CU_ASSERT_EQUAL(list.count, 8 + 4 * 2 * 2);
  const bo_tile_words words = {.slot = 1, .codes_per_row = 2, .bits = 4, .k = 5, .n = 1};
  bo_weight_fetch_begin(fetch, &words, sram);
  for (uint32_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    expect_pipe(&list, expected[i], 4);
    bo_weight_fetch_tick(fetch, sram, buffer);
    bo_weight_sram_tick(sram);
  }
  probe_list_free(&list);
  bo_weight_buffer_free(buffer);
  bo_weight_fetch_free(fetch);
  bo_weight_sram_free(sram);
}

static void every_register_is_there_once_and_reset_clears_it(void) {
  static const char *const names[] = {"load_bank_q", "load_row_q",   "load_slot_q",
                                      "load_rows_q", "load_codes_q", "load_codes_per_row_q",
                                      "load_bits_q", "load_signed_q"};
  static const char *const pipes[] = {"word_valid_q", "word_bank_q", "word_slot_q", "word_count_q"};
  bo_weight_sram *sram = NULL;
  const bo_weight_sram_config config = {2, 4, 8, 3};
  CU_ASSERT_EQUAL_FATAL(bo_weight_sram_new(&sram, &config, NULL), BO_OK);
  bo_weight_fetch *fetch = new_fetch(&config, 1);
  bo_weight_buffer *buffer = new_buffer(8);
  probe_list list = probe_list_new(probes_of, fetch, "c");
  CU_ASSERT_TRUE(probe_names_are_unique(&list));
  CU_ASSERT_EQUAL(list.count, 8 + 4 * 3);
  for (uint32_t i = 0; i < 8; i++) {
    (void)probe_find(&list, "c.%s", names[i]);
  }
  for (uint32_t i = 0; i < 4 * 3; i++) {
    (void)probe_find(&list, "c.%s[%u]", pipes[i % 4], i / 4);
  }
  const bo_tile_words words = {
      .stream_row = 2, .slot = 1, .codes_per_row = 2, .bits = 4, .is_signed = true, .k = 2, .n = 4};
  for (uint32_t ticks = 0; ticks < 5; ticks++) { /* reset at any time, then all goes well */
    bo_weight_fetch_begin(fetch, &words, sram);
    for (uint32_t i = 0; i < ticks; i++) {
      bo_weight_fetch_tick(fetch, sram, buffer);
      bo_weight_sram_tick(sram);
    }
    CU_ASSERT_EQUAL(bo_probe_read(probe_find(&list, "c.load_bits_q")), 4);
    bo_weight_fetch_reset(fetch);
    CU_ASSERT_TRUE(probes_are_zero(&list));
    bo_weight_sram_reset(sram);
    bo_weight_buffer_reset(buffer);
    bo_weight_fetch_tick(fetch, sram, buffer);
    bo_weight_sram_tick(sram);
    CU_ASSERT_EQUAL(bo_weight_buffer_written(buffer), 0);
  }
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, fetch));
  probe_list_free(&list);
  bo_weight_buffer_free(buffer);
  bo_weight_fetch_free(fetch);
  bo_weight_sram_free(sram);
}

/* --- tiles of random networks --- */

enum {
  MAX_ASKS = 1024,
};

/* When words are asked for: codes of each cycle, from 1 on, in the order of the stream. */
typedef struct asks {
  uint32_t cycles, side_by_side;
  uint32_t codes[MAX_ASKS];
  bo_stream_place before; /* the code asked for last */
} asks;

static bool shares_a_cycle(const stored_net *net, uint64_t row, uint32_t read_words) {
  const bo_bit_place left = bo_placement_bank_row(net->placement, row - 1);
  const bo_bit_place right = bo_placement_bank_row(net->placement, row);
  return left.row == right.row && right.bank == left.bank + 1 && right.bank % read_words != 0;
}

static void ask_for_run(asks *a, const stored_net *net, const net_tile *tile, uint64_t first,
                        uint32_t count, uint32_t read_words) {
  for (uint32_t i = 0; i < count; i++) {
    const bo_stream_place code = bo_placement_stream_place(net->placement, tile->tensor, first + i);
    const bool is_new_row = i == 0 || code.row != a->before.row;
    const bool is_shared = i > 0 && is_new_row && shares_a_cycle(net, code.row, read_words);
    a->side_by_side += is_shared;
    a->cycles += is_new_row && !is_shared;
    a->codes[a->cycles]++;
    a->before = code;
  }
}

static asks expect_asks(const stored_net *net, const net_tile *tile, uint32_t read_words) {
  asks a = {0};
  const bo_tile_words *const words = &tile->words;
  const bool gathers = words->run_stride != 0;
  for (uint32_t run = 0; run < (gathers ? words->n : 1); run++) {
    ask_for_run(&a, net, tile, net->position[tile->tensor][net_tile_element(net, tile, 0, run)],
                gathers ? words->k : words->k * words->n, read_words);
  }
  return a;
}

typedef struct machine {
  bo_weight_sram *sram;
  bo_weight_fetch *fetch;
  bo_weight_buffer *buffer;
  uint32_t latency, read_words;
} machine;

static uint32_t wrong_weights(const machine *m, const stored_net *net, const net_tile *tile,
                              uint32_t k) {
  uint32_t wrong = 0;
  for (uint32_t n = 0; n < tile->words.n; n++) {
    wrong += bo_weight_fetch_weight(m->fetch, m->buffer, n) != net_tile_weight(net, tile, k, n);
  }
  return wrong;
}

/* Rows are taken as soon as they are ready, as the tile control does; all cycles are looked at. */
static void expect_tile(const machine *m, const stored_net *net, const net_tile *tile,
                        const asks *a) {
  const bo_tile_words *const words = &tile->words;
  bo_weight_fetch_begin(m->fetch, words, m->sram);
  bo_weight_buffer_clear(m->buffer);
  uint32_t written = 0;
  uint32_t taken_rows = 0;
  for (uint32_t cycle = 1; cycle <= a->cycles + m->latency + 1 + words->k; cycle++) {
    const uint32_t asked = cycle - m->latency - 1; /* wraps before */
    written += asked <= a->cycles ? a->codes[asked] : 0;
    CU_ASSERT_EQUAL(bo_weight_buffer_written(m->buffer), written);
    const uint32_t needed =
        words->run_stride != 0 ? words->k * words->n : (taken_rows + 1) * words->n;
    const bool takes = taken_rows < words->k && written >= needed;
    if (taken_rows < words->k) {
      CU_ASSERT_EQUAL(bo_weight_fetch_row_ready(m->fetch, m->buffer), takes);
    }
    if (takes) {
      CU_ASSERT_EQUAL(wrong_weights(m, net, tile, taken_rows), 0);
      taken_rows++;
    }
    bo_weight_fetch_tick(m->fetch, m->sram, m->buffer);
    if (takes) {
      bo_weight_buffer_take(m->buffer, words->n);
    }
    bo_weight_sram_tick(m->sram);
  }
  CU_ASSERT_EQUAL(taken_rows, words->k);
}

static machine new_machine(dice *d, const stored_net *net, uint32_t read_words) {
  const uint32_t latency = roll(d, 1, 8);
  const bo_weight_sram_config config = {net->banks, net->bank_rows,
                                        net->drawn.config.bank_width_bits, latency};
  bo_weight_sram *sram = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_weight_sram_new(&sram, &config, NULL), BO_OK);
  stored_net_fill(net, sram);
  return (machine){sram, new_fetch(&config, read_words), new_buffer(SIDE * SIDE), latency,
                   read_words};
}

static void free_machine(machine *m) {
  bo_weight_sram_free(m->sram);
  bo_weight_fetch_free(m->fetch);
  bo_weight_buffer_free(m->buffer);
}

/* Words that are read side by side: interleave is a multiple of read_words, banks of interleave. */
static random_case draw_case(dice *d, uint32_t read_words) {
  random_case drawn = random_case_draw(d, SIDE);
  drawn.config.rotate = false; /* words are in the order of the codes */
  drawn.config.interleave = read_words * roll(d, 1, 2);
  drawn.config.banks = drawn.config.interleave * roll(d, 0, 3);
  drawn.config.bank_rows = roll(d, 1, 6);
  return drawn;
}

typedef struct seen {
  uint32_t gathered, side_by_side, wrapped;
} seen;

static void run_case(uint32_t number, seen *s) {
  static const uint32_t read_words_of[] = {1, 2, 4};
  dice d = {number, 0};
  const uint32_t read_words = read_words_of[number % 3];
  const random_case drawn = draw_case(&d, read_words);
  stored_net net = stored_net_new(&d, &drawn);
  machine m = new_machine(&d, &net, read_words);
  s->wrapped += bo_placement_passes(net.placement) > 1;
  for (uint32_t i = 0; i < 12; i++) {
    const net_tile tile = net_tile_draw(&d, &net, SIDE, SIDE);
    const asks a = expect_asks(&net, &tile, read_words);
    s->gathered += tile.words.run_stride != 0;
    s->side_by_side += a.side_by_side;
    expect_tile(&m, &net, &tile, &a);
  }
  free_machine(&m);
  stored_net_free(&net);
}

static void tiles_of_random_networks_come_in_their_cycles_as_their_cells_read(void) {
  seen s = {0, 0, 0};
  for (uint32_t i = 0; i < 300; i++) {
    run_case(i, &s);
  }
  CU_ASSERT_TRUE(s.gathered > 1000);
  CU_ASSERT_TRUE(s.side_by_side > 1000);
  CU_ASSERT_TRUE(s.wrapped > 100);
}

static void a_failed_allocation_is_reported(void) {
  bo_weight_fetch *fetch = (bo_weight_fetch *)&fetch;
  const bo_weight_fetch_config config = {{3, 4, 64, 8}, 256, 9};
  bo_diag diag = {""};
  fail_alloc_arm(0);
  CU_ASSERT_EQUAL(bo_weight_fetch_new(&fetch, &config, &diag), BO_E_NOMEM);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  CU_ASSERT_PTR_NULL(fetch);
  CU_ASSERT(same_text(diag.text, "weight fetch: out of memory"));
  fail_alloc_arm(1);
  CU_ASSERT_EQUAL(bo_weight_fetch_new(&fetch, &config, &diag), BO_OK);
  CU_ASSERT_FALSE(fail_alloc_disarm());
  bo_weight_fetch_free(fetch);
  bo_weight_fetch_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_word_is_asked_for_each_cycle_and_in_the_buffer_latency_plus_one_later),
    BO_TEST(words_that_are_read_side_by_side_are_all_in_the_pipe),
    BO_TEST(every_register_is_there_once_and_reset_clears_it),
    BO_TEST(tiles_of_random_networks_come_in_their_cycles_as_their_cells_read),
    BO_TEST(a_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
