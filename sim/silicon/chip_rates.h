/**
 * @file chip_rates.h
 * How often every cell of a chip fails, wherever its cells come from, and what that amounts to.
 */
#ifndef BO_SILICON_CHIP_RATES_H
#define BO_SILICON_CHIP_RATES_H

#include "base/status.h"
#include "silicon/cell_rates.h"
#include "silicon/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A cell counts as faulty if it fails in more than this part of the reads: rates of a model are
 * never quite 0.
 */
#define BO_FAULTY_RATE 0.02

/** The size of the default machine's SRAM. */
#define BO_CHIP_SHAPE_DEFAULT ((bo_cell_shape){.arrays = 32, .rows = 512, .columns = 64})

/**
 * Rates of chip @p seed of @p profile at @p vdd_ratio[0 … voltages-1], rising: those that a machine
 * with weight banks of @p shape meets, so cells of a map come from where bo_chip_at begins, and are
 * 0 or 1 if the profile says persistent_only. A random cell flips what is stored or does nothing:
 * both its rates are 1, or 0.
 *
 * @return BO_OK; BO_E_INVALID (voltages as for bo_chip_at; a size as for bo_cell_rates_new; random
 *         cells have at most 64 columns and 65536 rows); BO_E_NOMEM. On failure @p rates is empty.
 */
bo_status bo_chip_rates(bo_cell_rates *rates, const bo_profile *profile, uint64_t seed,
                        const double *vdd_ratio, uint32_t voltages, const bo_cell_shape *shape,
                        bo_diag *diag);

/**
 * Rate of a cell whatever is stored: the sum of its directions, as published, but at most 1.
 * @p index: into p[direction].
 */
double bo_cell_rate_of_both(const bo_cell_rates *rates, size_t index);

/** Lines of cells: the columns of every array, or its rows. */
typedef enum bo_cell_line {
  BO_LINE_COLUMN,
  BO_LINE_ROW,
  BO_CELL_LINES
} bo_cell_line;

/** Columns or rows of all arrays; precondition as for bo_cell_rates_new. */
size_t bo_cell_lines(const bo_cell_shape *shape, bo_cell_line line);

/** Cells of one of them. */
uint32_t bo_cells_a_line(const bo_cell_shape *shape, bo_cell_line line);

/**
 * Faulty cells of every line at @p voltage, an index: @p *faults has bo_cell_lines values, array
 * after array, and belongs to the caller (free). BO_OK, BO_E_NOMEM: then it is NULL.
 */
bo_status bo_faults_a_line(uint32_t **faults, const bo_cell_rates *rates, uint32_t voltage,
                           bo_cell_line line, bo_diag *diag);

/** Faulty cells a line, over all lines. */
typedef struct bo_line_faults {
  size_t lines, without; /**< without: those that have none */
  uint32_t min, max;
  double median;
} bo_line_faults;

typedef struct bo_rates_summary {
  size_t cells;
  double mean[BO_FAULT_DIRECTIONS]; /**< rates, parts of all cells */
  double mean_of_both;              /**< of bo_cell_rate_of_both */
  size_t persistent;                /**< rate of both at least BO_PERSISTENT_RATE */
  size_t between;                   /**< faulty, but not persistent */
  bo_line_faults faults[BO_CELL_LINES];
} bo_rates_summary;

/** Of one voltage, an index. BO_OK, BO_E_NOMEM. */
bo_status bo_rates_summarise(bo_rates_summary *summary, const bo_cell_rates *rates,
                             uint32_t voltage, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
