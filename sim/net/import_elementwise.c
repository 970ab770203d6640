#include "net/import_handlers.h"
#include "net/import_layer.h"
#include "net/import_weights.h"
#include "net/onnx_attr.h"

#include <math.h>

static float clampf(float x, float lo, float hi) {
  const float raised = x < lo ? lo : x;
  return raised > hi ? hi : raised;
}

/* min(max(x, lo), hi) of a float activation. */
static bo_status clamp_floats(bo_import *import, const bo_onnx_node *node, float lo, float hi,
                              bo_diag *diag) {
  bo_meaning meaning = *bo_import_input(import, node, 0);
  switch (meaning.kind) {
  case BO_MEANS_ACC:
  case BO_MEANS_SUM:
  case BO_MEANS_MEAN:
    meaning.lo = clampf(meaning.lo, lo, hi);
    meaning.hi = clampf(meaning.hi, lo, hi);
    break;
  case BO_MEANS_LEVELS: {
    float *level = bo_import_alloc(import, 256, sizeof *level);
    if (level == NULL) {
      return bo_import_no_memory(diag);
    }
    for (size_t code = 0; code < 256; code++) {
      level[code] = clampf(meaning.level[code], lo, hi);
    }
    meaning.level = level;
    meaning.is_plain = false;
    break;
  }
  default:
    return bo_fail(diag, BO_E_INVALID, "input '%s': expected a float activation, got %s",
                   bo_import_input_name(import, node, 0), bo_meaning_text(&meaning));
  }
  bo_import_output(import, node, &meaning);
  return BO_OK;
}

bo_status bo_import_relu(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  return clamp_floats(import, node, 0.0F, INFINITY, diag);
}

/* Clip of codes: a table, which bo_import_fold_clamps takes into the layer before if it can. */
static bo_status clamp_codes(bo_import *import, const bo_onnx_node *node, double lo, double hi,
                             bo_diag *diag) {
  bo_meaning meaning = *bo_import_input(import, node, 0);
  const double shift = meaning.is_signed ? 128.0 : 0.0;
  if (meaning.quant.scale == 0.0F) {
    return bo_fail(diag, BO_E_INVALID, "the scale of the codes is not known");
  }
  bo_layer *layer = NULL;
  const bo_status status = bo_import_layer_new(&layer, import, node->name, BO_OP_TABLE, diag);
  if (status != BO_OK) {
    return status;
  }
  layer->input[0] = meaning.layer;
  layer->in = layer->out = meaning.shape;
  layer->in_quant[0] = layer->out_quant = meaning.quant;
  for (uint32_t code = 0; code < 256; code++) {
    const double clipped = fmin(fmax(code, lo + shift), hi + shift);
    layer->table[code] = (uint8_t)fmin(fmax(clipped, 0.0), 255.0);
  }
  meaning.layer = (int32_t)import->net->layers - 1;
  bo_import_output(import, node, &meaning);
  return BO_OK;
}

/* One bound: an attribute before opset 11, an input since. */
static bo_status read_bound(double *out, const bo_import *import, const bo_onnx_node *node,
                            uint32_t i, double fallback, bo_diag *diag) {
  *out = fallback;
  if (import->model->opset < 11) {
    float bound = (float)fallback;
    const bo_status status = bo_onnx_attr_float(&bound, node, i == 1 ? "min" : "max", bound, diag);
    *out = (double)bound;
    return status;
  }
  if (bo_import_input(import, node, i) == NULL) {
    return BO_OK;
  }
  const bo_tensor *tensor = bo_import_constant(import, node, i, diag);
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  if (tensor->count != 1) {
    return bo_fail(diag, BO_E_INVALID, "bound '%s': expected one number, got %zu",
                   bo_import_input_name(import, node, i), tensor->count);
  }
  *out = bo_tensor_real(tensor, 0);
  return BO_OK;
}

bo_status bo_import_clip(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  double lo = 0.0;
  double hi = 0.0;
  bo_status status = BO_OK;
  if ((status = read_bound(&lo, import, node, 1, -INFINITY, diag)) != BO_OK ||
      (status = read_bound(&hi, import, node, 2, INFINITY, diag)) != BO_OK) {
    return status;
  }
  if (!(lo <= hi)) {
    return bo_fail(diag, BO_E_INVALID, "expected bounds in order, got %g and %g", lo, hi);
  }
  switch (bo_import_input(import, node, 0)->kind) {
  case BO_MEANS_CONSTANT:
  case BO_MEANS_WEIGHTS:
    return bo_import_const_clip(import, node, lo, hi, diag);
  case BO_MEANS_CODES:
    if (lo != rint(lo) || hi != rint(hi)) {
      return bo_fail(diag, BO_E_INVALID, "clips codes to %g ... %g, expected integers", lo, hi);
    }
    return clamp_codes(import, node, lo, hi, diag);
  default:
    return clamp_floats(import, node, (float)lo, (float)hi, diag);
  }
}
