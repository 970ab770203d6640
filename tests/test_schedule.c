/* The closed form against hand counts, and against a machine simulated cycle by cycle. */
#include "accel/schedule.h"
#include "base/rng.h"
#include "test_suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* --- small networks: the schedule reads shapes, never codes --- */

enum {
  MAX_LAYERS = 32
};

typedef struct shapes {
  bo_net net;
  bo_layer layer[MAX_LAYERS];
  bo_weights weights[MAX_LAYERS];
} shapes;

static void begin(shapes *s, bo_shape input) {
  *s = (shapes){.net = {.name = (char *)"shapes", .input = input, .input_quant = {1.0F, 0}}};
  s->net.layer = s->layer;
  s->net.weights = s->weights;
}

static bo_layer *add_layer(shapes *s, bo_op op, bo_shape out, uint32_t kernel) {
  const uint32_t index = s->net.layers++;
  bo_layer *layer = &s->layer[index];
  layer->op = op;
  layer->input[0] = (int32_t)index - 1;
  layer->input[1] = BO_NET_INPUT;
  layer->in = index == 0 ? s->net.input : s->layer[index - 1].out;
  layer->out = out;
  layer->window = (bo_window){kernel, kernel, 1, 1, 1, 1, 0, 0, 0, 0};
  return layer;
}

static bo_layer *add_conv(shapes *s, bo_shape out, uint32_t kernel, uint32_t groups,
                          uint32_t bits) {
  bo_layer *layer = add_layer(s, BO_OP_CONV, out, kernel);
  layer->weights = s->net.weight_tensors++;
  s->weights[layer->weights] = (bo_weights){
      .bits = bits,
      .groups = groups,
      .outputs = out.c / groups,
      .inputs = layer->in.c / groups * kernel * kernel,
  };
  return layer;
}

/* A matrix product as a 1x1 convolution: K inputs, N outputs a group, M places. */
static void product(shapes *s, uint32_t m, uint32_t k, uint32_t n, uint32_t groups, uint32_t bits) {
  begin(s, (bo_shape){m, 1, k * groups});
  (void)add_conv(s, (bo_shape){m, 1, n * groups}, 1, groups, bits);
}

static bo_arch small_arch(void) {
  bo_arch arch = bo_arch_default();
  arch.array_rows = 4;
  arch.array_cols = 4;
  arch.bank_width_bits = 8;
  arch.weight_read_banks = 1;
  arch.dram_bytes_per_cycle = 4096;
  return arch;
}

static bool equal(const char *what, uint64_t got, uint64_t expected) {
  if (got != expected) {
    (void)printf("%s: got %llu, expected %llu\n", what, (unsigned long long)got,
                 (unsigned long long)expected);
  }
  return got == expected;
}

#define EXPECT(events, member, expected)                                                           \
  CU_ASSERT(equal(#member, (events).member, (uint64_t)(expected)))

/* --- by hand --- */

static void the_example_of_the_header_takes_46_cycles(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch();
  product(&s, 5, 6, 5, 1, 8);
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, compute_cycles, 20);   /* 4 tiles of 5 places */
  EXPECT(events, stall_fill_drain, 23); /* 16 codes one by one, then 4 + 4 - 1 */
  EXPECT(events, stall_weights, 3);     /* 8 codes of the second tile behind 5 places */
  EXPECT(events, stall_dram, 0);
  EXPECT(events, cycles, 46);
  EXPECT(events, macs, 5 * 6 * 5);
  EXPECT(events, weight_row_reads, 30); /* each code is a row */
  EXPECT(events, weight_row_writes, 0);
  EXPECT(events, activation_bytes_read, 5 * 6 * 2); /* twice: two N-tiles */
  EXPECT(events, activation_bytes_written, 25);
  EXPECT(events, accumulator_writes, 50); /* 25 sums, two K-tiles */
  EXPECT(events, accumulator_reads, 50);
  EXPECT(events, dram_bytes_read, 30);    /* the image */
  EXPECT(events, dram_bytes_written, 25); /* the logits, codes */
}

static void with_nine_places_the_weights_of_the_example_come_in_time(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch();
  product(&s, 9, 6, 5, 1, 8);
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, stall_weights, 0);
  EXPECT(events, cycles, 16 + 4 * 9 + 7);
}

static void a_row_of_weights_holds_whole_codes_only(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.bank_width_bits = 64;
  product(&s, 5, 4, 4, 1, 5); /* 12 codes of 5 bits a row */
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, weight_row_reads, 2);
  EXPECT(events, stall_fill_drain, 4 + 7); /* shifting 4 rows takes longer than reading 2 */
}

static void places_beyond_the_accumulators_come_as_a_second_chunk_with_the_weights_again(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.accumulator_sram_kib = 1; /* 256 sums: 64 places of 4 columns */
  product(&s, 70, 8, 4, 1, 8);
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, weight_row_reads, 2 * 32);
  EXPECT(events, compute_cycles, 2 * 70);
  /* 16 cycles a tile: behind 64 places in time, only the last one comes behind 6. */
  EXPECT(events, stall_weights, 16 - 6);
}

static void a_network_that_fits_stays_and_one_row_more_streams_from_dram(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.weight_banks = 1;
  arch.bank_rows = 30;
  product(&s, 5, 6, 5, 1, 8); /* 30 rows */
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, weight_row_writes, 0);
  arch.bank_rows = 29;
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, weight_row_writes, 30);
  EXPECT(events, dram_bytes_read, 30 + 30);
  arch.weight_banks = 0; /* as many as needed */
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, weight_row_writes, 0);
}

static void dram_stalls_are_what_is_left_after_everything_else(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  product(&s, 5, 6, 5, 1, 8);
  arch.dram_bytes_per_cycle = 1; /* 30 + 25 bytes against 46 cycles */
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, stall_dram, 9);
  EXPECT(events, cycles, 55);
  arch.dram_bytes_per_cycle = 2;
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, stall_dram, 0);
}

static void a_tensor_larger_than_half_the_activation_sram_goes_through_dram(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.activation_sram_kib = 1;
  begin(&s, (bo_shape){8, 8, 1});
  (void)add_conv(&s, (bo_shape){8, 8, 8}, 1, 1, 8); /* 512 bytes: just fits */
  (void)add_conv(&s, (bo_shape){8, 8, 9}, 1, 1, 8); /* 576 bytes */
  (void)add_conv(&s, (bo_shape){8, 8, 2}, 1, 1, 8);
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, dram_bytes_read, 64);
  EXPECT(events, dram_bytes_written, 0);
  bo_schedule_layer(&arch, &s.net, 1, &events);
  EXPECT(events, dram_bytes_read, 0);
  EXPECT(events, dram_bytes_written, 576);
  bo_schedule_layer(&arch, &s.net, 2, &events);
  EXPECT(events, dram_bytes_read, 576);
  EXPECT(events, dram_bytes_written, 128);
  s.net.float_logits = true;
  bo_schedule_layer(&arch, &s.net, 2, &events);
  EXPECT(events, dram_bytes_written, 4 * 128);
  EXPECT(events, activation_bytes_written, 0);
}

static void the_image_is_fetched_by_its_first_reader_only(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch();
  begin(&s, (bo_shape){4, 4, 3});
  (void)add_conv(&s, (bo_shape){4, 4, 3}, 1, 1, 8);
  (void)add_layer(&s, BO_OP_ADD, (bo_shape){4, 4, 3}, 1); /* adds the image again */
  bo_schedule_net(&arch, &s.net, &events);
  EXPECT(events, dram_bytes_read, 48);
}

static void layers_without_weights_take_a_byte_a_lane_and_cycle(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch(); /* 4 lanes */
  begin(&s, (bo_shape){4, 4, 3});
  (void)add_layer(&s, BO_OP_TABLE, (bo_shape){4, 4, 3}, 1);
  (void)add_layer(&s, BO_OP_MAX_POOL, (bo_shape){3, 3, 3}, 2);
  (void)add_layer(&s, BO_OP_ADD, (bo_shape){3, 3, 3}, 1);
  const uint64_t bytes[] = {48, 108, 54}; /* 48; 27 windows of 4; 27 of each input */
  for (uint32_t i = 0; i < 3; i++) {
    bo_schedule_layer(&arch, &s.net, i, &events);
    EXPECT(events, activation_bytes_read, bytes[i]);
    EXPECT(events, compute_cycles, (bytes[i] + 3) / 4);
    EXPECT(events, stall_fill_drain, 0);
    EXPECT(events, macs, 0);
  }
}

static void depthwise_groups_come_one_after_the_other(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch();
  product(&s, 20, 9, 1, 6, 8);
  bo_schedule_layer(&arch, &s.net, 0, &events);
  EXPECT(events, compute_cycles, 6 * 3 * 20); /* 9 inputs on 4 rows: 3 tiles */
  EXPECT(events, macs, 6 * 9 * 20);
}

/* --- a machine, cycle by cycle --- */

typedef struct tile_visit {
  uint64_t k, n, places;
  bool first_k, last_k;
} tile_visit;

enum {
  MAX_TILES = 4096
};

typedef struct simulation {
  const bo_arch *arch;
  uint64_t codes_per_row;
  size_t tiles;
  tile_visit tile[MAX_TILES];
} simulation;

static uint64_t least(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

/* All tiles in the order of the header's loops. */
static void list_tiles(simulation *machine, const bo_layer *layer, const bo_weights *weights) {
  const bo_arch *arch = machine->arch;
  const uint64_t places = (uint64_t)layer->out.h * layer->out.w;
  const uint64_t chunk = (uint64_t)arch->accumulator_sram_kib * 256 / arch->array_cols;
  machine->codes_per_row = arch->bank_width_bits / weights->bits;
  machine->tiles = 0;
  for (uint32_t group = 0; group < weights->groups; group++) {
    for (uint64_t n = 0; n < weights->outputs; n += arch->array_cols) {
      for (uint64_t m = 0; m < places; m += chunk) {
        for (uint64_t k = 0; k < weights->inputs; k += arch->array_rows) {
          CU_ASSERT_FATAL(machine->tiles < MAX_TILES);
          machine->tile[machine->tiles++] = (tile_visit){
              .k = least(arch->array_rows, weights->inputs - k),
              .n = least(arch->array_cols, weights->outputs - n),
              .places = least(chunk, places - m),
              .first_k = k == 0,
              .last_k = k + arch->array_rows >= weights->inputs,
          };
        }
      }
    }
  }
}

/* What is loading: rows read from the banks, rows of weights shifted into the array. */
typedef struct weight_loader {
  size_t tile; /* that is loading, or next to load */
  uint64_t rows, shifted;
} weight_loader;

static void step_loader(const simulation *machine, weight_loader *loader, bo_events *events) {
  const tile_visit *tile = &machine->tile[loader->tile];
  const uint64_t array_rows = machine->arch->array_rows;
  for (uint32_t port = 0; port < machine->arch->weight_read_banks; port++) {
    if (loader->rows * machine->codes_per_row < tile->k * tile->n) {
      loader->rows++;
      events->weight_row_reads++;
    }
  }
  const uint64_t unused = array_rows - tile->k;
  const uint64_t codes = loader->rows * machine->codes_per_row;
  if (loader->shifted < unused || codes >= (loader->shifted - unused + 1) * tile->n) {
    loader->shifted++;
  }
  if (loader->shifted == array_rows) {
    *loader = (weight_loader){.tile = loader->tile + 1};
  }
}

static void step_stream(const tile_visit *tile, bo_events *events) {
  events->compute_cycles++;
  events->macs += tile->k * tile->n;
  events->activation_bytes_read += tile->k;
  events->accumulator_writes += tile->n;
  events->accumulator_reads += tile->first_k ? 0 : tile->n; /* to add to */
  events->accumulator_reads += tile->last_k ? tile->n : 0;  /* to requantise */
}

/* One clock at a time: a vector enters when its tile is there, the next tile loads behind it. */
static bo_events run_machine(const simulation *machine) {
  bo_events events = {0};
  weight_loader loader = {0};
  size_t current = 0; /* tile that streams or waits for its weights */
  uint64_t place = 0;
  while (current < machine->tiles) {
    const bool ready = loader.tile > current;
    /* The second weight register is free from the cycle in which the tile before begins. */
    const bool may_load =
        loader.tile < machine->tiles && loader.tile <= (ready ? current + 1 : current);
    if (may_load) {
      step_loader(machine, &loader, &events);
    }
    if (ready) {
      step_stream(&machine->tile[current], &events);
      if (++place == machine->tile[current].places) {
        place = 0;
        current++;
      }
    } else if (current == 0) {
      events.stall_fill_drain++;
    } else {
      events.stall_weights++;
    }
  }
  /* The last vector reaches row r and column c of the array r + c cycles after it entered, and the
   * accumulators one later. */
  for (uint32_t r = 1; r < machine->arch->array_rows; r++) {
    events.stall_fill_drain++;
  }
  for (uint32_t c = 1; c < machine->arch->array_cols; c++) {
    events.stall_fill_drain++;
  }
  events.stall_fill_drain++;
  events.cycles = events.compute_cycles + events.stall_fill_drain + events.stall_weights;
  return events;
}

static uint32_t draw(uint32_t seed, uint32_t which, uint32_t lo, uint32_t hi) {
  const uint32_t counter[3] = {seed, which, 77};
  return lo + bo_rng_draw(5, BO_RNG_TEST, counter).word[0] % (hi - lo + 1);
}

static bo_arch random_arch(uint32_t seed) {
  bo_arch arch = bo_arch_default();
  arch.array_rows = draw(seed, 0, 1, 7);
  arch.array_cols = draw(seed, 1, 1, 7);
  arch.bank_width_bits = draw(seed, 2, 8, 64);
  arch.weight_read_banks = draw(seed, 3, 1, 3);
  arch.weight_banks = 0;
  arch.accumulator_sram_kib = 1;
  arch.dram_bytes_per_cycle = 4096;
  return arch;
}

static bool same_events(uint32_t seed, const bo_events *got, const bo_events *expected) {
  const bool same = equal("cycles", got->cycles, expected->cycles) &&
                    equal("compute", got->compute_cycles, expected->compute_cycles) &&
                    equal("fill", got->stall_fill_drain, expected->stall_fill_drain) &&
                    equal("weights", got->stall_weights, expected->stall_weights) &&
                    equal("macs", got->macs, expected->macs) &&
                    equal("rows", got->weight_row_reads, expected->weight_row_reads) &&
                    equal("bytes", got->activation_bytes_read, expected->activation_bytes_read) &&
                    equal("sums out", got->accumulator_reads, expected->accumulator_reads) &&
                    equal("sums in", got->accumulator_writes, expected->accumulator_writes);
  if (!same) {
    (void)printf("seed %u\n", seed);
  }
  return same;
}

static void random_layers_cost_what_the_simulated_machine_counts(void) {
  simulation *machine = malloc(sizeof *machine);
  if (machine == NULL) {
    CU_FAIL("out of memory");
    return;
  }
  unsigned late = 0;
  unsigned chunked = 0;
  unsigned different = 0;
  for (uint32_t seed = 0; seed < 3000 && different < 3; seed++) {
    shapes s;
    bo_events got;
    const bo_arch arch = random_arch(seed);
    const uint32_t m = draw(seed, 4, 1, 3) == 1 ? draw(seed, 5, 1, 150) : draw(seed, 6, 1, 12);
    product(&s, m, draw(seed, 7, 1, 20), draw(seed, 8, 1, 16), draw(seed, 9, 1, 3),
            draw(seed, 10, 1, 8));
    machine->arch = &arch;
    list_tiles(machine, &s.layer[0], &s.weights[0]);
    const bo_events expected = run_machine(machine);
    bo_schedule_layer(&arch, &s.net, 0, &got);
    different += !same_events(seed, &got, &expected);
    late += expected.stall_weights > 0;
    chunked += m > 256 / arch.array_cols;
  }
  free(machine);
  CU_ASSERT_EQUAL(different, 0);
  CU_ASSERT(late > 300);
  CU_ASSERT(chunked > 100);
}

/* --- size --- */

static void resnet18(shapes *s) {
  begin(s, (bo_shape){224, 224, 3});
  (void)add_conv(s, (bo_shape){112, 112, 64}, 7, 1, 8);
  const uint32_t channels[] = {64, 128, 256, 512};
  for (uint32_t stage = 0; stage < 4; stage++) {
    const uint32_t side = 56 >> stage;
    for (uint32_t i = 0; i < 4; i++) {
      (void)add_conv(s, (bo_shape){side, side, channels[stage]}, 3, 1, 8);
    }
  }
  (void)add_conv(s, (bo_shape){1, 1, 1000}, 1, 1, 8);
}

static void a_resnet18_takes_less_than_ten_milliseconds_even_on_one_pe(void) {
  shapes s;
  bo_events events;
  bo_arch arch = bo_arch_default();
  arch.array_rows = 1;
  arch.array_cols = 1;
  resnet18(&s);
  const clock_t start = clock();
  bo_schedule_net(&arch, &s.net, &events);
  CU_ASSERT((double)(clock() - start) / CLOCKS_PER_SEC < 0.010);
  EXPECT(events, macs, bo_net_macs(&s.net));
  EXPECT(events, compute_cycles, events.macs); /* one MAC a cycle */
}

static void the_network_is_the_sum_of_its_layers(void) {
  shapes s;
  bo_events sum = {0};
  bo_events net;
  const bo_arch arch = bo_arch_default();
  resnet18(&s);
  for (uint32_t i = 0; i < s.net.layers; i++) {
    bo_events one;
    bo_schedule_layer(&arch, &s.net, i, &one);
    CU_ASSERT_EQUAL(one.cycles,
                    one.compute_cycles + one.stall_fill_drain + one.stall_weights + one.stall_dram);
    sum.cycles += one.cycles;
    sum.dram_bytes_read += one.dram_bytes_read;
    sum.weight_row_writes += one.weight_row_writes;
  }
  bo_schedule_net(&arch, &s.net, &net);
  EXPECT(net, cycles, sum.cycles);
  EXPECT(net, dram_bytes_read, sum.dram_bytes_read);
  EXPECT(net, weight_row_writes, sum.weight_row_writes);
  CU_ASSERT(net.weight_row_writes > 0); /* 11 MB do not fit into 128 KiB */
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_example_of_the_header_takes_46_cycles),
    BO_TEST(with_nine_places_the_weights_of_the_example_come_in_time),
    BO_TEST(a_row_of_weights_holds_whole_codes_only),
    BO_TEST(places_beyond_the_accumulators_come_as_a_second_chunk_with_the_weights_again),
    BO_TEST(a_network_that_fits_stays_and_one_row_more_streams_from_dram),
    BO_TEST(dram_stalls_are_what_is_left_after_everything_else),
    BO_TEST(a_tensor_larger_than_half_the_activation_sram_goes_through_dram),
    BO_TEST(the_image_is_fetched_by_its_first_reader_only),
    BO_TEST(layers_without_weights_take_a_byte_a_lane_and_cycle),
    BO_TEST(depthwise_groups_come_one_after_the_other),
    BO_TEST(random_layers_cost_what_the_simulated_machine_counts),
    BO_TEST(a_resnet18_takes_less_than_ten_milliseconds_even_on_one_pe),
    BO_TEST(the_network_is_the_sum_of_its_layers),
    CU_TEST_INFO_NULL,
};
