#include "net/import_weights.h"

#include "net/onnx_attr.h"
#include "net/requant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int32_t dtype_lowest(bo_dtype dtype) {
  return dtype == BO_I8 ? INT8_MIN : dtype == BO_U8 ? 0 : INT32_MIN;
}

static int32_t dtype_highest(bo_dtype dtype) {
  return dtype == BO_I8 ? INT8_MAX : dtype == BO_U8 ? UINT8_MAX : INT32_MAX;
}

static int32_t clamp(int64_t code, int32_t lo, int32_t hi) {
  return code < lo ? lo : code > hi ? hi : (int32_t)code;
}

size_t bo_const_channel(const bo_const_codes *codes, size_t i) {
  if (codes->scales == 1) {
    return 0;
  }
  size_t inner = 1;
  for (uint32_t d = codes->axis + 1; d < codes->tensor->rank; d++) {
    inner *= (size_t)codes->tensor->dims[d];
  }
  return i / inner % codes->scales;
}

int32_t bo_const_code(const bo_const_codes *codes, size_t i) {
  if (codes->tensor->dtype != BO_F32) {
    return clamp(bo_tensor_int(codes->tensor, i), codes->lo, codes->hi);
  }
  const size_t channel = bo_const_channel(codes, i);
  const float real = (float)bo_tensor_real(codes->tensor, i);
  const int32_t code = bo_round_to_code(real / codes->scale[channel], codes->zero_point[channel],
                                        dtype_lowest(codes->dtype), dtype_highest(codes->dtype));
  return clamp(code, codes->lo, codes->hi);
}

/* A modifiable copy of what input i is: WEIGHTS, or an integer constant as codes without scale. */
static bo_status codes_of(bo_const_codes **out, bo_import *import, const bo_onnx_node *node,
                          uint32_t i, bo_diag *diag) {
  const bo_meaning *meaning = bo_import_input(import, node, i);
  const bool is_codes = meaning != NULL && meaning->kind == BO_MEANS_WEIGHTS;
  const bo_tensor *tensor =
      is_codes ? meaning->codes->tensor : bo_import_constant(import, node, i, diag);
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  *out = bo_import_alloc(import, 1, sizeof **out);
  if (*out == NULL) {
    return bo_import_no_memory(diag);
  }
  if (is_codes) {
    **out = *meaning->codes;
    return BO_OK;
  }
  if (tensor->dtype != BO_I8 && tensor->dtype != BO_U8 && tensor->dtype != BO_I32) {
    return bo_fail(diag, BO_E_INVALID, "'%s': expected a tensor of quantised integers, got %s",
                   bo_import_input_name(import, node, i), bo_dtype_name(tensor->dtype));
  }
  **out = (bo_const_codes){.tensor = tensor,
                           .dtype = tensor->dtype,
                           .lo = dtype_lowest(tensor->dtype),
                           .hi = dtype_highest(tensor->dtype)};
  return BO_OK;
}

static void produce(bo_import *import, const bo_onnx_node *node, const bo_const_codes *codes) {
  const bo_meaning meaning = {
      .kind = BO_MEANS_WEIGHTS, .source = bo_import_input(import, node, 0)->source, .codes = codes};
  bo_import_output(import, node, &meaning);
}

static bo_status read_zero_points(bo_const_codes *codes, bo_import *import,
                                  const bo_onnx_node *node, uint32_t i, bo_diag *diag) {
  int32_t *zero_point = bo_import_alloc(import, codes->scales, sizeof *zero_point);
  codes->zero_point = zero_point;
  if (zero_point == NULL) {
    return bo_import_no_memory(diag);
  }
  if (bo_import_input(import, node, i) == NULL) {
    return BO_OK;
  }
  const bo_tensor *tensor = bo_import_constant(import, node, i, diag);
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  const char *name = bo_import_input_name(import, node, i);
  if (tensor->dtype != codes->dtype || (tensor->count != 1 && tensor->count != codes->scales)) {
    return bo_fail(diag, BO_E_INVALID, "zero-point '%s': expected %zu of %s, got %zu of %s", name,
                   codes->scales, bo_dtype_name(codes->dtype), tensor->count,
                   bo_dtype_name(tensor->dtype));
  }
  for (size_t k = 0; k < codes->scales; k++) {
    zero_point[k] = (int32_t)bo_tensor_int(tensor, tensor->count == 1 ? 0 : k);
    if (codes->dtype == BO_I32 && zero_point[k] != 0) {
      return bo_fail(diag, BO_E_INVALID, "zero-point '%s': expected 0 for int32, got %d", name,
                     zero_point[k]);
    }
  }
  return BO_OK;
}

/* One for all, or as many as the tensor is long along the axis; the axis is that of the file. */
static bo_status set_channels(bo_const_codes *codes, const char *name, size_t count, int64_t axis,
                              bo_diag *diag) {
  codes->scales = count;
  if (count == 1) {
    return BO_OK;
  }
  const int64_t rank = codes->tensor->rank;
  const int64_t seen = axis < 0 ? axis + rank : axis;
  if (seen < 0 || seen >= rank) {
    return bo_fail(diag, BO_E_INVALID, "axis: expected -%lld..%lld, got %lld", (long long)rank,
                   (long long)rank - 1, (long long)axis);
  }
  codes->axis = (uint32_t)(codes->is_transposed ? 1 - seen : seen);
  if ((int64_t)count != codes->tensor->dims[codes->axis]) {
    return bo_fail(diag, BO_E_INVALID, "'%s': expected 1 or %lld values along axis %lld, got %zu",
                   name, (long long)codes->tensor->dims[codes->axis], (long long)axis, count);
  }
  return BO_OK;
}

/* Scales at input i, zero-points at i + 1. */
static bo_status read_quant(bo_const_codes *codes, bo_import *import, const bo_onnx_node *node,
                            uint32_t i, int64_t axis, bo_diag *diag) {
  const bo_tensor *tensor = bo_import_constant(import, node, i, diag);
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  const char *name = bo_import_input_name(import, node, i);
  if (tensor->dtype != BO_F32 || tensor->count == 0 || tensor->rank > 1) {
    return bo_fail(diag, BO_E_INVALID, "scale '%s': expected float32 in at most one dimension",
                   name);
  }
  const bo_status status = set_channels(codes, name, tensor->count, axis, diag);
  if (status != BO_OK) {
    return status;
  }
  codes->scale = tensor->data;
  for (size_t k = 0; k < codes->scales; k++) {
    if (!isfinite(codes->scale[k]) || codes->scale[k] <= 0.0F) {
      return bo_fail(diag, BO_E_INVALID, "scale '%s': expected positive and finite, got %g", name,
                     (double)codes->scale[k]);
    }
  }
  return read_zero_points(codes, import, node, i + 1, diag);
}

/* Type of the codes that QuantizeLinear makes: that of its zero-point. */
static bo_status quantized_dtype(bo_dtype *out, const bo_import *import, const bo_onnx_node *node,
                                 bo_diag *diag) {
  *out = BO_U8;
  if (bo_import_input(import, node, 2) == NULL) {
    return BO_OK;
  }
  const bo_tensor *zero_point = bo_import_constant(import, node, 2, diag);
  if (zero_point == NULL) {
    return BO_E_INVALID;
  }
  *out = zero_point->dtype;
  if (*out != BO_U8 && *out != BO_I8) {
    return bo_fail(diag, BO_E_INVALID, "zero-point '%s': expected int8 or uint8, got %s",
                   bo_import_input_name(import, node, 2), bo_dtype_name(*out));
  }
  return BO_OK;
}

bo_status bo_import_const_quantize(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  const bo_tensor *tensor = bo_import_constant(import, node, 0, diag);
  bo_dtype dtype;
  int64_t axis = 0;
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  if (tensor->dtype != BO_F32) {
    return bo_fail(diag, BO_E_INVALID, "'%s': expected float32, got %s",
                   bo_import_input_name(import, node, 0), bo_dtype_name(tensor->dtype));
  }
  bo_status status = BO_OK;
  if ((status = bo_onnx_attr_int(&axis, node, "axis", 1, diag)) != BO_OK ||
      (status = quantized_dtype(&dtype, import, node, diag)) != BO_OK) {
    return status;
  }
  bo_const_codes *codes = bo_import_alloc(import, 1, sizeof *codes);
  if (codes == NULL) {
    return bo_import_no_memory(diag);
  }
  *codes = (bo_const_codes){
      .tensor = tensor, .dtype = dtype, .lo = dtype_lowest(dtype), .hi = dtype_highest(dtype)};
  status = read_quant(codes, import, node, 1, axis, diag);
  if (status == BO_OK) {
    produce(import, node, codes);
  }
  return status;
}

bo_status bo_import_const_dequantize(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  bo_const_codes *codes = NULL;
  int64_t axis = 0;
  bo_status status = codes_of(&codes, import, node, 0, diag);
  if (status != BO_OK || (status = bo_onnx_attr_int(&axis, node, "axis", 1, diag)) != BO_OK) {
    return status;
  }
  if (codes->is_real) {
    return bo_fail(diag, BO_E_INVALID, "'%s' is dequantised already",
                   bo_import_input_name(import, node, 0));
  }
  const bo_const_codes quantised = *codes;
  status = read_quant(codes, import, node, 1, axis, diag);
  if (status != BO_OK) {
    return status;
  }
  /* Codes that the graph itself makes from floats must be read as they were written. */
  bool same =
      quantised.scales == 0 || (quantised.scales == codes->scales && quantised.axis == codes->axis);
  for (size_t k = 0; same && k < quantised.scales; k++) {
    same = quantised.scale[k] == codes->scale[k] && quantised.zero_point[k] == codes->zero_point[k];
  }
  if (!same) {
    return bo_fail(diag, BO_E_INVALID,
                   "'%s': quantised with one scale and zero-point, dequantised with another",
                   bo_import_input_name(import, node, 0));
  }
  codes->is_real = true;
  produce(import, node, codes);
  return BO_OK;
}

bo_status bo_import_const_clip(bo_import *import, const bo_onnx_node *node, double lo, double hi,
                               bo_diag *diag) {
  bo_const_codes *codes = NULL;
  const bo_status status = codes_of(&codes, import, node, 0, diag);
  if (status != BO_OK) {
    return status;
  }
  if (codes->is_real) {
    return bo_fail(diag, BO_E_INVALID, "'%s': Clip of dequantised weights is not supported",
                   bo_import_input_name(import, node, 0));
  }
  const double lowest = fmax(lo, codes->lo);
  const double highest = fmin(hi, codes->hi);
  if (!(lowest <= highest) || lowest != rint(lowest) || highest != rint(highest)) {
    return bo_fail(diag, BO_E_INVALID, "clips codes to %g ... %g, expected integers in order", lo,
                   hi);
  }
  codes->lo = (int32_t)lowest;
  codes->hi = (int32_t)highest;
  produce(import, node, codes);
  return BO_OK;
}

bo_status bo_import_const_transpose(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  bo_const_codes *codes = NULL;
  int64_t perm[2];
  bo_status status = codes_of(&codes, import, node, 0, diag);
  if (status != BO_OK) {
    return status;
  }
  if (codes->tensor->rank != 2) {
    return bo_fail(diag, BO_E_INVALID, "expected a matrix, got %u dimensions", codes->tensor->rank);
  }
  const bool default_perm = bo_onnx_attr_find(node, "perm") == NULL;
  status = bo_onnx_attr_ints(perm, 2, 0, 1, node, "perm", 0, diag);
  if (status != BO_OK) {
    return status;
  }
  if (default_perm || perm[0] == 1) {
    codes->is_transposed = !codes->is_transposed;
  }
  produce(import, node, codes);
  return BO_OK;
}

/* Zero-points at input i without scales, as the integer operators have them. */
static bo_status read_zero_only(bo_const_codes *codes, bo_import *import, const bo_onnx_node *node,
                                uint32_t i, int64_t axis, bo_diag *diag) {
  size_t count = 1;
  if (bo_import_input(import, node, i) != NULL) {
    const bo_tensor *tensor = bo_import_constant(import, node, i, diag);
    if (tensor == NULL) {
      return BO_E_INVALID;
    }
    count = tensor->count;
  }
  const bo_status status =
      set_channels(codes, bo_import_input_name(import, node, i), count, axis, diag);
  if (status != BO_OK) {
    return status;
  }
  float *scale = bo_import_alloc(import, count, sizeof *scale);
  codes->scale = scale;
  if (scale == NULL) {
    return bo_import_no_memory(diag);
  }
  for (size_t k = 0; k < count; k++) {
    scale[k] = 1.0F;
  }
  return read_zero_points(codes, import, node, i, diag);
}

bo_status bo_import_weight_codes(const bo_const_codes **out, bo_import *import,
                                 const bo_onnx_node *node, const bo_weight_use *use,
                                 bo_diag *diag) {
  const char *name = bo_import_input_name(import, node, use->input);
  const bool is_integer = use->scale_input != 0 || use->zero_input != 0;
  const bo_meaning *meaning = bo_import_input(import, node, use->input);
  if (!is_integer && (meaning == NULL || meaning->kind != BO_MEANS_WEIGHTS)) {
    return bo_fail(diag, BO_E_INVALID,
                   "weights '%s': expected DequantizeLinear of a constant, "
                   "got %s",
                   name, meaning == NULL ? "none" : bo_meaning_text(meaning));
  }
  bo_const_codes *codes = NULL;
  bo_status status = codes_of(&codes, import, node, use->input, diag);
  if (status != BO_OK) {
    return status;
  }
  if (codes->is_real == is_integer || codes->dtype == BO_I32) {
    return bo_fail(diag, BO_E_INVALID, "weights '%s': expected %s of int8 or uint8", name,
                   is_integer ? "a constant" : "DequantizeLinear");
  }
  const int64_t axis = use->is_transposed ? 1 : 0;
  if (use->scale_input != 0) {
    status = read_quant(codes, import, node, use->scale_input, axis, diag);
  } else if (use->zero_input != 0) {
    status = read_zero_only(codes, import, node, use->zero_input, axis, diag);
  }
  *out = codes;
  return status;
}
