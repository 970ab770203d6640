#include "net/import_handlers.h"
#include "net/import_layer.h"
#include "net/import_weights.h"
#include "net/onnx_attr.h"

#include <math.h>

/* y = x * factor + term, per channel. */
typedef struct affine {
  double *factor, *term; /* [channels] */
} affine;

static bo_status affine_new(affine *out, bo_import *import, uint32_t channels, bo_diag *diag) {
  out->factor = bo_import_alloc(import, channels, sizeof *out->factor);
  out->term = bo_import_alloc(import, channels, sizeof *out->term);
  return out->factor == NULL || out->term == NULL ? bo_import_no_memory(diag) : BO_OK;
}

/* Gives node the meaning of @p x with the map applied: INPUT and ACC only. */
static bo_status apply(bo_import *import, const bo_onnx_node *node, const bo_meaning *x,
                       const affine *map, bo_diag *diag) {
  if (x->kind != BO_MEANS_INPUT && x->kind != BO_MEANS_ACC) {
    return bo_fail(diag, BO_E_INVALID,
                   "expected the input of the network or the result of a convolution, got %s",
                   bo_meaning_text(x));
  }
  if (x->kind == BO_MEANS_ACC && (!isinf(x->lo) || !isinf(x->hi))) {
    return bo_fail(diag, BO_E_INVALID,
                   "arithmetic after Relu or Clip needs QuantizeLinear between");
  }
  affine result;
  const bo_status status = affine_new(&result, import, x->shape.c, diag);
  if (status != BO_OK) {
    return status;
  }
  for (uint32_t c = 0; c < x->shape.c; c++) {
    result.factor[c] = x->gain[c] * map->factor[c];
    result.term[c] = x->offset[c] * map->factor[c] + map->term[c];
    if (!isfinite(result.factor[c]) || !isfinite(result.term[c])) {
      return bo_fail(diag, BO_E_INVALID, "channel %u: gain or offset is not finite", c);
    }
  }
  bo_meaning y = *x;
  y.gain = result.factor;
  y.offset = result.term;
  bo_import_output(import, node, &y);
  return BO_OK;
}

bo_status bo_import_batch_norm(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  const bo_meaning *x = bo_import_input(import, node, 0);
  float epsilon = 0.0F;
  int64_t training = 0;
  bo_status status = BO_OK;
  if ((status = bo_onnx_attr_float(&epsilon, node, "epsilon", 1e-5F, diag)) != BO_OK ||
      (status = bo_onnx_attr_int(&training, node, "training_mode", 0, diag)) != BO_OK) {
    return status;
  }
  if (training != 0) {
    return bo_fail(diag, BO_E_INVALID, "training_mode: expected 0");
  }
  const double *parameter[4]; /* gamma, beta, mean, variance */
  for (uint32_t i = 0; i < 4; i++) {
    const bo_tensor *tensor = NULL;
    status = bo_import_reals(&parameter[i], &tensor, import, node, i + 1, diag);
    if (status != BO_OK) {
      return status;
    }
    const bool features = x->is_flat && (x->shape.h != 1 || x->shape.w != 1);
    if (tensor->count != x->shape.c || features) {
      return bo_fail(diag, BO_E_INVALID, "'%s': expected %u channels, got %zu values",
                     bo_import_input_name(import, node, i + 1), x->shape.c, tensor->count);
    }
  }
  affine map;
  status = affine_new(&map, import, x->shape.c, diag);
  if (status != BO_OK) {
    return status;
  }
  for (uint32_t c = 0; c < x->shape.c; c++) {
    map.factor[c] = parameter[0][c] / sqrt(parameter[3][c] + (double)epsilon);
    map.term[c] = parameter[1][c] - parameter[2][c] * map.factor[c];
  }
  return apply(import, node, x, &map, diag);
}

/* x op k, or with the operands the other way round k op x. */
typedef double binary(double x, double k, bool reversed);

static double op_add(double x, double k, bool reversed) {
  (void)reversed;
  return x + k;
}

static double op_sub(double x, double k, bool reversed) {
  return reversed ? k - x : x - k;
}

static double op_mul(double x, double k, bool reversed) {
  (void)reversed;
  return x * k;
}

static double op_div(double x, double k, bool reversed) {
  return reversed ? k / x : x / k;
}

/* One number, or one a channel: [c][1][1] for images, [c] for vectors, with leading ones. */
static bool is_per_channel(const bo_tensor *tensor, const bo_meaning *x) {
  const uint32_t after = x->is_flat ? 0 : 2; /* dimensions behind the channels */
  const bool is_vector = x->shape.h == 1 && x->shape.w == 1;
  if ((x->is_flat && !is_vector) || tensor->count != x->shape.c || tensor->rank < after + 1 ||
      tensor->rank > after + 2) {
    return false;
  }
  return tensor->dims[tensor->rank - 1 - after] == x->shape.c;
}

static bo_status apply_levels(bo_import *import, const bo_onnx_node *node, const bo_meaning *x,
                              double constant, binary *op, bool reversed, bo_diag *diag) {
  float *level = bo_import_alloc(import, 256, sizeof *level);
  if (level == NULL) {
    return bo_import_no_memory(diag);
  }
  for (size_t code = 0; code < 256; code++) {
    /* Double in between rounds to float32 like the operation in float32. */
    level[code] = (float)op((double)x->level[code], constant, reversed);
    if (!isfinite(level[code])) {
      return bo_fail(diag, BO_E_INVALID, "code %zu: the result is not finite", code);
    }
  }
  bo_meaning y = *x;
  y.level = level;
  y.is_plain = false;
  bo_import_output(import, node, &y);
  return BO_OK;
}

/* The operator with a constant at input @p which. */
static bo_status with_constant(bo_import *import, const bo_onnx_node *node, uint32_t which,
                               binary *op, bo_diag *diag) {
  const bo_meaning *x = bo_import_input(import, node, 1 - which);
  const bool reversed = which == 0;
  const double *constant = NULL;
  const bo_tensor *tensor = NULL;
  bo_status status = bo_import_reals(&constant, &tensor, import, node, which, diag);
  if (status != BO_OK) {
    return status;
  }
  const bool is_scalar = tensor->count == 1;
  if (x->kind == BO_MEANS_LEVELS && is_scalar) {
    return apply_levels(import, node, x, constant[0], op, reversed, diag);
  }
  if (!is_scalar && !is_per_channel(tensor, x)) {
    return bo_fail(diag, BO_E_INVALID, "'%s': expected one number, or one for each of %u channels",
                   bo_import_input_name(import, node, which), x->shape.c);
  }
  if (op == op_div && reversed) {
    return bo_fail(diag, BO_E_INVALID, "division by an activation is not supported");
  }
  affine map;
  status = affine_new(&map, import, x->shape.c, diag);
  if (status != BO_OK) {
    return status;
  }
  for (uint32_t c = 0; c < x->shape.c; c++) {
    /* An affine map is known by what it does to 0 and to 1. */
    const double k = constant[is_scalar ? 0 : c];
    const bool adds = op == op_add || op == op_sub;
    map.term[c] = adds ? op(0.0, k, reversed) : 0.0;
    map.factor[c] = adds ? op(1.0, 0.0, reversed) : op(1.0, k, reversed);
  }
  return apply(import, node, x, &map, diag);
}

static bo_status arithmetic(bo_import *import, const bo_onnx_node *node, binary *op,
                            bo_diag *diag) {
  for (uint32_t which = 0; which < 2; which++) {
    const bo_meaning_kind kind = bo_import_input(import, node, which)->kind;
    if (kind == BO_MEANS_CONSTANT || kind == BO_MEANS_WEIGHTS) {
      return with_constant(import, node, which, op, diag);
    }
  }
  return bo_fail(diag, BO_E_INVALID, "expected one constant operand, got %s and %s",
                 bo_meaning_text(bo_import_input(import, node, 0)),
                 bo_meaning_text(bo_import_input(import, node, 1)));
}

bo_status bo_import_sub(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  return arithmetic(import, node, op_sub, diag);
}

bo_status bo_import_mul(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  return arithmetic(import, node, op_mul, diag);
}

bo_status bo_import_div(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  return arithmetic(import, node, op_div, diag);
}

/* Sum of two activations, to be quantised. */
static bo_status sum_of(bo_meaning *out, bo_import *import, const bo_onnx_node *node,
                        const bo_read read[2], bo_diag *diag) {
  const bo_shape a = read[0].shape;
  const bo_shape b = read[1].shape;
  if (a.h != b.h || a.w != b.w || a.c != b.c || read[0].is_flat != read[1].is_flat) {
    return bo_fail(diag, BO_E_INVALID, "expected inputs of one shape, got %ux%ux%u and %ux%ux%u",
                   a.h, a.w, a.c, b.h, b.w, b.c);
  }
  bo_pool_draft *sum = bo_import_alloc(import, 1, sizeof *sum);
  if (sum == NULL) {
    return bo_import_no_memory(diag);
  }
  *sum = (bo_pool_draft){.name = node->name,
                         .input = {read[0].layer, read[1].layer},
                         .in_quant = {read[0].quant, read[1].quant},
                         .in = a,
                         .window = {1, 1, 1, 1, 1, 1, 0, 0, 0, 0}};
  *out = (bo_meaning){.kind = BO_MEANS_SUM,
                      .is_flat = read[0].is_flat,
                      .shape = a,
                      .lo = -INFINITY,
                      .hi = INFINITY,
                      .pool = sum};
  return BO_OK;
}

static bool is_constant(const bo_meaning *meaning) {
  return meaning->kind == BO_MEANS_CONSTANT || meaning->kind == BO_MEANS_WEIGHTS;
}

bo_status bo_import_add(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  if (is_constant(bo_import_input(import, node, 0)) ||
      is_constant(bo_import_input(import, node, 1))) {
    return arithmetic(import, node, op_add, diag);
  }
  bo_read read[2];
  bo_meaning sum;
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < 2 && status == BO_OK; i++) {
    status = bo_import_read(&read[i], import, node, i, BO_READ_LEVELS, 0, diag);
  }
  if (status == BO_OK) {
    status = sum_of(&sum, import, node, read, diag);
  }
  if (status == BO_OK) {
    bo_import_output(import, node, &sum);
  }
  return status;
}

/* A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point */
bo_status bo_import_qlinear_add(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  bo_read read[2];
  bo_meaning sum;
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < 2 && status == BO_OK; i++) {
    status = bo_import_read(&read[i], import, node, 3 * i, BO_READ_QUANT, 3 * i + 1, diag);
  }
  if (status == BO_OK) {
    status = sum_of(&sum, import, node, read, diag);
  }
  return status == BO_OK ? bo_import_quantize_as(import, node, &sum, 6, diag) : status;
}
