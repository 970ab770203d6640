#include "array/array.h"

#include "array/array_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const bo_dataflow *const dataflows[] = {&bo_dataflow_ws, &bo_dataflow_os};

enum {
  DATAFLOWS = sizeof dataflows / sizeof dataflows[0],
  LINE_BYTES = 64,
};

static bo_status check_side(const char *name, uint32_t value, bo_diag *diag) {
  return value >= 1 && value <= BO_ARRAY_MAX_SIDE
             ? BO_OK
             : bo_fail(diag, BO_E_INVALID, "%s: expected 1..%d, got %u", name, BO_ARRAY_MAX_SIDE,
                       value);
}

static size_t round_up(size_t count) {
  return (count + BO_ARRAY_LINE - 1) / BO_ARRAY_LINE * BO_ARRAY_LINE;
}

/* Of a plane with the row of inputs from above, and room for column -1 of that. */
static size_t plane_elements(const bo_array *array) {
  return (array->rows + 1) * array->stride + BO_ARRAY_LINE;
}

/* Where row 0 begins. */
static int32_t *first_row(const bo_array *array, int32_t *elements) {
  return elements + array->stride + BO_ARRAY_LINE;
}

/* Planes, the spare one, then the tokens, in one block. */
static bo_status make_planes(bo_array *array, bo_diag *diag) {
  const bo_dataflow *const dataflow = array->dataflow;
  const size_t plane_bytes = plane_elements(array) * sizeof(int32_t);
  const size_t token_bytes = array->rows * sizeof *array->token[0].word;
  const size_t bytes = (dataflow->planes + 1) * plane_bytes + dataflow->tokens * token_bytes;
  const size_t lines = (bytes + LINE_BYTES - 1) / LINE_BYTES;
  array->memory = aligned_alloc(LINE_BYTES, lines * LINE_BYTES);
  if (array->memory == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "array of %ux%u: out of memory", array->rows, array->cols);
  }
  array->bytes = bytes;
  int32_t *next = array->memory;
  for (uint32_t p = 0; p < dataflow->planes; p++) {
    array->plane[p] = first_row(array, next);
    next += plane_elements(array);
  }
  array->act_spare = first_row(array, next);
  next += plane_elements(array);
  for (uint32_t t = 0; t < dataflow->tokens; t++) {
    array->token[t].word = (void *)((char *)next + t * token_bytes);
  }
  bo_array_reset(array);
  return BO_OK;
}

bo_status bo_array_new(bo_array **out, uint32_t dataflow, uint32_t rows, uint32_t cols,
                       bo_diag *diag) {
  *out = NULL;
  bo_status status = check_side("array_rows", rows, diag);
  status = status == BO_OK ? check_side("array_cols", cols, diag) : status;
  if (status == BO_OK && dataflow >= DATAFLOWS) {
    status =
        bo_fail(diag, BO_E_INVALID, "dataflow: expected 0..%d, got %u", DATAFLOWS - 1, dataflow);
  }
  if (status != BO_OK) {
    return status;
  }
  bo_array *const array = calloc(1, sizeof *array);
  if (array == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "array of %ux%u: out of memory", rows, cols);
  }
  array->dataflow = dataflows[dataflow];
  array->rows = rows;
  array->cols = cols;
  array->stride = round_up(cols + 1ULL);
  array->last_columns = UINT64_MAX >> (63 - (cols - 1) % 64);
  status = make_planes(array, diag);
  if (status != BO_OK) {
    bo_array_free(array);
    return status;
  }
  *out = array;
  return BO_OK;
}

void bo_array_free(bo_array *array) {
  if (array != NULL) {
    free(array->memory);
    free(array);
  }
}

void bo_array_reset(bo_array *array) {
  memset(array->memory, 0, array->bytes);
  array->tokens_left = 0;
  array->drain_left = 0;
}

void bo_array_tick(bo_array *array, const bo_lane *row, const bo_lane *col) {
  array->dataflow->tick(array, row, col);
}

const int32_t *bo_array_sums(const bo_array *array) {
  return bo_plane_row(array, array->plane[array->dataflow->output], array->rows - 1);
}

/* All registers of one PE. */
static bo_status probe_pe(const bo_array *array, uint32_t r, uint32_t c,
                          const bo_probe_visitor *visitor) {
  const bo_dataflow *const dataflow = array->dataflow;
  char scope[BO_PROBE_SCOPE_SIZE];
  (void)snprintf(scope, sizeof scope, "%s.gen_row[%u].u_row.gen_pe[%u].gen_kind.u_pe",
                 visitor->scope, r, c);
  bo_status status = BO_OK;
  for (uint32_t p = 0; p < dataflow->planes && status == BO_OK; p++) {
    const bo_probe probe = {
        .kind = BO_PROBE_U32,
        .width_bits = dataflow->plane[p].width_bits,
        .base = (const void *const *)&array->plane[p],
        .index = r * array->stride + c,
    };
    status = visitor->visit(visitor->context, scope, dataflow->plane[p].name, &probe);
  }
  for (uint32_t t = 0; t < dataflow->tokens && status == BO_OK; t++) {
    const bo_probe probe = {
        .kind = BO_PROBE_BIT,
        .width_bits = 1,
        .base = (const void *const *)&array->token[t].word,
        .index = (size_t)r * BO_ARRAY_MAX_SIDE + c,
    };
    status = visitor->visit(visitor->context, scope, dataflow->token[t], &probe);
  }
  return status;
}

bo_status bo_array_probes(const bo_array *array, const bo_probe_visitor *visitor) {
  bo_status status = BO_OK;
  for (uint32_t r = 0; r < array->rows; r++) {
    for (uint32_t c = 0; c < array->cols && status == BO_OK; c++) {
      status = probe_pe(array, r, c, visitor);
    }
  }
  return status;
}
