/*
 * What must stay as it is, or change in one direction only, when the same network is stored or
 * operated in another way: relations between whole runs, which need no expected values.
 */
#include "faulty_net.h"
#include "test_suite.h"

#include <stdlib.h>

enum {
  RANDOM_NETS = 60,
  RANDOM_IMAGES = 4,
  MODEL_IMAGES = 100,
  MODEL_CHIPS = 6,
  FEW_IMAGES = 20, /* where every logit is looked at */
  VOLTAGES = 6,
};

static const double voltage[VOLTAGES] = {0.95, 0.9, 0.87, 0.83, 0.8, 0.75};

/* --- storage --- */

static uint8_t top_bit(const bo_weights *weights) {
  return (uint8_t)(1U << (weights->bits - 1));
}

/* The same integers w' - zw in the other format: the top bit of every pattern is the other one. */
static void change_storage(bo_net *net) {
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    bo_weights *const weights = &net->weights[t];
    const bool was_binary = weights->storage == BO_STORAGE_OFFSET_BINARY;
    weights->storage = was_binary ? BO_STORAGE_TWOS_COMPLEMENT : BO_STORAGE_OFFSET_BINARY;
    for (size_t n = 0; n < (size_t)weights->groups * weights->outputs; n++) {
      weights->zero_point[n] += was_binary ? -top_bit(weights) : top_bit(weights);
    }
    for (size_t i = 0; i < bo_weights_count(weights); i++) {
      weights->code[i] ^= top_bit(weights);
    }
  }
}

/* What one chip makes of the same weights in both formats. */
typedef struct both_formats {
  unsigned networks, clean_agree, flips_agree, stuck_agree, hit;
} both_formats;

static void compare_formats(faulty_net *on, const bo_chip *chip, both_formats *seen) {
  float *const clean = faulty_net_logits(on, NULL);
  float *const flips = faulty_net_logits_on(on, chip, FAULT_FLIPS);
  float *const stuck = faulty_net_logits_on(on, chip, FAULT_STUCK);
  change_storage(on->net);
  CU_ASSERT_EQUAL_FATAL(bo_net_check(on->net, NULL), BO_OK);
  float *const other_clean = faulty_net_logits(on, NULL);
  float *const other_flips = faulty_net_logits_on(on, chip, FAULT_FLIPS);
  float *const other_stuck = faulty_net_logits_on(on, chip, FAULT_STUCK);
  seen->networks++;
  seen->clean_agree += faulty_net_agree(on, clean, other_clean);
  seen->flips_agree += faulty_net_agree(on, flips, other_flips);
  seen->stuck_agree += faulty_net_agree(on, stuck, other_stuck);
  seen->hit += !faulty_net_agree(on, clean, flips);
  float *const all[] = {clean, flips, stuck, other_clean, other_flips, other_stuck};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    free(all[i]);
  }
}

static void flips_give_the_same_logits_in_both_formats_and_stuck_cells_do_not(void) {
  both_formats seen = {0};
  for (uint64_t seed = 0; seed < RANDOM_NETS; seed++) {
    const bo_chip chip = {.seed = seed, .ber = 0.02};
    faulty_net on = faulty_net_new(small_net(seed), seed, RANDOM_IMAGES);
    compare_formats(&on, &chip, &seen);
    faulty_net_free(&on);
  }
  CU_ASSERT_EQUAL(seen.clean_agree, seen.networks);
  CU_ASSERT_EQUAL(seen.flips_agree, seen.networks);
  CU_ASSERT(seen.hit > seen.networks / 2);
  CU_ASSERT(seen.stuck_agree < seen.networks / 2);
}

static void a_network_stored_in_either_format_is_the_same_network(void) {
  unsigned converted = 0;
  for (uint64_t seed = 0; seed < RANDOM_NETS; seed++) {
    faulty_net on = faulty_net_new(small_net(seed), seed, RANDOM_IMAGES);
    float *const clean = faulty_net_logits(&on, NULL);
    for (int storage = 0; storage < BO_STORAGES; storage++) {
      converted += on.net->weights[0].storage != (bo_storage)storage;
      bo_net_store_as(on.net, (bo_storage)storage);
      CU_ASSERT_EQUAL(on.net->weights[0].storage, (bo_storage)storage);
      CU_ASSERT_EQUAL(bo_net_check(on.net, NULL), BO_OK);
      float *const other = faulty_net_logits(&on, NULL);
      CU_ASSERT(faulty_net_agree(&on, clean, other));
      free(other);
    }
    free(clean);
    faulty_net_free(&on);
  }
  CU_ASSERT(converted >= RANDOM_NETS);
}

/* Cells that prefer 1 raise a code of offset binary; in two's complement they lower most of those
 * that were above 0, by the top bit. */
static void a_chip_that_prefers_1_tells_the_formats_apart(void) {
  static const bo_cell_model model = {.prefers_1 = 0.9, .effects = {{0, 0.5, 0, 0.1}, {0}}};
  const double rate[BO_FAULT_DIRECTIONS] = {0.018, 0.002};
  unsigned networks = 0;
  unsigned agree = 0;
  for (uint64_t seed = 0; seed < RANDOM_NETS; seed++) {
    bo_chip chip = {.seed = seed, .ber = 0.02, .source = BO_CELLS_MODEL};
    require(bo_cell_state_at(&chip.cells.model, &model, seed, rate, NULL), NULL);
    both_formats seen = {0};
    faulty_net on = faulty_net_new(small_net(seed), seed, RANDOM_IMAGES);
    compare_formats(&on, &chip, &seen);
    CU_ASSERT_EQUAL(seen.clean_agree, 1);
    networks += seen.hit;
    agree += seen.hit && seen.flips_agree;
    faulty_net_free(&on);
  }
  CU_ASSERT(networks > RANDOM_NETS / 3);
  CU_ASSERT(agree < networks / 2);
}

/* Borrowed. */
static faulty_net net_of(const bo_workload *workload) {
  return (faulty_net){workload->net, workload->placement, workload->input, workload->images};
}

static void the_shipped_network_tells_flips_from_stuck_cells_too(void) {
  const bo_chip chip = {.seed = 1, .ber = 0.01};
  bo_workload *const workload = shipped_model(FEW_IMAGES);
  faulty_net on = net_of(workload);
  both_formats seen = {0};
  compare_formats(&on, &chip, &seen);
  CU_ASSERT_EQUAL(seen.clean_agree, 1);
  CU_ASSERT_EQUAL(seen.flips_agree, 1);
  CU_ASSERT_EQUAL(seen.hit, 1);
  CU_ASSERT_EQUAL(seen.stuck_agree, 0);
  bo_workload_free(workload);
}

/* Both formats write the other top bit into a cell that then holds one and the same. */
static void a_stuck_top_bit_puts_a_weight_half_the_range_apart(void) {
  const bo_chip chip = {.seed = 1, .ber = 0.02};
  uint64_t apart = 0;
  for (uint64_t seed = 0; seed < RANDOM_NETS; seed++) {
    faulty_net on = faulty_net_new(small_net(seed), seed, 1);
    uint8_t **const flips = faulty_net_codes(&on, &chip, FAULT_FLIPS);
    uint8_t **const stuck = faulty_net_codes(&on, &chip, FAULT_STUCK);
    change_storage(on.net);
    uint8_t **const other = faulty_net_codes(&on, &chip, FAULT_STUCK);
    for (uint32_t t = 0; t < on.net->weight_tensors; t++) {
      const bo_weights *const weights = &on.net->weights[t];
      for (size_t i = 0; i < bo_weights_count(weights); i++) {
        /* A flip of the clean code, whose top bit changed meanwhile, tells the faulty cell. */
        const uint8_t was = weights->code[i] ^ top_bit(weights);
        const bool faulty = ((flips[t][i] ^ was) & top_bit(weights)) != 0;
        CU_ASSERT_EQUAL(stuck[t][i] ^ other[t][i], faulty ? 0 : top_bit(weights));
        apart += faulty;
      }
    }
    free((void *)flips);
    free((void *)stuck);
    free((void *)other);
    faulty_net_free(&on);
  }
  CU_ASSERT(apart > RANDOM_NETS);
}

/* --- voltage --- */

/* Weight bits of a network that read other than stored. */
typedef struct nesting {
  uint64_t higher, lower; /* at the higher and at the lower voltage */
  uint64_t lost;          /* at the higher one alone */
} nesting;

static void compare_voltages(const faulty_net *on, const bo_chip *higher, const bo_chip *lower,
                             nesting *seen) {
  uint8_t **const few = faulty_net_codes(on, higher, FAULT_FLIPS);
  uint8_t **const many = faulty_net_codes(on, lower, FAULT_FLIPS);
  for (uint32_t t = 0; t < on->net->weight_tensors; t++) {
    const bo_weights *const weights = &on->net->weights[t];
    for (size_t i = 0; i < bo_weights_count(weights); i++) {
      const unsigned at_higher = few[t][i] ^ weights->code[i];
      const unsigned at_lower = many[t][i] ^ weights->code[i];
      seen->higher += (uint64_t)__builtin_popcount(at_higher);
      seen->lower += (uint64_t)__builtin_popcount(at_lower);
      seen->lost += (uint64_t)__builtin_popcount(at_higher & ~at_lower);
    }
  }
  free((void *)few);
  free((void *)many);
}

/* Every pair of neighbours on the way down, for one chip. */
static void lower_step_by_step(const faulty_net *on, const bo_profile *profile, uint64_t seed,
                               nesting *seen) {
  bo_diag diag = {""};
  for (size_t i = 0; i + 1 < VOLTAGES; i++) {
    bo_chip higher;
    bo_chip lower;
    require(bo_chip_at(&higher, profile, seed, voltage[i], &diag), &diag);
    require(bo_chip_at(&lower, profile, seed, voltage[i + 1], &diag), &diag);
    compare_voltages(on, &higher, &lower, &seen[i]);
  }
}

static void bits_that_fail_at_a_voltage_fail_alike_at_every_lower_one(void) {
  nesting random[VOLTAGES] = {0};
  nesting shipped[VOLTAGES] = {0};
  bo_workload *const workload = shipped_model(FEW_IMAGES);
  unsigned streamed = 0;
  for (uint64_t seed = 0; seed < RANDOM_NETS; seed++) {
    faulty_net on = faulty_net_new(small_net(seed), seed, 1);
    streamed += bo_placement_passes(on.placement) > 1;
    lower_step_by_step(&on, &workload->profile, seed, random);
    faulty_net_free(&on);
  }
  const faulty_net on = net_of(workload);
  lower_step_by_step(&on, &workload->profile, 1, shipped);
  for (size_t i = 0; i + 1 < VOLTAGES; i++) {
    CU_ASSERT_EQUAL(random[i].lost, 0);
    CU_ASSERT_EQUAL(shipped[i].lost, 0);
    CU_ASSERT(random[i].lower > random[i].higher);
    CU_ASSERT(shipped[i].lower > shipped[i].higher);
  }
  CU_ASSERT(streamed > 0); /* one cell, several weights */
  CU_ASSERT(random[1].higher > 0);
  CU_ASSERT(shipped[1].higher > 0);
  bo_workload_free(workload);
}

/* --- bit error rate --- */

static double half_width(const bo_point_summary *summary) {
  return summary->robust_error_pct.mean - summary->robust_error_pct.ci95_low;
}

/* Chips of their own at every rate: that errors are nested is no part of this. */
static void robust_error_rises_with_the_bit_error_rate_within_its_interval(void) {
  static const double ber[] = {0.0001, 0.001, 0.005, 0.01, 0.025, 0.1};
  enum {
    RATES = sizeof ber / sizeof ber[0]
  };
  bo_point_summary at[RATES];
  bo_workload *const workload = shipped_model(MODEL_IMAGES);
  for (size_t i = 0; i < RATES; i++) {
    at[i] = shipped_model_at(workload, ber[i], 1000 * i, MODEL_CHIPS);
    for (size_t below = 0; below < i; below++) {
      CU_ASSERT(at[i].robust_error_pct.mean >=
                at[below].robust_error_pct.mean - half_width(&at[i]) - half_width(&at[below]));
    }
  }
  CU_ASSERT(at[RATES - 1].robust_error_pct.ci95_low > at[0].robust_error_pct.ci95_high);
  CU_ASSERT(half_width(&at[RATES - 1]) < 20.0); /* else anything would be within it */
  bo_workload_free(workload);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(flips_give_the_same_logits_in_both_formats_and_stuck_cells_do_not),
    BO_TEST(a_chip_that_prefers_1_tells_the_formats_apart),
    BO_TEST(the_shipped_network_tells_flips_from_stuck_cells_too),
    BO_TEST(a_network_stored_in_either_format_is_the_same_network),
    BO_TEST(a_stuck_top_bit_puts_a_weight_half_the_range_apart),
    BO_TEST(bits_that_fail_at_a_voltage_fail_alike_at_every_lower_one),
    BO_TEST(robust_error_rises_with_the_bit_error_rate_within_its_interval),
    CU_TEST_INFO_NULL,
};
