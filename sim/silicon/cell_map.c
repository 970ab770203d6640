#include "silicon/cell_map.h"

#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  WORD_CELLS = 64,
};

/* A cell that fails at some reads only. */
typedef struct partial_cell {
  uint32_t cell; /* in the sequence of all */
  float p[BO_FAULT_DIRECTIONS];
} partial_cell;

/* The cells at one voltage. */
typedef struct layer {
  double mean[BO_FAULT_DIRECTIONS];
  uint64_t *always[BO_FAULT_DIRECTIONS]; /* [words], bit c of word w = cell 64 w + c */
  partial_cell *partial;                 /* by cell */
  uint32_t *first_partial;               /* [words + 1], of each word */
} layer;

struct bo_cell_map {
  bo_cell_shape shape;
  uint32_t voltages;
  size_t cells;
  size_t words;
  double vdd_ratio[BO_CELL_RATES_MAX_VOLTAGES];
  layer layer[BO_CELL_RATES_MAX_VOLTAGES];
};

static bool is_partial(const float *const p[BO_FAULT_DIRECTIONS], size_t cell) {
  return (p[0][cell] > 0 && p[0][cell] < 1) || (p[1][cell] > 0 && p[1][cell] < 1);
}

/* Most words have no cell that ever fails, and this the compiler makes a few vector instructions.
 */
static bool any_fails(const float *p, size_t count) {
  int any = 0;
  for (size_t i = 0; i < count; i++) {
    any |= p[i] > 0;
  }
  return any != 0;
}

/* Calls are for words in their order; returns the cells between 0 and 1. */
static uint32_t pack_word(layer *to, const float *const p[BO_FAULT_DIRECTIONS], size_t word,
                          size_t count, uint32_t partials) {
  const size_t first = word * WORD_CELLS;
  for (size_t cell = first; cell < first + count; cell++) {
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      to->always[d][word] |= (uint64_t)(p[d][cell] >= 1) << (cell - first);
    }
    if (is_partial(p, cell)) {
      to->partial[partials++] = (partial_cell){(uint32_t)cell, {p[0][cell], p[1][cell]}};
    }
  }
  return partials;
}

static void pack(layer *to, const float *const p[BO_FAULT_DIRECTIONS], size_t cells) {
  const size_t words = (cells + WORD_CELLS - 1) / WORD_CELLS;
  uint32_t partials = 0;
  for (size_t word = 0; word < words; word++) {
    const size_t first = word * WORD_CELLS;
    const size_t count = cells - first < WORD_CELLS ? cells - first : WORD_CELLS;
    to->first_partial[word] = partials;
    if (any_fails(p[0] + first, count) || any_fails(p[1] + first, count)) {
      partials = pack_word(to, p, word, count, partials);
    }
  }
  to->first_partial[words] = partials;
}

static size_t count_partials(const float *p, size_t cells) {
  size_t count = 0;
  for (size_t cell = 0; cell < cells; cell++) {
    count += p[cell] > 0 && p[cell] < 1;
  }
  return count;
}

static bo_status make_layer(bo_cell_map *map, uint32_t voltage, const bo_cell_rates *rates,
                            bo_diag *diag) {
  layer *const to = &map->layer[voltage];
  const float *p[BO_FAULT_DIRECTIONS];
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    p[d] = rates->p[d] + voltage * map->cells;
    to->mean[d] = bo_cell_rates_mean(rates, voltage, (bo_fault_direction)d);
    to->always[d] = calloc(map->words, sizeof *to->always[d]);
  }
  /* A cell between 0 and 1 in both directions counts twice: room enough. */
  const size_t partials = count_partials(p[0], map->cells) + count_partials(p[1], map->cells);
  to->partial = calloc(partials + 1, sizeof *to->partial);
  to->first_partial = calloc(map->words + 1, sizeof *to->first_partial);
  if (to->always[0] == NULL || to->always[1] == NULL || to->partial == NULL ||
      to->first_partial == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "map of %zu cells: out of memory", map->cells);
  }
  pack(to, p, map->cells);
  return BO_OK;
}

bo_status bo_cell_map_new(bo_cell_map **out, const bo_cell_rates *rates, bo_diag *diag) {
  *out = NULL;
  bo_cell_map *const map = calloc(1, sizeof *map);
  if (map == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  map->shape = rates->shape;
  map->voltages = rates->voltages;
  map->cells = bo_cell_count(&rates->shape);
  map->words = (map->cells + WORD_CELLS - 1) / WORD_CELLS;
  memcpy(map->vdd_ratio, rates->vdd_ratio, rates->voltages * sizeof *map->vdd_ratio);
  for (uint32_t v = 0; v < rates->voltages; v++) {
    const bo_status status = make_layer(map, v, rates, diag);
    if (status != BO_OK) {
      bo_cell_map_free(map);
      return status;
    }
  }
  *out = map;
  return BO_OK;
}

void bo_cell_map_free(bo_cell_map *map) {
  if (map == NULL) {
    return;
  }
  for (uint32_t v = 0; v < map->voltages; v++) {
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      free(map->layer[v].always[d]);
    }
    free(map->layer[v].partial);
    free(map->layer[v].first_partial);
  }
  free(map);
}

const bo_cell_shape *bo_cell_map_shape(const bo_cell_map *map) {
  return &map->shape;
}

const double *bo_cell_map_voltages(const bo_cell_map *map, uint32_t *count) {
  *count = map->voltages;
  return map->vdd_ratio;
}

bool bo_cell_map_find(const bo_cell_map *map, double vdd_ratio, uint32_t *voltage) {
  uint32_t v = 0;
  while (v < map->voltages && !(fabs(map->vdd_ratio[v] - vdd_ratio) <= BO_CELL_VDD_TOLERANCE)) {
    v++;
  }
  *voltage = v;
  return v < map->voltages;
}

double bo_cell_map_mean(const bo_cell_map *map, uint32_t voltage, bo_fault_direction direction) {
  assert(voltage < map->voltages);
  return map->layer[voltage].mean[direction];
}

/* A run of neighbouring cells of the sequence that lies in one row of a bank. */
typedef struct cell_run {
  size_t cell;     /* first */
  uint32_t column; /* of the bank that it lies in */
  uint32_t count;  /* 1 … 64, not beyond the end of the sequence */
} cell_run;

/* count bits from bit first of the sequence. */
static uint64_t bits_of(const uint64_t *words, size_t first, uint32_t count) {
  const size_t word = first / WORD_CELLS;
  const uint32_t shift = first % WORD_CELLS;
  uint64_t bits = words[word] >> shift;
  if (shift + count > WORD_CELLS) {
    bits |= words[word + 1] << (WORD_CELLS - shift);
  }
  return bits & UINT64_MAX >> (WORD_CELLS - count);
}

static bool fails(const partial_cell *cell, int direction, bool persistent_only,
                  bo_rng_block read) {
  const double p = (double)cell->p[direction];
  return persistent_only ? p >= BO_PERSISTENT_RATE : bo_rng_unit(read.word[1]) < p;
}

static void add_run(const bo_map_view *view, const cell_run *run, uint32_t bank, uint32_t row,
                    bool persistent_only, uint64_t reads[BO_FAULT_DIRECTIONS]) {
  const layer *const from = &view->map->layer[view->voltage];
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    reads[d] |= bits_of(from->always[d], run->cell, run->count) << run->column;
  }
  const size_t end = run->cell + run->count;
  for (uint32_t i = from->first_partial[run->cell / WORD_CELLS];
       i < from->first_partial[(end - 1) / WORD_CELLS + 1]; i++) {
    const partial_cell *const cell = &from->partial[i];
    if (cell->cell < run->cell || cell->cell >= end) {
      continue;
    }
    const uint32_t column = run->column + (uint32_t)(cell->cell - run->cell);
    const uint32_t counter[3] = {bank, row, column};
    const bo_rng_block read = bo_rng_draw(view->seed, BO_RNG_CELL_READ, counter);
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      reads[d] |= (uint64_t)fails(cell, d, persistent_only, read) << column;
    }
  }
}

void bo_cell_map_faults(const bo_map_view *view, uint32_t bank, uint32_t rows, uint32_t width_bits,
                        bool persistent_only, bo_fault_word *fault) {
  assert(rows >= 1 && rows <= 65536);
  assert(width_bits >= 1 && width_bits <= WORD_CELLS);
  const size_t cells = view->map->cells;
  for (uint32_t row = 0; row < rows; row++) {
    uint64_t reads[BO_FAULT_DIRECTIONS] = {0};
    size_t cell = (size_t)((view->first_cell + ((uint64_t)bank * rows + row) * width_bits) % cells);
    for (uint32_t column = 0; column < width_bits;) {
      const size_t to_end = cells - cell;
      const uint32_t left = width_bits - column;
      const cell_run run = {cell, column, to_end < left ? (uint32_t)to_end : left};
      add_run(view, &run, bank, row, persistent_only, reads);
      column += run.count;
      cell = (cell + run.count) % cells;
    }
    /* A cell that fails both ways reads the opposite of what it stores. */
    const uint64_t both = reads[BO_FAULT_0TO1] & reads[BO_FAULT_1TO0];
    fault[row] = (bo_fault_word){.and_mask = ~(reads[BO_FAULT_1TO0] & ~both),
                                 .or_mask = reads[BO_FAULT_0TO1] & ~both,
                                 .xor_mask = both};
  }
}

/* --- rates again --------------------------------------------------------------------------------
 */

void bo_map_view_rates(const bo_map_view *view, size_t count, float *const p[BO_FAULT_DIRECTIONS]) {
  const size_t cells = view->map->cells;
  const size_t first = (size_t)(view->first_cell % cells);
  const layer *const from = &view->map->layer[view->voltage];
  for (size_t i = 0; i < count; i++) {
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      p[d][i] = (float)bits_of(from->always[d], (first + i) % cells, 1);
    }
  }
  for (uint32_t k = 0; k < from->first_partial[view->map->words]; k++) {
    const partial_cell *const partial = &from->partial[k];
    for (size_t i = (partial->cell + cells - first) % cells; i < count; i += cells) {
      p[BO_FAULT_0TO1][i] = partial->p[BO_FAULT_0TO1];
      p[BO_FAULT_1TO0][i] = partial->p[BO_FAULT_1TO0];
    }
  }
}

bo_status bo_cell_map_rates(bo_cell_rates *rates, const bo_cell_map *map, bo_diag *diag) {
  const bo_status status = bo_cell_rates_new(rates, map->voltages, &map->shape, diag);
  if (status != BO_OK) {
    return status;
  }
  memcpy(rates->vdd_ratio, map->vdd_ratio, map->voltages * sizeof *rates->vdd_ratio);
  for (uint32_t v = 0; v < map->voltages; v++) {
    const bo_map_view whole = {.map = map, .voltage = v};
    float *const p[] = {rates->p[0] + v * map->cells, rates->p[1] + v * map->cells};
    bo_map_view_rates(&whole, map->cells, p);
  }
  return BO_OK;
}
