#include "silicon/chip_rates.h"

#include "silicon/chip.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
  WORD_CELLS = 64,
  MAX_ROWS = 65536, /* of a random bank */
};

/* --- one voltage, by where the cells come from --------------------------------------------------
 */

/* Every @p p points to the first cell of the voltage. */
typedef bo_status (*fill_rates)(float *const p[BO_FAULT_DIRECTIONS], const bo_chip *chip,
                                const bo_cell_shape *shape, bo_diag *diag);

static bo_status fill_random(float *const p[BO_FAULT_DIRECTIONS], const bo_chip *chip,
                             const bo_cell_shape *shape, bo_diag *diag) {
  if (shape->columns > WORD_CELLS || shape->rows > MAX_ROWS) {
    return bo_fail(diag, BO_E_INVALID,
                   "random cells: expected at most %d rows and %d columns, got %" PRIu32
                   " and %" PRIu32,
                   MAX_ROWS, WORD_CELLS, shape->rows, shape->columns);
  }
  bo_fault_word *const fault = calloc(shape->rows, sizeof *fault);
  if (fault == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  size_t at = 0;
  for (uint32_t array = 0; array < shape->arrays; array++) {
    bo_chip_bank_faults(chip, array, shape->rows, shape->columns, fault);
    for (uint32_t row = 0; row < shape->rows; row++) {
      for (uint32_t column = 0; column < shape->columns; column++, at++) {
        p[BO_FAULT_0TO1][at] = p[BO_FAULT_1TO0][at] = (float)(fault[row].xor_mask >> column & 1);
      }
    }
  }
  free(fault);
  return BO_OK;
}

static bo_status fill_model(float *const p[BO_FAULT_DIRECTIONS], const bo_chip *chip,
                            const bo_cell_shape *shape, bo_diag *diag) {
  const size_t cells = (size_t)shape->rows * shape->columns;
  (void)diag;
  for (uint32_t array = 0; array < shape->arrays; array++) {
    float *const of_array[] = {p[0] + array * cells, p[1] + array * cells};
    bo_cell_model_rates(&chip->cells.model, array, shape->rows, shape->columns, of_array);
  }
  return BO_OK;
}

static bo_status fill_map(float *const p[BO_FAULT_DIRECTIONS], const bo_chip *chip,
                          const bo_cell_shape *shape, bo_diag *diag) {
  (void)diag;
  bo_map_view_rates(&chip->cells.map, bo_cell_count(shape), p);
  return BO_OK;
}

static void keep_persistent(float *p, size_t count) {
  for (size_t i = 0; i < count; i++) {
    p[i] = (double)p[i] >= BO_PERSISTENT_RATE ? 1.0F : 0.0F;
  }
}

static bo_status fill(bo_cell_rates *rates, uint32_t voltage, const bo_chip *chip, bo_diag *diag) {
  static const fill_rates from[] = {
      [BO_CELLS_RANDOM] = fill_random, [BO_CELLS_MODEL] = fill_model, [BO_CELLS_MAP] = fill_map};
  const size_t cells = bo_cell_count(&rates->shape);
  float *const p[BO_FAULT_DIRECTIONS] = {rates->p[0] + voltage * cells,
                                         rates->p[1] + voltage * cells};
  if (!(chip->ber > 0.0)) {
    return BO_OK; /* nothing fails, and a map has no voltage for it */
  }
  const bo_status status = from[chip->source](p, chip, &rates->shape, diag);
  for (int d = 0; d < BO_FAULT_DIRECTIONS && chip->persistent_only; d++) {
    keep_persistent(p[d], cells);
  }
  return status;
}

bo_status bo_chip_rates(bo_cell_rates *rates, const bo_profile *profile, uint64_t seed,
                        const double *vdd_ratio, uint32_t voltages, const bo_cell_shape *shape,
                        bo_diag *diag) {
  bo_status status = bo_cell_rates_new(rates, voltages, shape, diag);
  for (uint32_t v = 0; v < voltages && status == BO_OK; v++) {
    bo_chip chip;
    rates->vdd_ratio[v] = vdd_ratio[v];
    status = bo_chip_at(&chip, profile, seed, vdd_ratio[v], diag);
    if (status == BO_OK) {
      status = fill(rates, v, &chip, diag);
    }
  }
  if (status != BO_OK) {
    bo_cell_rates_free(rates);
  }
  return status;
}

/* --- what they amount to ------------------------------------------------------------------------
 */

double bo_cell_rate_of_both(const bo_cell_rates *rates, size_t index) {
  const double sum =
      (double)rates->p[BO_FAULT_0TO1][index] + (double)rates->p[BO_FAULT_1TO0][index];
  return sum < 1.0 ? sum : 1.0;
}

size_t bo_cell_lines(const bo_cell_shape *shape, bo_cell_line line) {
  return (size_t)shape->arrays * (line == BO_LINE_COLUMN ? shape->columns : shape->rows);
}

uint32_t bo_cells_a_line(const bo_cell_shape *shape, bo_cell_line line) {
  return line == BO_LINE_COLUMN ? shape->rows : shape->columns;
}

bo_status bo_faults_a_line(uint32_t **faults, const bo_cell_rates *rates, uint32_t voltage,
                           bo_cell_line line, bo_diag *diag) {
  const bo_cell_shape *const shape = &rates->shape;
  const size_t cells = bo_cell_count(shape);
  const size_t first = voltage * cells;
  *faults = calloc(bo_cell_lines(shape, line), sizeof **faults);
  if (*faults == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  for (size_t cell = 0; cell < cells; cell++) {
    const size_t row = cell / shape->columns; /* array after array */
    const size_t column = row / shape->rows * shape->columns + cell % shape->columns;
    (*faults)[line == BO_LINE_COLUMN ? column : row] +=
        bo_cell_rate_of_both(rates, first + cell) > BO_FAULTY_RATE;
  }
  return BO_OK;
}

static int compare_counts(const void *left, const void *right) {
  const uint32_t a = *(const uint32_t *)left;
  const uint32_t b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

/* Sorts @p faults. */
static bo_line_faults spread_of(uint32_t *faults, size_t lines) {
  qsort(faults, lines, sizeof *faults, compare_counts);
  const size_t below_middle = (lines - 1) / 2;
  const size_t middle = lines / 2;
  bo_line_faults spread = {.lines = lines,
                           .min = faults[0],
                           .max = faults[lines - 1],
                           .median = ((double)faults[below_middle] + faults[middle]) / 2.0};
  while (spread.without < lines && faults[spread.without] == 0) {
    spread.without++;
  }
  return spread;
}

bo_status bo_rates_summarise(bo_rates_summary *summary, const bo_cell_rates *rates,
                             uint32_t voltage, bo_diag *diag) {
  bo_rates_summary found = {.cells = bo_cell_count(&rates->shape)};
  double sum = 0.0;
  for (size_t cell = 0; cell < found.cells; cell++) {
    const double rate = bo_cell_rate_of_both(rates, voltage * found.cells + cell);
    sum += rate;
    found.persistent += rate >= BO_PERSISTENT_RATE;
    found.between += rate > BO_FAULTY_RATE && rate < BO_PERSISTENT_RATE;
  }
  found.mean_of_both = sum / (double)found.cells;
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    found.mean[d] = bo_cell_rates_mean(rates, voltage, (bo_fault_direction)d);
  }
  for (int line = 0; line < BO_CELL_LINES; line++) {
    uint32_t *faults = NULL;
    const bo_status status = bo_faults_a_line(&faults, rates, voltage, (bo_cell_line)line, diag);
    if (status != BO_OK) {
      return status;
    }
    found.faults[line] = spread_of(faults, bo_cell_lines(&rates->shape, (bo_cell_line)line));
    free(faults);
  }
  *summary = found;
  return BO_OK;
}
