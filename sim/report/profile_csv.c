/* The cells of a chip as the data of figures. */
#include "report/profile.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum {
  MAX_BINS = 40,
};

static uint32_t smaller(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

static void write_cell(FILE *out, const bo_chip_shown *shown, uint32_t array, uint32_t row,
                       uint32_t column) {
  const bo_cell_rates *const rates = &shown->rates;
  const size_t cell = ((size_t)array * rates->shape.rows + row) * rates->shape.columns + column;
  const double rate[] = {bo_cell_rate_of_both(rates, cell), (double)rates->p[BO_FAULT_0TO1][cell],
                         (double)rates->p[BO_FAULT_1TO0][cell]};
  bo_text_real(out, shown->vdd_ratio);
  (void)fprintf(out, ",%" PRIu32 ",%" PRIu32 ",%" PRIu32, array, row, column);
  for (size_t i = 0; i < sizeof rate / sizeof *rate; i++) {
    (void)fputc(',', out);
    bo_text_real(out, 100 * rate[i]);
  }
  (void)fputc('\n', out);
}

bo_status bo_report_cells_csv(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag) {
  const bo_cell_shape *const shape = &shown->rates.shape;
  const uint32_t rows = smaller(shape->rows, BO_SHOWN_ROWS);
  const uint32_t columns = smaller(shape->columns, BO_SHOWN_COLUMNS);
  const uint32_t arrays = smaller(shape->arrays, BO_SHOWN_COLUMNS / columns);
  bo_text text;
  *out = (bo_bytes){0};
  const bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)fputs("vdd_ratio,array,row,column,rate_pct,rate_0to1_pct,rate_1to0_pct\n", text.out);
  for (uint32_t row = 0; row < rows; row++) {
    for (uint32_t array = 0; array < arrays; array++) {
      for (uint32_t column = 0; column < columns; column++) {
        write_cell(text.out, shown, array, row, column);
      }
    }
  }
  return bo_text_close(&text, out, status, diag);
}

/* --- histograms ---------------------------------------------------------------------------------
 */

/* Probability that k of n cells are faulty if each one is with probability p. */
static double binomial(uint32_t n, uint32_t k, double p) {
  if (p <= 0 || p >= 1) {
    return k == (p <= 0 ? 0 : n);
  }
  return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) +
             (n - k) * log1p(-p));
}

/* Faulty cells of the last bin: all lines lie below, and what is expected but for rare ones. */
static uint32_t last_of(const bo_line_faults *faults, uint32_t cells, double p) {
  const double expected = cells * p + 4 * sqrt(cells * p * (1 - p));
  const double last = fmax(faults->max, ceil(expected));
  return last < cells ? (uint32_t)last : cells;
}

static void write_bins(FILE *out, const bo_chip_shown *shown, bo_cell_line line,
                       const uint32_t *faults) {
  static const char *const names[BO_CELL_LINES] = {"column", "row"};
  const bo_rates_summary *const summary = &shown->summary;
  const bo_line_faults *const spread = &summary->faults[line];
  const uint32_t cells = bo_cells_a_line(&shown->rates.shape, line);
  const double p = (double)(summary->persistent + summary->between) / (double)summary->cells;
  const uint32_t last = last_of(spread, cells, p);
  const uint32_t width = last / MAX_BINS + 1;
  for (uint32_t low = 0; low <= last; low += width) {
    const uint32_t high = smaller(low + width - 1, cells);
    size_t lines = 0;
    double expected = 0;
    for (size_t i = 0; i < spread->lines; i++) {
      lines += faults[i] >= low && faults[i] <= high;
    }
    for (uint32_t k = low; k <= high; k++) {
      expected += (double)spread->lines * binomial(cells, k, p);
    }
    bo_text_real(out, shown->vdd_ratio);
    (void)fprintf(out, ",%s,%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%zu,", names[line], cells, low,
                  high, lines);
    bo_text_real(out, expected);
    (void)fputc('\n', out);
  }
}

bo_status bo_report_faulty_lines_csv(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)fputs("vdd_ratio,line,cells,faulty_min,faulty_max,lines,lines_expected\n", text.out);
  for (int line = 0; line < BO_CELL_LINES && status == BO_OK; line++) {
    uint32_t *faults = NULL;
    status = bo_faults_a_line(&faults, &shown->rates, 0, (bo_cell_line)line, diag);
    if (status == BO_OK) {
      write_bins(text.out, shown, (bo_cell_line)line, faults);
    }
    free(faults);
  }
  return bo_text_close(&text, out, status, diag);
}
