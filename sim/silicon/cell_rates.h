/**
 * @file cell_rates.h
 * What was measured of the cells of a memory: for every cell and voltage how often a read of a
 * stored 0 gives 1 and of a stored 1 gives 0. In files: an NPZ archive that numpy.load opens, with
 *
 *   vdd_ratio  float64 [voltages]                          V/Vmin, strictly rising
 *   p_0to1     float32 [voltages][arrays][rows][columns]   0 … 1
 *   p_1to0     float32, the same shape
 */
#ifndef BO_SILICON_CELL_RATES_H
#define BO_SILICON_CELL_RATES_H

#include "base/status.h"
#include "silicon/cell_model.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_CELL_RATES_MAX_VOLTAGES = 63,
  BO_CELL_RATES_MAX_VALUES = 1 << 26, /**< voltages x cells: 256 MiB a direction */
  BO_CELL_RATES_MAX_FILE = 1 << 28,   /**< bytes */
};

/** Voltages over Vmin as near as this are the same: 0.54 V / 0.6 V is not 0.9. */
#define BO_CELL_VDD_TOLERANCE 1e-6

/** Shape of the cells of a memory; each at least 1, at most BO_CELL_RATES_MAX_VALUES together. */
typedef struct bo_cell_shape {
  uint32_t arrays;
  uint32_t rows;
  uint32_t columns;
} bo_cell_shape;

/** Owns its arrays; {0} is empty; free with bo_cell_rates_free. */
typedef struct bo_cell_rates {
  uint32_t voltages; /**< 1 … BO_CELL_RATES_MAX_VOLTAGES */
  bo_cell_shape shape;
  double *vdd_ratio;             /**< [voltages] */
  float *p[BO_FAULT_DIRECTIONS]; /**< [voltages][arrays][rows][columns] */
} bo_cell_rates;

/** Cells of one voltage. */
size_t bo_cell_count(const bo_cell_shape *shape);

/** All rates 0, voltages 0. BO_OK, BO_E_INVALID (a size out of range), BO_E_NOMEM. */
bo_status bo_cell_rates_new(bo_cell_rates *rates, uint32_t voltages, const bo_cell_shape *shape,
                            bo_diag *diag);
void bo_cell_rates_free(bo_cell_rates *rates);

/**
 * What every source of rates must hold: voltages above 0, each more than two tolerances above the
 * one before, rates in 0 … 1 (NaN is not). BO_OK; BO_E_INVALID naming array and index.
 */
bo_status bo_cell_rates_check(const bo_cell_rates *rates, bo_diag *diag);

/**
 * Reads and checks an archive. BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (no zip
 * archive, encrypted, truncated, a missing array, wrong types or shapes, as bo_cell_rates_check).
 * On failure @p rates is empty.
 */
bo_status bo_cell_rates_load(bo_cell_rates *rates, const char *path, bo_diag *diag);

/** The same in memory; @p name stands for the file in diagnostics. */
bo_status bo_cell_rates_parse(bo_cell_rates *rates, const char *name, const void *data, size_t size,
                              bo_diag *diag);

/** Writes the archive, deflated, the whole file or nothing. BO_OK, BO_E_IO, BO_E_NOMEM. */
bo_status bo_cell_rates_save(const bo_cell_rates *rates, const char *path, bo_diag *diag);

/** Mean of the rates of one voltage in one direction: a part of all cells. */
double bo_cell_rates_mean(const bo_cell_rates *rates, uint32_t voltage,
                          bo_fault_direction direction);

#ifdef __cplusplus
}
#endif

#endif
