#include "net/import_handlers.h"
#include "net/import_layer.h"
#include "net/import_weights.h"
#include "net/onnx_attr.h"

#include <math.h>

/* Which inputs of an operator are what; 0: it has none (input 0 is always the activation). */
typedef struct conv_form {
  bo_read_form read;
  uint32_t quant_input; /* scale of the activation, or its zero-point alone */
  uint32_t bias_input;
  uint32_t out_quant_input;
  bo_weight_use weights;
} conv_form;

/* Window and output positions of a matrix product: features are the whole input. */
static bo_status matrix_window(bo_conv_draft *conv, const bo_read *read,
                               const bo_const_codes *codes, const bo_weight_use *use,
                               bo_diag *diag) {
  const bool transposed = use->is_transposed != codes->is_transposed;
  const bo_tensor *tensor = codes->tensor;
  const int64_t inputs = tensor->rank == 2 ? tensor->dims[transposed ? 0 : 1] : 0;
  const uint64_t features = (uint64_t)read->shape.h * read->shape.w * read->shape.c;
  if (!read->is_flat || inputs <= 0 || (uint64_t)inputs != features) {
    return bo_fail(diag, BO_E_INVALID,
                   "expected a matrix for %s of %llu features, got one for %lld inputs",
                   read->is_flat ? "a vector" : "an image (Flatten is missing?)",
                   (unsigned long long)features, (long long)inputs);
  }
  conv->window = bo_import_whole_window(read->shape);
  conv->out = (bo_shape){1, 1, 0};
  return BO_OK;
}

static bo_status conv_window(bo_conv_draft *conv, const bo_onnx_node *node, const bo_read *read,
                             const bo_const_codes *codes, bo_weight_use *use, bo_diag *diag) {
  const bo_tensor *tensor = codes->tensor;
  int64_t groups = 0;
  const bo_status status = bo_onnx_attr_int(&groups, node, "group", 1, diag);
  if (status != BO_OK) {
    return status;
  }
  if (tensor->rank != 4 || read->is_flat) {
    return bo_fail(diag, BO_E_INVALID,
                   "expected weights [outputs][inputs][height][width] and an image, got %u "
                   "dimensions",
                   tensor->rank);
  }
  if (groups < 1 || groups > read->shape.c || tensor->dims[1] * groups != read->shape.c) {
    return bo_fail(diag, BO_E_INVALID,
                   "expected weights for %u channels, got %lld in each of %lld groups",
                   read->shape.c, (long long)tensor->dims[1], (long long)groups);
  }
  if (tensor->dims[2] > UINT32_MAX || tensor->dims[3] > UINT32_MAX) {
    return bo_fail(diag, BO_E_INVALID, "kernel is too large");
  }
  use->groups = (uint32_t)groups;
  const uint32_t kernel[2] = {(uint32_t)tensor->dims[2], (uint32_t)tensor->dims[3]};
  return bo_import_window(&conv->window, &conv->out, NULL, node, kernel, diag);
}

/* Geometry, weights and the real value of an accumulator step. */
static bo_status make_draft(bo_conv_draft *conv, bo_import *import, const bo_onnx_node *node,
                            const conv_form *form, const bo_read *read, bo_diag *diag) {
  bo_weight_use use = form->weights;
  use.groups = 1;
  const bo_const_codes *codes = NULL;
  bo_status status = bo_import_weight_codes(&codes, import, node, &use, diag);
  if (status != BO_OK) {
    return status;
  }
  *conv = (bo_conv_draft){.name = node->name,
                          .input = read->layer,
                          .in_quant = read->quant,
                          .in = read->shape,
                          .out = read->shape,
                          .layer = BO_IMPORT_NO_LAYER};
  status = use.is_matrix ? matrix_window(conv, read, codes, &use, diag)
                         : conv_window(conv, node, read, codes, &use, diag);
  if (status == BO_OK) {
    status = bo_import_weights_take(&conv->weights, import, node, &use, codes, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  const bo_weights *weights = &import->net->weights[conv->weights];
  conv->out.c = weights->groups * weights->outputs;
  float *unit = bo_import_alloc(import, conv->out.c, sizeof *unit);
  conv->base = bo_import_alloc(import, conv->out.c, sizeof *conv->base);
  conv->unit = unit;
  if (unit == NULL || conv->base == NULL) {
    return bo_import_no_memory(diag);
  }
  const bool has_scales = form->read != BO_READ_ZERO;
  for (uint32_t n = 0; n < conv->out.c; n++) {
    unit[n] = has_scales ? read->quant.scale * weights->scale[n] : 1.0F;
  }
  return BO_OK;
}

/* Bias codes in steps of the accumulator need no rounding: their scale is sx * sw. */
static bool fits_unit(const bo_conv_draft *conv, const bo_const_codes *codes) {
  for (uint32_t n = 0; n < conv->out.c; n++) {
    const double scale = (double)codes->scale[codes->scales == 1 ? 0 : n];
    if (fabs(scale - (double)conv->unit[n]) > 1e-6 * scale) {
      return false;
    }
  }
  return true;
}

static bo_status set_base(bo_conv_draft *conv, bo_import *import, const bo_tensor *tensor,
                          bo_diag *diag) {
  if (tensor->count != conv->out.c) {
    return bo_fail(diag, BO_E_INVALID, "bias: expected %u values, got %zu", conv->out.c,
                   tensor->count);
  }
  int32_t *base = bo_import_alloc(import, conv->out.c, sizeof *base);
  if (base == NULL) {
    return bo_import_no_memory(diag);
  }
  for (uint32_t n = 0; n < conv->out.c; n++) {
    base[n] = (int32_t)bo_tensor_int(tensor, n);
  }
  conv->base = base;
  return BO_OK;
}

/*
 * Bias of a float operator, times @p beta: into base where that is exact (the product is not
 * scaled by alpha), else into the offset.
 */
static bo_status float_bias(bo_conv_draft *conv, double *offset, bo_import *import,
                            const bo_onnx_node *node, uint32_t input, const double alpha_beta[2],
                            bo_diag *diag) {
  const bo_meaning *meaning = bo_import_input(import, node, input);
  const double *reals = NULL;
  const bo_tensor *tensor = NULL;
  const bo_status status = bo_import_reals(&reals, &tensor, import, node, input, diag);
  if (status != BO_OK) {
    return status;
  }
  const bool is_row = tensor->rank > 0 && tensor->dims[tensor->rank - 1] == tensor->count;
  if (tensor->count != 1 && (tensor->count != conv->out.c || !is_row)) {
    return bo_fail(diag, BO_E_INVALID, "bias '%s': expected a row of %u values, got %zu of rank %u",
                   bo_import_input_name(import, node, input), conv->out.c, tensor->count,
                   tensor->rank);
  }
  if (meaning->kind == BO_MEANS_WEIGHTS && tensor->dtype == BO_I32 && alpha_beta[0] == 1.0 &&
      alpha_beta[1] == 1.0 && tensor->count == conv->out.c &&
      (meaning->codes->scales == 1 || meaning->codes->scales == conv->out.c) &&
      fits_unit(conv, meaning->codes)) {
    return set_base(conv, import, tensor, diag);
  }
  for (uint32_t n = 0; n < conv->out.c; n++) {
    offset[n] = alpha_beta[1] * reals[tensor->count == 1 ? 0 : n];
  }
  return BO_OK;
}

static bo_status integer_bias(bo_conv_draft *conv, bo_import *import, const bo_onnx_node *node,
                              uint32_t input, bo_diag *diag) {
  const bo_tensor *tensor = bo_import_constant(import, node, input, diag);
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  if (tensor->dtype != BO_I32) {
    return bo_fail(diag, BO_E_INVALID, "bias '%s': expected int32, got %s",
                   bo_import_input_name(import, node, input), bo_dtype_name(tensor->dtype));
  }
  return set_base(conv, import, tensor, diag);
}

/* The accumulator with its bias, not quantised. */
static bo_status accumulate(bo_meaning *acc, bo_import *import, const bo_onnx_node *node,
                            const conv_form *form, const double alpha_beta[2], bo_diag *diag) {
  bo_read read;
  bo_conv_draft *conv = bo_import_alloc(import, 1, sizeof *conv);
  if (conv == NULL) {
    return bo_import_no_memory(diag);
  }
  bo_status status = bo_import_read(&read, import, node, 0, form->read, form->quant_input, diag);
  if (status != BO_OK || (status = make_draft(conv, import, node, form, &read, diag)) != BO_OK) {
    return status;
  }
  double *gain = bo_import_alloc(import, conv->out.c, sizeof *gain);
  double *offset = bo_import_alloc(import, conv->out.c, sizeof *offset);
  if (gain == NULL || offset == NULL) {
    return bo_import_no_memory(diag);
  }
  for (uint32_t n = 0; n < conv->out.c; n++) {
    gain[n] = alpha_beta[0];
  }
  *acc = (bo_meaning){.kind = BO_MEANS_ACC,
                      .is_flat = form->weights.is_matrix,
                      .shape = conv->out,
                      .gain = gain,
                      .offset = offset,
                      .lo = -INFINITY,
                      .hi = INFINITY,
                      .conv = conv};
  if (form->bias_input == 0 || bo_import_input(import, node, form->bias_input) == NULL) {
    return BO_OK;
  }
  return form->read == BO_READ_QUANT
             ? integer_bias(conv, import, node, form->bias_input, diag)
             : float_bias(conv, offset, import, node, form->bias_input, alpha_beta, diag);
}

/* The whole operator; alpha scales the product and beta the bias, as in Gemm. */
static bo_status lower(bo_import *import, const bo_onnx_node *node, const conv_form *form,
                       double alpha, double beta, bo_diag *diag) {
  bo_meaning acc;
  bo_status status = accumulate(&acc, import, node, form, (const double[]){alpha, beta}, diag);
  if (status != BO_OK) {
    return status;
  }
  if (form->out_quant_input == 0 || bo_import_input(import, node, form->out_quant_input) == NULL) {
    bo_import_output(import, node, &acc);
    return BO_OK;
  }
  return bo_import_quantize_as(import, node, &acc, form->out_quant_input, diag);
}

bo_status bo_import_conv(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  static const conv_form form = {.bias_input = 2, .weights = {.input = 1}};
  return lower(import, node, &form, 1.0, 1.0, diag);
}

bo_status bo_import_qlinear_conv(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  static const conv_form form = {.read = BO_READ_QUANT,
                                 .quant_input = 1,
                                 .bias_input = 8,
                                 .out_quant_input = 6,
                                 .weights = {.input = 3, .scale_input = 4}};
  return lower(import, node, &form, 1.0, 1.0, diag);
}

bo_status bo_import_conv_integer(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  static const conv_form form = {
      .read = BO_READ_ZERO, .quant_input = 2, .weights = {.input = 1, .zero_input = 3}};
  return lower(import, node, &form, 1.0, 1.0, diag);
}

bo_status bo_import_matmul(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  static const conv_form form = {.weights = {.input = 1, .is_matrix = true, .is_transposed = true}};
  return lower(import, node, &form, 1.0, 1.0, diag);
}

bo_status bo_import_qlinear_matmul(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  static const conv_form form = {
      .read = BO_READ_QUANT,
      .quant_input = 1,
      .out_quant_input = 6,
      .weights = {.input = 3, .scale_input = 4, .is_matrix = true, .is_transposed = true}};
  return lower(import, node, &form, 1.0, 1.0, diag);
}

bo_status bo_import_matmul_integer(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  static const conv_form form = {
      .read = BO_READ_ZERO,
      .quant_input = 2,
      .weights = {.input = 1, .zero_input = 3, .is_matrix = true, .is_transposed = true}};
  return lower(import, node, &form, 1.0, 1.0, diag);
}

/* Attributes of Gemm and QGemm; the activation must stand as it is. */
static bo_status gemm_attributes(float *alpha, float *beta, bool *transposed,
                                 const bo_onnx_node *node, bo_diag *diag) {
  int64_t trans_a = 0;
  int64_t trans_b = 0;
  bo_status status = BO_OK;
  if ((status = bo_onnx_attr_float(alpha, node, "alpha", 1.0F, diag)) != BO_OK ||
      (status = bo_onnx_attr_float(beta, node, "beta", 1.0F, diag)) != BO_OK ||
      (status = bo_onnx_attr_int(&trans_a, node, "transA", 0, diag)) != BO_OK ||
      (status = bo_onnx_attr_int(&trans_b, node, "transB", 0, diag)) != BO_OK) {
    return status;
  }
  if (trans_a != 0) {
    return bo_fail(diag, BO_E_INVALID, "transA: expected 0, the activation cannot be transposed");
  }
  if (!isfinite(*alpha) || !isfinite(*beta)) {
    return bo_fail(diag, BO_E_INVALID, "alpha and beta: expected finite numbers");
  }
  *transposed = trans_b == 0;
  return BO_OK;
}

bo_status bo_import_gemm(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  float alpha = 1.0F;
  float beta = 1.0F;
  conv_form form = {.bias_input = 2, .weights = {.input = 1, .is_matrix = true}};
  const bo_status status = gemm_attributes(&alpha, &beta, &form.weights.is_transposed, node, diag);
  return status == BO_OK ? lower(import, node, &form, (double)alpha, (double)beta, diag) : status;
}

bo_status bo_import_qgemm(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  float alpha = 1.0F;
  float beta = 1.0F;
  conv_form form = {.read = BO_READ_QUANT,
                    .quant_input = 1,
                    .bias_input = 6,
                    .out_quant_input = 7,
                    .weights = {.input = 3, .scale_input = 4, .is_matrix = true}};
  const bo_status status = gemm_attributes(&alpha, &beta, &form.weights.is_transposed, node, diag);
  if (status == BO_OK && alpha != 1.0F) {
    return bo_fail(diag, BO_E_INVALID, "alpha: expected 1, got %g", (double)alpha);
  }
  return status == BO_OK ? lower(import, node, &form, 1.0, 1.0, diag) : status;
}
