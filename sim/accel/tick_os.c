/*
 * A convolution on the output-stationary array. A tile's vector of activations and weights enters
 * when its weights are in the buffer; the last one of a tile waits until the results of the tile
 * before have begun to move out, R cycles after that one's last vector.
 */
#include "accel/load_timer.h"
#include "accel/tick_layer.h"
#include "array/array.h"
#include "array/mesh.h"
#include "mem/weight_buffer.h"
#include "mem/weight_fetch.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  /* Tiles whose results are on their way: they unload R cycles apart, and are out R + C later. */
  DRAINS = 2 * BO_ARRAY_MAX_SIDE + 4,
};

/* Results that move out of the array. */
typedef struct drain {
  bo_tile_job tile;
  uint64_t unload_cycle; /* in which column 0 was told to */
} drain;

typedef struct os_state {
  uint32_t rows, cols, latency, ideal_words;
  bo_weight_sram *sram;
  bo_weight_buffer *buffer;
  bo_weight_fetch *fetch;
  bo_mesh *mesh;
  /* One layer at a time: */
  uint64_t cycle;
  bool has_tile; /* `tile` is at work */
  bool more;     /* `offered` comes after it */
  bo_tile_job tile, offered;
  uint32_t vectors;   /* of the tile that entered */
  uint64_t tiles;     /* accepted */
  uint64_t unload_at; /* cycle in which the tile that ended last is told to unload */
  bool has_unload;
  bo_tile_job unloading;
  drain drains[DRAINS]; /* a ring */
  uint32_t first_drain, drain_count;
  bo_load_timer ideal; /* of the tile at work */
  uint64_t ideal_vectors, ideal_cycles, ideal_drain_waits;
  uint64_t waits;                          /* cycles of the tile in which no vector entered */
  bo_tap_origin origin[BO_ARRAY_MAX_SIDE]; /* of the tile's places */
  bo_lane row[BO_ARRAY_MAX_SIDE], col[BO_ARRAY_MAX_SIDE];
} os_state;

static void destroy(void *opaque) {
  os_state *const state = opaque;
  if (state != NULL) {
    bo_weight_sram_free(state->sram);
    bo_weight_buffer_free(state->buffer);
    bo_weight_fetch_free(state->fetch);
    bo_mesh_free(state->mesh);
    free(state);
  }
}

static bo_status create(void **out, const bo_tick_machine *machine, bo_diag *diag) {
  const bo_arch *const arch = machine->arch;
  *out = NULL;
  os_state *const state = calloc(1, sizeof *state);
  if (state == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "tick engine: out of memory");
  }
  state->rows = arch->array_rows;
  state->cols = arch->array_cols;
  state->latency = arch->weight_read_latency_cycles;
  state->ideal_words = bo_read_words_without_conflict(arch, machine->placement);
  const bo_weight_sram_config sram = {bo_placement_banks(machine->placement), arch->bank_rows,
                                      arch->bank_width_bits, arch->weight_read_latency_cycles};
  const uint32_t column_codes = (uint32_t)machine->max_column_codes;
  const bo_weight_fetch_config fetch = {sram, bo_read_words(arch, machine->placement),
                                        column_codes};
  bo_status status = bo_weight_sram_new(&state->sram, &sram, diag);
  if (status == BO_OK) {
    status = bo_weight_buffer_new(&state->buffer, column_codes, state->cols, diag);
  }
  if (status == BO_OK) {
    status = bo_weight_fetch_new(&state->fetch, &fetch, diag);
  }
  if (status == BO_OK) {
    status =
        bo_mesh_new(&state->mesh, BO_DATAFLOW_OUTPUT_STATIONARY, state->rows, state->cols, diag);
  }
  if (status != BO_OK) {
    destroy(state);
    return status;
  }
  *out = state;
  return BO_OK;
}

static bo_weight_sram *weights(void *opaque) {
  os_state *const state = opaque;
  return state->sram;
}

/* The offered tile is accepted: from the next cycle on its weights are read. */
static void accept_tile(os_state *state, const bo_tick_layer *job) {
  state->tile = state->offered;
  state->has_tile = true;
  state->vectors = 0;
  state->tiles++;
  state->ideal = bo_load_timer_begin(&state->tile.tile.words, state->ideal_words, state->latency);
  state->ideal_vectors = 0;
  state->ideal_drain_waits = 0;
  for (uint32_t r = 0; r < state->tile.tile.m; r++) {
    state->origin[r] = bo_tick_origin(job, &state->tile, r);
  }
  state->waits = 1; /* the cycle of being accepted */
  bo_weight_buffer_clear(state->buffer);
  bo_weight_fetch_begin(state->fetch, &state->tile.tile.words, state->sram);
  state->more = bo_tiling_next(&job->tiling, &state->offered);
}

/* Whether the next vector is the tile's last one. */
static bool is_last_vector(const os_state *state, uint64_t vectors) {
  return vectors + 1 == state->tile.tile.words.k;
}

/* The last vectors of two tiles are R cycles apart: then the drain of the first one has begun. */
static bool may_end(const os_state *state) {
  return !state->has_unload || state->cycle >= state->unload_at;
}

static bool vector_enters(const os_state *state) {
  return state->has_tile && bo_weight_fetch_row_ready(state->fetch, state->buffer) &&
         (!is_last_vector(state, state->vectors) || may_end(state));
}

/* Lanes of the vector that enters: activations of m places, weights of n outputs. */
static void enter_vector(os_state *state, const bo_tick_layer *job) {
  const bo_tile_job *const tile = &state->tile;
  const uint32_t n = tile->tile.words.n;
  const uint32_t tokens = (state->vectors == 0 ? BO_LANE_FIRST : 0U) |
                          (is_last_vector(state, state->vectors) ? BO_LANE_LAST : 0U);
  const int32_t act_zero = job->layer->in_quant[0].zero_point;
  for (uint32_t r = 0; r < state->rows; r++) {
    int32_t act = 0;
    if (r < tile->tile.m) {
      act = bo_tap_code(job->layer, job->input, state->origin[r], job->tap[state->vectors]);
      act -= act_zero;
    }
    state->row[r] = bo_lane_pack(act, tokens);
  }
  for (uint32_t c = 0; c < n; c++) {
    const int32_t weight = bo_weight_fetch_weight(state->fetch, state->buffer, c);
    state->col[c] = bo_lane_pack(weight - bo_tick_weight_zero(job, tile, c), 0);
  }
  bo_events *const events = job->events;
  events->compute_cycles++;
  events->macs += (uint64_t)tile->tile.m * n;
  events->activation_bytes_read += tile->tile.m;
}

/*
 * Moves on by one cycle what the tile would do without bank conflicts: a vector a cycle once its
 * weights are there, the last one when the drain lets it.
 */
static void step_ideal(os_state *state) {
  const uint64_t k = state->tile.tile.words.k;
  if (state->ideal_vectors < k && bo_load_timer_has_row(&state->ideal, state->ideal_vectors)) {
    if (is_last_vector(state, state->ideal_vectors) && !may_end(state)) {
      state->ideal_drain_waits++;
    } else if (++state->ideal_vectors == k) {
      state->ideal_cycles = state->ideal.age + 1;
    }
  }
  state->ideal.age++;
}

/* The tile's last vector has entered: tells its waits apart. */
static void count_waits(const os_state *state, bo_events *events) {
  const uint64_t for_drain = state->ideal_drain_waits;
  const uint64_t for_weights = state->ideal_cycles - state->tile.tile.words.k - for_drain;
  events->stall_weights += for_weights;
  events->stall_fill_drain += for_drain;
  events->stall_bank_conflict += state->waits - for_weights - for_drain;
}

static void end_tile(os_state *state, const bo_tick_layer *job) {
  count_waits(state, job->events);
  state->has_tile = false;
  state->has_unload = true;
  state->unload_at = state->cycle + state->rows;
  state->unloading = state->tile;
}

/* Column c shows the result of row R-1 c + 1 cycles after it was told to unload, then row R-2, ...
 */
static void take_results(os_state *state, const bo_tick_layer *job) {
  const int32_t *const sums = bo_mesh_sums(state->mesh);
  for (uint32_t d = 0; d < state->drain_count; d++) {
    const drain *const from = &state->drains[(state->first_drain + d) % DRAINS];
    const bo_tile *const tile = &from->tile.tile;
    const uint64_t age = state->cycle - from->unload_cycle;
    for (uint32_t c = 0; c < tile->words.n && c < age; c++) {
      const uint64_t moved = age - 1 - c;
      if (moved < state->rows && state->rows - 1 - moved < tile->m) {
        *bo_tick_sum(job, &from->tile, state->rows - 1 - moved, c) = sums[c];
      }
    }
  }
  const drain *const oldest = &state->drains[state->first_drain];
  if (state->drain_count > 0 &&
      state->cycle - oldest->unload_cycle == (uint64_t)state->rows + state->cols - 1) {
    state->first_drain = (state->first_drain + 1) % DRAINS;
    state->drain_count--;
  }
}

static void begin_unload(os_state *state) {
  const uint32_t slot = (state->first_drain + state->drain_count) % DRAINS;
  state->drains[slot] = (drain){state->unloading, state->cycle};
  state->drain_count++;
  state->has_unload = false;
  for (uint32_t c = 0; c < state->cols; c++) {
    state->col[c] |= BO_LANE_LOAD;
  }
}

/* Lanes without a vector: zeros, which add nothing. */
static void clear_lanes(os_state *state) {
  for (uint32_t r = 0; r < state->rows; r++) {
    state->row[r] = 0;
  }
  for (uint32_t c = 0; c < state->cols; c++) {
    state->col[c] = 0;
  }
}

/* A vector of the tile at work enters, or it waits. */
static void work(os_state *state, const bo_tick_layer *job, bool enters) {
  if (!enters) {
    state->waits++;
    return;
  }
  enter_vector(state, job);
  bo_weight_buffer_take(state->buffer, state->tile.tile.words.n);
}

static void tick(os_state *state, const bo_tick_layer *job) {
  const bool has_tile = state->has_tile;
  const bool accepts = !has_tile && state->more;
  const bool enters = vector_enters(state);
  const bool unloads = state->has_unload && state->cycle == state->unload_at;
  take_results(state, job);
  clear_lanes(state);
  if (has_tile) {
    work(state, job, enters);
    step_ideal(state);
  } else if (!accepts) {
    job->events->stall_fill_drain++; /* the last results go out */
  }
  if (unloads) {
    begin_unload(state);
  }
  bo_mesh_tick(state->mesh, state->row, state->col);
  bo_weight_fetch_tick(state->fetch, state->sram, state->buffer);
  bo_weight_sram_tick(state->sram);
  if (enters && ++state->vectors == state->tile.tile.words.k) {
    end_tile(state, job);
  }
  if (accepts) {
    accept_tile(state, job);
  }
  state->cycle++;
  job->events->cycles++;
  bo_tick_observe(job);
}

static void begin_layer(os_state *state, const bo_tick_layer *job) {
  bo_weight_sram_reset(state->sram);
  bo_weight_buffer_reset(state->buffer);
  bo_weight_fetch_reset(state->fetch);
  bo_mesh_reset(state->mesh);
  state->cycle = 0;
  state->has_tile = false;
  state->has_unload = false;
  state->drain_count = 0;
  state->tiles = 0;
  state->offered = bo_tiling_first(&job->tiling);
  state->more = true;
}

static void run(void *opaque, const bo_tick_layer *job) {
  os_state *const state = opaque;
  begin_layer(state, job);
  do {
    tick(state, job);
  } while (state->has_tile || state->more || state->has_unload || state->drain_count > 0);
}

static bo_status probes(const void *opaque, const bo_probe_visitor *visitor) {
  const os_state *const state = opaque;
  char scope[BO_PROBE_SCOPE_SIZE];
  const bo_probe_visitor inner = {visitor->visit, visitor->context, scope};
  bo_status status = bo_weight_sram_probes(state->sram, visitor);
  (void)snprintf(scope, sizeof scope, "%s.u_tile_ctrl", visitor->scope);
  status = status == BO_OK ? bo_weight_fetch_probes(state->fetch, &inner) : status;
  (void)snprintf(scope, sizeof scope, "%s.u_weight_buffer", visitor->scope);
  status = status == BO_OK ? bo_weight_buffer_probes(state->buffer, &inner) : status;
  (void)snprintf(scope, sizeof scope, "%s.u_mesh", visitor->scope);
  return status == BO_OK ? bo_mesh_probes(state->mesh, &inner) : status;
}

const bo_tick_dataflow bo_tick_os = {create, destroy, weights, run, probes};
