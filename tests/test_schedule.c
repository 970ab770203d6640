/* The closed form against hand counts; test_tick.c has it against the cycle-level machine. */
#include "accel/place_net.h"
#include "accel/schedule.h"
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
  arch.dram_latency_cycles = 0;
  return arch;
}

static bo_placement *place(const bo_arch *arch, const shapes *s, bo_placement_policy policy,
                           uint32_t interleave) {
  bo_placement *placement = NULL;
  const bo_placement_config config = {
      .policy = policy,
      .tile_cols = arch->array_cols,
      .banks = arch->weight_banks,
      .bank_rows = arch->bank_rows,
      .bank_width_bits = arch->bank_width_bits,
      .interleave = interleave,
  };
  /* A network without weights has no placement, and its layers ask for none. */
  const bo_status status = bo_place_net(&placement, &config, &s->net, NULL);
  CU_ASSERT_EQUAL(status, s->net.weight_tensors == 0 ? BO_E_INVALID : BO_OK);
  return placement;
}

static void schedule(const bo_arch *arch, const shapes *s, uint32_t index, bo_events *out) {
  bo_placement *const placement = place(arch, s, BO_PLACEMENT_TILE, 1);
  bo_schedule_layer(arch, &s->net, placement, index, out);
  bo_placement_free(placement);
}

static void schedule_all(const bo_arch *arch, const shapes *s, bo_events *out) {
  bo_placement *const placement = place(arch, s, BO_PLACEMENT_TILE, 1);
  bo_schedule_net(arch, &s->net, placement, out);
  bo_placement_free(placement);
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

static void the_example_of_the_header_takes_54_cycles(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch();
  product(&s, 5, 6, 5, 1, 8);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, compute_cycles, 20);   /* 4 tiles of 5 places */
  EXPECT(events, stall_fill_drain, 26); /* 3 and 16 codes one by one, then 4 + 4 - 1 */
  EXPECT(events, stall_weights, 8);     /* 11 and 7 cycles for the next tiles behind 5 places */
  EXPECT(events, stall_bank_conflict, 0);
  EXPECT(events, stall_dram, 0);
  EXPECT(events, cycles, 54);
  EXPECT(events, macs, 5 * 6 * 5);
  EXPECT(events, weight_row_reads, 30); /* each code is a row */
  EXPECT(events, weight_row_writes, 0);
  EXPECT(events, activation_bytes_read, 5 * 6 * 2); /* twice: two N-tiles */
  EXPECT(events, activation_bytes_written, 25);
  EXPECT(events, accumulator_writes, 25); /* 25 sums of the first of two K-tiles */
  EXPECT(events, accumulator_reads, 25);
  EXPECT(events, dram_bytes_read, 30);    /* the image */
  EXPECT(events, dram_bytes_written, 25); /* the logits, codes */
}

static void output_stationary_the_example_of_the_header_takes_83_cycles(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.dataflow = BO_DATAFLOW_OUTPUT_STATIONARY;
  product(&s, 5, 6, 5, 1, 8);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, compute_cycles, 24);   /* 4 tiles of 6 inputs */
  EXPECT(events, stall_weights, 48);    /* 27 - 6 twice for 24 codes, 9 - 6 twice for 6 */
  EXPECT(events, stall_fill_drain, 11); /* 4 + 3 through the array, then 4 down and out */
  EXPECT(events, cycles, 83);
  EXPECT(events, weight_row_reads, 2 * 30); /* again for the fifth place */
  EXPECT(events, activation_bytes_read, 5 * 6 * 2);
  EXPECT(events, accumulator_writes, 0);
  EXPECT(events, accumulator_reads, 0);
}

static void a_tile_shorter_than_the_drain_of_the_one_before_waits_for_it(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.dataflow = BO_DATAFLOW_OUTPUT_STATIONARY;
  arch.array_rows = 7;
  product(&s, 14, 1, 1, 1, 8); /* one code: two tiles of 3 + 1 + 0 cycles, 7 apart */
  schedule(&arch, &s, 0, &events);
  EXPECT(events, compute_cycles, 2);
  EXPECT(events, stall_weights, 2 * 3);
  EXPECT(events, stall_fill_drain, 3 + 2 * 7 + 4 - 1);
}

static void with_eleven_places_the_weights_of_the_example_come_in_time(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch();
  product(&s, 10, 6, 5, 1, 8);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, stall_weights, 1); /* one place less */
  product(&s, 11, 6, 5, 1, 8);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, stall_weights, 0);
  EXPECT(events, cycles, 19 + 4 * 11 + 7);
}

static void every_cycle_of_latency_is_paid_in_each_load(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.weight_read_latency_cycles = 4; /* 3 more in each of four tiles */
  product(&s, 5, 6, 5, 1, 8);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, stall_fill_drain, 26 + 3);
  EXPECT(events, stall_weights, (14 - 5) + (10 - 5) + (8 - 5));
}

static void a_row_of_weights_holds_whole_codes_only(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.bank_width_bits = 64;
  product(&s, 5, 4, 4, 1, 5); /* 12 codes of 5 bits a row */
  schedule(&arch, &s, 0, &events);
  EXPECT(events, weight_row_reads, 2);
  EXPECT(events, stall_fill_drain, 3 + 4 + 7); /* shifting 4 rows takes longer than reading 2 */
}

/* Four words of four codes: side by side two cycles, one after the other four. */
static void two_words_in_one_bank_conflict_unless_rows_are_interleaved(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.bank_width_bits = 16;
  arch.weight_read_banks = 2;
  product(&s, 5, 4, 4, 1, 4);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, stall_fill_drain, 3 + 4 + 7);
  EXPECT(events, stall_bank_conflict, 0); /* shifting in takes four cycles anyway */
  product(&s, 5, 4, 4, 1, 8);             /* eight words of two codes: four cycles or eight */
  schedule(&arch, &s, 0, &events);
  EXPECT(events, stall_fill_drain, 3 + 4 + 7);
  EXPECT(events, stall_bank_conflict, 4);
  bo_placement *const placement = place(&arch, &s, BO_PLACEMENT_TILE, 2);
  bo_schedule_layer(&arch, &s.net, placement, 0, &events);
  EXPECT(events, stall_bank_conflict, 0);
  EXPECT(events, cycles, 14 + 5);
  bo_placement_free(placement);
}

/* Linear: four outputs of four codes, gathered in 16 reads before the four rows go in. */
static void linear_placement_gathers_a_tile_before_it_shifts_in(void) {
  shapes s;
  bo_events events;
  const bo_arch arch = small_arch();
  product(&s, 5, 4, 4, 1, 8);
  bo_placement *const placement = place(&arch, &s, BO_PLACEMENT_LINEAR, 1);
  bo_schedule_layer(&arch, &s.net, placement, 0, &events);
  EXPECT(events, stall_fill_drain, 1 + 1 + 16 + 4 + 7);
  EXPECT(events, weight_row_reads, 16);
  bo_placement_free(placement);
}

static void places_beyond_the_accumulators_come_as_a_second_chunk_with_the_weights_again(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.accumulator_sram_kib = 1; /* 256 sums: 64 places of 4 columns */
  product(&s, 70, 8, 4, 1, 8);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, weight_row_reads, 2 * 32);
  EXPECT(events, compute_cycles, 2 * 70);
  /* 19 cycles a tile: behind 64 places in time, only the last one comes behind 6. */
  EXPECT(events, stall_weights, 19 - 6);
}

/* The 32 words of the layer in an SRAM of 24, for two chunks: words 0-7 and 24-31 take each other's
 * places, so 16 have to be brought in a second time. */
static void weights_that_do_not_fit_come_from_dram_again_for_every_chunk(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.accumulator_sram_kib = 1;
  arch.weight_banks = 1;
  arch.bank_rows = 24;
  product(&s, 70, 8, 4, 1, 8);
  schedule(&arch, &s, 0, &events);
  EXPECT(events, weight_row_writes, 32 + 16);
}

static void a_network_that_fits_stays_and_one_row_more_streams_from_dram(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  arch.weight_banks = 1;
  arch.bank_rows = 30;
  product(&s, 5, 6, 5, 1, 8); /* 30 rows */
  schedule(&arch, &s, 0, &events);
  EXPECT(events, weight_row_writes, 0);
  arch.bank_rows = 29;
  schedule(&arch, &s, 0, &events);
  EXPECT(events, weight_row_writes, 30);
  EXPECT(events, dram_bytes_read, 30 + 30);
  arch.weight_banks = 0; /* as many as needed */
  schedule(&arch, &s, 0, &events);
  EXPECT(events, weight_row_writes, 0);
}

static void dram_stalls_are_what_is_left_after_everything_else(void) {
  shapes s;
  bo_events events;
  bo_arch arch = small_arch();
  product(&s, 5, 6, 5, 1, 8);
  arch.dram_bytes_per_cycle = 1; /* 30 + 25 bytes against 54 cycles */
  schedule(&arch, &s, 0, &events);
  EXPECT(events, stall_dram, 1);
  EXPECT(events, cycles, 55);
  arch.dram_latency_cycles = 10;
  schedule(&arch, &s, 0, &events);
  EXPECT(events, stall_dram, 11);
  arch.dram_latency_cycles = 0;
  arch.dram_bytes_per_cycle = 2;
  schedule(&arch, &s, 0, &events);
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
  schedule(&arch, &s, 0, &events);
  EXPECT(events, dram_bytes_read, 64);
  EXPECT(events, dram_bytes_written, 0);
  schedule(&arch, &s, 1, &events);
  EXPECT(events, dram_bytes_read, 0);
  EXPECT(events, dram_bytes_written, 576);
  schedule(&arch, &s, 2, &events);
  EXPECT(events, dram_bytes_read, 576);
  EXPECT(events, dram_bytes_written, 128);
  s.net.float_logits = true;
  schedule(&arch, &s, 2, &events);
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
  schedule_all(&arch, &s, &events);
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
    schedule(&arch, &s, i, &events);
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
  schedule(&arch, &s, 0, &events);
  EXPECT(events, compute_cycles, 6 * 3 * 20); /* 9 inputs on 4 rows: 3 tiles */
  EXPECT(events, macs, 6 * 9 * 20);
}

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
  bo_placement *const placement = place(&arch, &s, BO_PLACEMENT_TILE, 1);
  const clock_t start = clock();
  bo_schedule_net(&arch, &s.net, placement, &events);
  CU_ASSERT((double)(clock() - start) / CLOCKS_PER_SEC < 0.010);
  EXPECT(events, macs, bo_net_macs(&s.net));
  EXPECT(events, compute_cycles, events.macs); /* one MAC a cycle */
  bo_placement_free(placement);
}

static void the_network_is_the_sum_of_its_layers(void) {
  shapes s;
  bo_events sum = {0};
  bo_events net;
  const bo_arch arch = bo_arch_default();
  resnet18(&s);
  for (uint32_t i = 0; i < s.net.layers; i++) {
    bo_events one;
    schedule(&arch, &s, i, &one);
    CU_ASSERT_EQUAL(one.cycles, one.compute_cycles + one.stall_fill_drain + one.stall_weights +
                                    one.stall_bank_conflict + one.stall_dram);
    sum.cycles += one.cycles;
    sum.dram_bytes_read += one.dram_bytes_read;
    sum.weight_row_writes += one.weight_row_writes;
  }
  schedule_all(&arch, &s, &net);
  EXPECT(net, cycles, sum.cycles);
  EXPECT(net, dram_bytes_read, sum.dram_bytes_read);
  EXPECT(net, weight_row_writes, sum.weight_row_writes);
  CU_ASSERT(net.weight_row_writes > 0); /* 11 MB do not fit into 128 KiB */
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_example_of_the_header_takes_54_cycles),
    BO_TEST(output_stationary_the_example_of_the_header_takes_83_cycles),
    BO_TEST(a_tile_shorter_than_the_drain_of_the_one_before_waits_for_it),
    BO_TEST(with_eleven_places_the_weights_of_the_example_come_in_time),
    BO_TEST(every_cycle_of_latency_is_paid_in_each_load),
    BO_TEST(a_row_of_weights_holds_whole_codes_only),
    BO_TEST(two_words_in_one_bank_conflict_unless_rows_are_interleaved),
    BO_TEST(linear_placement_gathers_a_tile_before_it_shifts_in),
    BO_TEST(places_beyond_the_accumulators_come_as_a_second_chunk_with_the_weights_again),
    BO_TEST(weights_that_do_not_fit_come_from_dram_again_for_every_chunk),
    BO_TEST(a_network_that_fits_stays_and_one_row_more_streams_from_dram),
    BO_TEST(dram_stalls_are_what_is_left_after_everything_else),
    BO_TEST(a_tensor_larger_than_half_the_activation_sram_goes_through_dram),
    BO_TEST(the_image_is_fetched_by_its_first_reader_only),
    BO_TEST(layers_without_weights_take_a_byte_a_lane_and_cycle),
    BO_TEST(depthwise_groups_come_one_after_the_other),
    BO_TEST(a_resnet18_takes_less_than_ten_milliseconds_even_on_one_pe),
    BO_TEST(the_network_is_the_sum_of_its_layers),
    CU_TEST_INFO_NULL,
};
