/* Operators that only move or rename: Flatten, Reshape, Identity, Dropout. */
#include "net/onnx_attr.h"
#include "net/onnx_op.h"

#include <inttypes.h>
#include <string.h>

/* The input's elements under another shape of as many. */
static bo_status copy_as(const bo_onnx_call *call, const bo_dims *dims, bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  const bo_status status = bo_op_output(call, x->dtype, dims, diag);
  if (status == BO_OK && call->output[0].count != x->count) {
    return bo_fail(diag, BO_E_INVALID, "shape: expected %zu elements, got %zu", x->count,
                   call->output[0].count);
  }
  if (status == BO_OK) {
    memcpy(call->output[0].data, x->data, x->count * bo_dtype_size(x->dtype));
  }
  return status;
}

bo_status bo_op_identity(const bo_onnx_call *call, bo_diag *diag) {
  const bo_dims dims = bo_op_dims(call->input[0]);
  return copy_as(call, &dims, diag);
}

/* At inference nothing is dropped; before opset 7 an attribute says that it is inference. */
bo_status bo_op_dropout(const bo_onnx_call *call, bo_diag *diag) {
  int64_t inference = 0;
  const bo_status status =
      bo_onnx_attr_int(&inference, call->node, "is_test", call->opset >= 7, diag);
  if (status == BO_OK && inference == 0) {
    return bo_fail(diag, BO_E_INVALID, "is_test: expected inference");
  }
  return status == BO_OK ? bo_op_identity(call, diag) : status;
}

bo_status bo_op_flatten(const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  int64_t value = 1;
  uint32_t axis = 0;
  bo_status status = bo_onnx_attr_int(&value, call->node, "axis", 1, diag);
  status = status == BO_OK ? bo_op_axis(&axis, value, x->rank, x->rank + 1, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  bo_dims dims = {2, {1, 1}};
  for (uint32_t d = 0; d < x->rank; d++) {
    dims.dims[d < axis ? 0 : 1] *= x->dims[d]; /* <= count, unless another dimension is 0 */
  }
  return copy_as(call, &dims, diag);
}

static bo_status requested_shape(bo_dims *dims, const bo_onnx_call *call, bool zero_is_zero,
                                 bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  const bo_tensor *shape = call->input[1];
  if (shape->rank != 1 || shape->count > BO_TENSOR_MAX_RANK) {
    return bo_fail(diag, BO_E_INVALID, "shape: expected at most %d numbers, got %zu",
                   BO_TENSOR_MAX_RANK, shape->count);
  }
  *dims = (bo_dims){.rank = (uint32_t)shape->count};
  for (uint32_t d = 0; d < dims->rank; d++) {
    dims->dims[d] = bo_tensor_int(shape, d);
    if (dims->dims[d] == 0 && !zero_is_zero) {
      if (d >= x->rank) {
        return bo_fail(diag, BO_E_INVALID, "shape: 0 at %" PRIu32 " has no input axis to copy", d);
      }
      dims->dims[d] = x->dims[d];
    }
  }
  return BO_OK;
}

/* Replaces the one -1 by what is left of @p count elements. */
static bo_status infer_axis(bo_dims *dims, size_t count, bo_diag *diag) {
  uint32_t open = dims->rank;
  bo_dims rest = *dims;
  for (uint32_t d = 0; d < dims->rank; d++) {
    if (dims->dims[d] != -1) {
      continue;
    }
    if (open < dims->rank) {
      return bo_fail(diag, BO_E_INVALID, "shape: more than one -1");
    }
    open = d;
    rest.dims[d] = 1;
  }
  size_t product = 0;
  const bo_status status = bo_dims_count(&product, rest.rank, rest.dims, diag);
  if (status != BO_OK || open == dims->rank) {
    return status;
  }
  if (product == 0 || count % product != 0) {
    return bo_fail(diag, BO_E_INVALID, "shape: %zu elements do not divide by %zu", count, product);
  }
  dims->dims[open] = (int64_t)(count / product);
  return BO_OK;
}

bo_status bo_op_reshape(const bo_onnx_call *call, bo_diag *diag) {
  bo_dims dims = {0};
  int64_t allow_zero = 0;
  bo_status status = bo_onnx_attr_int(&allow_zero, call->node, "allowzero", 0, diag);
  status = status == BO_OK ? requested_shape(&dims, call, allow_zero != 0, diag) : status;
  status = status == BO_OK ? infer_axis(&dims, call->input[0]->count, diag) : status;
  return status == BO_OK ? copy_as(call, &dims, diag) : status;
}
