/* Random chips: the rate, where the cells lie, what persists over voltage, size and time. */
#include "base/rng.h"
#include "silicon/chip.h"
#include "test_suite.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  BANKS = 32,
  ROWS = 512,
  COLUMNS = 64,
  CHIPS = 50, /* together 52 Mcells */
};

static const double cells_of_a_chip = BANKS * ROWS * COLUMNS;

static bo_profile load_ibm14(void) {
  bo_profile profile;
  bo_diag diag = {""};
  const bo_status status =
      bo_profile_load(&profile, BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml", &diag);
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  return profile;
}

static uint32_t count_ones(uint64_t word) {
  return (uint32_t)__builtin_popcountll(word);
}

static void *allocate(size_t count, size_t size) {
  void *zeroed = calloc(count, size);
  if (zeroed == NULL) {
    abort();
  }
  return zeroed;
}

/* The flips of a bank as plain words; also proves that a random chip has nothing but flips. */
static void bank_flips(uint64_t seed, double ber, uint32_t bank, uint32_t rows, uint64_t *flips) {
  bo_fault_word *fault = allocate(rows, sizeof *fault);
  const bo_chip chip = {.seed = seed, .ber = ber};
  bo_chip_bank_faults(&chip, bank, rows, COLUMNS, fault);
  uint64_t stuck = 0;
  for (uint32_t row = 0; row < rows; row++) {
    stuck |= ~fault[row].and_mask | fault[row].or_mask;
    flips[row] = fault[row].xor_mask;
  }
  CU_ASSERT_EQUAL(stuck, 0);
  free(fault);
}

static uint64_t count_faults(uint64_t seed, double ber) {
  uint64_t total = 0;
  uint64_t flips[ROWS];
  for (uint32_t bank = 0; bank < BANKS; bank++) {
    bank_flips(seed, ber, bank, ROWS, flips);
    for (uint32_t row = 0; row < ROWS; row++) {
      total += count_ones(flips[row]);
    }
  }
  return total;
}

/* |count - trials p| within 4 binomial standard deviations. */
static bool fits_binomial(double count, double trials, double p) {
  const double deviation = fabs(count - trials * p) / sqrt(trials * p * (1.0 - p));
  if (deviation > 4.0) {
    (void)printf("count %.0f, expected %.1f: %.1f sigma\n", count, trials * p, deviation);
  }
  return deviation <= 4.0;
}

static void expect_golden_case(FILE *file, uint64_t seed, uint32_t bank, uint32_t rows, double ber,
                               uint32_t listed) {
  uint64_t *flips = allocate(rows, sizeof *flips);
  bank_flips(seed, ber, bank, rows, flips);
  for (uint32_t i = 0; i < listed; i++) {
    uint32_t row = 0;
    uint64_t expected = 0;
    /* NOLINTNEXTLINE(cert-err34-c): a golden file of our own */
    CU_ASSERT_EQUAL_FATAL(fscanf(file, "%" SCNu32 " %" SCNx64, &row, &expected), 2);
    CU_ASSERT_FATAL(row < rows);
    if (flips[row] != expected) {
      (void)printf("bank %u, row %u: expected %016" PRIx64 ", got %016" PRIx64 "\n", bank, row,
                   expected, flips[row]);
    }
    CU_ASSERT_EQUAL(flips[row], expected);
    flips[row] = 0;
  }
  for (uint32_t row = 0; row < rows; row++) {
    CU_ASSERT_EQUAL(flips[row], 0); /* nothing but what is listed */
  }
  free(flips);
}

static void a_seed_is_the_chip_that_an_independent_program_computes(void) {
  FILE *file = fopen(BO_SOURCE_DIR "/tests/golden/chip_cells.txt", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  uint64_t seed = 0;
  uint32_t bank = 0;
  uint32_t rows = 0;
  uint32_t listed = 0;
  double ber = 0.0;
  int cases = 0;
  /* NOLINTNEXTLINE(cert-err34-c): a golden file of our own */
  while (fscanf(file, "%" SCNu64 " %" SCNu32 " %" SCNu32 " %la %" SCNu32, &seed, &bank, &rows, &ber,
                &listed) == 5) {
    CU_ASSERT_TRUE(listed > 0);
    expect_golden_case(file, seed, bank, rows, ber, listed);
    cases++;
  }
  CU_ASSERT_EQUAL(cases, 5);
  CU_ASSERT_EQUAL(fclose(file), 0);
}

static bool cell_fails(uint64_t seed, double ber, uint32_t bank, uint32_t row, uint32_t column) {
  uint64_t *flips = allocate(row + 1, sizeof *flips);
  bank_flips(seed, ber, bank, row + 1, flips);
  const bool fails = (flips[row] >> column & 1) != 0;
  free(flips);
  return fails;
}

/* u < BER, to the last bit of u: pins where in its shell a cell lies. */
static void a_cell_fails_just_above_its_u_and_not_at_it(void) {
  FILE *file = fopen(BO_SOURCE_DIR "/tests/golden/chip_u.txt", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  uint64_t seed = 0;
  uint32_t bank = 0;
  uint32_t row = 0;
  uint32_t column = 0;
  double u = 0.0;
  int cells = 0;
  /* NOLINTNEXTLINE(cert-err34-c): a golden file of our own */
  while (fscanf(file, "%" SCNu64 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %la", &seed, &bank, &row,
                &column, &u) == 5) {
    CU_ASSERT_FALSE(cell_fails(seed, u, bank, row, column));
    CU_ASSERT_TRUE(cell_fails(seed, nextafter(u, 1.0), bank, row, column));
    cells++;
  }
  CU_ASSERT_EQUAL(cells, 2 * 16 * 4); /* chips, shells, cells of each */
  CU_ASSERT_EQUAL(fclose(file), 0);
}

static void as_many_cells_fail_at_each_voltage_as_the_curve_says(void) {
  const bo_profile profile = load_ibm14();
  for (uint32_t i = 0; i + 1 < profile.points; i++) {
    double faults = 0.0;
    for (uint64_t seed = 0; seed < CHIPS; seed++) {
      bo_chip chip;
      CU_ASSERT_EQUAL_FATAL(bo_chip_at(&chip, &profile, seed, profile.point[i].vdd_ratio, NULL),
                            BO_OK);
      CU_ASSERT_EQUAL(chip.ber, profile.point[i].ber);
      faults += (double)count_faults(chip.seed, chip.ber);
    }
    CU_ASSERT_TRUE(faults > 0.0);
    CU_ASSERT_TRUE(fits_binomial(faults, CHIPS * cells_of_a_chip, profile.point[i].ber));
  }
}

static void the_rate_is_right_at_below_above_and_between_the_edges_of_shells(void) {
  const uint32_t chips = 10;
  const double trials = chips * cells_of_a_chip;
  for (int k = 1; k <= 19; k++) {
    const double edge = ldexp(1.0, -k);
    const double epsilon = 1e-7;
    double faults[4] = {0};
    const double ber[4] = {edge * (1.0 - epsilon), edge, edge * (1.0 + epsilon), edge * 0.75};
    for (uint64_t seed = 100; seed < 100 + chips; seed++) {
      for (int i = 0; i < 4; i++) {
        if (ber[i] <= 0.5) {
          faults[i] += (double)count_faults(seed, ber[i]);
        }
      }
    }
    CU_ASSERT_TRUE(fits_binomial(faults[1], trials, edge));
    CU_ASSERT_TRUE(fits_binomial(faults[3], trials, edge * 0.75));
    /* Of 10 M cells about one lies within 1e-7 of the edge 1/2, so a step there would show. */
    CU_ASSERT_TRUE(faults[1] - faults[0] >= 0.0 && faults[1] - faults[0] <= 6.0);
    CU_ASSERT_TRUE(k == 1 || (faults[2] - faults[1] >= 0.0 && faults[2] - faults[1] <= 6.0));
  }
}

/* Chi-square of equal expectations within 4.5 standard deviations of its mean, on both sides. */
static bool fits_uniform(const uint64_t *count, uint32_t classes) {
  double total = 0.0;
  for (uint32_t i = 0; i < classes; i++) {
    total += (double)count[i];
  }
  const double expected = total / classes;
  double chi_square = 0.0;
  for (uint32_t i = 0; i < classes; i++) {
    chi_square += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
  }
  const double freedom = classes - 1.0;
  return expected > 100.0 && fabs(chi_square - freedom) < 4.5 * sqrt(2.0 * freedom);
}

static void faults_are_spread_evenly_over_banks_rows_and_columns(void) {
  uint64_t of_bank[BANKS] = {0};
  uint64_t of_row[ROWS] = {0};
  uint64_t of_column[COLUMNS] = {0};
  uint64_t flips[ROWS];
  for (uint32_t i = 0; i < CHIPS * BANKS; i++) {
    bank_flips(i / BANKS, 0.01, i % BANKS, ROWS, flips);
    for (uint32_t row = 0; row < ROWS; row++) {
      of_bank[i % BANKS] += count_ones(flips[row]);
      of_row[row] += count_ones(flips[row]);
      for (uint64_t rest = flips[row]; rest != 0; rest &= rest - 1) {
        of_column[__builtin_ctzll(rest)]++;
      }
    }
  }
  CU_ASSERT_TRUE(fits_uniform(of_bank, BANKS));
  CU_ASSERT_TRUE(fits_uniform(of_row, ROWS));
  CU_ASSERT_TRUE(fits_uniform(of_column, COLUMNS));
}

/* Cells that are faulty in both of two sets of which each has rate p: p^2 if independent. */
static void two_seeds_two_banks_and_two_neighbours_fail_independently(void) {
  const double p = 0.03;
  double both_seeds = 0.0;
  double both_banks = 0.0;
  double both_columns = 0.0;
  double both_rows = 0.0;
  uint64_t one[ROWS];
  uint64_t other[ROWS];
  const uint32_t repeats = 200;
  for (uint32_t i = 0; i < repeats; i++) {
    bank_flips(i, p, 0, ROWS, one);
    bank_flips(i, p, 1, ROWS, other);
    for (uint32_t row = 0; row < ROWS; row++) {
      both_banks += count_ones(one[row] & other[row]);
      both_columns += count_ones(one[row] & (one[row] << 1));
      both_rows += row == 0 ? 0 : count_ones(one[row] & one[row - 1]);
    }
    bank_flips((uint64_t)i + 1, p, 0, ROWS, other);
    for (uint32_t row = 0; row < ROWS; row++) {
      both_seeds += count_ones(one[row] & other[row]);
    }
  }
  const double trials = (double)repeats * ROWS * COLUMNS;
  CU_ASSERT_TRUE(fits_binomial(both_seeds, trials, p * p));
  CU_ASSERT_TRUE(fits_binomial(both_banks, trials, p * p));
  CU_ASSERT_TRUE(fits_binomial(both_columns, trials * (COLUMNS - 1) / COLUMNS, p * p));
  CU_ASSERT_TRUE(fits_binomial(both_rows, trials * (ROWS - 1) / ROWS, p * p));
}

/* All 64 bits of a seed count. */
static void seeds_that_differ_in_one_bit_are_different_chips(void) {
  uint64_t one[ROWS];
  uint64_t other[ROWS];
  bank_flips(42, 0.01, 0, ROWS, one);
  for (uint32_t bit = 0; bit < 64; bit++) {
    bank_flips(42 ^ ((uint64_t)1 << bit), 0.01, 0, ROWS, other);
    CU_ASSERT_NOT_EQUAL(memcmp(one, other, sizeof one), 0);
  }
}

/* Number of cells that fail at the higher voltage, all of which must fail at the lower one. */
static uint64_t expect_nested(const bo_profile *profile, uint64_t seed, double low, double high) {
  bo_chip at_low;
  bo_chip at_high;
  CU_ASSERT_EQUAL_FATAL(bo_chip_at(&at_low, profile, seed, low, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_chip_at(&at_high, profile, seed, high, NULL), BO_OK);
  uint64_t faults = 0;
  uint64_t more[ROWS];
  uint64_t fewer[ROWS];
  bank_flips(seed, at_low.ber, 3, ROWS, more);
  bank_flips(seed, at_high.ber, 3, ROWS, fewer);
  for (uint32_t row = 0; row < ROWS; row++) {
    CU_ASSERT_EQUAL(fewer[row] & ~more[row], 0);
    faults += count_ones(fewer[row]);
  }
  return faults;
}

static void a_cell_that_fails_at_a_voltage_fails_at_every_lower_one(void) {
  const bo_profile profile = load_ibm14();
  uint64_t faults = 0;
  for (uint32_t i = 0; i < 1000; i++) {
    const uint32_t counter[3] = {i, 0, 0};
    const bo_rng_block draw = bo_rng_draw(7, BO_RNG_TEST, counter);
    const double high = 0.75 + 0.27 * bo_rng_unit(draw.word[0]);
    /* Every other pair is so close that both rates lie in one shell. */
    const double distance = (high - 0.75) * bo_rng_unit(draw.word[1]);
    const double low = high - (i % 2 == 0 ? distance : distance / 1000.0);
    faults += expect_nested(&profile, draw.word[2], low, high);
  }
  CU_ASSERT_TRUE(faults > 100000);
}

static void a_cell_does_not_depend_on_the_size_of_the_sram(void) {
  const bo_chip chip = {.seed = 9, .ber = 0.05};
  bo_fault_word large[ROWS];
  bo_fault_word small[ROWS];
  bo_chip_bank_faults(&chip, 2, ROWS, COLUMNS, large);
  for (uint32_t width_bits = 1; width_bits <= COLUMNS; width_bits++) {
    const uint32_t rows = 1 + (width_bits * 37) % ROWS;
    bo_chip_bank_faults(&chip, 2, rows, width_bits, small);
    const uint64_t columns = UINT64_MAX >> (COLUMNS - width_bits);
    for (uint32_t row = 0; row < rows; row++) {
      CU_ASSERT_EQUAL(small[row].xor_mask, large[row].xor_mask & columns);
    }
  }
}

static void no_cell_fails_from_vmin_up(void) {
  const bo_profile profile = load_ibm14();
  const double vdd_ratio[] = {1.0, 1.0000001, 1.1, 1.25};
  for (uint64_t seed = 0; seed < CHIPS; seed++) {
    for (size_t i = 0; i < sizeof vdd_ratio / sizeof vdd_ratio[0]; i++) {
      bo_chip chip;
      CU_ASSERT_EQUAL(bo_chip_at(&chip, &profile, seed, vdd_ratio[i], NULL), BO_OK);
      CU_ASSERT_EQUAL(count_faults(chip.seed, chip.ber), 0);
    }
  }
}

static void a_voltage_outside_the_profile_is_refused_by_name_range_and_value(void) {
  const bo_profile profile = load_ibm14();
  bo_chip chip = {.seed = 77};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_chip_at(&chip, &profile, 1, 0.7, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "profile ibm14: vdd_ratio: expected 0.75..1.25, got 0.7"));
  CU_ASSERT_EQUAL(chip.seed, 77);
}

static void a_fault_word_clears_then_sets_then_flips(void) {
  const bo_fault_word fault = {.and_mask = ~(uint64_t)0x0f, .or_mask = 0x33, .xor_mask = 0x55};
  CU_ASSERT_EQUAL(bo_fault_word_read(fault, 0x00), 0x66);
  CU_ASSERT_EQUAL(bo_fault_word_read(fault, 0xff), 0xa6);
  CU_ASSERT_EQUAL(bo_fault_word_cells(fault), 0x7f);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_seed_is_the_chip_that_an_independent_program_computes),
    BO_TEST(a_cell_fails_just_above_its_u_and_not_at_it),
    BO_TEST(as_many_cells_fail_at_each_voltage_as_the_curve_says),
    BO_TEST(the_rate_is_right_at_below_above_and_between_the_edges_of_shells),
    BO_TEST(faults_are_spread_evenly_over_banks_rows_and_columns),
    BO_TEST(two_seeds_two_banks_and_two_neighbours_fail_independently),
    BO_TEST(seeds_that_differ_in_one_bit_are_different_chips),
    BO_TEST(a_cell_that_fails_at_a_voltage_fails_at_every_lower_one),
    BO_TEST(a_cell_does_not_depend_on_the_size_of_the_sram),
    BO_TEST(no_cell_fails_from_vmin_up),
    BO_TEST(a_voltage_outside_the_profile_is_refused_by_name_range_and_value),
    BO_TEST(a_fault_word_clears_then_sets_then_flips),
    CU_TEST_INFO_NULL,
};
