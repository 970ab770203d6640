#include "accel/schedule_array.h"

#include "accel/tiles.h"

#include <stdbool.h>

static uint64_t at_least_zero(uint64_t a, uint64_t minus) {
  return a > minus ? a - minus : 0;
}

/* --- loading the weights of a tile ------------------------------------------------------------ */

/* How words are read: by groups of some words, the first one at an offset into its group. */
typedef struct reader {
  uint64_t group_codes; /* G */
  uint64_t latency;
  uint64_t offset; /* of the tensor's first code in its group, in codes */
} reader;

typedef struct machine {
  const bo_arch *arch;
  bo_tiling tiling;
  reader real, ideal; /* with and without bank conflicts */
} machine;

static machine machine_of(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                          uint32_t index) {
  const bo_tiling tiling = bo_tiling_of(arch, net, placement, index);
  const uint64_t words = bo_read_words(arch, placement);
  const uint64_t first_row = bo_placement_stream_place(placement, tiling.tensor, 0).row;
  /* Rows of neighbouring banks are read together from one multiple of `words` banks to the next. */
  const uint64_t in_group = bo_placement_bank_row(placement, first_row).bank % words;
  return (machine){
      .arch = arch,
      .tiling = tiling,
      .real = {words * tiling.codes_per_row, arch->weight_read_latency_cycles,
               in_group * tiling.codes_per_row},
      .ideal = {(uint64_t)bo_read_words_without_conflict(arch, placement) * tiling.codes_per_row,
                arch->weight_read_latency_cycles, 0},
  };
}

/* Offset of a position of the tensor in its group of words; without conflicts, in its word. */
static uint64_t real_offset(const machine *m, uint64_t position) {
  return (m->real.offset + position) % m->real.group_codes;
}

static uint64_t slot_of(const machine *m, uint64_t position) {
  return position % m->tiling.codes_per_row;
}

static uint64_t rows_of(const machine *m, uint64_t position, uint64_t codes) {
  return (slot_of(m, position) + codes - 1) / m->tiling.codes_per_row + 1;
}

/* load() of the header for codes that lie in the order of the array. */
static uint64_t load_cycles(const reader *from, uint64_t offset, uint64_t k, uint64_t n) {
  const uint64_t by_shifting = (offset + n - 1) / from->group_codes + k;
  const uint64_t by_reading = (offset + k * n - 1) / from->group_codes + 1;
  return from->latency + 2 + (by_shifting > by_reading ? by_shifting : by_reading);
}

/* Loading of one tile with and without conflicts, and the words that it reads. */
typedef struct tile_load {
  uint64_t real, ideal, rows;
} tile_load;

static tile_load load_in_order(const machine *m, uint64_t position, uint64_t k, uint64_t n) {
  return (tile_load){
      .real = load_cycles(&m->real, real_offset(m, position), k, n),
      .ideal = load_cycles(&m->ideal, slot_of(m, position), k, n),
      .rows = rows_of(m, position, k * n),
  };
}

static tile_load load_gathered(const machine *m, uint64_t position, uint64_t k, uint64_t n) {
  const uint64_t shift = m->real.latency + 1 + k;
  tile_load load = {shift, shift, 0};
  for (uint64_t run = 0; run < n; run++, position += m->tiling.inputs) {
    load.real += (real_offset(m, position) + k - 1) / m->real.group_codes + 1;
    load.ideal += (slot_of(m, position) + k - 1) / m->ideal.group_codes + 1;
    load.rows += rows_of(m, position, k);
  }
  return load;
}

/* --- a column of tiles: all that share their outputs -------------------------------------------
 */

/* One axis cut into pieces: whole of size, and one of rest if that is not 0. */
typedef struct cut {
  uint64_t whole, size, rest;
} cut;

static cut cut_axis(uint64_t length, uint64_t size) {
  return (cut){length / size, size, length % size};
}

static uint64_t pieces(cut axis) {
  return axis.whole + (axis.rest != 0);
}

static uint64_t last_piece(cut axis) {
  return axis.rest != 0 ? axis.rest : axis.size;
}

typedef struct column {
  uint64_t position; /* of its first code in the tensor */
  uint64_t n;
  bool is_first; /* of the layer */
} column;

/* `count` waits for tiles that take `load` behind `cover` cycles of work. */
static void add_waits(bo_events *out, tile_load load, uint64_t cover, uint64_t count) {
  const uint64_t ideal = at_least_zero(load.ideal, cover);
  out->stall_weights += count * ideal;
  out->stall_bank_conflict += count * (at_least_zero(load.real, cover) - ideal);
}

/* Weight-stationary: `count` K-tiles alike, which come again for every chunk of places. */
static void add_k_tiles(const machine *m, bo_events *out, tile_load load, bool is_first_k,
                        bool is_first_column, uint64_t count) {
  const cut places = cut_axis(m->tiling.places, m->tiling.tile_m);
  const uint64_t unused_rows_alone = m->arch->array_rows + 1ULL;
  load.real = load.real > unused_rows_alone ? load.real : unused_rows_alone;
  load.ideal = load.ideal > unused_rows_alone ? load.ideal : unused_rows_alone;
  out->weight_row_reads += count * load.rows * pieces(places);
  if (!is_first_k) {
    add_waits(out, load, places.size, count * places.whole);
    add_waits(out, load, places.rest, places.rest != 0 ? count : 0);
    return;
  }
  /* The first K-tile loads behind the last one of the chunk before, or of the column before. */
  add_waits(out, load, places.size, pieces(places) - 1);
  if (is_first_column) {
    out->stall_fill_drain += load.ideal;
    out->stall_bank_conflict += load.real - load.ideal;
  } else {
    add_waits(out, load, last_piece(places), 1);
  }
}

/* K-tiles 0 … tiles-1 of k inputs, from input first_k on. Offsets into groups of words recur. */
static void add_equal_k_tiles(const machine *m, bo_events *out, const column *col, uint64_t first_k,
                              uint64_t k, uint64_t tiles) {
  const uint64_t step = k * col->n;
  uint64_t period = 1;
  while (period < tiles && period * step % m->real.group_codes != 0) {
    period++;
  }
  for (uint64_t t = 0; t < tiles && t < period; t++) {
    const uint64_t alike = (tiles - t - 1) / period + 1;
    const tile_load load = load_in_order(m, col->position + (first_k + t * k) * col->n, k, col->n);
    const bool has_first_k = first_k == 0 && t == 0;
    add_k_tiles(m, out, load, false, false, alike - has_first_k);
    if (has_first_k) {
      add_k_tiles(m, out, load, true, col->is_first, 1);
    }
  }
}

static void add_column_ws(const machine *m, bo_events *out, const column *col) {
  const bo_tiling *const tiling = &m->tiling;
  const cut k = cut_axis(tiling->inputs, tiling->tile_k);
  if (!tiling->is_gathered) {
    add_equal_k_tiles(m, out, col, 0, k.size, k.whole);
    add_equal_k_tiles(m, out, col, k.whole * k.size, k.rest, k.rest != 0);
    return;
  }
  for (uint64_t first_k = 0; first_k < tiling->inputs; first_k += k.size) {
    const uint64_t rest = tiling->inputs - first_k;
    const tile_load load =
        load_gathered(m, col->position + first_k, rest < k.size ? rest : k.size, col->n);
    add_k_tiles(m, out, load, first_k == 0, col->is_first, 1);
  }
}

static void add_column_os(const machine *m, bo_events *out, const column *col) {
  const bo_tiling *const tiling = &m->tiling;
  const uint64_t rows = m->arch->array_rows;
  const uint64_t tiles = pieces(cut_axis(tiling->places, tiling->tile_m));
  const tile_load load = tiling->is_gathered
                             ? load_gathered(m, col->position, tiling->inputs, col->n)
                             : load_in_order(m, col->position, tiling->inputs, col->n);
  const uint64_t spaced = tiles - col->is_first; /* those with a tile before them */
  out->weight_row_reads += tiles * load.rows;
  out->stall_weights += tiles * (load.ideal - tiling->inputs);
  out->stall_fill_drain += spaced * at_least_zero(rows, load.ideal);
  out->stall_bank_conflict += col->is_first ? load.real - load.ideal : 0;
  out->stall_bank_conflict +=
      spaced * ((load.real > rows ? load.real : rows) - (load.ideal > rows ? load.ideal : rows));
}

/* Words that are brought in again when `rows` of them, more than the SRAM has, are used again: all
 * but those whose place no other one of them takes. */
static uint64_t rows_brought_again(uint64_t rows, uint64_t sram_rows) {
  return rows <= sram_rows ? 0 : rows - at_least_zero(2 * sram_rows, rows);
}

/* --- a convolution on the array ----------------------------------------------------------------
 */

/* Words of a streaming network that the layer has brought in, its reads being counted. */
static uint64_t rows_brought_in(const machine *m, const bo_events *out, uint64_t again) {
  const bo_tiling *const tiling = &m->tiling;
  if (bo_placement_passes(tiling->placement) == 1) {
    return 0;
  }
  if (bo_tiling_refetches(tiling)) {
    return out->weight_row_reads;
  }
  const uint64_t codes = (uint64_t)tiling->groups * tiling->outputs * tiling->inputs;
  return rows_of(m, 0, codes) + again;
}

void bo_schedule_array(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                       uint32_t index, bo_events *out) {
  const machine m = machine_of(arch, net, placement, index);
  const bo_tiling *const tiling = &m.tiling;
  const bool is_ws = arch->dataflow == BO_DATAFLOW_WEIGHT_STATIONARY;
  const uint64_t chunks = pieces(cut_axis(tiling->places, tiling->tile_m));
  const uint64_t k_tiles = pieces(cut_axis(tiling->inputs, tiling->tile_k));
  const uint64_t columns = tiling->groups * pieces(cut_axis(tiling->outputs, tiling->tile_n));
  const uint64_t sums = tiling->places * tiling->groups * tiling->outputs; /* M N G */
  uint64_t again = 0;
  for (uint32_t group = 0; group < tiling->groups; group++) {
    for (uint64_t first_n = 0; first_n < tiling->outputs; first_n += tiling->tile_n) {
      const uint64_t rest = tiling->outputs - first_n;
      const column col = {
          .position = ((uint64_t)group * tiling->outputs + first_n) * tiling->inputs,
          .n = rest < tiling->tile_n ? rest : tiling->tile_n,
          .is_first = group == 0 && first_n == 0,
      };
      if (is_ws) {
        add_column_ws(&m, out, &col);
      } else {
        add_column_os(&m, out, &col);
      }
      again += (chunks - 1) * rows_brought_again(rows_of(&m, col.position, tiling->inputs * col.n),
                                                 bo_sram_rows(placement));
    }
  }
  out->stall_fill_drain += (is_ws ? 1 : 2) * (uint64_t)arch->array_rows + arch->array_cols - 1;
  out->compute_cycles =
      is_ws ? columns * k_tiles * tiling->places : columns * chunks * tiling->inputs;
  out->macs = sums * tiling->inputs;
  out->activation_bytes_read = columns * tiling->places * tiling->inputs;
  out->accumulator_writes = sums * (k_tiles - 1);
  out->accumulator_reads = sums * (k_tiles - 1);
  out->weight_row_writes = rows_brought_in(&m, out, again);
}
