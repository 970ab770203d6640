#include "silicon/map_stats.h"

#include <math.h>
#include <stdlib.h>

enum {
  RATE_BINS = BO_STAT_RATE_FROM_97 - BO_STAT_RATE_TO_10 + 1,
};

static const char *const stat_name[BO_MAP_STATS] = {
#define BO_MAP_STAT(id, name, meaning) name,
#include "silicon/map_stats.def"
#undef BO_MAP_STAT
};

const char *bo_map_stat_name(bo_map_stat statistic) {
  return stat_name[statistic];
}

/* Faulty cells of every column, row and array. */
typedef struct counts {
  bo_cell_shape shape;
  size_t cells, columns, rows; /* of all arrays */
  double faulty;
  double *column, *row, *array;
  double *upper, *lower;       /* of each column, in half of the rows */
  double above, below;         /* faulty cells with a neighbour below, and above */
  double left, right;          /* and right, and left of it */
  double vertical, horizontal; /* pairs of faulty neighbours */
  double still_faulty;         /* at the lower voltage */
  double bin[RATE_BINS];
  double sum[BO_FAULT_DIRECTIONS]; /* of the rates */
  double persistent_0to1;
} counts;

static void free_counts(counts *c) {
  free(c->column); /* the one block */
}

static bo_status new_counts(counts *c, const bo_cell_shape *shape, bo_diag *diag) {
  *c = (counts){.shape = *shape,
                .cells = bo_cell_count(shape),
                .columns = (size_t)shape->arrays * shape->columns,
                .rows = (size_t)shape->arrays * shape->rows};
  c->column = calloc(3 * c->columns + c->rows + shape->arrays, sizeof *c->column);
  if (c->column == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "statistics of %zu cells: out of memory", c->cells);
  }
  c->upper = c->column + c->columns;
  c->lower = c->upper + c->columns;
  c->row = c->lower + c->columns;
  c->array = c->row + c->rows;
  return BO_OK;
}

/* --- one pass over the cells --------------------------------------------------------------------
 */

typedef struct cell_view {
  const float *p[BO_FAULT_DIRECTIONS]; /* NULL: counts as 0 */
  double faulty_above;
} cell_view;

static cell_view cells_at(const bo_cell_rates *rates, const bo_map_scope *scope, uint32_t voltage) {
  cell_view at = {.faulty_above = scope->faulty_above};
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    at.p[d] = scope->without[d] ? NULL : rates->p[d] + voltage * bo_cell_count(&rates->shape);
  }
  return at;
}

static double rate(const cell_view *of, int direction, size_t cell) {
  return of->p[direction] == NULL ? 0.0 : (double)of->p[direction][cell];
}

static double both_rates(const cell_view *of, size_t cell) {
  return rate(of, BO_FAULT_0TO1, cell) + rate(of, BO_FAULT_1TO0, cell);
}

static bool is_faulty(const cell_view *of, size_t cell) {
  return both_rates(of, cell) > of->faulty_above;
}

static int bin_of(double p) {
  static const double upper[] = {0.1, 0.25, 0.5, 0.75, 0.9, 0.97};
  int bin = 0;
  while (bin < RATE_BINS - 1 && p > upper[bin]) {
    bin++;
  }
  return bin;
}

typedef struct place {
  uint32_t array, row, column;
} place;

static void count_faulty(counts *c, const cell_view *of, const cell_view *lower, place at,
                         size_t cell) {
  const bo_cell_shape *const shape = &c->shape;
  const size_t column = (size_t)at.array * shape->columns + at.column;
  c->faulty++;
  c->column[column]++;
  c->upper[column] += at.row < shape->rows / 2;
  c->lower[column] += at.row >= shape->rows - shape->rows / 2;
  c->row[(size_t)at.array * shape->rows + at.row]++;
  c->array[at.array]++;
  c->bin[bin_of(both_rates(of, cell))]++;
  c->still_faulty += is_faulty(lower, cell);
  c->below += at.row > 0;
  c->right += at.column > 0;
  if (at.row + 1 < shape->rows) {
    c->above++;
    c->vertical += is_faulty(of, cell + shape->columns);
  }
  if (at.column + 1 < shape->columns) {
    c->left++;
    c->horizontal += is_faulty(of, cell + 1);
  }
}

static void count(counts *c, const cell_view *of, const cell_view *lower) {
  size_t cell = 0;
  for (uint32_t array = 0; array < c->shape.arrays; array++) {
    for (uint32_t row = 0; row < c->shape.rows; row++) {
      for (uint32_t column = 0; column < c->shape.columns; column++, cell++) {
        if (both_rates(of, cell) == 0.0) {
          continue; /* most cells */
        }
        c->sum[BO_FAULT_0TO1] += rate(of, BO_FAULT_0TO1, cell);
        c->sum[BO_FAULT_1TO0] += rate(of, BO_FAULT_1TO0, cell);
        c->persistent_0to1 += rate(of, BO_FAULT_0TO1, cell) >= BO_PERSISTENT_RATE;
        if (is_faulty(of, cell)) {
          count_faulty(c, of, lower, (place){array, row, column}, cell);
        }
      }
    }
  }
}

/* --- of the counts ------------------------------------------------------------------------------
 */

static double ratio(double part, double whole) {
  return whole > 0.0 ? part / whole : (double)NAN;
}

static double mean_of(const double *values, size_t n) {
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) {
    sum += values[i];
  }
  return sum / (double)n;
}

/* Mean product of the deviations: of all values, not of a sample of them. */
static double covariance(const double *a, const double *b, size_t n) {
  const double mean_a = mean_of(a, n);
  const double mean_b = mean_of(b, n);
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) {
    sum += (a[i] - mean_a) * (b[i] - mean_b);
  }
  return sum / (double)n;
}

static double dispersion(const double *values, size_t n) {
  return ratio(covariance(values, values, n), mean_of(values, n));
}

static double correlation(const double *a, const double *b, size_t n) {
  return ratio(covariance(a, b, n), sqrt(covariance(a, a, n) * covariance(b, b, n)));
}

static double zeros(const double *values, size_t n) {
  double found = 0.0;
  for (size_t i = 0; i < n; i++) {
    found += values[i] == 0.0;
  }
  return found;
}

static double pairs(const double *values, size_t n) {
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) {
    sum += values[i] * (values[i] - 1.0) / 2.0;
  }
  return sum;
}

static int falling(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x < y) - (x > y);
}

/* Part of all that the first are, of falling values. */
static double part_of_first(const double *values, size_t n, size_t first) {
  const size_t taken = first < n ? first : n;
  return ratio(mean_of(values, taken) * (double)taken, mean_of(values, n) * (double)n);
}

static size_t percent_of(size_t n, size_t percent) {
  const size_t rounded = (n * percent + 50) / 100;
  return rounded > 0 ? rounded : 1;
}

static double same_column_ratio(const counts *c) {
  const double rows = c->shape.rows;
  const double of_all_pairs = ratio(rows - 1.0, rows * c->shape.columns - 1.0);
  return ratio(ratio(pairs(c->column, c->columns), pairs(c->array, c->shape.arrays)), of_all_pairs);
}

/* Last, as it sorts the counts. */
static void of_worst(double value[BO_MAP_STATS], counts *c) {
  const size_t arrays = c->shape.arrays;
  qsort(c->column, c->columns, sizeof *c->column, falling);
  qsort(c->array, arrays, sizeof *c->array, falling);
  value[BO_STAT_WORST_5_COLUMNS] = part_of_first(c->column, c->columns, 5);
  value[BO_STAT_WORST_10_COLUMNS] = part_of_first(c->column, c->columns, 10);
  value[BO_STAT_WORST_20_COLUMNS] = part_of_first(c->column, c->columns, 20);
  value[BO_STAT_WORST_1_PCT_ARRAYS] = part_of_first(c->array, arrays, percent_of(arrays, 1));
  value[BO_STAT_WORST_10_PCT_ARRAYS] = part_of_first(c->array, arrays, percent_of(arrays, 10));
}

static void of_counts(double value[BO_MAP_STATS], counts *c) {
  const double part = c->faulty / (double)c->cells;
  value[BO_STAT_MEAN_0TO1_PCT] = 100.0 * c->sum[BO_FAULT_0TO1] / (double)c->cells;
  value[BO_STAT_MEAN_1TO0_PCT] = 100.0 * c->sum[BO_FAULT_1TO0] / (double)c->cells;
  value[BO_STAT_MEAN_PCT] = value[BO_STAT_MEAN_0TO1_PCT] + value[BO_STAT_MEAN_1TO0_PCT];
  value[BO_STAT_PERSISTENT_0TO1_PCT] = 100.0 * c->persistent_0to1 / (double)c->cells;
  value[BO_STAT_FAULTY_PCT] = 100.0 * part;
  value[BO_STAT_COLUMN_DISPERSION] = dispersion(c->column, c->columns);
  value[BO_STAT_ROW_DISPERSION] = dispersion(c->row, c->rows);
  value[BO_STAT_CLEAN_COLUMNS] = zeros(c->column, c->columns);
  value[BO_STAT_VERTICAL_LIFT] = ratio(ratio(2.0 * c->vertical, c->above + c->below), part);
  value[BO_STAT_HORIZONTAL_LIFT] = ratio(ratio(2.0 * c->horizontal, c->left + c->right), part);
  for (int bin = 0; bin < RATE_BINS; bin++) {
    value[BO_STAT_RATE_TO_10 + bin] = ratio(c->bin[bin], c->faulty);
  }
  value[BO_STAT_HALF_CORRELATION] = correlation(c->upper, c->lower, c->columns);
  value[BO_STAT_NESTING] = ratio(c->still_faulty, c->faulty);
  value[BO_STAT_CLEAN_ARRAYS] = zeros(c->array, c->shape.arrays) / c->shape.arrays;
  value[BO_STAT_ARRAY_DISPERSION] = dispersion(c->array, c->shape.arrays);
  value[BO_STAT_SAME_COLUMN_RATIO] = same_column_ratio(c);
  of_worst(value, c);
}

bo_status bo_map_stats(double value[BO_MAP_STATS], const bo_cell_rates *rates,
                       const bo_map_scope *scope, bo_diag *diag) {
  counts c;
  const bo_status status = new_counts(&c, &rates->shape, diag);
  if (status != BO_OK) {
    return status;
  }
  const cell_view of = cells_at(rates, scope, scope->voltage);
  const cell_view lower = cells_at(rates, scope, scope->lower_voltage);
  count(&c, &of, &lower);
  of_counts(value, &c);
  free_counts(&c);
  return BO_OK;
}

uint64_t bo_map_rising_cells(const bo_cell_rates *rates, bo_rising_cell *first, size_t room) {
  const size_t cells = bo_cell_count(&rates->shape);
  uint64_t found = 0;
  for (uint32_t v = 1; v < rates->voltages; v++) {
    for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
      const float *const p = rates->p[d] + v * cells;
      const float *const lower = p - cells;
      for (size_t cell = 0; cell < cells; cell++) {
        if (p[cell] > lower[cell]) {
          if (found < room) {
            first[found] = (bo_rising_cell){v, (bo_fault_direction)d, cell};
          }
          found++;
        }
      }
    }
  }
  return found;
}
