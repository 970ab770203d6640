#include "silicon/cell_model.h"

#include "base/quantile.h"
#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum {
  ROW_CELLS = 64,
  MAX_ROWS = 65536,
  CELLS_A_DRAW = 4, /* words of a draw */
  STEPS = 256,      /* of the bound on a cell's own term: by the highest byte of its word */
};

static const double max_noise = 6.35; /* of bo_rng_normal */

static double share_of_cells(const bo_cell_effects *effects) {
  return 1.0 - effects->array - effects->column - effects->row - effects->read;
}

static double prefers(const bo_cell_model *model, int direction) {
  return direction == BO_FAULT_0TO1 ? model->prefers_1 : 1.0 - model->prefers_1;
}

bo_status bo_cell_state_at(bo_cell_state *state, const bo_cell_model *model, uint64_t seed,
                           const double rate[BO_FAULT_DIRECTIONS], bo_diag *diag) {
  bo_cell_state found = {.model = model, .seed = seed};
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    const double share = prefers(model, d);
    if (rate[d] > share) {
      return bo_fail(diag, BO_E_INVALID, "%.9g %% of the cells fail %s, but only %.9g %% can",
                     100.0 * rate[d], d == BO_FAULT_0TO1 ? "0->1" : "1->0", 100.0 * share);
    }
    found.threshold[d] = rate[d] <= 0.0     ? INFINITY
                         : rate[d] == share ? -INFINITY
                                            : -bo_quantile_normal(rate[d] / share);
  }
  *state = found;
  return BO_OK;
}

static bo_rng_block draw(const bo_cell_state *state, bo_rng_stream stream, uint32_t array,
                         uint32_t second, uint32_t third) {
  const uint32_t counter[3] = {array, second, third};
  return bo_rng_draw(state->seed, stream, counter);
}

/* What all cells of an array, a column or a row have in common, a direction each. */
typedef struct common {
  double term[BO_FAULT_DIRECTIONS];
} common;

static common array_and_column(const bo_cell_state *state, uint32_t array, uint32_t column) {
  const bo_rng_block of_array = draw(state, BO_RNG_CELL_ARRAY, array, 0, 0);
  const bo_rng_block of_column = draw(state, BO_RNG_CELL_COLUMN, array, column, 0);
  common all;
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    const bo_cell_effects *const effects = &state->model->effects[d];
    all.term[d] = sqrt(effects->array) * bo_rng_normal(of_array.word[d]) +
                  sqrt(effects->column) * bo_rng_normal(of_column.word[d]);
  }
  return all;
}

static common row_alone(const bo_cell_state *state, uint32_t array, uint32_t row) {
  const bo_rng_block of_row = draw(state, BO_RNG_CELL_ROW, array, row, 0);
  common all;
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    all.term[d] = sqrt(state->model->effects[d].row) * bo_rng_normal(of_row.word[d]);
  }
  return all;
}

static bo_fault_direction direction_of(const bo_cell_state *state, bo_rng_block read) {
  return bo_rng_unit(read.word[0]) < state->model->prefers_1 ? BO_FAULT_0TO1 : BO_FAULT_1TO0;
}

/* Phi((score - threshold) / sqrt(read)). */
static double rate_of(const bo_cell_state *state, bo_fault_direction direction, double score) {
  const double above = score - state->threshold[direction];
  const double read = state->model->effects[direction].read;
  return read > 0.0 ? erfc(-above / sqrt(2.0 * read)) / 2.0 : above > 0.0;
}

static double score_of(const bo_cell_state *state, bo_fault_direction direction,
                       const common *column, const common *row, uint32_t word) {
  return column->term[direction] + row->term[direction] +
         sqrt(share_of_cells(&state->model->effects[direction])) * bo_rng_normal(word);
}

bo_cell_rate bo_cell_model_rate(const bo_cell_state *state, uint32_t array, uint32_t row,
                                uint32_t column) {
  const common of_column = array_and_column(state, array, column);
  const common of_row = row_alone(state, array, row);
  const bo_rng_block own = draw(state, BO_RNG_CELL, array, row, column / CELLS_A_DRAW);
  const bo_fault_direction direction =
      direction_of(state, draw(state, BO_RNG_CELL_READ, array, row, column));
  const double score =
      score_of(state, direction, &of_column, &of_row, own.word[column % CELLS_A_DRAW]);
  return (bo_cell_rate){.direction = direction, .p = rate_of(state, direction, score)};
}

/* What up to 64 neighbouring columns of an array are judged by, worked out once. */
typedef struct bank_cells {
  const bo_cell_state *state;
  uint32_t array;
  uint32_t first_column; /* a multiple of CELLS_A_DRAW */
  uint32_t width;
  common column[ROW_CELLS];
  double needed[ROW_CELLS][BO_FAULT_DIRECTIONS]; /* own term, below which no noise makes it fail */
  double most[STEPS];                            /* own term, by the highest byte of its word */
  uint32_t draws;                                /* of the columns that any row can make fail */
  uint32_t draw_column[ROW_CELLS / CELLS_A_DRAW];
} bank_cells;

/* A cell that may fail: its direction, its score and the draw of its noise. */
typedef struct suspect {
  uint32_t row, column;
  bo_fault_direction direction;
  double score;
  uint32_t noise;
} suspect;

typedef void (*on_suspect)(const bank_cells *bank, const suspect *cell, void *context);

static bool can_fail(const bank_cells *bank, uint32_t column) {
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    const bo_cell_effects *const effects = &bank->state->model->effects[d];
    const double help = max_noise * sqrt(effects->row / share_of_cells(effects));
    if (bank->most[STEPS - 1] + help > bank->needed[column][d]) {
      return true;
    }
  }
  return false;
}

static void prepare(bank_cells *bank) {
  const bo_cell_state *const state = bank->state;
  for (uint32_t i = 0; i < STEPS; i++) {
    bank->most[i] = bo_rng_normal((i << 24) | 0xffffffU);
  }
  for (uint32_t c = 0; c < bank->width; c++) {
    bank->column[c] = array_and_column(state, bank->array, bank->first_column + c);
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      const bo_cell_effects *const effects = &state->model->effects[d];
      bank->needed[c][d] =
          (state->threshold[d] - bank->column[c].term[d] - max_noise * sqrt(effects->read)) /
          sqrt(share_of_cells(effects));
    }
    const uint32_t first = c - c % CELLS_A_DRAW;
    const bool is_listed = bank->draws > 0 && bank->draw_column[bank->draws - 1] == first;
    if (!is_listed && can_fail(bank, c)) {
      bank->draw_column[bank->draws++] = first;
    }
  }
}

static void judge(const bank_cells *bank, uint32_t row, const common *of_row, uint32_t column,
                  uint32_t word, on_suspect found, void *context) {
  const bo_cell_state *const state = bank->state;
  const bo_rng_block read =
      draw(state, BO_RNG_CELL_READ, bank->array, row, bank->first_column + column);
  const bo_fault_direction direction = direction_of(state, read);
  const suspect cell = {.row = row,
                        .column = column,
                        .direction = direction,
                        .score = score_of(state, direction, &bank->column[column], of_row, word),
                        .noise = read.word[1]};
  found(bank, &cell, context);
}

static void judge_row(const bank_cells *bank, uint32_t row, on_suspect found, void *context) {
  const common of_row = row_alone(bank->state, bank->array, row);
  double help[BO_FAULT_DIRECTIONS];
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    help[d] = of_row.term[d] / sqrt(share_of_cells(&bank->state->model->effects[d]));
  }
  for (uint32_t k = 0; k < bank->draws; k++) {
    const uint32_t c = bank->draw_column[k];
    const bo_rng_block own =
        draw(bank->state, BO_RNG_CELL, bank->array, row, (bank->first_column + c) / CELLS_A_DRAW);
    for (uint32_t i = 0; i < CELLS_A_DRAW && c + i < bank->width; i++) {
      const double most = bank->most[own.word[i] >> 24];
      const double *const needed = bank->needed[c + i];
      if (most + help[0] > needed[0] || most + help[1] > needed[1]) {
        judge(bank, row, &of_row, c + i, own.word[i], found, context);
      }
    }
  }
}

/* Finds every cell of the bank that may fail. */
static void judge_bank(bank_cells *bank, uint32_t rows, on_suspect found, void *context) {
  const double *const threshold = bank->state->threshold;
  if (isinf(threshold[0]) && isinf(threshold[1]) && threshold[0] > 0.0 && threshold[1] > 0.0) {
    return;
  }
  prepare(bank);
  for (uint32_t row = 0; row < rows && bank->draws > 0; row++) {
    judge_row(bank, row, found, context);
  }
}

static void mark(bo_fault_word *fault, const suspect *cell, bool fails) {
  const uint64_t bit = (uint64_t)fails << cell->column;
  if (cell->direction == BO_FAULT_0TO1) {
    fault[cell->row].or_mask |= bit;
  } else {
    fault[cell->row].and_mask &= ~bit;
  }
}

static void mark_read(const bank_cells *bank, const suspect *cell, void *fault) {
  const double read = bank->state->model->effects[cell->direction].read;
  mark(fault, cell,
       cell->score + sqrt(read) * bo_rng_normal(cell->noise) >
           bank->state->threshold[cell->direction]);
}

static void mark_persistent(const bank_cells *bank, const suspect *cell, void *fault) {
  mark(fault, cell, rate_of(bank->state, cell->direction, cell->score) >= BO_PERSISTENT_RATE);
}

void bo_cell_model_faults(const bo_cell_state *state, uint32_t array, uint32_t rows,
                          uint32_t width_bits, bool persistent_only, bo_fault_word *fault) {
  assert(rows >= 1 && rows <= MAX_ROWS);
  assert(width_bits >= 1 && width_bits <= ROW_CELLS);
  for (uint32_t row = 0; row < rows; row++) {
    fault[row] = (bo_fault_word){.and_mask = UINT64_MAX};
  }
  bank_cells bank = {.state = state, .array = array, .width = width_bits};
  judge_bank(&bank, rows, persistent_only ? mark_persistent : mark_read, fault);
}

typedef struct rate_matrix {
  float *const *p;
  uint32_t columns;
} rate_matrix;

static void store_rate(const bank_cells *bank, const suspect *cell, void *context) {
  const rate_matrix *const to = context;
  const size_t at = (size_t)cell->row * to->columns + bank->first_column + cell->column;
  to->p[cell->direction][at] = (float)rate_of(bank->state, cell->direction, cell->score);
}

void bo_cell_model_rates(const bo_cell_state *state, uint32_t array, uint32_t rows,
                         uint32_t columns, float *const p[BO_FAULT_DIRECTIONS]) {
  rate_matrix to = {.p = p, .columns = columns};
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    memset(p[d], 0, (size_t)rows * columns * sizeof *p[d]);
  }
  for (uint32_t first = 0; first < columns; first += ROW_CELLS) {
    const uint32_t left = columns - first;
    bank_cells bank = {.state = state,
                       .array = array,
                       .first_column = first,
                       .width = left < ROW_CELLS ? left : ROW_CELLS};
    judge_bank(&bank, rows, store_rate, &to);
  }
}
