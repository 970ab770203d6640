#include "net/onnx_op.h"

#include <inttypes.h>
#include <string.h>

const bo_tensor *bo_op_input(const bo_onnx_call *call, uint32_t i) {
  return i < call->node->inputs ? call->input[i] : NULL;
}

bo_dims bo_op_dims(const bo_tensor *tensor) {
  bo_dims dims = {.rank = tensor->rank};
  memcpy(dims.dims, tensor->dims, sizeof dims.dims);
  return dims;
}

bo_status bo_op_output(const bo_onnx_call *call, bo_dtype dtype, const bo_dims *dims,
                       bo_diag *diag) {
  return bo_tensor_init(&call->output[0], dtype, dims->rank, dims->dims, diag);
}

void bo_op_store(bo_tensor *tensor, size_t i, double value) {
  if (tensor->dtype == BO_F32) {
    ((float *)tensor->data)[i] = (float)value;
  } else {
    bo_tensor_set_int(tensor, i, (int64_t)value);
  }
}

bo_code_range bo_op_codes(bo_dtype dtype) {
  return dtype == BO_I8 ? (bo_code_range){INT8_MIN, INT8_MAX} : (bo_code_range){0, UINT8_MAX};
}

bo_status bo_op_check_param(const bo_tensor *param, size_t channels, const char *what,
                            bo_diag *diag) {
  if (param == NULL || param->count == 1 || (param->rank == 1 && param->count == channels)) {
    return BO_OK;
  }
  return bo_fail(diag, BO_E_INVALID, "%s: expected 1 element or %zu, got %zu", what, channels,
                 param->count);
}

float bo_op_scale(const bo_tensor *param, size_t channel) {
  return ((const float *)param->data)[param->count == 1 ? 0 : channel];
}

int32_t bo_op_zero(const bo_tensor *param, size_t channel) {
  return param == NULL ? 0 : (int32_t)bo_tensor_int(param, param->count == 1 ? 0 : channel);
}

bo_status bo_op_check_zero(const bo_tensor *zero, bo_dtype codes, const char *what, bo_diag *diag) {
  if (zero == NULL || zero->dtype == codes) {
    return BO_OK;
  }
  return bo_fail(diag, BO_E_INVALID, "%s zero point: expected %s as its tensor, got %s", what,
                 bo_dtype_name(codes), bo_dtype_name(zero->dtype));
}

bo_status bo_op_axis(uint32_t *axis, int64_t value, uint32_t rank, uint32_t limit, bo_diag *diag) {
  *axis = 0;
  if (value < -(int64_t)rank || value >= (int64_t)limit) {
    return bo_fail(diag, BO_E_INVALID, "axis: expected -%" PRIu32 "..%" PRId64 ", got %" PRId64,
                   rank, (int64_t)limit - 1, value);
  }
  *axis = (uint32_t)(value < 0 ? value + rank : value);
  return BO_OK;
}

int32_t bo_op_wrap(double sum) {
  return (int32_t)(uint32_t)(int64_t)sum;
}
