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

/* Elements that a plane has before row 0, and all in all. */
typedef struct plane_size {
  size_t before, elements;
} plane_size;

/* Column 1, where the vectors begin, is to begin at a whole vector. */
static plane_size size_of_plane(const bo_array *array, uint32_t plane) {
  const size_t align = BO_ARRAY_LINE - 1;
  if (plane == 0) {
    return (plane_size){BO_ARRAY_SLACK, array->rows * array->act_stride + BO_ARRAY_LINE};
  }
  const size_t rows = plane == array->dataflow->falling ? BO_ARRAY_SLACK_ROWS + 1 : 1;
  return (plane_size){rows * array->stride + align,
                      (rows + array->rows) * array->stride + BO_ARRAY_LINE};
}

/* Points the planes into the memory, or without any only counts the elements. */
static size_t place_planes(bo_array *array, int32_t *memory) {
  size_t used = 0;
  for (uint32_t p = 0; p < array->dataflow->planes; p++) {
    const plane_size size = size_of_plane(array, p);
    if (memory != NULL) {
      array->plane[p] = memory + used + size.before;
    }
    used += round_up(size.elements);
  }
  return used;
}

/* Planes, then tokens, in one block of zeros. */
static bo_status make_planes(bo_array *array, bo_diag *diag) {
  const bo_dataflow *const dataflow = array->dataflow;
  const size_t token_bytes = array->rows * sizeof *array->token[0].word;
  const size_t plane_bytes = place_planes(array, NULL) * sizeof(int32_t);
  const size_t bytes = plane_bytes + dataflow->tokens * token_bytes;
  array->memory = aligned_alloc(LINE_BYTES, (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES);
  if (array->memory == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "array of %ux%u: out of memory", array->rows, array->cols);
  }
  array->bytes = bytes;
  for (uint32_t t = 0; t < dataflow->tokens; t++) {
    array->token[t].word = (void *)((char *)array->memory + plane_bytes + t * token_bytes);
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
  array->stride = round_up(cols - 1ULL) + BO_ARRAY_LINE; /* column 0, then whole vectors */
  array->last_columns = UINT64_MAX >> (63 - (cols - 1) % 64);
  array->act_stride = round_up(cols + (size_t)BO_ARRAY_SLACK) + BO_ARRAY_LINE;
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
  (void)place_planes(array, array->memory);
  array->act_limit = array->plane[0] - BO_ARRAY_SLACK;
  if (array->dataflow->falling != BO_ARRAY_NO_PLANE) {
    array->fall_limit =
        array->plane[array->dataflow->falling] - BO_ARRAY_SLACK_ROWS * array->stride;
  }
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
        .index = r * (p == 0 ? array->act_stride : array->stride) + c,
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
