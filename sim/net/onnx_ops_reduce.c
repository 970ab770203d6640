/* Softmax and ArgMax: along one axis. */
#include "net/onnx_attr.h"
#include "net/onnx_op.h"

#include <math.h>

/* The tensor as [outer][size][inner]; a line is what varies with the middle index alone. */
typedef struct lines {
  size_t outer, size, inner;
} lines;

static lines lines_along(const bo_tensor *x, uint32_t first, uint32_t end) {
  lines l = {1, 1, 1};
  for (uint32_t d = 0; d < x->rank; d++) {
    size_t *factor = d < first ? &l.outer : d < end ? &l.size : &l.inner;
    *factor *= (size_t)x->dims[d];
  }
  return l;
}

/* Index of element @p k of line @p line. */
static size_t line_at(const lines *l, size_t line, size_t k) {
  return (line / l->inner * l->size + k) * l->inner + line % l->inner;
}

static void softmax_line(const bo_tensor *x, bo_tensor *y, const lines *l, size_t line) {
  const float *in = x->data;
  float *out = y->data;
  double largest = -INFINITY;
  double sum = 0;
  for (size_t k = 0; k < l->size; k++) {
    largest = fmax(largest, (double)in[line_at(l, line, k)]);
  }
  for (size_t k = 0; k < l->size; k++) {
    sum += exp((double)in[line_at(l, line, k)] - largest);
  }
  for (size_t k = 0; k < l->size; k++) {
    const size_t at = line_at(l, line, k);
    out[at] = (float)(exp((double)in[at] - largest) / sum);
  }
}

bo_status bo_op_softmax(const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  const bo_dims dims = bo_op_dims(x);
  const bool one_axis = call->opset >= 13; /* before: all axes from there on are one */
  int64_t value = 0;
  uint32_t axis = 0;
  bo_status status = bo_onnx_attr_int(&value, call->node, "axis", one_axis ? -1 : 1, diag);
  status = status == BO_OK
               ? bo_op_axis(&axis, value, x->rank, one_axis ? x->rank : x->rank + 1, diag)
               : status;
  status = status == BO_OK ? bo_op_output(call, BO_F32, &dims, diag) : status;
  if (status != BO_OK || x->count == 0) {
    return status;
  }
  const lines l = lines_along(x, axis, one_axis ? axis + 1 : x->rank);
  for (size_t line = 0; line < l.outer * l.inner; line++) {
    softmax_line(x, &call->output[0], &l, line);
  }
  return BO_OK;
}

static int64_t argmax_line(const bo_tensor *x, const lines *l, size_t line, bool last) {
  size_t best = 0;
  for (size_t k = 1; k < l->size; k++) {
    const double candidate = bo_tensor_real(x, line_at(l, line, k));
    const double champion = bo_tensor_real(x, line_at(l, line, best));
    if (candidate > champion || (last && candidate >= champion)) {
      best = k;
    }
  }
  return (int64_t)best;
}

static bo_dims without_axis(const bo_tensor *x, uint32_t axis, bool keep) {
  bo_dims dims = {0};
  for (uint32_t d = 0; d < x->rank; d++) {
    if (d != axis) {
      dims.dims[dims.rank++] = x->dims[d];
    } else if (keep) {
      dims.dims[dims.rank++] = 1;
    }
  }
  return dims;
}

bo_status bo_op_argmax(const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  int64_t value = 0;
  int64_t keep = 1;
  int64_t last = 0;
  uint32_t axis = 0;
  bo_status status = bo_onnx_attr_int(&value, call->node, "axis", 0, diag);
  status = status == BO_OK ? bo_onnx_attr_int(&keep, call->node, "keepdims", 1, diag) : status;
  status =
      status == BO_OK ? bo_onnx_attr_int(&last, call->node, "select_last_index", 0, diag) : status;
  status = status == BO_OK ? bo_op_axis(&axis, value, x->rank, x->rank, diag) : status;
  if (status == BO_OK && x->dims[axis] == 0) {
    status = bo_fail(diag, BO_E_INVALID, "the largest of no element");
  }
  if (status != BO_OK) {
    return status;
  }
  const bo_dims dims = without_axis(x, axis, keep != 0);
  status = bo_op_output(call, BO_I64, &dims, diag);
  if (status != BO_OK) {
    return status;
  }
  const lines l = lines_along(x, axis, axis + 1);
  for (size_t line = 0; line < call->output[0].count; line++) {
    bo_tensor_set_int(&call->output[0], line, argmax_line(x, &l, line, last != 0));
  }
  return BO_OK;
}
