/**
 * @file cell_model.h
 * Cells of a synthetic chip: which of them fail at a voltage, in which direction, how surely.
 *
 * A cell prefers one state: it fails only by reading that state when the other one is stored (0->1
 * if it prefers 1). How weak it is in its direction d is a standard normal score, a sum of
 * independent normal terms of its array, its column and row in the array, and itself, whose
 * variances are shares of 1; the last share is noise, drawn anew for every load of the weights:
 *
 *   score = sqrt(a_d) A_k + sqrt(c_d) C_kj + sqrt(r_d) R_ki + sqrt(z_d) Z_kij,  a+c+r+z+n = 1
 *   fails at V  <=>  score + sqrt(n_d) noise > t_d(V),  t_d(V) = -Phi^-1(rate_d(V) / share_d)
 *
 * with rate_d the part of the bit error rate that is of direction d and share_d the cells that
 * prefer it. The left side is standard normal, so the mean rate is that of the curve *exactly*,
 * whatever the shares are; t_d grows with V, so failures are nested over voltage, those of the
 * persistent cells and, as noise is the same draw at every voltage, those of one load.
 * P(fails | cell) = Phi((score - t_d) / sqrt(n_d)).
 *
 * Every term is a pure function of (seed, array, row, column): no state, any cell in O(1).
 */
#ifndef BO_SILICON_CELL_MODEL_H
#define BO_SILICON_CELL_MODEL_H

#include "base/status.h"
#include "silicon/fault_word.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A cell that fails in at least this part of the reads counts as persistent. */
#define BO_PERSISTENT_RATE 0.9

typedef enum bo_fault_direction {
  BO_FAULT_0TO1,
  BO_FAULT_1TO0,
  BO_FAULT_DIRECTIONS
} bo_fault_direction;

/** Shares of the variance; each >= 0, their sum below 1: the cell itself has the rest. */
typedef struct bo_cell_effects {
  double array;
  double column;
  double row;
  double read; /**< 0: every faulty cell fails at every read */
} bo_cell_effects;

typedef struct bo_cell_model {
  double prefers_1; /**< part of the cells that fail 0->1, in 0 … 1 */
  bo_cell_effects effects[BO_FAULT_DIRECTIONS];
} bo_cell_model;

/** A model at one voltage of one chip. A value: copy freely. */
typedef struct bo_cell_state {
  const bo_cell_model *model; /**< borrowed */
  uint64_t seed;
  double threshold[BO_FAULT_DIRECTIONS]; /**< t_d; infinite where nothing fails */
} bo_cell_state;

/**
 * Chip @p seed of @p model where a part @p rate[d] of all cells fails in direction d.
 * BO_OK; BO_E_INVALID if more cells would fail than prefer the direction.
 */
bo_status bo_cell_state_at(bo_cell_state *state, const bo_cell_model *model, uint64_t seed,
                           const double rate[BO_FAULT_DIRECTIONS], bo_diag *diag);

/** Probability that a cell fails on a read that it can fail on, and the direction of that. */
typedef struct bo_cell_rate {
  bo_fault_direction direction;
  double p;
} bo_cell_rate;

/** Any cell: rows and columns as large as wanted. */
bo_cell_rate bo_cell_model_rate(const bo_cell_state *state, uint32_t array, uint32_t row,
                                uint32_t column);

/**
 * Faults of the first @p width_bits columns of the first @p rows rows of an array, one word a row,
 * as one load of the weights reads them: fault[0 … rows-1]. With @p persistent_only a cell fails
 * iff its rate is at least BO_PERSISTENT_RATE. Preconditions: 1 <= rows <= 65536, 1 <= width_bits
 * <= 64.
 */
void bo_cell_model_faults(const bo_cell_state *state, uint32_t array, uint32_t rows,
                          uint32_t width_bits, bool persistent_only, bo_fault_word *fault);

/**
 * The rates of a whole array, as bo_cell_model_rate has them, into p[direction][row * columns +
 * column]; 0 in the direction that a cell does not prefer, and where the rate is below 1e-9.
 */
void bo_cell_model_rates(const bo_cell_state *state, uint32_t array, uint32_t rows,
                         uint32_t columns, float *const p[BO_FAULT_DIRECTIONS]);

#ifdef __cplusplus
}
#endif

#endif
