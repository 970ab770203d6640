/* Faulty codes and their counts, against a reference that asks for every bit where it lies. */
#include "fail_alloc.h"
#include "mem/inject.h"
#include "random_placement.h"
#include "test_suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Codes of all tensors: clean, as the injector reads them, as the reference does. */
typedef struct codes {
  uint8_t *clean[MAX_TENSORS], *faulty[MAX_TENSORS], *expected[MAX_TENSORS];
} codes;

static void *allocate(uint64_t count, size_t size) {
  void *zeroed = calloc(count, size);
  if (zeroed == NULL) {
    abort();
  }
  return zeroed;
}

static codes draw_codes(dice *d, const random_case *c) {
  codes all = {0};
  for (uint32_t t = 0; t < c->tensors; t++) {
    const uint64_t size = codes_of(&c->shape[t]);
    all.clean[t] = allocate(size, 1);
    all.faulty[t] = allocate(size, 1);
    all.expected[t] = allocate(size, 1);
    for (uint64_t i = 0; i < size; i++) {
      all.clean[t][i] = (uint8_t)roll(d, 0, (1U << c->shape[t].bits) - 1);
    }
    memset(all.faulty[t], 0xee, size);
  }
  return all;
}

static void free_codes(codes *all) {
  for (uint32_t t = 0; t < MAX_TENSORS; t++) {
    free(all->clean[t]);
    free(all->faulty[t]);
    free(all->expected[t]);
  }
}

/* Faults of all banks, [bank][row], from a chip or from anywhere. */
typedef struct sram_faults {
  uint32_t banks, rows;
  bo_fault_word *word;
} sram_faults;

static sram_faults new_faults(const bo_placement *placement) {
  const uint32_t banks = bo_placement_banks(placement);
  const uint32_t rows = bo_placement_get_config(placement)->bank_rows;
  bo_fault_word *word = allocate((size_t)banks * rows, sizeof *word);
  return (sram_faults){banks, rows, word};
}

static sram_faults faults_of_chip(const bo_placement *placement, const bo_chip *chip) {
  sram_faults faults = new_faults(placement);
  for (uint32_t bank = 0; bank < faults.banks; bank++) {
    bo_chip_bank_faults(chip, bank, faults.rows,
                        bo_placement_get_config(placement)->bank_width_bits,
                        faults.word + (size_t)bank * faults.rows);
  }
  return faults;
}

/* Any and/or/xor word, few cells a row; cells beyond the width too, which hold nothing. */
static sram_faults random_faults(dice *d, const bo_placement *placement) {
  sram_faults faults = new_faults(placement);
  for (size_t i = 0; i < (size_t)faults.banks * faults.rows; i++) {
    bo_fault_word *word = &faults.word[i];
    *word = (bo_fault_word){.and_mask = UINT64_MAX};
    for (uint32_t cells = roll(d, 0, 4); cells > 0; cells--) {
      const uint64_t cell = (uint64_t)1 << roll(d, 0, 63);
      const uint32_t kind = roll(d, 1, 7);
      word->and_mask &= (kind & 1) != 0 ? ~cell : UINT64_MAX;
      word->or_mask |= (kind & 2) != 0 ? cell : 0;
      word->xor_mask |= (kind & 4) != 0 ? cell : 0;
    }
  }
  return faults;
}

/* Which cells were seen to hold a bit and be faulty: each counts once, however many passes. */
typedef struct reference {
  const bo_placement *placement;
  const sram_faults *faults;
  uint64_t *seen; /* [bank][row], bit = column */
  bo_fault_count count;
} reference;

static uint32_t read_bit(reference *ref, bo_weight_bit bit, uint32_t stored) {
  const bo_bit_place place = bo_placement_locate(ref->placement, bit);
  const size_t row = (size_t)place.bank * ref->faults->rows + place.row;
  const bo_fault_word *word = &ref->faults->word[row];
  const uint32_t and_bit = (uint32_t)(word->and_mask >> place.column) & 1;
  const uint32_t or_bit = (uint32_t)(word->or_mask >> place.column) & 1;
  const uint32_t xor_bit = (uint32_t)(word->xor_mask >> place.column) & 1;
  if (and_bit == 0 || or_bit == 1 || xor_bit == 1) {
    ref->count.bits_requested++;
    ref->count.cells_faulty += 1 - ((ref->seen[row] >> place.column) & 1);
    ref->seen[row] |= (uint64_t)1 << place.column;
  }
  const uint32_t read = ((stored & and_bit) | or_bit) ^ xor_bit;
  ref->count.bits_effective += read != stored;
  return read;
}

static void read_tensor(reference *ref, uint32_t tensor, const bo_weight_shape *shape,
                        const uint8_t *clean, uint8_t *expected) {
  for (uint64_t e = 0; e < codes_of(shape); e++) {
    uint32_t code = 0;
    for (uint32_t b = 0; b < shape->bits; b++) {
      code |= read_bit(ref, (bo_weight_bit){tensor, b, e}, (clean[e] >> b) & 1U) << b;
    }
    expected[e] = (uint8_t)code;
    ref->count.weights_changed += code != clean[e];
  }
}

static bo_fault_count read_bit_by_bit(const random_case *c, const bo_placement *placement,
                                      const sram_faults *faults, codes *all) {
  reference ref = {.placement = placement, .faults = faults};
  ref.seen = allocate((size_t)faults->banks * faults->rows, sizeof *ref.seen);
  for (uint32_t t = 0; t < c->tensors; t++) {
    read_tensor(&ref, t, &c->shape[t], all->clean[t], all->expected[t]);
  }
  free(ref.seen);
  return ref.count;
}

static void expect_same(const random_case *c, const codes *all, bo_fault_count got,
                        bo_fault_count expected) {
  for (uint32_t t = 0; t < c->tensors; t++) {
    CU_ASSERT_EQUAL(memcmp(all->faulty[t], all->expected[t], codes_of(&c->shape[t])), 0);
  }
  CU_ASSERT_EQUAL(got.cells_faulty, expected.cells_faulty);
  CU_ASSERT_EQUAL(got.bits_requested, expected.bits_requested);
  CU_ASSERT_EQUAL(got.bits_effective, expected.bits_effective);
  CU_ASSERT_EQUAL(got.weights_changed, expected.weights_changed);
}

static void inject(const bo_placement *placement, const bo_chip *chip, codes *all,
                   bo_fault_count *count) {
  bo_injector *injector = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_injector_new(&injector, placement, NULL), BO_OK);
  bo_injector_run(injector, chip, (const uint8_t *const *)all->clean, all->faulty, count);
  bo_injector_free(injector);
}

/* What the cases of a property met: a property of nothing would hold too. */
typedef struct coverage {
  uint32_t cases, with_faults, wrapped, shared_cells, ineffective, uneven_width, tiled, moved;
} coverage;

static void note(coverage *seen, const random_case *c, const bo_placement *placement,
                 bo_fault_count count) {
  seen->cases++;
  seen->with_faults += count.weights_changed > 0;
  seen->wrapped += bo_placement_passes(placement) > 1;
  seen->shared_cells += count.bits_requested > count.cells_faulty;
  seen->ineffective += count.bits_requested > count.bits_effective;
  seen->uneven_width += c->config.bank_width_bits % c->shape[0].bits != 0;
  seen->tiled += c->config.policy == BO_PLACEMENT_TILE;
  seen->moved += c->config.start_row != 0;
}

static void expect_covered(const coverage *seen) {
  CU_ASSERT_TRUE(seen->with_faults > seen->cases / 2);
  CU_ASSERT_TRUE(seen->wrapped > seen->cases / 8);
  CU_ASSERT_TRUE(seen->shared_cells > seen->cases / 16);
  CU_ASSERT_TRUE(seen->uneven_width > seen->cases / 4);
  CU_ASSERT_TRUE(seen->tiled > seen->cases / 4);
  CU_ASSERT_TRUE(seen->moved > seen->cases / 4);
}

static void the_faulty_codes_of_a_chip_are_those_read_bit_by_bit(void) {
  coverage seen = {0};
  for (uint32_t i = 0; i < 2000; i++) {
    dice d = {10000 + i, 0};
    const random_case c = random_case_draw(&d, 20);
    const bo_chip chip = {.seed = i, .ber = 0.25 / (double)(1U << roll(&d, 0, 8))};
    bo_placement *placement = NULL;
    CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &c.config, c.shape, c.tensors, NULL), BO_OK);
    codes all = draw_codes(&d, &c);
    sram_faults faults = faults_of_chip(placement, &chip);
    const bo_fault_count expected = read_bit_by_bit(&c, placement, &faults, &all);
    bo_fault_count got = {1, 1, 1, 1};
    inject(placement, &chip, &all, &got);
    expect_same(&c, &all, got, expected);
    CU_ASSERT_EQUAL(got.bits_requested, got.bits_effective); /* every fault is a flip */
    note(&seen, &c, placement, got);
    free(faults.word);
    free_codes(&all);
    bo_placement_free(placement);
  }
  expect_covered(&seen);
}

static void stuck_and_mixed_cells_read_as_bit_by_bit_too(void) {
  coverage seen = {0};
  for (uint32_t i = 0; i < 2000; i++) {
    dice d = {20000 + i, 0};
    const random_case c = random_case_draw(&d, 16);
    bo_placement *placement = NULL;
    CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &c.config, c.shape, c.tensors, NULL), BO_OK);
    codes all = draw_codes(&d, &c);
    sram_faults faults = random_faults(&d, placement);
    const bo_fault_count expected = read_bit_by_bit(&c, placement, &faults, &all);
    for (uint32_t t = 0; t < c.tensors; t++) {
      memcpy(all.faulty[t], all.clean[t], codes_of(&c.shape[t]));
    }
    bo_fault_count got = {0};
    for (uint32_t bank = 0; bank < faults.banks; bank++) {
      bo_injector_apply(placement, bank, faults.word + (size_t)bank * faults.rows,
                        (const uint8_t *const *)all.clean, all.faulty, &got);
    }
    expect_same(&c, &all, got, expected);
    note(&seen, &c, placement, got);
    free(faults.word);
    free_codes(&all);
    bo_placement_free(placement);
  }
  expect_covered(&seen);
  CU_ASSERT_TRUE(seen.ineffective > seen.cases / 2);
}

static void without_errors_the_codes_are_copied(void) {
  dice d = {30000, 0};
  const random_case c = random_case_draw(&d, 20);
  const bo_chip chip = {.seed = 1, .vdd_ratio = 1.0, .ber = 0.0};
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &c.config, c.shape, c.tensors, NULL), BO_OK);
  codes all = draw_codes(&d, &c);
  bo_fault_count count = {1, 1, 1, 1};
  inject(placement, &chip, &all, &count);
  for (uint32_t t = 0; t < c.tensors; t++) {
    CU_ASSERT_EQUAL(memcmp(all.faulty[t], all.clean[t], codes_of(&c.shape[t])), 0);
  }
  CU_ASSERT_EQUAL(count.cells_faulty, 0);
  CU_ASSERT_EQUAL(count.bits_requested, 0);
  CU_ASSERT_EQUAL(count.bits_effective, 0);
  CU_ASSERT_EQUAL(count.weights_changed, 0);
  free_codes(&all);
  bo_placement_free(placement);
}

/* Stutz et al., MLSys 2021, table of expected bit errors: SimpleNet on CIFAR-10 has 5,498,378
 * weights, so 439,870 of its 8-bit codes' bits flip at 1 %; 219,935 at 0.5 %. */
static void as_many_bits_flip_in_the_published_network_as_published(void) {
  const bo_weight_shape shape = {1, 2, 2749189, 8};
  const bo_placement_config config = {.bank_rows = 512, .bank_width_bits = 64};
  static const struct { double ber, flips; } published[] = {{0.01, 439870.0}, {0.005, 219935.0}};
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &config, &shape, 1, NULL), BO_OK);
  const uint64_t weights = codes_of(&shape);
  CU_ASSERT_EQUAL(weights, 5498378);
  codes all = {.clean = {allocate(weights, 1)}, .faulty = {allocate(weights, 1)}};
  memset(all.clean[0], 0x5a, weights);
  for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
    const bo_chip chip = {.seed = 1, .ber = published[i].ber};
    bo_fault_count count;
    inject(placement, &chip, &all, &count);
    const double sigma = sqrt(published[i].flips * (1.0 - published[i].ber));
    CU_ASSERT_DOUBLE_EQUAL((double)count.bits_effective, published[i].flips, 4.0 * sigma);
    CU_ASSERT_EQUAL(count.cells_faulty, count.bits_effective);
    const double changed = (double)weights * (1.0 - pow(1.0 - published[i].ber, 8.0));
    CU_ASSERT_DOUBLE_EQUAL((double)count.weights_changed, changed, 4.0 * sigma);
  }
  free_codes(&all);
  bo_placement_free(placement);
}

/* Offset binary is two's complement with its top bit inverted: flips commute with that, stuck
 * cells do not. So for a random chip the storage format changes no decoded weight. */
static void flips_decode_alike_in_offset_binary_and_twos_complement(void) {
  const random_case c = {
      .config = {.banks = 1, .bank_rows = 64, .bank_width_bits = 64},
      .shape = {{1, 16, 64, 8}},
      .tensors = 1,
  };
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &c.config, c.shape, 1, NULL), BO_OK);
  dice d = {40000, 0};
  codes offset_binary = draw_codes(&d, &c);
  codes twos_complement = draw_codes(&d, &c);
  const uint64_t size = codes_of(&c.shape[0]);
  for (uint64_t i = 0; i < size; i++) {
    twos_complement.clean[0][i] = offset_binary.clean[0][i] ^ 0x80;
  }
  const bo_chip chip = {.seed = 5, .ber = 0.05};
  bo_fault_count one;
  bo_fault_count other;
  inject(placement, &chip, &offset_binary, &one);
  inject(placement, &chip, &twos_complement, &other);
  CU_ASSERT_TRUE(one.bits_effective > 100);
  CU_ASSERT_EQUAL(one.bits_effective, other.bits_effective);
  for (uint64_t i = 0; i < size; i++) {
    const int decoded_offset = offset_binary.faulty[0][i] - 128;
    const uint8_t pattern = twos_complement.faulty[0][i];
    const int decoded_signed = pattern < 128 ? pattern : pattern - 256;
    CU_ASSERT_EQUAL(decoded_offset, decoded_signed);
  }
  free_codes(&offset_binary);
  free_codes(&twos_complement);
  bo_placement_free(placement);
}

static void each_failed_allocation_is_reported(void) {
  const bo_weight_shape shape = {1, 2, 2, 8};
  const bo_placement_config config = {.banks = 1, .bank_rows = 4, .bank_width_bits = 8};
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &config, &shape, 1, NULL), BO_OK);
  for (unsigned k = 0;; k++) {
    bo_injector *injector = NULL;
    fail_alloc_arm(k);
    const bo_status status = bo_injector_new(&injector, placement, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(k, 2);
      bo_injector_free(injector);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(injector);
  }
  bo_injector_free(NULL);
  bo_placement_free(placement);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_faulty_codes_of_a_chip_are_those_read_bit_by_bit),
    BO_TEST(stuck_and_mixed_cells_read_as_bit_by_bit_too),
    BO_TEST(without_errors_the_codes_are_copied),
    BO_TEST(as_many_bits_flip_in_the_published_network_as_published),
    BO_TEST(flips_decode_alike_in_offset_binary_and_twos_complement),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
