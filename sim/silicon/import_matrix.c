/* One matrix for each voltage and direction: of rates, or of 1 where a cell is stuck. */
#include "silicon/import_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t npy_magic = 0x93;

/* --- CSV ------------------------------------------------------------------------------------- */

typedef struct csv_size {
  size_t rows, columns;
} csv_size;

static size_t count_fields(bo_span line) {
  size_t fields = 0;
  bo_span part;
  while (bo_span_cut(&line, ',', &part)) {
    fields++;
  }
  return fields;
}

/* Every line has as many fields as the first, so there are never more cells than bytes. */
static bo_status measure(csv_size *size, const char *name, bo_span text, bo_diag *diag) {
  bo_span line;
  *size = (csv_size){0};
  for (size_t number = 1; bo_span_cut(&text, '\n', &line); number++) {
    if (bo_span_trim(line).size == 0) {
      continue;
    }
    const size_t fields = count_fields(line);
    if (size->rows++ == 0) {
      size->columns = fields;
    } else if (fields != size->columns) {
      return bo_fail(diag, BO_E_INVALID,
                     "%.300s:%zu: expected %zu columns as in the first row, got %zu", name, number,
                     size->columns, fields);
    }
  }
  if (size->rows == 0 || size->rows * size->columns > BO_CELL_RATES_MAX_VALUES) {
    return bo_fail(diag, BO_E_INVALID, "%.300s: expected 1..%d values, got %zu", name,
                   BO_CELL_RATES_MAX_VALUES, size->rows * size->columns);
  }
  return BO_OK;
}

static bo_status read_row(float *p, const char *name, size_t number, bo_span line, bo_diag *diag) {
  bo_span field;
  for (size_t column = 1; bo_span_cut(&line, ',', &field); column++) {
    double value = 0;
    field = bo_span_trim(field);
    if (!bo_span_real(&value, field) || !(value >= 0.0 && value <= 1.0)) {
      return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: column %zu: expected 0..1, got '%.*s'", name,
                     number, column, bo_span_shown(field), field.data);
    }
    *p++ = (float)value;
  }
  return BO_OK;
}

static bo_status allocate(bo_rates_matrix *matrix, const char *name, size_t values, bo_diag *diag) {
  matrix->p = malloc(values * sizeof *matrix->p);
  return matrix->p == NULL ? bo_fail(diag, BO_E_NOMEM, "%.300s: out of memory", name) : BO_OK;
}

static void free_matrix(bo_rates_matrix *matrix) {
  free(matrix->p);
  *matrix = (bo_rates_matrix){0};
}

bo_status bo_rates_matrix_from_csv(bo_rates_matrix *matrix, const char *name, bo_span text,
                                   bo_diag *diag) {
  csv_size size;
  bo_span line;
  *matrix = (bo_rates_matrix){0};
  bo_status status = measure(&size, name, text, diag);
  if (status == BO_OK) {
    status = allocate(matrix, name, size.rows * size.columns, diag);
  }
  matrix->shape = (bo_cell_shape){1, (uint32_t)size.rows, (uint32_t)size.columns};
  float *row = matrix->p;
  for (size_t number = 1; status == BO_OK && bo_span_cut(&text, '\n', &line); number++) {
    if (bo_span_trim(line).size > 0) {
      status = read_row(row, name, number, line, diag);
      row += size.columns;
    }
  }
  if (status != BO_OK) {
    free_matrix(matrix);
  }
  return status;
}

/* --- NPY ------------------------------------------------------------------------------------- */

static double value_at(const bo_npy *array, size_t i) {
  switch (array->type) {
  case BO_NPY_F32:
    return (double)((const float *)array->data)[i];
  case BO_NPY_F64:
    return ((const double *)array->data)[i];
  default:
    return (double)bo_npy_int(array, i);
  }
}

/* "name[array][row][column]: expected …": where a value of a matrix is wrong. */
static bo_status bad_value(const bo_cell_shape *shape, const char *name, size_t i,
                           const char *expected, double value, bo_diag *diag) {
  return bo_fail(diag, BO_E_INVALID, "%.300s: [%zu][%zu][%zu]: expected %s, got %g", name,
                 i / shape->columns / shape->rows, i / shape->columns % shape->rows,
                 i % shape->columns, expected, value);
}

static bo_status fill(bo_rates_matrix *matrix, const char *name, const bo_npy *array,
                      bo_diag *diag) {
  for (size_t i = 0; i < array->count; i++) {
    const double value = value_at(array, i);
    if (!(value >= 0.0 && value <= 1.0)) { /* NaN is not either */
      return bad_value(&matrix->shape, name, i, "0..1", value, diag);
    }
    matrix->p[i] = (float)value;
  }
  return BO_OK;
}

static bo_status from_array(bo_rates_matrix *matrix, const char *name, const bo_npy *array,
                            bo_diag *diag) {
  if ((array->rank != 2 && array->rank != 3) || array->count == 0 ||
      array->count > BO_CELL_RATES_MAX_VALUES) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s: expected 1..%d values, [rows][columns] or [arrays][rows][columns], got "
                   "%zu of rank %" PRIu32,
                   name, BO_CELL_RATES_MAX_VALUES, array->count, array->rank);
  }
  const size_t *const last = array->shape + array->rank - 2;
  const bo_status status = allocate(matrix, name, array->count, diag);
  if (status != BO_OK) {
    return status;
  }
  matrix->shape = (bo_cell_shape){array->rank == 3 ? (uint32_t)array->shape[0] : 1,
                                  (uint32_t)last[0], (uint32_t)last[1]};
  return fill(matrix, name, array, diag);
}

bo_status bo_rates_matrix_from_npy(bo_rates_matrix *matrix, const char *name, bo_npy *array,
                                   bo_diag *diag) {
  *matrix = (bo_rates_matrix){0};
  const bo_status status = from_array(matrix, name, array, diag);
  bo_npy_free(array);
  if (status != BO_OK) {
    free_matrix(matrix);
  }
  return status;
}

/* --- the files of the list ------------------------------------------------------------------- */

/* The import so far: the first matrix gives all others their shape. */
typedef struct matrix_import {
  bo_cell_rates *rates;
  const bo_rates_list *list;
  bo_rates_format format;
} matrix_import;

static bo_status check_stuck(const bo_rates_matrix *matrix, const char *name, bo_diag *diag) {
  const size_t cells = bo_cell_count(&matrix->shape);
  for (size_t i = 0; i < cells; i++) {
    if (matrix->p[i] != 0.0F && matrix->p[i] != 1.0F) {
      return bad_value(&matrix->shape, name, i, "0 or 1", (double)matrix->p[i], diag);
    }
  }
  return BO_OK;
}

/* Copies the matrix to its place. */
static bo_status add(const matrix_import *import, uint32_t voltage, size_t direction,
                     const char *name, const bo_rates_matrix *matrix, bo_diag *diag) {
  const bo_cell_shape *const shape = &matrix->shape;
  const bo_cell_shape *const first = &import->rates->shape;
  bo_status status = BO_OK;
  if (import->format == BO_RATES_STUCK) {
    status = check_stuck(matrix, name, diag);
  }
  if (status == BO_OK && import->rates->voltages == 0) {
    status = bo_rates_list_begin(import->rates, import->list, shape, diag);
  }
  if (status == BO_OK && memcmp(shape, first, sizeof *shape) != 0) {
    status = bo_fail(diag, BO_E_INVALID,
                     "%.300s: expected %" PRIu32 " x %" PRIu32 " x %" PRIu32
                     " cells as in the file before, got %" PRIu32 " x %" PRIu32 " x %" PRIu32,
                     name, first->arrays, first->rows, first->columns, shape->arrays, shape->rows,
                     shape->columns);
  }
  if (status == BO_OK) {
    const size_t cells = bo_cell_count(shape);
    memcpy(import->rates->p[direction] + voltage * cells, matrix->p, cells * sizeof *matrix->p);
  }
  return status;
}

/* Takes the bytes over; a stuck-at map is what it begins like. */
static bo_status read_matrix(bo_rates_matrix *matrix, bo_rates_format format, const char *name,
                             bo_bytes *bytes, bo_diag *diag) {
  const bool is_npy = format == BO_RATES_NPY ||
                      (format == BO_RATES_STUCK && bytes->size > 0 && bytes->data[0] == npy_magic);
  bo_status status = BO_OK;
  if (is_npy) {
    bo_npy array;
    status = bo_npy_take(&array, bytes, name, diag);
    return status == BO_OK ? bo_rates_matrix_from_npy(matrix, name, &array, diag) : status;
  }
  const bo_span text = {(const char *)bytes->data, bytes->size};
  status = bo_rates_matrix_from_csv(matrix, name, text, diag);
  bo_bytes_free(bytes);
  return status;
}

static bo_status import_file(const matrix_import *import, uint32_t voltage, size_t direction,
                             const char *path, bo_diag *diag) {
  bo_bytes bytes;
  bo_rates_matrix matrix = {0};
  bo_status status = bo_file_read(&bytes, path, BO_CELL_RATES_MAX_FILE, diag);
  if (status == BO_OK) {
    status = read_matrix(&matrix, import->format, path, &bytes, diag);
  }
  if (status == BO_OK) {
    status = add(import, voltage, direction, path, &matrix, diag);
  }
  free_matrix(&matrix);
  return status;
}

static bo_status import_key(const matrix_import *import, uint32_t voltage, size_t direction,
                            const char *path, bo_npz *npz, bo_diag *diag) {
  static const char *const key[BO_FAULT_DIRECTIONS] = {"p_0to1", "p_1to0"};
  char name[320];
  bo_npy array;
  bo_rates_matrix matrix = {0};
  (void)snprintf(name, sizeof name, "%.300s: %s", path, key[direction]);
  bo_status status = bo_npz_read(&array, npz, key[direction], BO_CELL_RATES_MAX_FILE, diag);
  if (status == BO_OK) {
    status = bo_rates_matrix_from_npy(&matrix, name, &array, diag);
  }
  if (status == BO_OK) {
    status = add(import, voltage, direction, name, &matrix, diag);
  }
  free_matrix(&matrix);
  return status;
}

static bo_status import_archive(const matrix_import *import, uint32_t voltage, const char *path,
                                bo_diag *diag) {
  bo_npz *npz = NULL;
  bo_status status = bo_npz_open(&npz, path, diag);
  for (size_t d = 0; status == BO_OK && d < BO_FAULT_DIRECTIONS; d++) {
    status = import_key(import, voltage, d, path, npz, diag);
  }
  bo_npz_close(npz);
  return status;
}

static bo_status import_voltage(const matrix_import *import, uint32_t voltage, bo_diag *diag) {
  const bo_rates_line *const line = &import->list->line[voltage];
  bo_status status = BO_OK;
  for (size_t d = 0; status == BO_OK && d < BO_FAULT_DIRECTIONS; d++) {
    bo_rates_path path;
    if (line->file[d].data == NULL) {
      continue;
    }
    status = bo_rates_list_path(&path, import->list, line->file[d], diag);
    if (status == BO_OK) {
      status = import->format == BO_RATES_NPZ ? import_archive(import, voltage, path.text, diag)
                                              : import_file(import, voltage, d, path.text, diag);
    }
  }
  return status;
}

bo_status bo_rates_import_matrices(bo_cell_rates *rates, const bo_rates_list *list,
                                   bo_rates_format format, bo_diag *diag) {
  const matrix_import import = {.rates = rates, .list = list, .format = format};
  bo_status status = BO_OK;
  *rates = (bo_cell_rates){0};
  for (uint32_t v = 0; status == BO_OK && v < list->lines; v++) {
    status = import_voltage(&import, v, diag);
  }
  if (status != BO_OK) {
    bo_cell_rates_free(rates);
  }
  return status;
}
