/* What vectors expect of the core: sums as plain loops have them, ports as the core's contract
 * says. */
#include "accel/vectors.h"
#include "fail_alloc.h"
#include "mem/inject.h"
#include "random_net.h"
#include "test_suite.h"

#include <stdlib.h>
#include <string.h>

/* A network on a machine that the RTL can be built for. */
typedef struct vectors_case {
  bo_net *net;
  bo_arch arch;
  bo_placement *placement;
  const uint8_t **clean;
  uint8_t **faulty;
  bo_chip chip;
  uint8_t *input; /* of any layer: random codes */
} vectors_case;

enum {
  MAX_INPUT = 9 * 9 * 12,
};

static void place_weights(vectors_case *c, uint64_t start_row) {
  const bo_net *const net = c->net;
  bo_weight_shape shape[8];
  CU_ASSERT_FATAL(net->weight_tensors <= 8);
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    const bo_weights *const w = &net->weights[t];
    shape[t] = (bo_weight_shape){w->groups, w->outputs, w->inputs, w->bits};
    c->clean[t] = w->code;
  }
  const bo_placement_config config = {
      .policy = BO_PLACEMENT_TILE,
      .tile_cols = c->arch.array_cols,
      .bank_rows = c->arch.bank_rows,
      .bank_width_bits = c->arch.bank_width_bits,
      .start_row = start_row,
  };
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&c->placement, &config, shape, net->weight_tensors, NULL),
                        BO_OK);
}

/* As many banks as the network needs: every layer fits. False: it has no weights. */
static bool case_new(vectors_case *c, uint64_t seed) {
  test_draws draws = {.seed = seed + 4000};
  *c = (vectors_case){.net = random_net(seed, (random_net_limits){3, 9, 12})};
  if (c->net->weight_tensors == 0) {
    bo_net_free(c->net);
    return false;
  }
  c->arch = bo_arch_default();
  c->arch.array_rows = (uint32_t)test_draw_in(&draws, 1, 6);
  c->arch.array_cols = (uint32_t)test_draw_in(&draws, 1, 20);
  c->arch.bank_rows = (uint32_t)test_draw_in(&draws, 10, 100);
  c->arch.bank_width_bits = (uint32_t)test_draw_in(&draws, 8, 64);
  c->arch.weight_read_latency_cycles = (uint32_t)test_draw_in(&draws, 1, 3);
  c->arch.accumulator_sram_kib = 1;
  c->chip = (bo_chip){.seed = seed, .vdd_ratio = 0.8, .ber = 0.05};
  c->clean = calloc(c->net->weight_tensors, sizeof *c->clean);
  c->faulty = bo_net_codes_new(c->net);
  c->input = malloc(MAX_INPUT);
  CU_ASSERT_FATAL(c->clean != NULL && c->faulty != NULL && c->input != NULL);
  test_draw_bytes(&draws, c->input, MAX_INPUT);
  place_weights(c, test_draw(&draws) % 100);
  bo_fault_count count = {0};
  bo_injector *injector = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_injector_new(&injector, c->placement, NULL), BO_OK);
  bo_injector_run(injector, &c->chip, c->clean, c->faulty, &count);
  bo_injector_free(injector);
  return true;
}

static void case_free(vectors_case *c) {
  bo_net_free(c->net);
  bo_placement_free(c->placement);
  free(c->clean);
  free(c->faulty);
  free(c->input);
}

static bo_vectors_config config_of(const vectors_case *c, uint32_t layer) {
  return (bo_vectors_config){
      .arch = &c->arch,
      .net = c->net,
      .placement = c->placement,
      .codes = c->clean,
      .chip = &c->chip,
      .layer = layer,
      .input = c->input,
  };
}

/* Sum of output @p n (over all groups) at a place, without bias, by its definition. */
static int32_t convolve(const vectors_case *c, uint32_t index, uint64_t place, uint32_t n) {
  const bo_layer *const layer = &c->net->layer[index];
  const bo_weights *const weights = &c->net->weights[layer->weights];
  const bo_window *const win = &layer->window;
  const uint32_t channels = layer->in.c / weights->groups;
  const uint32_t first = n / weights->outputs * channels;
  const uint8_t *code = &c->faulty[layer->weights][(size_t)n * weights->inputs];
  int32_t sum = 0;
  for (uint32_t channel = 0; channel < channels; channel++) {
    for (uint32_t ky = 0; ky < win->kernel_h; ky++) {
      for (uint32_t kx = 0; kx < win->kernel_w; kx++, code++) {
        const int64_t y = (int64_t)(place / layer->out.w) * win->stride_h +
                          (int64_t)ky * win->dilation_h - win->pad_top;
        const int64_t x = (int64_t)(place % layer->out.w) * win->stride_w +
                          (int64_t)kx * win->dilation_w - win->pad_left;
        if (y >= 0 && y < layer->in.h && x >= 0 && x < layer->in.w) {
          const uint8_t q =
              c->input[((size_t)y * layer->in.w + (size_t)x) * layer->in.c + first + channel];
          sum += (q - layer->in_quant[0].zero_point) *
                 (bo_weights_decode(weights, *code) - weights->zero_point[n]);
        }
      }
    }
  }
  return sum;
}

/* The sums that columns are to deliver, each in its order: group, N-tile, place. */
typedef struct delivery {
  const vectors_case *c;
  uint32_t layer;
  uint64_t first_place, places;
} delivery;

/* The @p i-th sum of column @p column; false: there is no such one. */
static bool expected_sum(const delivery *d, uint32_t column, uint64_t i, int32_t *sum) {
  const bo_weights *const weights = &d->c->net->weights[d->c->net->layer[d->layer].weights];
  const uint32_t cols = d->c->arch.array_cols;
  const uint32_t tiles = (weights->outputs + cols - 1) / cols; /* of a group */
  const uint64_t tile = i / d->places;
  const uint64_t n = tile % tiles * cols + column;
  if (tile >= (uint64_t)tiles * weights->groups) {
    return false;
  }
  *sum = n < weights->outputs ? convolve(d->c, d->layer, d->first_place + i % d->places,
                                         (uint32_t)(tile / tiles * weights->outputs + n))
                              : 0;
  return true;
}

/* Plays the vectors to their end; sums that are wrong, missing or too many. */
static uint64_t wrong_sums(bo_vectors *vectors, const delivery *d) {
  bo_vectors_ports ports;
  uint64_t wrong = 0;
  uint64_t count[20] = {0};
  int32_t sum = 0;
  while (bo_vectors_look(vectors, &ports)) {
    for (uint32_t c = 0; c < d->c->arch.array_cols; c++) {
      if (ports.sum_valid[c] != 0) {
        wrong += !expected_sum(d, c, count[c], &sum) || sum != ports.sum[c];
        count[c]++;
      }
    }
    bo_vectors_tick(vectors);
  }
  for (uint32_t c = 0; c < d->c->arch.array_cols; c++) {
    wrong += expected_sum(d, c, count[c], &sum);
  }
  return wrong;
}

static void sums_are_those_of_plain_loops_on_what_the_chip_reads(void) {
  uint32_t layers = 0;
  for (uint64_t seed = 0; seed < 60; seed++) {
    vectors_case c;
    if (!case_new(&c, seed)) {
      continue;
    }
    for (uint32_t i = 0; i < c.net->layers; i++) {
      const bo_layer *const layer = &c.net->layer[i];
      if (layer->op != BO_OP_CONV) {
        continue;
      }
      const uint64_t all = (uint64_t)layer->out.h * layer->out.w;
      bo_vectors_config config = config_of(&c, i);
      config.first_place = seed % 2 == 0 ? 0 : all / 3;
      config.places = seed % 3 == 0 ? 0 : all / 2;
      const uint64_t rest = all - config.first_place;
      const delivery d = {&c, i, config.first_place,
                          config.places == 0 || config.places > rest ? rest : config.places};
      bo_vectors *vectors = NULL;
      CU_ASSERT_EQUAL_FATAL(bo_vectors_new(&vectors, &config, NULL), BO_OK);
      CU_ASSERT_EQUAL(wrong_sums(vectors, &d), 0);
      bo_vectors_free(vectors);
      layers++;
    }
    case_free(&c);
  }
  CU_ASSERT(layers > 40);
}

/* Bank after bank, the words of other tensors left out: the host has nothing more to write. */
static void banks_hold_the_words_of_the_layer_where_the_placement_has_them(void) {
  vectors_case c;
  CU_ASSERT_TRUE_FATAL(case_new(&c, 1));
  uint32_t index = 0;
  while (c.net->layer[index].op != BO_OP_CONV) {
    index++;
  }
  const bo_vectors_config config = config_of(&c, index);
  const uint32_t tensor = c.net->layer[index].weights;
  bo_vectors *vectors = NULL;
  uint32_t held = 0;
  CU_ASSERT_EQUAL_FATAL(bo_vectors_new(&vectors, &config, NULL), BO_OK);
  for (uint32_t bank = 0; bank < bo_placement_banks(c.placement); bank++) {
    for (uint32_t row = 0; row < c.arch.bank_rows; row++) {
      uint64_t expected = 0;
      for (uint32_t column = 0; column < c.arch.bank_width_bits; column++) {
        bo_weight_bit bit;
        if (bo_placement_resident(c.placement, (bo_bit_place){bank, row, column}, 0, &bit) &&
            bit.tensor == tensor) {
          const uint64_t value = c.clean[tensor][bit.element] >> bit.bit & 1;
          expected |= value << column;
        }
      }
      CU_ASSERT_EQUAL(bo_vectors_bank(vectors, bank)[row], expected);
      held += expected != 0;
    }
  }
  CU_ASSERT(held > 0);
  bo_vectors_free(vectors);
  case_free(&c);
}

static void every_failed_allocation_is_reported(void) {
  vectors_case c;
  CU_ASSERT_TRUE_FATAL(case_new(&c, 1));
  uint32_t index = 0;
  while (c.net->layer[index].op != BO_OP_CONV) {
    index++;
  }
  const bo_vectors_config config = config_of(&c, index);
  unsigned k = 0;
  for (bool failed = true; failed; k++) {
    bo_vectors *vectors = NULL;
    fail_alloc_arm(k);
    const bo_status status = bo_vectors_new(&vectors, &config, NULL);
    failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    CU_ASSERT_EQUAL(vectors == NULL, failed);
    bo_vectors_free(vectors);
  }
  CU_ASSERT(k > 8);
  case_free(&c);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(sums_are_those_of_plain_loops_on_what_the_chip_reads),
    BO_TEST(banks_hold_the_words_of_the_layer_where_the_placement_has_them),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
