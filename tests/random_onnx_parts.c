#include "random_onnx_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool part_one_in(graph *g, uint32_t n) {
  return test_draw(&g->draws) % n == 0;
}

uint32_t part_in_range(graph *g, int32_t lo, int32_t hi) {
  return (uint32_t)test_draw_in(&g->draws, lo, hi);
}

void part_fresh(graph *g, char name[NAME], const char *prefix) {
  (void)snprintf(name, NAME, "%s%u", prefix, g->names++);
}

void part_format(char text[160], const char *pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  (void)vsnprintf(text, 160, pattern, arguments);
  va_end(arguments);
}

/* About @p target; a power of two where arithmetic has to be exact. */
static float draw_scale(graph *g, double target) {
  if (g->style == RANDOM_QDQ_EXACT) {
    return (float)exp2(rint(log2(target)));
  }
  return (float)(target * exp2(test_draw_unit(&g->draws) - 0.5));
}

/* Scale and zero-point of activations as initialisers, of shape [] or [1]. */
void part_quant_of(graph *g, value *v, double target_scale, bool is_signed) {
  v->scale = draw_scale(g, target_scale);
  v->is_signed = is_signed;
  const int32_t zero =
      part_one_in(g, 3) ? 0 : test_draw_in(&g->draws, -30, 30) + (v->is_signed ? 0 : 128);
  const uint8_t byte = (uint8_t)zero;
  const char *dims = part_one_in(g, 2) ? "" : "1";
  part_fresh(g, v->scale_name, "scale");
  part_fresh(g, v->zero_name, "zero");
  onnx_builder_f32(g->builder, v->scale_name, dims, &v->scale);
  onnx_builder_tensor(g->builder, v->zero_name, v->is_signed ? BO_I8 : BO_U8, dims, &byte);
}

void part_quant(graph *g, value *v, double target_scale) {
  part_quant_of(g, v, target_scale, part_one_in(g, 2));
}

/* Clip of codes, as narrower quantisers write it. */
void part_clip_codes(graph *g, value *v) {
  char lo[NAME];
  char hi[NAME];
  char inputs[160];
  const bo_dtype dtype = v->is_signed ? BO_I8 : BO_U8;
  const int32_t least = test_draw_in(&g->draws, 0, 60) - (v->is_signed ? 128 : 0);
  part_fresh(g, lo, "lo");
  part_fresh(g, hi, "hi");
  onnx_builder_scalar(g->builder, lo, dtype, least);
  onnx_builder_scalar(g->builder, hi, dtype, least + test_draw_in(&g->draws, 100, 180));
  part_format(inputs, "%s %s %s", v->codes, lo, hi);
  part_fresh(g, v->codes, "clipped");
  onnx_builder_node(g->builder, "Clip", v->codes, inputs, v->codes, "");
}

void part_dequantize(graph *g, value *v) {
  char inputs[160];
  part_format(inputs, "%s %s %s", v->codes, v->scale_name, v->zero_name);
  part_fresh(g, v->real, "real");
  onnx_builder_node(g->builder, "DequantizeLinear", v->real, inputs, v->real, "");
}

/* QuantizeLinear of the float @p real with v's scale, and DequantizeLinear in QDQ graphs. */
void part_quantize(graph *g, value *v, const char *real) {
  char inputs[160];
  part_format(inputs, "%s %s %s", real, v->scale_name, v->zero_name);
  part_fresh(g, v->codes, "codes");
  onnx_builder_node(g->builder, "QuantizeLinear", v->codes, inputs, v->codes, "");
  if (part_one_in(g, 5)) {
    part_clip_codes(g, v);
  }
  part_dequantize(g, v);
}

static void weight_quant(graph *g, weights *w, uint32_t outputs, bool is_signed, bool narrow) {
  char dims[16];
  uint8_t zero[64];
  w->is_per_channel = part_one_in(g, 2);
  const int32_t one_zero = part_one_in(g, 2) ? 0 : test_draw_in(&g->draws, 0, 7);
  for (uint32_t n = 0; n < outputs; n++) {
    const bool again = n > 0 && !w->is_per_channel;
    w->scale[n] = again ? w->scale[0] : draw_scale(g, exp2(-5.0 - 2.0 * test_draw_unit(&g->draws)));
    zero[n] = (uint8_t)(one_zero + (is_signed || narrow ? 0 : 120));
  }
  (void)snprintf(dims, sizeof dims, w->is_per_channel ? "%u" : "", outputs);
  part_fresh(g, w->scale_name, "w_scale");
  part_fresh(g, w->zero_name, "w_zero");
  onnx_builder_f32(g->builder, w->scale_name, dims, w->scale);
  onnx_builder_tensor(g->builder, w->zero_name, is_signed ? BO_I8 : BO_U8, dims, zero);
}

static void weight_clip(graph *g, weights *w, bool is_signed) {
  char inputs[160];
  const bo_dtype dtype = is_signed ? BO_I8 : BO_U8;
  part_format(inputs, "%s lo%u hi%u", w->name, g->names, g->names);
  (void)snprintf(w->name, NAME, "lo%u", g->names);
  onnx_builder_scalar(g->builder, w->name, dtype, is_signed ? (part_one_in(g, 2) ? -8 : -7) : 0);
  (void)snprintf(w->name, NAME, "hi%u", g->names++);
  onnx_builder_scalar(g->builder, w->name, dtype, is_signed ? 7 : 15);
  part_fresh(g, w->name, "w_clipped");
  onnx_builder_node(g->builder, "Clip", w->name, inputs, w->name, "");
}

/* A weight tensor of @p dims, outputs along @p axis, in any of the ways to write one. */
void part_weights(graph *g, weights *w, const char *dims, uint32_t outputs, uint32_t count,
                  uint32_t axis) {
  char inputs[160];
  char attributes[160];
  const bool qdq = g->style != RANDOM_QOPERATOR;
  const bool is_signed = part_one_in(g, 2);
  const bool narrow = part_one_in(g, 3);
  const bool from_floats = qdq && part_one_in(g, 2);
  weight_quant(g, w, outputs, is_signed, narrow);
  part_format(attributes, w->is_per_channel ? "axis=%u" : "", axis);
  part_fresh(g, w->name, "w");
  float *floats = calloc(count, sizeof *floats);
  uint8_t *codes = calloc(count, 1);
  if (floats == NULL || codes == NULL) {
    abort();
  }
  test_draw_bytes(&g->draws, codes, count);
  for (uint32_t i = 0; i < count; i++) {
    floats[i] = (float)(w->scale[0] * (narrow ? 12.0 : 250.0) * (test_draw_unit(&g->draws) - 0.5));
  }
  if (from_floats) {
    onnx_builder_f32(g->builder, w->name, dims, floats);
    part_format(inputs, "%s %s %s", w->name, w->scale_name, w->zero_name);
    part_fresh(g, w->name, "w_codes");
    onnx_builder_node(g->builder, "QuantizeLinear", w->name, inputs, w->name, attributes);
  } else if (part_one_in(g, 4)) {
    onnx_builder_constant(g->builder, w->name, is_signed ? BO_I8 : BO_U8, dims, codes);
  } else {
    onnx_builder_tensor(g->builder, w->name, is_signed ? BO_I8 : BO_U8, dims, codes);
  }
  free(codes);
  free(floats);
  if (narrow) {
    weight_clip(g, w, is_signed);
  }
  w->span = narrow ? 7.0 : 74.0;
  if (qdq) {
    part_format(inputs, "%s %s %s", w->name, w->scale_name, w->zero_name);
    part_fresh(g, w->name, "w_real");
    onnx_builder_node(g->builder, "DequantizeLinear", w->name, inputs, w->name, attributes);
  }
}

/* Bias of a float operator: float32, or int32 with DequantizeLinear; whole steps of sx * sw. */
void part_float_bias(graph *g, char name[NAME], const weights *w, uint32_t outputs, double spread) {
  char dims[16];
  char inputs[160];
  int32_t steps[64];
  float reals[64];
  float units[64];
  for (uint32_t n = 0; n < outputs; n++) {
    units[n] = g->current.scale * w->scale[n];
    steps[n] = (int32_t)(spread * (test_draw_unit(&g->draws) - 0.5));
    reals[n] = (float)steps[n] * units[n];
  }
  (void)snprintf(dims, sizeof dims, "%u", outputs);
  part_fresh(g, name, "bias");
  if (part_one_in(g, 2)) {
    onnx_builder_f32(g->builder, name, dims, reals);
    return;
  }
  char scale_name[NAME];
  part_fresh(g, scale_name, "bias_scale");
  onnx_builder_tensor(g->builder, name, BO_I32, dims, steps);
  onnx_builder_f32(g->builder, scale_name, w->is_per_channel ? dims : "", units);
  part_format(inputs, "%s %s", name, scale_name);
  part_fresh(g, name, "bias_real");
  onnx_builder_node(g->builder, "DequantizeLinear", name, inputs, name, "axis=0");
}

/* BatchNormalization of @p real; exact: powers of two, and whole steps as offsets. */
void part_batch_norm(graph *g, char real[NAME], const weights *w, uint32_t channels) {
  static const char *const suffix[] = {"gamma", "beta", "mean", "var"};
  char dims[16];
  char inputs[160];
  float parameter[4][64];
  const bool exact = g->style == RANDOM_QDQ_EXACT;
  for (uint32_t c = 0; c < channels; c++) {
    const float unit = g->current.scale * w->scale[c];
    const double gain = exact ? 1.0 : 0.6 + test_draw_unit(&g->draws);
    const float sign = part_one_in(g, 4) ? -1.0F : 1.0F;
    parameter[0][c] = sign * (float)(gain * exp2(part_in_range(g, 0, 2)));
    parameter[1][c] = parameter[0][c] * unit * (float)test_draw_in(&g->draws, -1000, 1000);
    parameter[2][c] = unit * (float)test_draw_in(&g->draws, -1000, 1000);
    parameter[3][c] = exact ? 1.0F : (float)(0.5 + test_draw_unit(&g->draws));
  }
  (void)snprintf(dims, sizeof dims, "%u", channels);
  char name[NAME];
  part_fresh(g, name, "bn");
  for (size_t i = 0; i < 4; i++) {
    char full[2 * NAME];
    (void)snprintf(full, sizeof full, "%s_%s", name, suffix[i]);
    onnx_builder_f32(g->builder, full, dims, parameter[i]);
  }
  part_format(inputs, "%s %s_gamma %s_beta %s_mean %s_var", real, name, name, name, name);
  onnx_builder_node(g->builder, "BatchNormalization", name, inputs, name,
                    exact ? "epsilon=0.0" : "epsilon=0.001");
  (void)snprintf(real, NAME, "%s", name);
}

void part_relu(graph *g, char real[NAME]) {
  char inputs[160];
  part_format(inputs, "%s", real);
  part_fresh(g, real, "relu");
  onnx_builder_node(g->builder, "Relu", real, inputs, real, "");
}

/* Relu, Clip, or nothing. */
void part_activation(graph *g, char real[NAME], double bound) {
  if (part_one_in(g, 2)) {
    part_relu(g, real);
  } else if (part_one_in(g, 3)) {
    char inputs[160];
    char lo[NAME];
    char hi[NAME];
    part_fresh(g, lo, "lo");
    part_fresh(g, hi, "hi");
    onnx_builder_scalar(g->builder, lo, BO_F32, part_one_in(g, 2) ? 0.0 : -bound);
    onnx_builder_scalar(g->builder, hi, BO_F32, bound);
    part_format(inputs, "%s %s %s", real, lo, hi);
    part_fresh(g, real, "clip");
    onnx_builder_node(g->builder, "Clip", real, inputs, real, "");
  }
}
