/**
 * @file cell_map.h
 * Measured cells, packed for reading: bit masks of those that always fail, a list of those between
 * 0 and 1. Cells are one sequence, array after array, row-major, and a machine's banks lie along it
 * from a first cell on, around its end: a memory larger than the map meets its cells again, one
 * smaller sees a part, and offsets stand for different placements of the weights.
 */
#ifndef BO_SILICON_CELL_MAP_H
#define BO_SILICON_CELL_MAP_H

#include "base/status.h"
#include "silicon/cell_rates.h"
#include "silicon/fault_word.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_cell_map bo_cell_map;

/** Packs checked rates; a copy of what it needs. BO_OK, BO_E_NOMEM: then @p *out is NULL. */
bo_status bo_cell_map_new(bo_cell_map **out, const bo_cell_rates *rates, bo_diag *diag);
void bo_cell_map_free(bo_cell_map *map);

const bo_cell_shape *bo_cell_map_shape(const bo_cell_map *map);

/** Its voltages, rising; borrowed. */
const double *bo_cell_map_voltages(const bo_cell_map *map, uint32_t *count);

/** Whether it has a voltage within BO_CELL_VDD_TOLERANCE of @p vdd_ratio, and which. */
bool bo_cell_map_find(const bo_cell_map *map, double vdd_ratio, uint32_t *voltage);

/** Mean rate of all cells at its voltage @p voltage in one direction. */
double bo_cell_map_mean(const bo_cell_map *map, uint32_t voltage, bo_fault_direction direction);

/**
 * The rates that the map was made of; owned by the caller, bo_cell_rates_free. BO_OK, BO_E_NOMEM:
 * then @p rates is empty.
 */
bo_status bo_cell_map_rates(bo_cell_rates *rates, const bo_cell_map *map, bo_diag *diag);

/** Where in a map, and which load of the weights. */
typedef struct bo_map_view {
  const bo_cell_map *map;
  uint32_t voltage;    /**< index */
  uint64_t first_cell; /**< that bank 0, row 0, column 0 lies on */
  uint64_t seed;       /**< of the reads of cells between 0 and 1 */
} bo_map_view;

/**
 * Faults of one bank as one load of the weights reads them, one word a row: fault[0 … rows-1].
 * The read of a cell between 0 and 1 is a function of (seed, bank, row, column), the same at every
 * voltage. With @p persistent_only a cell fails iff its rate is at least BO_PERSISTENT_RATE.
 * Preconditions: 1 <= rows <= 65536, 1 <= width_bits <= 64.
 */
void bo_cell_map_faults(const bo_map_view *view, uint32_t bank, uint32_t rows, uint32_t width_bits,
                        bool persistent_only, bo_fault_word *fault);

/**
 * Rates of @p count cells from the view's first one on, around the end of the map, into
 * p[direction][0 … count-1]. The view's seed has no say in them.
 */
void bo_map_view_rates(const bo_map_view *view, size_t count, float *const p[BO_FAULT_DIRECTIONS]);

#ifdef __cplusplus
}
#endif

#endif
