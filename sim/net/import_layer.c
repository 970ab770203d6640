#include "net/import_layer.h"

#include "net/requant.h"

#include <math.h>
#include <string.h>

static bool same_quant(bo_act_quant a, bo_act_quant b) {
  return a.scale == b.scale && a.zero_point == b.zero_point;
}

bo_status bo_import_quantize_input(bo_import *import, const bo_meaning *prologue,
                                   bo_act_quant quant, bo_diag *diag) {
  bo_net *net = import->net;
  const double *gain = prologue == NULL ? NULL : prologue->gain;
  if (import->input_is_quantised &&
      (!same_quant(net->input_quant, quant) || import->input_gain != gain)) {
    return bo_fail(diag, BO_E_INVALID, "the input is quantised in two ways: scales %g and %g",
                   (double)net->input_quant.scale, (double)quant.scale);
  }
  import->input_is_quantised = true;
  import->input_gain = gain;
  net->input_quant = quant;
  for (uint32_t c = 0; c < net->input.c; c++) {
    net->input_gain[c] = gain == NULL ? 1.0F : (float)gain[c];
    net->input_offset[c] = gain == NULL ? 0.0F : (float)prologue->offset[c];
  }
  return BO_OK;
}

/* Scale and zero-point with which the node reads the codes of @p meaning. */
static bo_status read_quant(bo_read *out, bo_import *import, const bo_onnx_node *node,
                            const bo_meaning *meaning, bo_read_form form, uint32_t quant_input,
                            bo_diag *diag) {
  bo_act_quant quant = {0};
  bool is_signed = false;
  if (form == BO_READ_LEVELS) {
    out->quant = meaning->quant;
    return BO_OK;
  }
  bo_status status = BO_OK;
  if (form == BO_READ_QUANT) {
    status = bo_import_act_quant(&quant, &is_signed, import, node, quant_input, diag);
  } else {
    status = bo_import_act_zero_point(&quant, &is_signed, import, node, quant_input, diag);
    quant.scale = meaning->quant.scale;
  }
  if (status != BO_OK) {
    return status;
  }
  const uint32_t zero_input = form == BO_READ_QUANT ? quant_input + 1 : quant_input;
  if (bo_import_input(import, node, zero_input) == NULL) {
    quant.zero_point = meaning->is_signed ? 128 : 0;
  } else if (is_signed != meaning->is_signed) {
    return bo_fail(diag, BO_E_INVALID, "codes are %s, but their zero-point is not",
                   meaning->is_signed ? "int8" : "uint8");
  }
  if (quant.scale == 0.0F) {
    return bo_fail(diag, BO_E_INVALID, "the scale of the codes is not known");
  }
  out->quant = quant;
  if (meaning->layer == BO_NET_INPUT && !import->input_is_quantised) {
    return bo_import_quantize_input(import, NULL, quant, diag);
  }
  return BO_OK;
}

bo_status bo_import_read(bo_read *out, bo_import *import, const bo_onnx_node *node, uint32_t i,
                         bo_read_form form, uint32_t quant_input, bo_diag *diag) {
  const bo_meaning *meaning = bo_import_input(import, node, i);
  const bool is_levels = form == BO_READ_LEVELS;
  if (meaning->kind != (is_levels ? BO_MEANS_LEVELS : BO_MEANS_CODES) ||
      (is_levels && !meaning->is_plain)) {
    const bool is_function = meaning->kind == BO_MEANS_LEVELS && !meaning->is_plain;
    return bo_fail(diag, BO_E_INVALID, "input '%s': expected %s, got %s%s",
                   bo_import_input_name(import, node, i),
                   is_levels ? "a dequantised activation" : "integer codes",
                   is_function ? "a function of " : "", bo_meaning_text(meaning));
  }
  *out = (bo_read){.layer = meaning->layer,
                   .shape = meaning->shape,
                   .is_flat = meaning->is_flat,
                   .is_signed = meaning->is_signed};
  return read_quant(out, import, node, meaning, form, quant_input, diag);
}

/* Rint and zero-point keep the order, so a clamp of floats is one of codes. */
static void clamp_codes(bo_layer *layer, const bo_meaning *meaning, bo_act_quant quant) {
  layer->lo = (uint8_t)bo_round_to_code(meaning->lo / quant.scale, quant.zero_point, 0, 255);
  layer->hi = (uint8_t)bo_round_to_code(meaning->hi / quant.scale, quant.zero_point, 0, 255);
}

static bo_status quantize_acc(int32_t *index, bo_import *import, const bo_meaning *acc,
                              bo_act_quant quant, bo_diag *diag) {
  bo_conv_draft *conv = acc->conv;
  bo_layer *layer = NULL;
  if (conv->layer != BO_IMPORT_NO_LAYER) {
    layer = &import->net->layer[conv->layer];
    bo_layer again = {0};
    clamp_codes(&again, acc, quant);
    if (!same_quant(layer->out_quant, quant) || layer->lo != again.lo || layer->hi != again.hi ||
        conv->layer_gain != acc->gain || conv->layer_offset != acc->offset) {
      return bo_fail(diag, BO_E_INVALID,
                     "the result of '%s' is quantised in two ways, which is not supported",
                     conv->name);
    }
    *index = conv->layer;
    return BO_OK;
  }
  const bo_status status = bo_import_conv_layer(&layer, import, acc, quant.scale, diag);
  if (status != BO_OK) {
    return status;
  }
  layer->out_quant = quant;
  clamp_codes(layer, acc, quant);
  *index = conv->layer = (int32_t)import->net->layers - 1;
  conv->layer_gain = acc->gain;
  conv->layer_offset = acc->offset;
  return BO_OK;
}

static bo_status quantize_pool(int32_t *index, bo_import *import, const bo_meaning *meaning,
                               bo_act_quant quant, bo_diag *diag) {
  const bo_pool_draft *pool = meaning->pool;
  const bo_op op = meaning->kind == BO_MEANS_SUM ? BO_OP_ADD : BO_OP_AVG_POOL;
  bo_layer *layer = NULL;
  const bo_status status = bo_import_layer_new(&layer, import, pool->name, op, diag);
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < 2; i++) {
    layer->input[i] = pool->input[i];
    layer->in_quant[i] = pool->in_quant[i];
  }
  layer->in = pool->in;
  layer->out = meaning->shape;
  layer->window = pool->window;
  layer->count_include_pad = pool->count_include_pad;
  layer->out_quant = quant;
  clamp_codes(layer, meaning, quant);
  *index = (int32_t)import->net->layers - 1;
  return BO_OK;
}

/* A table, unless it would map each code to itself. */
static bo_status quantize_levels(int32_t *index, bo_import *import, const char *name,
                                 const bo_meaning *meaning, bo_act_quant quant, bo_diag *diag) {
  uint8_t table[256];
  bool is_identity = true;
  for (int32_t code = 0; code < 256; code++) {
    table[code] =
        (uint8_t)bo_round_to_code(meaning->level[code] / quant.scale, quant.zero_point, 0, 255);
    is_identity = is_identity && table[code] == code;
  }
  *index = meaning->layer;
  if (is_identity) {
    return BO_OK;
  }
  bo_layer *layer = NULL;
  const bo_status status = bo_import_layer_new(&layer, import, name, BO_OP_TABLE, diag);
  if (status != BO_OK) {
    return status;
  }
  layer->input[0] = meaning->layer;
  layer->in_quant[0] = meaning->quant;
  layer->in = layer->out = meaning->shape;
  layer->out_quant = quant;
  memcpy(layer->table, table, sizeof table);
  *index = (int32_t)import->net->layers - 1;
  return BO_OK;
}

static bo_status quantize(bo_meaning *out, bo_import *import, const bo_onnx_node *node,
                          const bo_meaning *meaning, bo_act_quant quant, bool is_signed,
                          bo_diag *diag) {
  *out = (bo_meaning){.kind = BO_MEANS_CODES,
                      .shape = meaning->shape,
                      .is_flat = meaning->is_flat,
                      .is_signed = is_signed,
                      .quant = quant};
  switch (meaning->kind) {
  case BO_MEANS_ACC:
    return quantize_acc(&out->layer, import, meaning, quant, diag);
  case BO_MEANS_SUM:
  case BO_MEANS_MEAN:
    return quantize_pool(&out->layer, import, meaning, quant, diag);
  case BO_MEANS_LEVELS:
    return quantize_levels(&out->layer, import, node->name, meaning, quant, diag);
  default:
    return bo_fail(diag, BO_E_INVALID, "input '%s': expected a float activation, got %s",
                   bo_import_input_name(import, node, 0), bo_meaning_text(meaning));
  }
}

bo_status bo_import_quantize_as(bo_import *import, const bo_onnx_node *node,
                                const bo_meaning *meaning, uint32_t i, bo_diag *diag) {
  bo_act_quant quant;
  bool is_signed = false;
  bo_meaning codes;
  bo_status status = bo_import_act_quant(&quant, &is_signed, import, node, i, diag);
  if (status == BO_OK) {
    status = quantize(&codes, import, node, meaning, quant, is_signed, diag);
  }
  if (status == BO_OK) {
    bo_import_output(import, node, &codes);
  }
  return status;
}

static bo_status finish_acc(bo_import *import, const bo_meaning *acc, bo_diag *diag) {
  bo_layer *layer = NULL;
  if (acc->conv->layer != BO_IMPORT_NO_LAYER || !isinf(acc->lo) || !isinf(acc->hi)) {
    return bo_fail(
        diag, BO_E_INVALID,
        "output: the logits of '%s' are clamped or also quantised, which is not supported",
        acc->conv->name);
  }
  import->net->float_logits = 1;
  return bo_import_conv_layer(&layer, import, acc, 1.0F, diag);
}

/* The last layer's codes are read with its own scale; another one needs a table between. */
static bo_status finish_codes(bo_import *import, const bo_meaning *codes, bo_diag *diag) {
  const bo_net *net = import->net;
  const bool is_last = net->layers > 0 && codes->layer == (int32_t)net->layers - 1;
  if (is_last && same_quant(net->layer[codes->layer].out_quant, codes->quant)) {
    return BO_OK;
  }
  if (codes->layer == BO_NET_INPUT) {
    return bo_fail(diag, BO_E_INVALID, "output: no layer between it and the input");
  }
  bo_layer *layer = NULL;
  const bo_status status = bo_import_layer_new(&layer, import, "output", BO_OP_TABLE, diag);
  if (status != BO_OK) {
    return status;
  }
  layer->input[0] = codes->layer;
  layer->in = layer->out = codes->shape;
  layer->in_quant[0] = layer->out_quant = codes->quant;
  for (uint32_t code = 0; code < 256; code++) {
    layer->table[code] = (uint8_t)code;
  }
  return BO_OK;
}

bo_status bo_import_finish(bo_import *import, const bo_meaning *output, bo_diag *diag) {
  const bo_shape shape = output->shape;
  bo_status status = BO_OK;
  const bool is_codes = output->kind == BO_MEANS_CODES && output->quant.scale > 0.0F;
  const bool is_levels = output->kind == BO_MEANS_LEVELS && output->is_plain;
  if (output->kind != BO_MEANS_ACC && !is_codes && !is_levels) {
    return bo_fail(diag, BO_E_INVALID,
                   "output: expected quantised values or a Conv, Gemm or MatMul, got %s",
                   bo_meaning_text(output));
  }
  if (shape.h != 1 || shape.w != 1) {
    return bo_fail(diag, BO_E_INVALID,
                   "output: expected one vector of classes, got %ux%u positions of %u channels",
                   shape.h, shape.w, shape.c);
  }
  status = output->kind == BO_MEANS_ACC ? finish_acc(import, output, diag)
                                        : finish_codes(import, output, diag);
  import->net->classes = shape.c;
  return status;
}
