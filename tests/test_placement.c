/* Where each weight bit lies: by hand, against loops over the tiles, both ways, in every pass. */
#include "fail_alloc.h"
#include "mem/placement.h"
#include "random_placement.h"
#include "test_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const bo_placement_config small = {
    .policy = BO_PLACEMENT_LINEAR,
    .tile_cols = 2,
    .banks = 2,
    .bank_rows = 3,
    .bank_width_bits = 16,
};

static bo_placement *place(const bo_placement_config *config, const bo_weight_shape *shape,
                           uint32_t tensors) {
  bo_placement *placement = NULL;
  bo_diag diag = {""};
  const bo_status status = bo_placement_new(&placement, config, shape, tensors, &diag);
  if (status != BO_OK) {
    (void)printf("%s\n", diag.text);
  }
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  return placement;
}

static void expect_place(const bo_placement *placement, uint32_t tensor, uint64_t element,
                         uint32_t bit, bo_bit_place expected) {
  const bo_bit_place got = bo_placement_locate(placement, (bo_weight_bit){tensor, bit, element});
  CU_ASSERT_EQUAL(got.bank, expected.bank);
  CU_ASSERT_EQUAL(got.row, expected.row);
  CU_ASSERT_EQUAL(got.column, expected.column);
}

/* 16-bit rows hold three 5-bit codes and leave column 15 free. */
static void codes_fill_columns_then_rows_then_banks(void) {
  const bo_weight_shape shape[] = {{1, 2, 2, 5}, {1, 1, 3, 8}, {1, 2, 3, 5}};
  bo_placement *placement = place(&small, shape, 3);
  expect_place(placement, 0, 0, 0, (bo_bit_place){0, 0, 0});
  expect_place(placement, 0, 2, 4, (bo_bit_place){0, 0, 14});
  expect_place(placement, 0, 3, 1, (bo_bit_place){0, 1, 1});
  expect_place(placement, 1, 0, 7, (bo_bit_place){0, 2, 7}); /* a tensor starts in a new row */
  expect_place(placement, 1, 1, 0, (bo_bit_place){0, 2, 8});
  expect_place(placement, 1, 2, 0, (bo_bit_place){1, 0, 0});
  expect_place(placement, 2, 5, 0, (bo_bit_place){1, 2, 10});
  CU_ASSERT_EQUAL(bo_placement_passes(placement), 1); /* 6 rows of 6 */
  CU_ASSERT_EQUAL(bo_placement_banks(placement), 2);
  bo_weight_bit held;
  CU_ASSERT_FALSE(bo_placement_resident(placement, (bo_bit_place){0, 0, 15}, 0, &held));
  CU_ASSERT_FALSE(bo_placement_resident(placement, (bo_bit_place){0, 1, 5}, 0, &held));
  CU_ASSERT_TRUE(bo_placement_resident(placement, (bo_bit_place){1, 2, 12}, 0, &held));
  CU_ASSERT_EQUAL(held.tensor, 2);
  CU_ASSERT_EQUAL(held.element, 5);
  CU_ASSERT_EQUAL(held.bit, 2);
  bo_placement_free(placement);
}

/* Element [n][k] of 3 outputs and 2 inputs: 2 n + k. Tiles of 2 columns: n = 0, 1, then n = 2. */
/* The same rows: 1 + 2 * 32 + 3 * 1024, then what is left; a tensor of 8 bits has two a row. */
static void a_word_is_its_codes_from_the_lowest_bits_up(void) {
  const bo_weight_shape shape[] = {{1, 2, 2, 5}, {1, 1, 3, 8}};
  const uint8_t five_bits[] = {1, 2, 3, 31};
  const uint8_t eight_bits[] = {0x12, 0xff, 0x80};
  const uint8_t *const codes[] = {five_bits, eight_bits};
  const uint64_t expected[] = {1 + 2 * 32 + 3 * 1024, 31, 0xff12, 0x80};
  bo_placement *placement = place(&small, shape, 2);
  for (uint32_t row = 0; row < 4; row++) {
    CU_ASSERT_EQUAL(bo_placement_word(placement, row, codes), expected[row]);
  }
  bo_placement_free(placement);
}

static void tiles_are_stored_row_by_row_in_the_order_of_the_array(void) {
  const bo_weight_shape shape = {1, 3, 2, 8};
  bo_placement_config config = small;
  config.policy = BO_PLACEMENT_TILE;
  bo_placement *placement = place(&config, &shape, 1);
  const uint64_t expected[] = {0, 2, 1, 3, 4, 5};
  for (uint64_t i = 0; i < 6; i++) {
    CU_ASSERT_EQUAL(bo_placement_element(placement, 0, i), expected[i]);
    expect_place(placement, 0, expected[i], 0,
                 (bo_bit_place){0, (uint32_t)i / 2, (uint32_t)i % 2 * 8});
  }
  bo_placement_free(placement);
}

/* Six 8-bit rows in an SRAM of four: the last two come again, in pass 1, over the first two. */
static void a_network_larger_than_the_sram_wraps(void) {
  const bo_weight_shape shape = {1, 1, 6, 8};
  const bo_placement_config config = {.banks = 2, .bank_rows = 2, .bank_width_bits = 8};
  bo_placement *placement = place(&config, &shape, 1);
  CU_ASSERT_EQUAL(bo_placement_passes(placement), 2);
  expect_place(placement, 0, 3, 0, (bo_bit_place){1, 1, 0});
  expect_place(placement, 0, 4, 0, (bo_bit_place){0, 0, 0});
  bo_weight_bit held;
  CU_ASSERT_TRUE(bo_placement_resident(placement, (bo_bit_place){0, 1, 3}, 0, &held));
  CU_ASSERT_EQUAL(held.element, 1);
  CU_ASSERT_TRUE(bo_placement_resident(placement, (bo_bit_place){0, 1, 3}, 1, &held));
  CU_ASSERT_EQUAL(held.element, 5);
  CU_ASSERT_FALSE(bo_placement_resident(placement, (bo_bit_place){1, 0, 3}, 1, &held));
  CU_ASSERT_FALSE(bo_placement_resident(placement, (bo_bit_place){0, 0, 0}, 2, &held));
  CU_ASSERT_FALSE(bo_placement_resident(placement, (bo_bit_place){0, 0, 0}, 1ULL << 62, &held));
  CU_ASSERT_FALSE(bo_placement_resident(placement, (bo_bit_place){2, 0, 0}, 0, &held));
  CU_ASSERT_FALSE(bo_placement_resident(placement, (bo_bit_place){0, 2, 0}, 0, &held));
  bo_placement_free(placement);
}

static void start_row_moves_every_code_and_wraps(void) {
  const bo_weight_shape shape = {1, 1, 6, 8};
  bo_placement_config config = {.banks = 3, .bank_rows = 2, .bank_width_bits = 8, .start_row = 3};
  bo_placement *placement = place(&config, &shape, 1);
  CU_ASSERT_EQUAL(bo_placement_passes(placement), 1);
  expect_place(placement, 0, 0, 0, (bo_bit_place){1, 1, 0});
  expect_place(placement, 0, 2, 0, (bo_bit_place){2, 1, 0});
  expect_place(placement, 0, 3, 0, (bo_bit_place){0, 0, 0});
  bo_placement_free(placement);
  config.start_row = UINT64_MAX; /* = 3 modulo 6 */
  placement = place(&config, &shape, 1);
  expect_place(placement, 0, 0, 0, (bo_bit_place){1, 1, 0});
  bo_placement_free(placement);
}

/* Codes of 4 bits, two a byte: row 3 moves both up by three columns, around the end of the byte. */
static void rotation_moves_every_byte_of_a_row_by_its_row(void) {
  const bo_weight_shape shape = {1, 1, 40, 4};
  const bo_placement_config config = {
      .banks = 1, .bank_rows = 10, .bank_width_bits = 16, .rotate = true};
  bo_placement *const placement = place(&config, &shape, 1);
  expect_place(placement, 0, 3, 3, (bo_bit_place){0, 0, 15});
  expect_place(placement, 0, 12, 0, (bo_bit_place){0, 3, 3});
  expect_place(placement, 0, 13, 2, (bo_bit_place){0, 3, 1});
  expect_place(placement, 0, 14, 0, (bo_bit_place){0, 3, 11});
  expect_place(placement, 0, 36, 1, (bo_bit_place){0, 9, 2}); /* 9 = 1 modulo 8 */
  CU_ASSERT_EQUAL(bo_placement_from_columns(placement, 0, 0x8001), 0x8001);
  CU_ASSERT_EQUAL(bo_placement_from_columns(placement, 3, 0x0a08), 0x4101);
  CU_ASSERT_EQUAL(bo_placement_from_columns(placement, 9, 0x0201), 0x0180);
  bo_placement_free(placement);
}

/* Rows 0, 1, 2, 3, ... of 2 banks side by side: banks 0 1 0 1, then, when both are full, 2 3 2 3.
 */
static void interleaved_rows_go_round_over_neighbouring_banks(void) {
  const bo_weight_shape shape = {1, 1, 10, 8};
  const bo_placement_config config = {
      .banks = 4, .bank_rows = 2, .bank_width_bits = 8, .interleave = 2};
  bo_placement *placement = place(&config, &shape, 1);
  static const bo_bit_place expected[] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {2, 0, 0},
                                          {3, 0, 0}, {2, 1, 0}, {3, 1, 0}, {0, 0, 0}, {1, 0, 0}};
  for (uint32_t i = 0; i < 10; i++) {
    expect_place(placement, 0, i, 0, expected[i]);
  }
  CU_ASSERT_EQUAL(bo_placement_passes(placement), 2);
  bo_placed_row row;
  CU_ASSERT_TRUE(bo_placement_row(placement, 2, 1, 0, &row));
  CU_ASSERT_EQUAL(row.first, 6);
  CU_ASSERT_TRUE(bo_placement_row(placement, 1, 0, 1, &row));
  CU_ASSERT_EQUAL(row.first, 9);
  CU_ASSERT_FALSE(bo_placement_row(placement, 0, 1, 1, &row));
  bo_placement_free(placement);
}

static void no_interleave_means_one_bank_after_the_other(void) {
  const bo_weight_shape shape = {1, 1, 4, 8};
  const bo_placement_config config = {.banks = 2, .bank_rows = 2, .bank_width_bits = 8};
  bo_placement *placement = place(&config, &shape, 1);
  CU_ASSERT_EQUAL(bo_placement_get_config(placement)->interleave, 1);
  expect_place(placement, 0, 1, 0, (bo_bit_place){0, 1, 0});
  expect_place(placement, 0, 2, 0, (bo_bit_place){1, 0, 0});
  bo_placement_free(placement);
}

/* 9 + 2 rows; a round of 2 banks holds 10, so a second one is needed: 4 banks, not 3. */
static void as_many_banks_as_needed_are_a_multiple_of_the_interleave(void) {
  const bo_weight_shape shape[] = {{1, 1, 9, 8}, {1, 1, 4, 4}};
  const bo_placement_config config = {.bank_rows = 5, .bank_width_bits = 8, .interleave = 2};
  bo_placement *placement = place(&config, shape, 2);
  CU_ASSERT_EQUAL(bo_placement_banks(placement), 4);
  expect_place(placement, 1, 2, 0, (bo_bit_place){2, 0, 0});
  bo_placement_free(placement);
}

static void no_banks_given_means_as_many_as_the_network_needs(void) {
  const bo_weight_shape shape[] = {{1, 1, 9, 8}, {1, 1, 4, 4}};
  bo_placement_config config = {.banks = 0, .bank_rows = 5, .bank_width_bits = 8};
  bo_placement *placement = place(&config, shape, 2); /* 9 + 2 rows */
  CU_ASSERT_EQUAL(bo_placement_banks(placement), 3);
  CU_ASSERT_EQUAL(bo_placement_passes(placement), 1);
  CU_ASSERT_EQUAL(bo_placement_get_config(placement)->banks, 0);
  uint32_t tensors = 0;
  CU_ASSERT_EQUAL(memcmp(bo_placement_tensors(placement, &tensors), shape, sizeof shape), 0);
  CU_ASSERT_EQUAL(tensors, 2);
  bo_placement_free(placement);
}

/* The order of an array of this size, as loops: group, N-tile, K-tile, row, column. */
static uint64_t expect_tile_order(const bo_placement *placement, uint32_t tensor,
                                  const bo_weight_shape *s, uint32_t rows, uint32_t cols) {
  uint64_t position = 0;
  for (uint32_t g = 0; g < s->groups; g++) {
    for (uint32_t n0 = 0; n0 < s->outputs; n0 += cols) {
      for (uint32_t k0 = 0; k0 < s->inputs; k0 += rows) {
        for (uint32_t k = k0; k < k0 + rows && k < s->inputs; k++) {
          for (uint32_t n = n0; n < n0 + cols && n < s->outputs; n++) {
            const uint64_t element = ((uint64_t)g * s->outputs + n) * s->inputs + k;
            CU_ASSERT_EQUAL(bo_placement_element(placement, tensor, position), element);
            position++;
          }
        }
      }
    }
  }
  return position;
}

static void tile_order_is_that_of_five_nested_loops(void) {
  uint64_t codes = 0;
  for (uint32_t i = 0; i < 300; i++) {
    dice d = {i, 0};
    random_case c = random_case_draw(&d, 30);
    c.config.policy = BO_PLACEMENT_TILE;
    bo_placement *placement = place(&c.config, c.shape, c.tensors);
    for (uint32_t t = 0; t < c.tensors; t++) {
      const uint64_t seen =
          expect_tile_order(placement, t, &c.shape[t], roll(&d, 1, 8), c.config.tile_cols);
      CU_ASSERT_EQUAL(seen, codes_of(&c.shape[t]));
      codes += seen;
    }
    bo_placement_free(placement);
  }
  CU_ASSERT_TRUE(codes > 100000);
}

/* Is the bit found in exactly one pass at the place where it should lie? */
static bool is_resident_once(const bo_placement *placement, bo_weight_bit bit) {
  const bo_bit_place where = bo_placement_locate(placement, bit);
  uint32_t found = 0;
  for (uint64_t pass = 0; pass < bo_placement_passes(placement); pass++) {
    bo_weight_bit held;
    found += bo_placement_resident(placement, where, pass, &held) && held.tensor == bit.tensor &&
             held.element == bit.element && held.bit == bit.bit;
  }
  return found == 1;
}

static uint64_t count_resident(const bo_placement *placement) {
  const bo_placement_config *config = bo_placement_get_config(placement);
  uint64_t resident = 0;
  for (uint64_t pass = 0; pass < bo_placement_passes(placement) + 1; pass++) {
    for (uint32_t bank = 0; bank < bo_placement_banks(placement); bank++) {
      for (uint32_t row = 0; row < config->bank_rows; row++) {
        for (uint32_t column = 0; column < config->bank_width_bits; column++) {
          bo_weight_bit held;
          resident +=
              bo_placement_resident(placement, (bo_bit_place){bank, row, column}, pass, &held);
        }
      }
    }
  }
  return resident;
}

/* Every bit has a cell in one pass, and no cell holds anything else: the map is one to one. */
static void every_bit_has_its_cell_and_every_cell_in_use_its_bit(void) {
  uint64_t wrapped = 0;
  for (uint32_t i = 1000; i < 1400; i++) {
    dice d = {i, 0};
    random_case c = random_case_draw(&d, 9);
    c.config.bank_rows = roll(&d, 1, 10);
    bo_placement *placement = place(&c.config, c.shape, c.tensors);
    wrapped += bo_placement_passes(placement) > 1;
    uint64_t bits = 0;
    for (uint32_t t = 0; t < c.tensors; t++) {
      for (uint64_t e = 0; e < codes_of(&c.shape[t]); e++) {
        for (uint32_t b = 0; b < c.shape[t].bits; b++) {
          CU_ASSERT_TRUE(is_resident_once(placement, (bo_weight_bit){t, b, e}));
          bits++;
        }
      }
    }
    CU_ASSERT_EQUAL(count_resident(placement), bits);
    bo_placement_free(placement);
  }
  CU_ASSERT_TRUE(wrapped > 100);
}

/* Bank and row of every row of the SRAM in the order of the stream, as loops; start_row is first.
 */
static void expect_bank_rows(const bo_placement *placement) {
  const bo_placement_config *config = bo_placement_get_config(placement);
  const uint32_t banks = bo_placement_banks(placement);
  const uint64_t sram_rows = (uint64_t)banks * config->bank_rows;
  uint64_t stream_row = sram_rows - config->start_row % sram_rows;
  for (uint32_t round = 0; round < banks; round += config->interleave) {
    for (uint32_t row = 0; row < config->bank_rows; row++) {
      for (uint32_t bank = round; bank < round + config->interleave; bank++) {
        for (uint64_t pass = 0; pass < 3; pass++) { /* beyond the end of the stream, too */
          const bo_bit_place got = bo_placement_bank_row(placement, stream_row + pass * sram_rows);
          CU_ASSERT_TRUE(got.bank == bank && got.row == row && got.column == 0);
        }
        stream_row++;
      }
    }
  }
}

/* Codes of a tensor fill rows one by one from the row on. Returns the row after its last. */
static uint64_t expect_stream_rows(const bo_placement *placement, const random_case *c,
                                   uint32_t tensor, uint64_t row) {
  const bo_weight_shape *shape = &c->shape[tensor];
  const uint32_t codes_per_row = c->config.bank_width_bits / shape->bits;
  const uint64_t codes = codes_of(shape);
  for (uint64_t first = 0; first < codes; first += codes_per_row) {
    const bo_placed_row got = bo_placement_stream_row(placement, row);
    CU_ASSERT_TRUE(got.tensor == tensor && got.bits == shape->bits && got.first == first);
    CU_ASSERT_TRUE(got.codes == codes_per_row || first + got.codes == codes);
    for (uint32_t slot = 0; slot < got.codes; slot++) {
      const bo_stream_place at = bo_placement_stream_place(placement, tensor, first + slot);
      CU_ASSERT_TRUE(at.row == row && at.slot == slot);
    }
    row++;
  }
  return row;
}

static void the_stream_is_all_rows_of_all_tensors_over_all_banks(void) {
  uint64_t interleaved = 0;
  for (uint32_t i = 3000; i < 3200; i++) {
    dice d = {i, 0};
    const random_case c = random_case_draw(&d, 20);
    bo_placement *placement = place(&c.config, c.shape, c.tensors);
    interleaved += bo_placement_get_config(placement)->interleave > 1;
    uint64_t rows = 0;
    for (uint32_t t = 0; t < c.tensors; t++) {
      rows = expect_stream_rows(placement, &c, t, rows);
    }
    CU_ASSERT_EQUAL(bo_placement_stream_rows(placement), rows);
    expect_bank_rows(placement);
    bo_placement_free(placement);
  }
  CU_ASSERT_TRUE(interleaved > 50);
}

static void large_networks_are_placed_both_ways_too(void) {
  for (uint32_t i = 2000; i < 2200; i++) {
    dice d = {i, 0};
    random_case c = random_case_draw(&d, 70000);
    c.config.banks = roll(&d, 0, 1) * 65536;
    c.config.interleave = 1U << roll(&d, 0, 5);
    c.config.bank_rows = 65536 - roll(&d, 0, 9);
    c.config.bank_width_bits = roll(&d, 48, 64);
    c.config.rotate = c.config.rotate && c.config.bank_width_bits % 8 == 0;
    c.config.tile_cols = roll(&d, 1, 300);
    bo_placement *placement = place(&c.config, c.shape, c.tensors);
    for (uint32_t j = 0; j < 200; j++) {
      const uint32_t t = roll(&d, 0, c.tensors - 1);
      const uint64_t random = (uint64_t)roll(&d, 0, UINT32_MAX) << 32 | roll(&d, 0, UINT32_MAX);
      const bo_weight_bit bit = {t, roll(&d, 0, c.shape[t].bits - 1),
                                 random % codes_of(&c.shape[t])};
      CU_ASSERT_TRUE(is_resident_once(placement, bit));
    }
    bo_placement_free(placement);
  }
}

static void expect_refused(bo_placement_config config, bo_weight_shape shape, const char *text) {
  bo_placement *placement = (bo_placement *)&config;
  bo_diag diag = {""};
  const bo_weight_shape shapes[] = {{1, 1, 1, 8}, shape};
  CU_ASSERT_EQUAL(bo_placement_new(&placement, &config, shapes, 2, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(placement);
  CU_ASSERT(same_text(diag.text, text));
}

static void a_field_out_of_range_is_refused_by_name_range_and_value(void) {
  const bo_weight_shape one = {1, 1, 1, 8};
  bo_placement_config config = small;
  config.rotate = true;
  config.bank_width_bits = 20;
  expect_refused(config, one, "bank_width_bits: expected a multiple of 8 to rotate bytes, got 20");
  config.rotate = false;
  config.bank_width_bits = 7;
  expect_refused(config, one, "bank_width_bits: expected 8..64, got 7");
  config.bank_width_bits = 65;
  expect_refused(config, one, "bank_width_bits: expected 8..64, got 65");
  config = small;
  config.bank_rows = 0;
  expect_refused(config, one, "bank_rows: expected 1..65536, got 0");
  config = small;
  config.banks = 65537;
  expect_refused(config, one, "banks: expected 0..65536, got 65537");
  config = small;
  config.interleave = 3;
  expect_refused(config, one, "interleave: expected 0..2, got 3");
  config.banks = 4;
  expect_refused(config, one, "interleave: expected a divisor of the 4 banks, got 3");
  config.banks = 0;
  config.interleave = 65537;
  expect_refused(config, one, "interleave: expected 0..65536, got 65537");
  config = small;
  config.policy = BO_PLACEMENT_TILE;
  config.tile_cols = 0;
  expect_refused(config, one, "tile_cols: expected 1..4294967295, got 0");
  config.policy = (bo_placement_policy)2;
  expect_refused(config, one, "policy: expected 0..1, got 2");
}

static void a_tensor_that_is_empty_or_too_large_is_refused_by_its_shape(void) {
  static const char *const text =
      "weight tensor 1: expected 1..2^48 codes of 1..8 bits, all tensors together, got ";
  const bo_weight_shape bad[] = {
      {1, 1, 1, 0},
      {1, 1, 1, 9},
      {0, 1, 1, 8},
      {1, 0, 1, 8},
      {1, 1, 0, 8},
      {UINT32_MAX, UINT32_MAX, UINT32_MAX, 8},
      {1, 1U << 24, 1U << 24, 8}, /* 2^48 and the one code before it */
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    char expected[256];
    (void)snprintf(expected, sizeof expected, "%s%u x %u x %u of %u bits", text, bad[i].groups,
                   bad[i].outputs, bad[i].inputs, bad[i].bits);
    expect_refused(small, bad[i], expected);
  }
  bo_placement_config automatic = small;
  automatic.banks = 0;
  automatic.bank_rows = 1;
  expect_refused(automatic, (bo_weight_shape){1, 1U << 20, 1U << 20, 8},
                 "bank_rows: expected enough for all weights in 2^32 - 1 banks, got 1");
}

static void no_tensor_at_all_is_refused(void) {
  bo_placement *placement = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_placement_new(&placement, &small, NULL, 0, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "weight tensors: expected 1..4294967295, got 0"));
}

static void each_failed_allocation_is_reported(void) {
  const bo_weight_shape shape = {1, 2, 2, 8};
  for (unsigned k = 0;; k++) {
    bo_placement *placement = NULL;
    fail_alloc_arm(k);
    const bo_status status = bo_placement_new(&placement, &small, &shape, 1, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(k, 3);
      bo_placement_free(placement);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(placement);
  }
  bo_placement_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(codes_fill_columns_then_rows_then_banks),
    BO_TEST(a_word_is_its_codes_from_the_lowest_bits_up),
    BO_TEST(tiles_are_stored_row_by_row_in_the_order_of_the_array),
    BO_TEST(a_network_larger_than_the_sram_wraps),
    BO_TEST(start_row_moves_every_code_and_wraps),
    BO_TEST(rotation_moves_every_byte_of_a_row_by_its_row),
    BO_TEST(interleaved_rows_go_round_over_neighbouring_banks),
    BO_TEST(no_interleave_means_one_bank_after_the_other),
    BO_TEST(as_many_banks_as_needed_are_a_multiple_of_the_interleave),
    BO_TEST(no_banks_given_means_as_many_as_the_network_needs),
    BO_TEST(tile_order_is_that_of_five_nested_loops),
    BO_TEST(every_bit_has_its_cell_and_every_cell_in_use_its_bit),
    BO_TEST(the_stream_is_all_rows_of_all_tensors_over_all_banks),
    BO_TEST(large_networks_are_placed_both_ways_too),
    BO_TEST(a_field_out_of_range_is_refused_by_name_range_and_value),
    BO_TEST(a_tensor_that_is_empty_or_too_large_is_refused_by_its_shape),
    BO_TEST(no_tensor_at_all_is_refused),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
