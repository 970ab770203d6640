/* The cycle-level engine against the fast one: logits, cycles and every event, bit by bit. */
#include "accel/engine.h"
#include "accel/place_net.h"
#include "accel/tick.h"
#include "accel/tiles.h"
#include "fail_alloc.h"
#include "mem/inject.h"
#include "probe_list.h"
#include "random_net.h"
#include "test_suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an allocation gave; there is no test without it. */
static void *must_have(void *memory) {
  if (memory == NULL) {
    abort();
  }
  return memory;
}

/* --- cases -------------------------------------------------------------------------------------
 */

/* A network on a machine with the faults of a chip. */
typedef struct tick_case {
  bo_net *net;
  bo_arch arch;
  bo_placement *placement;
  bo_chip chip;
} tick_case;

static bo_arch random_arch(test_draws *draws) {
  bo_arch arch = bo_arch_default();
  const int32_t side = test_draw_in(draws, 0, 3) == 0 ? 20 : 6;
  arch.array_rows = (uint32_t)test_draw_in(draws, 1, side);
  arch.array_cols = (uint32_t)test_draw_in(draws, 1, side);
  arch.dataflow = (uint32_t)test_draw_in(draws, 0, 1);
  arch.weight_banks = (uint32_t)test_draw_in(draws, 0, 6);
  arch.bank_rows = (uint32_t)test_draw_in(draws, 1, test_draw_in(draws, 0, 1) == 0 ? 8 : 300);
  arch.bank_width_bits = (uint32_t)test_draw_in(draws, 8, 64);
  arch.weight_read_banks = (uint32_t)test_draw_in(draws, 1, 4);
  arch.weight_read_latency_cycles = (uint32_t)test_draw_in(draws, 1, 4);
  arch.activation_sram_kib = (uint32_t)test_draw_in(draws, 1, 2);
  arch.accumulator_sram_kib = 1;
  arch.dram_bytes_per_cycle =
      (uint32_t)test_draw_in(draws, 1, test_draw_in(draws, 0, 1) == 0 ? 3 : 40);
  arch.dram_latency_cycles = (uint32_t)test_draw_in(draws, 0, 200);
  return arch;
}

/* A divisor of the number of banks; of 0 banks, which become as many as it takes, any. */
static uint32_t random_interleave(test_draws *draws, uint32_t banks) {
  uint32_t interleave = (uint32_t)test_draw_in(draws, 0, 6);
  while (interleave != 0 && banks % interleave != 0) {
    interleave--;
  }
  return interleave;
}

static bo_placement *place(const bo_net *net, const bo_arch *arch, bo_placement_policy policy,
                           uint32_t interleave, uint64_t start_row, bool rotate) {
  bo_placement *placement = NULL;
  const bo_placement_config config = {
      .policy = policy,
      .tile_cols = arch->array_cols,
      .banks = arch->weight_banks,
      .bank_rows = arch->bank_rows,
      .bank_width_bits = arch->bank_width_bits,
      .start_row = start_row,
      .interleave = interleave,
      .rotate = rotate && arch->bank_width_bits % 8 == 0,
  };
  CU_ASSERT_EQUAL_FATAL(bo_place_net(&placement, &config, net, NULL), BO_OK);
  return placement;
}

/* Chips of every source: cells that flip, of a model, of a map, between 0 and 1 or persistent. */
static const bo_cell_model model = {.prefers_1 = 0.7,
                                    .effects = {{0.05, 0.3, 0.02, 0.2}, {0.0, 0.1, 0.0, 0.3}}};
static bo_cell_map *map;

static void make_map(void) {
  const bo_cell_shape shape = {3, 17, 40};
  bo_cell_rates rates;
  test_draws draws = {.seed = 5};
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, 1, &shape, NULL), BO_OK);
  rates.vdd_ratio[0] = 0.8;
  for (size_t i = 0; i < bo_cell_count(&shape); i++) {
    const int32_t kind = test_draw_in(&draws, 0, 20);
    const float p = kind < 3 ? 0.5F : 1.0F;
    rates.p[0][i] = kind == 0 || kind == 3 || kind == 5 ? p : 0;
    rates.p[1][i] = kind == 1 || kind == 4 || kind == 5 ? p : 0;
  }
  CU_ASSERT_EQUAL_FATAL(bo_cell_map_new(&map, &rates, NULL), BO_OK);
  bo_cell_rates_free(&rates);
}

static bo_chip draw_chip(test_draws *draws, uint64_t seed) {
  const double bers[] = {0, 0.01, 0.2};
  bo_chip chip = {.seed = seed,
                  .vdd_ratio = 0.8,
                  .ber = bers[test_draw_in(draws, 0, 2)],
                  .source = (bo_cell_source)test_draw_in(draws, 0, BO_CELLS_MAP),
                  .persistent_only = test_draw_in(draws, 0, 2) == 0};
  if (chip.source == BO_CELLS_MODEL) {
    const double rate[] = {chip.ber * 0.8, chip.ber * 0.2};
    CU_ASSERT_EQUAL_FATAL(bo_cell_state_at(&chip.cells.model, &model, seed, rate, NULL), BO_OK);
  } else if (chip.source == BO_CELLS_MAP) {
    if (map == NULL) {
      make_map();
    }
    chip.cells.map = (bo_map_view){
        .map = map, .first_cell = (uint64_t)test_draw_in(draws, 0, 5000), .seed = seed};
  }
  return chip;
}

/* NULL placement: a network without weights, which says nothing here. */
static tick_case draw_case(uint64_t seed) {
  const random_net_limits limits = {4, 9, 12};
  test_draws draws = {.seed = seed + 77000};
  tick_case c = {.net = random_net(seed, limits), .arch = random_arch(&draws)};
  if (c.net->weight_tensors == 0) {
    return c;
  }
  const bo_placement_policy policy =
      test_draw_in(&draws, 0, 3) == 0 ? BO_PLACEMENT_LINEAR : BO_PLACEMENT_TILE;
  c.placement = place(c.net, &c.arch, policy, random_interleave(&draws, c.arch.weight_banks),
                      test_draw(&draws) % 1000, test_draw_in(&draws, 0, 1) == 1);
  c.chip = draw_chip(&draws, seed);
  return c;
}

static void free_case(tick_case *c) {
  bo_placement_free(c->placement);
  bo_net_free(c->net);
}

/* --- comparison --------------------------------------------------------------------------------
 */

static void print_events(const char *what, const bo_events *e) {
  (void)printf("%s: cycles %llu = compute %llu + fill %llu + weights %llu + bank %llu + dram %llu; "
               "macs %llu rows %llu / %llu act %llu / %llu acc %llu / %llu dram %llu / %llu\n",
               what, (unsigned long long)e->cycles, (unsigned long long)e->compute_cycles,
               (unsigned long long)e->stall_fill_drain, (unsigned long long)e->stall_weights,
               (unsigned long long)e->stall_bank_conflict, (unsigned long long)e->stall_dram,
               (unsigned long long)e->macs, (unsigned long long)e->weight_row_reads,
               (unsigned long long)e->weight_row_writes,
               (unsigned long long)e->activation_bytes_read,
               (unsigned long long)e->activation_bytes_written,
               (unsigned long long)e->accumulator_reads, (unsigned long long)e->accumulator_writes,
               (unsigned long long)e->dram_bytes_read, (unsigned long long)e->dram_bytes_written);
}

/* All layers: what the engine counted is what the closed form says. */
static bool same_events(const tick_case *c, const bo_tick_engine *engine, bo_events *sum) {
  *sum = (bo_events){0};
  for (uint32_t i = 0; i < c->net->layers; i++) {
    bo_events expected;
    bo_schedule_layer(&c->arch, c->net, c->placement, i, &expected);
    const bo_events *const got = bo_tick_engine_events(engine, i);
    bo_events_add(sum, got);
    if (memcmp(got, &expected, sizeof expected) != 0) {
      (void)printf("\nlayer %u\n", i);
      print_events("ticked", got);
      print_events("closed", &expected);
      return false;
    }
  }
  return true;
}

/* What the fast engine makes of the codes that the injector makes of the chip. */
static void run_fast(const tick_case *c, const uint8_t *input, size_t images, float *logits,
                     bo_fault_count *faults) {
  bo_engine *engine = NULL;
  bo_injector *injector = NULL;
  uint8_t **const codes = must_have(bo_net_codes_new(c->net));
  const uint8_t **const clean = must_have(calloc(c->net->weight_tensors, sizeof *clean));
  for (uint32_t t = 0; t < c->net->weight_tensors; t++) {
    clean[t] = c->net->weights[t].code;
  }
  CU_ASSERT_EQUAL_FATAL(bo_engine_new(&engine, c->net, BO_ENGINE_AUTO, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_injector_new(&injector, c->placement, NULL), BO_OK);
  bo_injector_run(injector, &c->chip, clean, codes, faults);
  CU_ASSERT_EQUAL_FATAL(bo_engine_load(engine, (const uint8_t *const *)codes, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_engine_run(engine, input, images, logits, NULL), BO_OK);
  bo_injector_free(injector);
  bo_engine_free(engine);
  free(clean);
  free(codes);
}

enum {
  IMAGES = 2
};

/* One case through both engines; adds its events to sum. */
static bool agree(const tick_case *c, uint64_t seed, bo_events *sum, uint64_t *changed) {
  bo_tick_engine *engine = NULL;
  bo_diag diag = {""};
  bo_fault_count faults;
  const size_t image = (size_t)c->net->input.h * c->net->input.w * c->net->input.c;
  const size_t logit_bytes = sizeof(float) * IMAGES * c->net->classes;
  uint8_t *const input = must_have(malloc(IMAGES * image));
  float *const ticked = must_have(malloc(logit_bytes));
  float *const fast = must_have(malloc(logit_bytes));
  test_draws draws = {.seed = seed};
  test_draw_bytes(&draws, input, IMAGES * image);
  const bo_status status = bo_tick_engine_new(&engine, &c->arch, c->net, c->placement, &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  bo_tick_engine_set_chip(engine, &c->chip);
  bo_tick_engine_run(engine, input, IMAGES, ticked);
  run_fast(c, input, IMAGES, fast, &faults);
  const bool same = same_events(c, engine, sum) && memcmp(ticked, fast, logit_bytes) == 0;
  *changed += faults.weights_changed > 0;
  bo_tick_engine_free(engine);
  free(input);
  free(ticked);
  free(fast);
  return same;
}

/* How many cases had what, so that the test cannot pass on nothing. */
typedef struct coverage {
  unsigned cases, output_stationary, gathered, interleaved, rotated, streaming, fill, weights, bank,
      dram, accumulated;
  unsigned source[BO_CELLS_MAP + 1];
} coverage;

static void cover(coverage *seen, const tick_case *c, const bo_events *sum) {
  const bo_placement_config *const config = bo_placement_get_config(c->placement);
  seen->cases++;
  seen->output_stationary += c->arch.dataflow == BO_DATAFLOW_OUTPUT_STATIONARY;
  seen->gathered += config->policy == BO_PLACEMENT_LINEAR;
  seen->interleaved += config->interleave > 1;
  seen->rotated += config->rotate;
  seen->source[c->chip.source]++;
  seen->streaming += bo_placement_passes(c->placement) > 1;
  seen->fill += sum->stall_fill_drain > 0;
  seen->weights += sum->stall_weights > 0;
  seen->bank += sum->stall_bank_conflict > 0;
  seen->dram += sum->stall_dram > 0;
  seen->accumulated += sum->accumulator_reads > 0;
}

static void both_engines_agree_on_random_networks_and_machines(void) {
  coverage seen = {0};
  uint64_t changed = 0;
  unsigned different = 0;
  for (uint64_t seed = 0; seen.cases < 2200 && different < 3; seed++) {
    tick_case c = draw_case(seed);
    if (c.placement != NULL) {
      bo_events sum;
      if (!agree(&c, seed, &sum, &changed)) {
        (void)printf("seed %llu, %s\n", (unsigned long long)seed,
                     c.arch.dataflow == 0 ? "weight-stationary" : "output-stationary");
        different++;
      }
      cover(&seen, &c, &sum);
    }
    free_case(&c);
  }
  CU_ASSERT_EQUAL(different, 0);
  CU_ASSERT_TRUE(changed > 1000);
  CU_ASSERT_TRUE(seen.output_stationary > 800 && seen.gathered > 400 && seen.interleaved > 400);
  CU_ASSERT_TRUE(seen.rotated > 100 && seen.source[BO_CELLS_RANDOM] > 500);
  CU_ASSERT_TRUE(seen.source[BO_CELLS_MODEL] > 500 && seen.source[BO_CELLS_MAP] > 500);
  CU_ASSERT_TRUE(seen.streaming > 400 && seen.fill > 2000 && seen.weights > 1000);
  CU_ASSERT_TRUE(seen.bank > 400 && seen.dram > 1000 && seen.accumulated > 400);
}

/* --- corners -----------------------------------------------------------------------------------
 */

/* A machine at an end of its ranges, 0: by default; and what a layer of its networks has. */
typedef struct corner {
  const char *what;
  uint32_t rows, cols, bank_rows, bank_width_bits, banks, read_banks, interleave, latency;
  uint32_t accumulator_kib, dram_bytes, dram_latency;
  uint32_t side, channels;                           /* at most */
  uint32_t least_inputs, most_inputs, least_outputs; /* K and N of one layer; 0: any */
  bool linear, once;                                 /* once: one network, not two */
} corner;

static const corner corners[] = {
    {"one row of 256 columns", .rows = 1, .cols = 256, .channels = 300, .least_outputs = 257},
    {"256 rows of one column", .rows = 256, .cols = 1, .channels = 40, .least_inputs = 257},
    {"256 x 256", .rows = 256, .cols = 256, .banks = 64, .read_banks = 64, .interleave = 64,
     .channels = 280, .least_inputs = 150, .most_inputs = 256, .once = true, .least_outputs = 150},
    {"one PE", .rows = 1, .cols = 1, .channels = 6},
    {"latency 8", .rows = 5, .cols = 7, .latency = 8, .channels = 20},
    {"latency 8, gathered", .rows = 5, .cols = 7, .latency = 8, .channels = 20, .linear = true},
    {"256 words a cycle", .rows = 9, .cols = 30, .bank_rows = 2, .bank_width_bits = 8, .banks = 256,
     .read_banks = 256, .interleave = 256, .channels = 60, .least_outputs = 20},
    {"256 words a cycle, gathered", .rows = 9, .cols = 30, .bank_rows = 2, .bank_width_bits = 8,
     .banks = 256, .read_banks = 256, .interleave = 256, .channels = 60, .linear = true},
    {"banks of one row", .rows = 4, .cols = 4, .bank_rows = 1, .banks = 12, .channels = 20},
    {"one word of 8 bits", .rows = 4, .cols = 4, .bank_rows = 1, .bank_width_bits = 8, .banks = 1,
     .interleave = 1, .channels = 10},
    {"accumulators for all places", .rows = 4, .cols = 3, .accumulator_kib = 1024, .side = 40,
     .channels = 4, .least_inputs = 9},
    {"DRAM of 1 byte a cycle after 65536", .rows = 6, .cols = 6, .bank_rows = 4, .banks = 2,
     .dram_bytes = 1, .dram_latency = 65536, .channels = 20},
    {"K = 1 in 256 rows", .rows = 256, .cols = 3, .channels = 12, .least_inputs = 1,
     .most_inputs = 1},
};

static uint32_t or_default(uint32_t value, uint32_t by_default) {
  return value != 0 ? value : by_default;
}

static bo_arch corner_arch(const corner *at, uint32_t dataflow) {
  bo_arch arch = bo_arch_default();
  arch.dataflow = dataflow;
  arch.array_rows = at->rows;
  arch.array_cols = at->cols;
  arch.weight_banks = at->banks;
  arch.bank_rows = or_default(at->bank_rows, arch.bank_rows);
  arch.bank_width_bits = or_default(at->bank_width_bits, arch.bank_width_bits);
  arch.weight_read_banks = or_default(at->read_banks, 2);
  arch.weight_read_latency_cycles = or_default(at->latency, 1);
  arch.accumulator_sram_kib = or_default(at->accumulator_kib, 1);
  arch.dram_bytes_per_cycle = or_default(at->dram_bytes, arch.dram_bytes_per_cycle);
  arch.dram_latency_cycles = or_default(at->dram_latency, arch.dram_latency_cycles);
  return arch;
}

static bool has_wanted_layer(const corner *at, const bo_net *net) {
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    const bo_weights *const weights = &net->weights[t];
    if (weights->inputs >= at->least_inputs &&
        weights->inputs <= or_default(at->most_inputs, UINT32_MAX) &&
        weights->outputs >= at->least_outputs) {
      return true;
    }
  }
  return false;
}

/* The first network from *seed on that has what the corner wants, weights at least. */
static bo_net *corner_net(const corner *at, uint64_t *seed) {
  const random_net_limits limits = {1, or_default(at->side, 5), at->channels};
  for (;; ++*seed) {
    bo_net *const net = random_net(*seed, limits);
    if (has_wanted_layer(at, net)) {
      return net;
    }
    bo_net_free(net);
  }
}

static bool agree_at(const corner *at, uint32_t dataflow, uint64_t *seed, uint64_t *changed) {
  bo_events sum;
  tick_case c = {.net = corner_net(at, seed), .arch = corner_arch(at, dataflow)};
  c.placement = place(c.net, &c.arch, at->linear ? BO_PLACEMENT_LINEAR : BO_PLACEMENT_TILE,
                      at->interleave, 0, true);
  c.chip = (bo_chip){.seed = *seed, .vdd_ratio = 0.8, .ber = 0.05};
  const bool same = agree(&c, *seed, &sum, changed);
  if (!same) {
    (void)printf("%s, seed %llu, dataflow %u\n", at->what, (unsigned long long)*seed, dataflow);
  }
  free_case(&c);
  return same;
}

static void both_engines_agree_at_the_ends_of_the_ranges(void) {
  enum {
    CORNERS = sizeof corners / sizeof corners[0],
    NETWORKS = 2,
  };
  uint64_t changed = 0;
  for (uint32_t i = 0; i < CORNERS * 2; i++) {
    uint64_t seed = 1000;
    const uint32_t networks = corners[i / 2].once ? 1 : NETWORKS;
    for (uint32_t network = 0; network < networks; network++, seed++) {
      CU_ASSERT_TRUE(agree_at(&corners[i / 2], i % 2, &seed, &changed));
    }
  }
  CU_ASSERT_TRUE(changed > (uint64_t)CORNERS * NETWORKS);
}

/* --- making ------------------------------------------------------------------------------------
 */

/* A case with weights in which `dataflow` is at work. */
static tick_case draw_case_of(uint32_t dataflow) {
  for (uint64_t seed = 0;; seed++) {
    tick_case c = draw_case(seed);
    if (c.placement != NULL && c.arch.dataflow == dataflow) {
      return c;
    }
    free_case(&c);
  }
}

static void scalesim_timing_has_no_machine_to_run(void) {
  tick_case c = draw_case_of(BO_DATAFLOW_WEIGHT_STATIONARY);
  bo_tick_engine *engine = NULL;
  bo_diag diag = {""};
  c.arch.timing = BO_TIMING_SCALESIM;
  CU_ASSERT_EQUAL(bo_tick_engine_new(&engine, &c.arch, c.net, c.placement, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "timing: expected native"));
  CU_ASSERT_PTR_NULL(engine);
  free_case(&c);
}

static void count_cycle(void *context) {
  ++*(uint64_t *)context;
}

static void the_observer_sees_every_cycle_of_the_layers_on_the_array(void) {
  tick_case c = draw_case_of(BO_DATAFLOW_OUTPUT_STATIONARY);
  bo_tick_engine *engine = NULL;
  uint64_t seen = 0;
  uint64_t expected = 0;
  const size_t image = (size_t)c.net->input.h * c.net->input.w * c.net->input.c;
  uint8_t *const input = must_have(calloc(1, image));
  float *const logits = must_have(calloc(c.net->classes, sizeof *logits));
  CU_ASSERT_EQUAL_FATAL(bo_tick_engine_new(&engine, &c.arch, c.net, c.placement, NULL), BO_OK);
  bo_tick_engine_observe(engine, (bo_tick_observer){count_cycle, &seen});
  bo_tick_engine_run(engine, input, 1, logits);
  for (uint32_t i = 0; i < c.net->layers; i++) {
    const bo_events *const events = bo_tick_engine_events(engine, i);
    const bool on_array = c.net->layer[i].op == BO_OP_CONV;
    expected += on_array ? events->cycles - events->stall_dram : 0;
  }
  CU_ASSERT_EQUAL(seen, expected);
  CU_ASSERT_TRUE(seen > 0);
  bo_tick_engine_free(engine);
  free(input);
  free(logits);
  free_case(&c);
}

static bo_status probes_of(const void *engine, const bo_probe_visitor *visitor) {
  return bo_tick_engine_probes(engine, visitor);
}

static const char *const parts[] = {"t.gen_bank[", "t.u_tile_ctrl.word_", "t.u_weight_buffer.",
                                    "t.u_mesh."};

enum {
  PARTS = sizeof parts / sizeof parts[0]
};

/* Registers of the parts of a machine, and whether any of a part was other than 0. */
typedef struct watched {
  probe_list list;
  bool was_set[PARTS];
} watched;

static void watch_parts(void *context) {
  watched *const w = context;
  for (size_t i = 0; i < w->list.count; i++) {
    const named_probe *const named = &w->list.probe[i];
    for (uint32_t p = 0; p < PARTS; p++) {
      if (strncmp(named->name, parts[p], strlen(parts[p])) == 0) {
        w->was_set[p] = w->was_set[p] || bo_probe_read(&named->probe) != 0;
      }
    }
  }
}

/* Of either dataflow: all banks, all words on their way, the buffer and the array. */
static void every_part_of_the_machine_has_its_registers(void) {
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    tick_case c = draw_case_of(dataflow);
    const uint32_t latency = c.arch.weight_read_latency_cycles;
    bo_tick_engine *engine = NULL;
    const size_t image = (size_t)c.net->input.h * c.net->input.w * c.net->input.c;
    uint8_t *const input = must_have(calloc(1, image));
    float *const logits = must_have(calloc(c.net->classes, sizeof *logits));
    CU_ASSERT_EQUAL_FATAL(bo_tick_engine_new(&engine, &c.arch, c.net, c.placement, NULL), BO_OK);
    watched w = {.list = probe_list_new(probes_of, engine, "t")};
    CU_ASSERT_TRUE(probe_names_are_unique(&w.list));
    (void)probe_find(&w.list, "t.gen_bank[%u].u_bank.rdata_q[%u]",
                     bo_placement_banks(c.placement) - 1, latency - 1);
    (void)probe_find(&w.list, "t.u_tile_ctrl.word_count_q[%u]",
                     latency * bo_read_words(&c.arch, c.placement) - 1);
    (void)probe_find(&w.list, "t.u_mesh.u_array.gen_row[%u].u_row.gen_pe[%u].gen_kind.u_pe.act_q",
                     c.arch.array_rows - 1, c.arch.array_cols - 1);
    bo_tick_engine_observe(engine, (bo_tick_observer){watch_parts, &w});
    bo_tick_engine_run(engine, input, 1, logits);
    for (uint32_t p = 0; p < PARTS; p++) {
      CU_ASSERT_TRUE(w.was_set[p]);
    }
    CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, engine));
    probe_list_free(&w.list);
    bo_tick_engine_free(engine);
    free(input);
    free(logits);
    free_case(&c);
  }
}

/* So its memory does not depend on how many cycles there are. */
static void running_allocates_nothing(void) {
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    tick_case c = draw_case_of(dataflow);
    bo_tick_engine *engine = NULL;
    const size_t image = (size_t)c.net->input.h * c.net->input.w * c.net->input.c;
    uint8_t *const input = must_have(calloc(1, image));
    float *const logits = must_have(calloc(c.net->classes, sizeof *logits));
    CU_ASSERT_EQUAL_FATAL(bo_tick_engine_new(&engine, &c.arch, c.net, c.placement, NULL), BO_OK);
    fail_alloc_arm(0);
    bo_tick_engine_run(engine, input, 1, logits);
    CU_ASSERT_FALSE(fail_alloc_disarm());
    bo_tick_engine_free(engine);
    free(input);
    free(logits);
    free_case(&c);
  }
}

static void every_failed_allocation_is_reported(void) {
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    tick_case c = draw_case_of(dataflow);
    for (unsigned k = 0;; k++) {
      bo_tick_engine *engine = NULL;
      fail_alloc_arm(k);
      const bo_status status = bo_tick_engine_new(&engine, &c.arch, c.net, c.placement, NULL);
      if (!fail_alloc_disarm()) {
        CU_ASSERT_EQUAL(status, BO_OK);
        CU_ASSERT_TRUE(k > 10);
        bo_tick_engine_free(engine);
        break;
      }
      CU_ASSERT_EQUAL(status, BO_E_NOMEM);
      CU_ASSERT_PTR_NULL(engine);
    }
    free_case(&c);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(both_engines_agree_on_random_networks_and_machines),
    BO_TEST(both_engines_agree_at_the_ends_of_the_ranges),
    BO_TEST(scalesim_timing_has_no_machine_to_run),
    BO_TEST(the_observer_sees_every_cycle_of_the_layers_on_the_array),
    BO_TEST(every_part_of_the_machine_has_its_registers),
    BO_TEST(running_allocates_nothing),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
