#include "silicon/cell_rates.h"

#include "base/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  RANK = 4, /* voltages, arrays, rows, columns */
  HEADER_BYTES = 4096,
};

static const char *const key[BO_FAULT_DIRECTIONS] = {"p_0to1", "p_1to0"};

size_t bo_cell_count(const bo_cell_shape *shape) {
  return (size_t)shape->arrays * shape->rows * shape->columns;
}

static bo_status check_shape(const size_t shape[RANK], bo_diag *diag) {
  size_t values = 1;
  for (int i = 0; i < RANK; i++) {
    if (shape[i] == 0 || shape[i] > (size_t)BO_CELL_RATES_MAX_VALUES / values) {
      return bo_fail(
          diag, BO_E_INVALID,
          "%zu voltages x %zu arrays x %zu rows x %zu columns: expected each at least 1, "
          "together at most %d",
          shape[0], shape[1], shape[2], shape[3], BO_CELL_RATES_MAX_VALUES);
    }
    values *= shape[i];
  }
  if (shape[0] > BO_CELL_RATES_MAX_VOLTAGES) {
    return bo_fail(diag, BO_E_INVALID, "voltages: expected at most %d, got %zu",
                   BO_CELL_RATES_MAX_VOLTAGES, shape[0]);
  }
  return BO_OK;
}

bo_status bo_cell_rates_new(bo_cell_rates *rates, uint32_t voltages, const bo_cell_shape *shape,
                            bo_diag *diag) {
  *rates = (bo_cell_rates){0};
  const size_t sizes[RANK] = {voltages, shape->arrays, shape->rows, shape->columns};
  const bo_status status = check_shape(sizes, diag);
  if (status != BO_OK) {
    return status;
  }
  const size_t values = voltages * bo_cell_count(shape);
  bo_cell_rates made = {
      .voltages = voltages,
      .shape = *shape,
      .vdd_ratio = calloc(voltages, sizeof *made.vdd_ratio),
      .p = {calloc(values, sizeof *made.p[0]), calloc(values, sizeof *made.p[1])}};
  if (made.vdd_ratio == NULL || made.p[0] == NULL || made.p[1] == NULL) {
    bo_cell_rates_free(&made);
    return bo_fail(diag, BO_E_NOMEM, "rates of %zu cells: out of memory", values);
  }
  *rates = made;
  return BO_OK;
}

void bo_cell_rates_free(bo_cell_rates *rates) {
  free(rates->vdd_ratio);
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    free(rates->p[d]);
  }
  *rates = (bo_cell_rates){0};
}

static bo_status bad_rate(const bo_cell_rates *rates, int direction, size_t index, bo_diag *diag) {
  const size_t columns = rates->shape.columns;
  const size_t array = rates->shape.rows * columns;
  return bo_fail(diag, BO_E_INVALID, "%s[%zu][%zu][%zu][%zu]: expected 0..1, got %g",
                 key[direction], index / bo_cell_count(&rates->shape),
                 index / array % rates->shape.arrays, index / columns % rates->shape.rows,
                 index % columns, (double)rates->p[direction][index]);
}

bo_status bo_cell_rates_check(const bo_cell_rates *rates, bo_diag *diag) {
  for (uint32_t v = 0; v < rates->voltages; v++) {
    const double above = v == 0 ? 0.0 : rates->vdd_ratio[v - 1] + 2 * BO_CELL_VDD_TOLERANCE;
    if (!(rates->vdd_ratio[v] > above && rates->vdd_ratio[v] <= 1.25)) {
      return bo_fail(diag, BO_E_INVALID,
                     "vdd_ratio[%" PRIu32 "]: expected above %.9g, at most 1.25, "
                     "got %.9g",
                     v, above, rates->vdd_ratio[v]);
    }
  }
  const size_t values = rates->voltages * bo_cell_count(&rates->shape);
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    const float *const p = rates->p[d];
    for (size_t i = 0; i < values; i++) {
      if (!(p[i] >= 0 && p[i] <= 1)) { /* NaN is not either */
        return bad_rate(rates, d, i, diag);
      }
    }
  }
  return BO_OK;
}

double bo_cell_rates_mean(const bo_cell_rates *rates, uint32_t voltage,
                          bo_fault_direction direction) {
  const size_t cells = bo_cell_count(&rates->shape);
  const float *const p = rates->p[direction] + voltage * cells;
  double sum = 0;
  for (size_t i = 0; i < cells; i++) {
    sum += (double)p[i];
  }
  return sum / (double)cells;
}

/* --- files --------------------------------------------------------------------------------------
 */

static bo_status read_voltages(bo_cell_rates *rates, bo_npz *npz, bo_diag *diag) {
  bo_npy array;
  bo_status status = bo_npz_read(&array, npz, "vdd_ratio",
                                 HEADER_BYTES + BO_CELL_RATES_MAX_VOLTAGES * sizeof(double), diag);
  if (status != BO_OK) {
    return status;
  }
  if (array.type != BO_NPY_F64 || array.rank != 1 || array.count == 0) {
    status = bo_fail(diag, BO_E_INVALID,
                     "vdd_ratio: expected float64 of rank 1, got %s of rank %" PRIu32 " with %zu "
                     "values",
                     bo_npy_type_name(array.type), array.rank, array.count);
    bo_npy_free(&array);
    return status;
  }
  rates->voltages = (uint32_t)array.count;
  rates->vdd_ratio = array.data; /* as malloc gave it */
  return BO_OK;
}

/* The second direction must have the shape of the first. */
static bo_status read_rates(bo_cell_rates *rates, int direction, bo_npz *npz, bo_diag *diag) {
  bo_npy array;
  bo_status status = bo_npz_read(&array, npz, key[direction],
                                 HEADER_BYTES + BO_CELL_RATES_MAX_VALUES * sizeof(float), diag);
  if (status != BO_OK) {
    return status;
  }
  if (array.type != BO_NPY_F32 || array.rank != RANK || array.shape[0] != rates->voltages) {
    status = bo_fail(diag, BO_E_INVALID,
                     "%s: expected float32 [%" PRIu32 "][arrays][rows][columns] as vdd_ratio has "
                     "values, got %s of rank %" PRIu32 " with %zu first",
                     key[direction], rates->voltages, bo_npy_type_name(array.type), array.rank,
                     array.rank == 0 ? 0 : array.shape[0]);
  } else {
    status = check_shape(array.shape, diag);
  }
  const bo_cell_shape shape = {(uint32_t)array.shape[1], (uint32_t)array.shape[2],
                               (uint32_t)array.shape[3]};
  if (status == BO_OK && direction > 0 && memcmp(&shape, &rates->shape, sizeof shape) != 0) {
    status = bo_fail(diag, BO_E_INVALID,
                     "%s: expected the shape of %s, [%" PRIu32 "][%" PRIu32 "][%" PRIu32 "] a "
                     "voltage, got [%" PRIu32 "][%" PRIu32 "][%" PRIu32 "]",
                     key[direction], key[0], rates->shape.arrays, rates->shape.rows,
                     rates->shape.columns, shape.arrays, shape.rows, shape.columns);
  }
  if (status != BO_OK) {
    bo_npy_free(&array);
    return status;
  }
  rates->shape = shape;
  rates->p[direction] = array.data;
  return BO_OK;
}

/* Closes npz. */
static bo_status from_npz(bo_cell_rates *rates, const char *name, bo_npz *npz, bo_diag *diag) {
  bo_diag reason;
  bo_status status = read_voltages(rates, npz, &reason);
  for (int d = 0; d < BO_FAULT_DIRECTIONS && status == BO_OK; d++) {
    status = read_rates(rates, d, npz, &reason);
  }
  if (status == BO_OK) {
    status = bo_cell_rates_check(rates, &reason);
  }
  bo_npz_close(npz);
  if (status != BO_OK) {
    const size_t length = strlen(name);
    const bool is_named =
        strncmp(reason.text, name, length) == 0 && strncmp(reason.text + length, ": ", 2) == 0;
    bo_cell_rates_free(rates);
    return is_named ? bo_fail(diag, status, "%s", reason.text)
                    : bo_fail(diag, status, "%s: %s", name, reason.text);
  }
  return BO_OK;
}

bo_status bo_cell_rates_parse(bo_cell_rates *rates, const char *name, const void *data, size_t size,
                              bo_diag *diag) {
  bo_npz *npz = NULL;
  *rates = (bo_cell_rates){0};
  const bo_status status = bo_npz_open_memory(&npz, name, data, size, diag);
  return status == BO_OK ? from_npz(rates, name, npz, diag) : status;
}

bo_status bo_cell_rates_load(bo_cell_rates *rates, const char *path, bo_diag *diag) {
  bo_npz *npz = NULL;
  *rates = (bo_cell_rates){0};
  const bo_status status = bo_npz_open(&npz, path, diag);
  return status == BO_OK ? from_npz(rates, path, npz, diag) : status;
}

bo_status bo_cell_rates_save(const bo_cell_rates *rates, const char *path, bo_diag *diag) {
  const size_t shape[RANK] = {rates->voltages, rates->shape.arrays, rates->shape.rows,
                              rates->shape.columns};
  const bo_npz_array arrays[] = {
      {"vdd_ratio", BO_NPY_F64, 1, shape, rates->vdd_ratio},
      {key[0], BO_NPY_F32, RANK, shape, rates->p[0]},
      {key[1], BO_NPY_F32, RANK, shape, rates->p[1]},
  };
  return bo_npz_write(path, arrays, sizeof arrays / sizeof *arrays, diag);
}
