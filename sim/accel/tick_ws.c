/* A convolution on the weight-stationary core. */
#include "accel/core.h"
#include "accel/load_timer.h"
#include "accel/tick_layer.h"
#include "array/array.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
  /* Tiles whose last sums are on their way. A tile starts at least three cycles after the one
   * before and its sums take rows + columns cycles to come out: fewer than (m + 512) / max(m, 3) at
   * once. */
  IN_FLIGHT = 256,
};

/* The tile whose sums come out of a column, and the vector that is next. */
typedef struct column_out {
  uint64_t tile; /* counts the tiles with last sums */
  uint64_t vector;
} column_out;

typedef struct ws_state {
  bo_core *core;
  bo_core_config config;
  uint32_t ideal_words;
  /* One layer at a time: */
  bool more; /* `offered` is a tile that was not accepted yet */
  bo_tile_job offered, loading, streaming;
  bool has_loading;    /* a tile was accepted and has not started */
  uint64_t vectors;    /* of the streaming tile that entered */
  uint64_t started;    /* tiles */
  uint64_t last_tiles; /* started tiles with last sums */
  bo_tile_job in_flight[IN_FLIGHT];
  column_out out[BO_ARRAY_MAX_SIDE];
  bo_load_timer ideal; /* of the tile that loads */
  uint32_t ideal_shifts;
  uint8_t act[BO_ARRAY_MAX_SIDE];
  int32_t weight_zero[BO_ARRAY_MAX_SIDE];
} ws_state;

static bo_status create(void **out, const bo_tick_machine *machine, bo_diag *diag) {
  const bo_arch *const arch = machine->arch;
  *out = NULL;
  ws_state *const state = calloc(1, sizeof *state);
  if (state == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "tick engine: out of memory");
  }
  state->config = (bo_core_config){
      .rows = arch->array_rows,
      .cols = arch->array_cols,
      .accumulator_depth = bo_accumulator_depth(arch),
      .weight_banks = bo_placement_banks(machine->placement),
      .bank_rows = arch->bank_rows,
      .bank_width_bits = arch->bank_width_bits,
      .read_latency_cycles = arch->weight_read_latency_cycles,
      .read_words = bo_read_words(arch, machine->placement),
  };
  state->ideal_words = bo_read_words_without_conflict(arch, machine->placement);
  const bo_status status = bo_core_new(&state->core, &state->config, diag);
  if (status != BO_OK) {
    free(state);
    return status;
  }
  *out = state;
  return BO_OK;
}

static void destroy(void *opaque) {
  ws_state *const state = opaque;
  if (state != NULL) {
    bo_core_free(state->core);
    free(state);
  }
}

static bo_weight_sram *weights(void *opaque) {
  ws_state *const state = opaque;
  return bo_core_weights(state->core);
}

/* The tile that was accepted starts to stream. */
static void start_tile(ws_state *state) {
  state->streaming = state->loading;
  state->has_loading = false;
  state->vectors = 0;
  state->started++;
  if (state->streaming.tile.last) {
    state->in_flight[state->last_tiles % IN_FLIGHT] = state->streaming;
    state->last_tiles++;
  }
}

static void accept_tile(ws_state *state, const bo_tick_layer *job) {
  state->loading = state->offered;
  state->has_loading = true;
  state->ideal = bo_load_timer_begin(&state->loading.tile.words, state->ideal_words,
                                     state->config.read_latency_cycles);
  state->ideal_shifts = 0;
  for (uint32_t c = 0; c < state->loading.tile.words.n; c++) {
    state->weight_zero[c] = bo_tick_weight_zero(job, &state->loading, c);
  }
  state->more = bo_tiling_next(&job->tiling, &state->offered);
}

/* Row r of the array takes input k-1-r. */
static void enter_vector(ws_state *state, const bo_tick_layer *job) {
  const bo_tile_job *const tile = &state->streaming;
  const bo_tile_words *const words = &tile->tile.words;
  const bo_tap_origin origin = bo_tick_origin(job, tile, state->vectors);
  const bo_tap *const last_tap = job->tap + tile->first_k + words->k - 1;
  for (uint32_t r = 0; r < words->k; r++) {
    state->act[r] = bo_tap_code(job->layer, job->input, origin, *(last_tap - r));
  }
  bo_events *const events = job->events;
  state->vectors++;
  events->compute_cycles++;
  events->macs += (uint64_t)words->k * words->n;
  events->activation_bytes_read += words->k;
  events->accumulator_reads += tile->tile.accumulate ? words->n : 0;
  events->accumulator_writes += tile->tile.last ? 0 : words->n;
}

/* Moves the load without bank conflicts on by one cycle; rows of the array not in use go first. */
static void step_ideal(ws_state *state) {
  const uint32_t unused = state->config.rows - state->ideal.words.k;
  if (state->ideal_shifts < state->config.rows &&
      (state->ideal_shifts < unused ||
       bo_load_timer_has_row(&state->ideal, state->ideal_shifts - unused))) {
    state->ideal_shifts++;
  }
  state->ideal.age++;
}

/* No vector enters: what for? */
static void count_wait(const ws_state *state, bo_events *events) {
  const bool last_sums_go_out = !state->has_loading && !state->more;
  if (state->has_loading && state->ideal_shifts == state->config.rows) {
    events->stall_bank_conflict++;
  } else if (last_sums_go_out || state->started == 0) {
    events->stall_fill_drain++;
  } else {
    events->stall_weights++;
  }
}

static void take_sums(ws_state *state, const bo_tick_layer *job) {
  for (uint32_t c = 0; c < state->config.cols && bo_core_any_sum(state->core); c++) {
    int32_t sum;
    if (!bo_core_sum(state->core, c, &sum)) {
      continue;
    }
    column_out *const out = &state->out[c];
    const bo_tile_job *const tile = &state->in_flight[out->tile % IN_FLIGHT];
    if (c < tile->tile.words.n) {
      *bo_tick_sum(job, tile, out->vector, c) = sum;
    }
    if (++out->vector == tile->tile.m) {
      *out = (column_out){.tile = out->tile + 1};
    }
  }
}

static void begin_layer(ws_state *state, const bo_tick_layer *job) {
  bo_core_reset(state->core);
  state->offered = bo_tiling_first(&job->tiling);
  state->more = true;
  state->has_loading = false;
  state->started = 0;
  state->last_tiles = 0;
  for (uint32_t c = 0; c < state->config.cols; c++) {
    state->out[c] = (column_out){0};
  }
}

/* All tiles have started, and the last column has put out the last sum of the last one. */
static bool is_done(const ws_state *state) {
  return !state->more && !state->has_loading &&
         state->out[state->config.cols - 1].tile == state->last_tiles;
}

static void tick(ws_state *state, const bo_tick_layer *job) {
  const bo_tile_ctrl_out *const look = bo_core_look(state->core);
  const bool accepts = look->tile_ready && state->more;
  const bool streams = look->streaming;
  const bo_core_in in = {
      .tile = state->more ? &state->offered.tile : NULL,
      .act = state->act,
      .act_zero = job->layer->in_quant[0].zero_point,
      .weight_zero = state->weight_zero,
  };
  if (look->start) {
    start_tile(state);
  }
  if (streams) {
    enter_vector(state, job);
  } else {
    count_wait(state, job->events);
  }
  bo_core_tick(state->core, &in);
  job->events->cycles++;
  if (accepts) {
    accept_tile(state, job);
  } else {
    step_ideal(state);
  }
  take_sums(state, job);
  bo_tick_observe(job);
}

static void run(void *opaque, const bo_tick_layer *job) {
  ws_state *const state = opaque;
  begin_layer(state, job);
  do {
    tick(state, job);
  } while (!is_done(state));
}

static bo_status probes(const void *opaque, const bo_probe_visitor *visitor) {
  const ws_state *const state = opaque;
  return bo_core_probes(state->core, visitor, false);
}

const bo_tick_dataflow bo_tick_ws = {create, destroy, weights, run, probes};
