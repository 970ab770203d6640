#include "core_bench.h"

#include "probe_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t larger(uint32_t a, uint32_t b) {
  return a > b ? a : b;
}

void bench_tile_draw(dice *d, const bo_core_config *config, bench_tile *tile) {
  const uint32_t half = tile->tile.words.is_signed ? 128 : 0;
  tile->tile.m = roll(d, 1, config->accumulator_depth);
  tile->tile.accumulate = roll(d, 0, 1) == 1;
  tile->tile.last = roll(d, 0, 2) != 0;
  tile->act_zero = (uint8_t)roll(d, 0, 255);
  for (uint32_t i = 0; i < BENCH_SIDE; i++) {
    tile->weight_zero[i] = (int32_t)roll(d, 0, 255) - (int32_t)half;
    for (uint32_t v = 0; v < BENCH_DEPTH; v++) {
      tile->act[v][i] = (uint8_t)roll(d, 0, 255);
    }
  }
}

/* --- what must happen --- */

uint32_t bench_accepted(const bench_run *run, uint32_t index) {
  const uint32_t free_from = index == 0 ? 0 : bench_started(run, index - 1);
  return larger(free_from, run->tile[index].offered);
}

uint32_t bench_started(const bench_run *run, uint32_t index) {
  uint32_t started = 0;
  uint32_t ended = 0;
  for (uint32_t i = 0; i <= index; i++) {
    const uint32_t accepted = larger(started, run->tile[i].offered);
    started = larger(accepted + run->tile[i].load_cycles, ended);
    ended = started + run->tile[i].tile.m;
  }
  return started;
}

int32_t bench_product(const bench_tile *tile, uint32_t v, uint32_t c) {
  int32_t sum = 0;
  for (uint32_t k = 0; k < tile->tile.words.k && c < tile->tile.words.n; k++) {
    sum += (tile->act[v][k] - tile->act_zero) * (tile->weight[k][c] - tile->weight_zero[c]);
  }
  return sum;
}

/* A sum that must come out: seen below column c in a cycle. */
typedef struct expected_sum {
  bool valid;
  uint32_t sum;
} expected_sum;

typedef struct expected_run {
  uint32_t cycles, cols;
  uint32_t started[BENCH_TILES], accepted[BENCH_TILES];
  expected_sum *sum;                        /* [cycles][cols] */
  uint32_t memory[BENCH_SIDE][BENCH_DEPTH]; /* of the accumulators, [column][address] */
} expected_run;

/* A vector that enters in cycle e is seen below column c in cycle e + R + c + 1. */
static void expect_vector(expected_run *expected, const bench_run *run, uint32_t index,
                          uint32_t v) {
  const bench_tile *const tile = &run->tile[index];
  for (uint32_t c = 0; c < run->config.cols; c++) {
    uint32_t *const held = &expected->memory[c][v];
    const uint32_t product = (uint32_t)bench_product(tile, v, c);
    const uint32_t sum = tile->tile.accumulate ? *held + product : product;
    if (tile->tile.last) {
      const size_t cycle = expected->started[index] + v + run->config.rows + c + 1;
      expected->sum[cycle * expected->cols + c] = (expected_sum){true, sum};
    } else {
      *held = sum;
    }
  }
}

static bo_status probes_of(const void *core, const bo_probe_visitor *visitor) {
  return bo_core_probes(core, visitor, true);
}

/* Words of the accumulators that differ; with @p fill they are taken over instead. */
static uint32_t compare_memory(expected_run *expected, const bo_core *core, const bench_run *run,
                               bool fill) {
  uint32_t wrong = 0;
  probe_list list = probe_list_new(probes_of, core, "bo_core");
  for (uint32_t c = 0; c < run->config.cols; c++) {
    for (uint32_t addr = 0; addr < run->config.accumulator_depth; addr++) {
      const uint64_t word =
          bo_probe_read(probe_find(&list, "bo_core.u_accumulator.mem[%u][%u]", c, addr));
      wrong += !fill && word != expected->memory[c][addr];
      expected->memory[c][addr] = (uint32_t)word;
    }
  }
  probe_list_free(&list);
  return wrong;
}

static expected_run expect_run(const bo_core *core, const bench_run *run) {
  expected_run expected = {.cols = run->config.cols};
  for (uint32_t i = 0; i < run->tiles; i++) {
    expected.accepted[i] = bench_accepted(run, i);
    expected.started[i] = bench_started(run, i);
  }
  expected.cycles = expected.started[run->tiles - 1] + run->tile[run->tiles - 1].tile.m +
                    run->config.rows + run->config.cols + 5;
  expected.sum = calloc((size_t)expected.cycles * expected.cols, sizeof *expected.sum);
  if (expected.sum == NULL) {
    abort();
  }
  (void)compare_memory(&expected, core, run, true);
  for (uint32_t i = 0; i < run->tiles; i++) {
    for (uint32_t v = 0; v < run->tile[i].tile.m; v++) {
      expect_vector(&expected, run, i, v);
    }
  }
  return expected;
}

/* --- what happens --- */

/* Tiles that were accepted and that started before or in this cycle, as they must be. */
typedef struct progress {
  uint32_t accepted, started;
} progress;

static bool looks_right(const bench_run *run, const expected_run *expected, uint32_t cycle,
                        const progress *now, const bo_tile_ctrl_out *out) {
  const bench_tile *const streams = now->started == 0 ? NULL : &run->tile[now->started - 1];
  const uint32_t vector = streams == NULL ? 0 : cycle - expected->started[now->started - 1];
  const bool is_streaming = streams != NULL && vector < streams->tile.m;
  const bool is_ready = now->accepted == now->started;
  return out->tile_ready == is_ready && out->streaming == is_streaming &&
         out->start == (is_streaming && vector == 0) &&
         (!is_streaming || out->stream_k == streams->tile.words.k);
}

static bool sums_are_right(const bo_core *core, const expected_run *expected, uint32_t cycle) {
  bool any = false;
  for (uint32_t c = 0; c < expected->cols; c++) {
    const expected_sum *const sum = &expected->sum[(size_t)cycle * expected->cols + c];
    int32_t got = 0;
    if (bo_core_sum(core, c, &got) != sum->valid || (sum->valid && (uint32_t)got != sum->sum)) {
      return false;
    }
    any = any || sum->valid;
  }
  return bo_core_any_sum(core) == any;
}

/* Drives one cycle; what is not in use is 0xa5. */
static void drive(bo_core *core, const bench_run *run, const expected_run *expected, uint32_t cycle,
                  const progress *now) {
  uint8_t act[BENCH_SIDE];
  memset(act, 0xa5, sizeof act);
  bo_core_in in = {.act = act, .act_zero = 0xa5, .weight_zero = run->tile[0].weight_zero};
  if (now->accepted > 0) {
    in.weight_zero = run->tile[now->accepted - 1].weight_zero;
  }
  if (now->accepted < run->tiles && cycle >= run->tile[now->accepted].offered) {
    in.tile = &run->tile[now->accepted].tile;
  }
  if (now->started > 0) {
    const bench_tile *const tile = &run->tile[now->started - 1];
    const uint32_t vector = cycle - expected->started[now->started - 1];
    const uint32_t k = tile->tile.words.k;
    for (uint32_t r = 0; r < k && vector < tile->tile.m; r++) {
      act[r] = tile->act[vector][k - 1 - r];
      in.act_zero = tile->act_zero;
    }
  }
  bo_core_tick(core, &in);
}

uint32_t bench_differences(bo_core *core, const bench_run *run) {
  expected_run expected = expect_run(core, run);
  progress now = {0, 0};
  uint32_t wrong = 0;
  for (uint32_t cycle = 0; cycle < expected.cycles; cycle++) {
    now.started += now.started < run->tiles && cycle == expected.started[now.started];
    const bool good = looks_right(run, &expected, cycle, &now, bo_core_look(core)) &&
                      sums_are_right(core, &expected, cycle);
    if (!good && wrong++ == 0) {
      (void)printf("cycle %u is wrong: %u tiles accepted, %u started\n", cycle, now.accepted,
                   now.started);
    }
    drive(core, run, &expected, cycle, &now);
    now.accepted += now.accepted < run->tiles && cycle == expected.accepted[now.accepted];
  }
  wrong += compare_memory(&expected, core, run, false);
  free(expected.sum);
  return wrong;
}
