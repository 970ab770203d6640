/* QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear, Cast. */
#include "net/onnx_attr.h"
#include "net/onnx_op.h"
#include "net/onnx_tensor.h"
#include "net/requant.h"

#include <inttypes.h>
#include <math.h>

/* Which scale belongs to an element: one for all, or one for each index of an axis. */
typedef struct channels {
  size_t count; /* along the axis */
  size_t inner; /* elements behind the axis */
} channels;

static size_t channel_of(const channels *c, size_t index) {
  return index / c->inner % c->count;
}

static bo_status find_channels(channels *c, const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  const bo_tensor *scale = call->input[1];
  int64_t value = 0;
  uint32_t axis = 0;
  *c = (channels){1, 1};
  bo_status status = bo_onnx_attr_int(&value, call->node, "axis", 1, diag);
  if (status != BO_OK || scale->count == 1) {
    return status;
  }
  status = bo_op_axis(&axis, value, x->rank, x->rank, diag);
  if (status != BO_OK) {
    return status;
  }
  c->count = (size_t)x->dims[axis];
  for (uint32_t d = axis + 1; d < x->rank; d++) {
    c->inner *= (size_t)x->dims[d];
  }
  return BO_OK;
}

static bo_status check_scales(const bo_onnx_call *call, const channels *c, bo_diag *diag) {
  const bo_tensor *zero = bo_op_input(call, 2);
  bo_status status = bo_op_check_param(call->input[1], c->count, "scale", diag);
  if (status == BO_OK && zero != NULL && zero->count != call->input[1]->count) {
    status = bo_fail(diag, BO_E_INVALID, "zero point: expected %zu elements as the scale, got %zu",
                     call->input[1]->count, zero->count);
  }
  return status;
}

bo_status bo_op_quantize_linear(const bo_onnx_call *call, bo_diag *diag) {
  channels c;
  const bo_tensor *x = call->input[0];
  const bo_tensor *zero = bo_op_input(call, 2);
  const bo_dims dims = bo_op_dims(x);
  const bo_dtype dtype = zero == NULL ? BO_U8 : zero->dtype;
  bo_status status = find_channels(&c, call, diag);
  status = status == BO_OK ? check_scales(call, &c, diag) : status;
  status = status == BO_OK ? bo_op_output(call, dtype, &dims, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  const bo_code_range codes = bo_op_codes(dtype);
  for (size_t i = 0; i < call->output[0].count; i++) {
    const size_t channel = channel_of(&c, i);
    const float scaled = (float)bo_tensor_real(x, i) / bo_op_scale(call->input[1], channel);
    bo_tensor_set_int(&call->output[0], i,
                      bo_round_to_code(scaled, bo_op_zero(zero, channel), codes.lo, codes.hi));
  }
  return BO_OK;
}

bo_status bo_op_dequantize_linear(const bo_onnx_call *call, bo_diag *diag) {
  channels c;
  const bo_tensor *x = call->input[0];
  const bo_tensor *zero = bo_op_input(call, 2);
  const bo_dims dims = bo_op_dims(x);
  bo_status status = find_channels(&c, call, diag);
  status = status == BO_OK ? check_scales(call, &c, diag) : status;
  status = status == BO_OK ? bo_op_check_zero(zero, x->dtype, "x", diag) : status;
  status = status == BO_OK ? bo_op_output(call, BO_F32, &dims, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    const size_t channel = channel_of(&c, i);
    const int64_t code = bo_tensor_int(x, i) - bo_op_zero(zero, channel);
    ((float *)call->output[0].data)[i] = (float)code * bo_op_scale(call->input[1], channel);
  }
  return BO_OK;
}

/* Range of the values, widened to hold 0. */
static void find_range(const bo_tensor *x, float *lo, float *hi) {
  *lo = 0;
  *hi = 0;
  for (size_t i = 0; i < x->count; i++) {
    *lo = fminf(*lo, ((const float *)x->data)[i]);
    *hi = fmaxf(*hi, ((const float *)x->data)[i]);
  }
}

bo_status bo_op_dynamic_quantize_linear(const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  if (call->node->outputs != 3) {
    return bo_fail(diag, BO_E_INVALID, "expected 3 outputs, got %" PRIu32, call->node->outputs);
  }
  bo_tensor *y = &call->output[0];
  bo_tensor *y_scale = &call->output[1];
  bo_tensor *y_zero = &call->output[2];
  bo_status status = bo_tensor_init(y, BO_U8, x->rank, x->dims, diag);
  status = status == BO_OK ? bo_tensor_init(y_scale, BO_F32, 0, NULL, diag) : status;
  status = status == BO_OK ? bo_tensor_init(y_zero, BO_U8, 0, NULL, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  float lo = 0;
  float hi = 0;
  find_range(x, &lo, &hi);
  const float scale = hi > lo ? (hi - lo) / UINT8_MAX : 1; /* all zero: any scale will do */
  const int32_t zero = bo_round_to_code(-lo / scale, 0, 0, UINT8_MAX);
  *(float *)y_scale->data = scale;
  *(uint8_t *)y_zero->data = (uint8_t)zero;
  for (size_t i = 0; i < y->count; i++) {
    bo_tensor_set_int(y, i,
                      bo_round_to_code(((const float *)x->data)[i] / scale, zero, 0, UINT8_MAX));
  }
  return BO_OK;
}

/* Floats are cut towards zero; what the type cannot hold has no defined result in ONNX. */
static bo_status cast_float(bo_tensor *y, size_t i, float value, bo_diag *diag) {
  if (!(value > -0x1p63F && value < 0x1p63F)) {
    return bo_fail(diag, BO_E_INVALID, "element %zu: %g does not fit into %s", i, (double)value,
                   bo_dtype_name(y->dtype));
  }
  bo_tensor_set_int(y, i, (int64_t)value);
  if (bo_tensor_int(y, i) != (int64_t)value) {
    return bo_fail(diag, BO_E_INVALID, "element %zu: %g does not fit into %s", i, (double)value,
                   bo_dtype_name(y->dtype));
  }
  return BO_OK;
}

static bo_status cast_element(const bo_tensor *x, bo_tensor *y, size_t i, bo_diag *diag) {
  if (y->dtype == BO_F32) {
    ((float *)y->data)[i] = (float)bo_tensor_real(x, i);
    return BO_OK;
  }
  if (x->dtype == BO_F32) {
    return cast_float(y, i, ((const float *)x->data)[i], diag);
  }
  bo_tensor_set_int(y, i, bo_tensor_int(x, i));
  return BO_OK;
}

bo_status bo_op_cast(const bo_onnx_call *call, bo_diag *diag) {
  const bo_dims dims = bo_op_dims(call->input[0]);
  int64_t to = 0;
  bo_dtype dtype = BO_F32;
  bo_status status = bo_onnx_attr_int(&to, call->node, "to", 0, diag);
  status =
      status == BO_OK ? bo_onnx_dtype(&dtype, to > 0 && to < 128 ? (int32_t)to : -1, diag) : status;
  status = status == BO_OK ? bo_op_output(call, dtype, &dims, diag) : status;
  for (size_t i = 0; status == BO_OK && i < call->output[0].count; i++) {
    status = cast_element(call->input[0], &call->output[0], i, diag);
  }
  return status;
}
