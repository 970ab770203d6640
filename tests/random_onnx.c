#include "random_onnx.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  MOST_BLOCKS = 5,
  NAME = 40,
};

/* A quantised activation: its codes and, in QDQ graphs, the float behind them. */
typedef struct value {
  char codes[NAME], real[NAME];
  char scale_name[NAME], zero_name[NAME];
  bool is_signed;
  float scale;
  uint32_t c, h, w;
} value;

typedef struct graph {
  test_draws draws;
  random_onnx_style style;
  onnx_builder *builder;
  uint32_t names;
  value current, kept; /* kept: an earlier value, for a residual connection */
} graph;

static bool one_in(graph *g, uint32_t n) {
  return test_draw(&g->draws) % n == 0;
}

static uint32_t draw(graph *g, int32_t lo, int32_t hi) {
  return (uint32_t)test_draw_in(&g->draws, lo, hi);
}

static void fresh(graph *g, char name[NAME], const char *prefix) {
  (void)snprintf(name, NAME, "%s%u", prefix, g->names++);
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
format(char text[160], const char *pattern, ...) {
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
static void draw_quant_of(graph *g, value *v, double target_scale, bool is_signed) {
  v->scale = draw_scale(g, target_scale);
  v->is_signed = is_signed;
  const int32_t zero =
      one_in(g, 3) ? 0 : test_draw_in(&g->draws, -30, 30) + (v->is_signed ? 0 : 128);
  const uint8_t byte = (uint8_t)zero;
  const char *dims = one_in(g, 2) ? "" : "1";
  fresh(g, v->scale_name, "scale");
  fresh(g, v->zero_name, "zero");
  onnx_builder_f32(g->builder, v->scale_name, dims, &v->scale);
  onnx_builder_tensor(g->builder, v->zero_name, v->is_signed ? BO_I8 : BO_U8, dims, &byte);
}

static void draw_quant(graph *g, value *v, double target_scale) {
  draw_quant_of(g, v, target_scale, one_in(g, 2));
}

/* Clip of codes, as narrower quantisers write it. */
static void clip_codes(graph *g, value *v) {
  char lo[NAME];
  char hi[NAME];
  char inputs[160];
  const bo_dtype dtype = v->is_signed ? BO_I8 : BO_U8;
  const int32_t least = test_draw_in(&g->draws, 0, 60) - (v->is_signed ? 128 : 0);
  fresh(g, lo, "lo");
  fresh(g, hi, "hi");
  onnx_builder_scalar(g->builder, lo, dtype, least);
  onnx_builder_scalar(g->builder, hi, dtype, least + test_draw_in(&g->draws, 100, 180));
  format(inputs, "%s %s %s", v->codes, lo, hi);
  fresh(g, v->codes, "clipped");
  onnx_builder_node(g->builder, "Clip", v->codes, inputs, v->codes, "");
}

static void dequantize(graph *g, value *v) {
  char inputs[160];
  format(inputs, "%s %s %s", v->codes, v->scale_name, v->zero_name);
  fresh(g, v->real, "real");
  onnx_builder_node(g->builder, "DequantizeLinear", v->real, inputs, v->real, "");
}

/* QuantizeLinear of the float @p real with v's scale, and DequantizeLinear in QDQ graphs. */
static void quantize(graph *g, value *v, const char *real) {
  char inputs[160];
  format(inputs, "%s %s %s", real, v->scale_name, v->zero_name);
  fresh(g, v->codes, "codes");
  onnx_builder_node(g->builder, "QuantizeLinear", v->codes, inputs, v->codes, "");
  if (one_in(g, 5)) {
    clip_codes(g, v);
  }
  dequantize(g, v);
}

/* What weights() made. */
typedef struct weights {
  char name[NAME]; /* codes; in QDQ graphs the float behind them */
  char scale_name[NAME], zero_name[NAME];
  float scale[64];
  bool is_per_channel;
  double span; /* standard deviation of w' - zw */
} weights;

static void weight_quant(graph *g, weights *w, uint32_t outputs, bool is_signed, bool narrow) {
  char dims[16];
  uint8_t zero[64];
  w->is_per_channel = one_in(g, 2);
  const int32_t one_zero = one_in(g, 2) ? 0 : test_draw_in(&g->draws, 0, 7);
  for (uint32_t n = 0; n < outputs; ++n) {
    const bool again = n > 0 && !w->is_per_channel;
    w->scale[n] = again ? w->scale[0] : draw_scale(g, exp2(-5.0 - 2.0 * test_draw_unit(&g->draws)));
    zero[n] = (uint8_t)(one_zero + (is_signed || narrow ? 0 : 120));
  }
  (void)snprintf(dims, sizeof dims, w->is_per_channel ? "%u" : "", outputs);
  fresh(g, w->scale_name, "w_scale");
  fresh(g, w->zero_name, "w_zero");
  onnx_builder_f32(g->builder, w->scale_name, dims, w->scale);
  onnx_builder_tensor(g->builder, w->zero_name, is_signed ? BO_I8 : BO_U8, dims, zero);
}

static void weight_clip(graph *g, weights *w, bool is_signed) {
  char inputs[160];
  const bo_dtype dtype = is_signed ? BO_I8 : BO_U8;
  format(inputs, "%s lo%u hi%u", w->name, g->names, g->names);
  (void)snprintf(w->name, NAME, "lo%u", g->names);
  onnx_builder_scalar(g->builder, w->name, dtype, is_signed ? (one_in(g, 2) ? -8 : -7) : 0);
  (void)snprintf(w->name, NAME, "hi%u", g->names++);
  onnx_builder_scalar(g->builder, w->name, dtype, is_signed ? 7 : 15);
  fresh(g, w->name, "w_clipped");
  onnx_builder_node(g->builder, "Clip", w->name, inputs, w->name, "");
}

/* A weight tensor of @p dims, outputs along @p axis, in any of the ways to write one. */
static void draw_weights(graph *g, weights *w, const char *dims, uint32_t outputs, uint32_t count,
                         uint32_t axis) {
  char inputs[160];
  char attributes[160];
  const bool qdq = g->style != RANDOM_QOPERATOR;
  const bool is_signed = one_in(g, 2);
  const bool narrow = one_in(g, 3);
  const bool from_floats = qdq && one_in(g, 2);
  weight_quant(g, w, outputs, is_signed, narrow);
  format(attributes, w->is_per_channel ? "axis=%u" : "", axis);
  fresh(g, w->name, "w");
  float *floats = calloc(count, sizeof *floats);
  uint8_t *codes = calloc(count, 1);
  if (floats == NULL || codes == NULL) {
    abort();
  }
  test_draw_bytes(&g->draws, codes, count);
  for (uint32_t i = 0; i < count; ++i) {
    floats[i] = (float)(w->scale[0] * (narrow ? 12.0 : 250.0) * (test_draw_unit(&g->draws) - 0.5));
  }
  if (from_floats) {
    onnx_builder_f32(g->builder, w->name, dims, floats);
    format(inputs, "%s %s %s", w->name, w->scale_name, w->zero_name);
    fresh(g, w->name, "w_codes");
    onnx_builder_node(g->builder, "QuantizeLinear", w->name, inputs, w->name, attributes);
  } else if (one_in(g, 4)) {
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
    format(inputs, "%s %s %s", w->name, w->scale_name, w->zero_name);
    fresh(g, w->name, "w_real");
    onnx_builder_node(g->builder, "DequantizeLinear", w->name, inputs, w->name, attributes);
  }
}

/* Bias of a float operator: float32, or int32 with DequantizeLinear; whole steps of sx * sw. */
static void draw_float_bias(graph *g, char name[NAME], const weights *w, uint32_t outputs,
                            double spread) {
  char dims[16];
  char inputs[160];
  int32_t steps[64];
  float reals[64];
  float units[64];
  for (uint32_t n = 0; n < outputs; ++n) {
    units[n] = g->current.scale * w->scale[n];
    steps[n] = (int32_t)(spread * (test_draw_unit(&g->draws) - 0.5));
    reals[n] = (float)steps[n] * units[n];
  }
  (void)snprintf(dims, sizeof dims, "%u", outputs);
  fresh(g, name, "bias");
  if (one_in(g, 2)) {
    onnx_builder_f32(g->builder, name, dims, reals);
    return;
  }
  char scale_name[NAME];
  fresh(g, scale_name, "bias_scale");
  onnx_builder_tensor(g->builder, name, BO_I32, dims, steps);
  onnx_builder_f32(g->builder, scale_name, w->is_per_channel ? dims : "", units);
  format(inputs, "%s %s", name, scale_name);
  fresh(g, name, "bias_real");
  onnx_builder_node(g->builder, "DequantizeLinear", name, inputs, name, "axis=0");
}

/* BatchNormalization of @p real; exact: powers of two, and whole steps as offsets. */
static void draw_batch_norm(graph *g, char real[NAME], const weights *w, uint32_t channels) {
  static const char *const suffix[] = {"gamma", "beta", "mean", "var"};
  char dims[16];
  char inputs[160];
  float parameter[4][64];
  const bool exact = g->style == RANDOM_QDQ_EXACT;
  for (uint32_t c = 0; c < channels; ++c) {
    const float unit = g->current.scale * w->scale[c];
    const double gain = exact ? 1.0 : 0.6 + test_draw_unit(&g->draws);
    const float sign = one_in(g, 4) ? -1.0F : 1.0F;
    parameter[0][c] = sign * (float)(gain * exp2(draw(g, 0, 2)));
    parameter[1][c] = parameter[0][c] * unit * (float)test_draw_in(&g->draws, -1000, 1000);
    parameter[2][c] = unit * (float)test_draw_in(&g->draws, -1000, 1000);
    parameter[3][c] = exact ? 1.0F : (float)(0.5 + test_draw_unit(&g->draws));
  }
  (void)snprintf(dims, sizeof dims, "%u", channels);
  char name[NAME];
  fresh(g, name, "bn");
  for (size_t i = 0; i < 4; ++i) {
    char full[2 * NAME];
    (void)snprintf(full, sizeof full, "%s_%s", name, suffix[i]);
    onnx_builder_f32(g->builder, full, dims, parameter[i]);
  }
  format(inputs, "%s %s_gamma %s_beta %s_mean %s_var", real, name, name, name, name);
  onnx_builder_node(g->builder, "BatchNormalization", name, inputs, name,
                    exact ? "epsilon=0.0" : "epsilon=0.001");
  (void)snprintf(real, NAME, "%s", name);
}

static void relu(graph *g, char real[NAME]) {
  char inputs[160];
  format(inputs, "%s", real);
  fresh(g, real, "relu");
  onnx_builder_node(g->builder, "Relu", real, inputs, real, "");
}

/* Relu, Clip, or nothing. */
static void draw_activation(graph *g, char real[NAME], double bound) {
  if (one_in(g, 2)) {
    relu(g, real);
  } else if (one_in(g, 3)) {
    char inputs[160];
    char lo[NAME];
    char hi[NAME];
    fresh(g, lo, "lo");
    fresh(g, hi, "hi");
    onnx_builder_scalar(g->builder, lo, BO_F32, one_in(g, 2) ? 0.0 : -bound);
    onnx_builder_scalar(g->builder, hi, BO_F32, bound);
    format(inputs, "%s %s %s", real, lo, hi);
    fresh(g, real, "clip");
    onnx_builder_node(g->builder, "Clip", real, inputs, real, "");
  }
}

/* Geometry of a window, as attributes and as the size of the result. */
typedef struct window {
  uint32_t kernel_h, kernel_w, h, w;
  char attributes[160];
} window;

static void draw_window(graph *g, window *out, uint32_t most_kernel, bool may_dilate) {
  const value *x = &g->current;
  out->kernel_h = draw(g, 1, (int32_t)(x->h < most_kernel ? x->h : most_kernel));
  out->kernel_w = draw(g, 1, (int32_t)(x->w < most_kernel ? x->w : most_kernel));
  const uint32_t stride = draw(g, 1, 2);
  const uint32_t dilation =
      may_dilate && (out->kernel_h - 1) * 2 < x->h && (out->kernel_w - 1) * 2 < x->w && one_in(g, 4)
          ? 2
          : 1;
  const uint32_t extent_h = (out->kernel_h - 1) * dilation + 1;
  const uint32_t extent_w = (out->kernel_w - 1) * dilation + 1;
  if (one_in(g, 4)) {
    out->h = (x->h + stride - 1) / stride;
    out->w = (x->w + stride - 1) / stride;
    format(out->attributes, "kernel_shape=%u,%u strides=%u,%u dilations=%u,%u auto_pad=%s",
           out->kernel_h, out->kernel_w, stride, stride, dilation, dilation,
           one_in(g, 2) ? "SAME_UPPER" : "SAME_LOWER");
    return;
  }
  const uint32_t top = dilation == 1 ? draw(g, 0, (int32_t)out->kernel_h - 1) : 0;
  const uint32_t left = dilation == 1 ? draw(g, 0, (int32_t)out->kernel_w - 1) : 0;
  const uint32_t bottom = dilation == 1 ? draw(g, 0, (int32_t)out->kernel_h - 1) : 0;
  out->h = (x->h + top + bottom - extent_h) / stride + 1;
  out->w = (x->w + left - extent_w) / stride + 1;
  format(out->attributes, "kernel_shape=%u,%u strides=%u,%u dilations=%u,%u pads=%u,%u,%u,0",
         out->kernel_h, out->kernel_w, stride, stride, dilation, dilation, top, left, bottom);
}

/* Float convolution of the current value, batch norm, activation and quantisation. */
static void finish_float_layer(graph *g, char real[NAME], const weights *w, value out,
                               double spread) {
  const double unit = (double)g->current.scale * w->scale[0];
  const bool norm = one_in(g, 3);
  if (norm) {
    draw_batch_norm(g, real, w, out.c);
  }
  draw_activation(g, real, unit * spread * (norm ? 2.0 : 1.0));
  draw_quant(g, &out, unit * spread * (norm ? 2.0 : 1.0) / 50.0);
  quantize(g, &out, real);
  g->current = out;
}

static void conv_block(graph *g) {
  const value x = g->current;
  window win;
  weights w;
  char dims[64];
  char inputs[160];
  char attributes[200];
  char bias[NAME] = "-";
  draw_window(g, &win, 3, true);
  const uint32_t groups = one_in(g, 3) ? x.c : 1;
  const uint32_t outputs = groups * draw(g, 1, groups > 1 ? 2 : 6);
  const uint32_t inputs_each = x.c / groups * win.kernel_h * win.kernel_w;
  (void)snprintf(dims, sizeof dims, "%u %u %u %u", outputs, x.c / groups, win.kernel_h,
                 win.kernel_w);
  draw_weights(g, &w, dims, outputs, outputs * inputs_each, 0);
  const double spread = 74.0 * w.span * sqrt((double)inputs_each);
  value out = {.c = outputs, .h = win.h, .w = win.w};
  (void)snprintf(attributes, sizeof attributes, "%s group=%u", win.attributes, groups);
  if (g->style == RANDOM_QOPERATOR) {
    int32_t steps[64];
    for (uint32_t n = 0; n < outputs; ++n) {
      steps[n] = (int32_t)(spread * (test_draw_unit(&g->draws) - 0.5));
    }
    (void)snprintf(dims, sizeof dims, "%u", outputs);
    fresh(g, bias, "bias");
    onnx_builder_tensor(g->builder, bias, BO_I32, dims, steps);
    draw_quant(g, &out, (double)x.scale * w.scale[0] * spread / 50.0);
    format(inputs, "%s %s %s %s %s %s %s %s %s", x.codes, x.scale_name, x.zero_name, w.name,
           w.scale_name, w.zero_name, out.scale_name, out.zero_name, one_in(g, 3) ? "-" : bias);
    fresh(g, out.codes, "conv");
    onnx_builder_node(g->builder, "QLinearConv", out.codes, inputs, out.codes, attributes);
    g->current = out;
    return;
  }
  if (one_in(g, 2)) {
    draw_float_bias(g, bias, &w, outputs, spread);
  }
  char real[NAME];
  format(inputs, "%s %s %s", x.real, w.name, bias);
  fresh(g, real, "conv");
  onnx_builder_node(g->builder, "Conv", real, inputs, real, attributes);
  finish_float_layer(g, real, &w, out, spread);
}

static void max_pool_block(graph *g) {
  window win;
  value out = g->current;
  draw_window(g, &win, 3, true);
  out.h = win.h;
  out.w = win.w;
  const bool has_codes = g->current.codes[0] != '\0';
  const bool on_codes = g->style == RANDOM_QOPERATOR || (has_codes && one_in(g, 3));
  char *name = on_codes ? out.codes : out.real;
  fresh(g, name, "max");
  onnx_builder_node(g->builder, "MaxPool", name, on_codes ? g->current.codes : g->current.real,
                    name, win.attributes);
  g->current = out;
  if (g->style != RANDOM_QOPERATOR && on_codes) {
    dequantize(g, &g->current);
  } else if (g->style != RANDOM_QOPERATOR && one_in(g, 2)) {
    char real[NAME];
    (void)snprintf(real, NAME, "%s", out.real);
    draw_quant(g, &out, (double)out.scale);
    quantize(g, &out, real);
    g->current = out;
  } else if (g->style != RANDOM_QOPERATOR) {
    g->current.codes[0] = '\0'; /* pooled as floats only */
  }
}

static void average_block(graph *g) {
  const value x = g->current;
  const bool qdq = g->style != RANDOM_QOPERATOR;
  const bool power_of_two = ((x.h * x.w) & (x.h * x.w - 1)) == 0;
  const bool global = (g->style != RANDOM_QDQ_EXACT || power_of_two) && one_in(g, 3);
  window win = {.h = 1, .w = 1};
  if (g->style == RANDOM_QDQ_EXACT && !global) { /* counts that divide exactly */
    if (x.h < 2 || x.w < 2) {
      return;
    }
    win.h = x.h / 2;
    win.w = x.w / 2;
    format(win.attributes, "kernel_shape=2,2 strides=2,2 count_include_pad=1");
  } else if (!global) {
    draw_window(g, &win, 3, false);
  }
  char attributes[200];
  (void)snprintf(attributes, sizeof attributes, "%s count_include_pad=%d", win.attributes,
                 one_in(g, 2));
  const char *attribute_text = global                         ? ""
                               : g->style == RANDOM_QDQ_EXACT ? win.attributes
                                                              : attributes;
  value out = {.c = x.c, .h = win.h, .w = win.w};
  draw_quant_of(g, &out, (double)x.scale * 0.7, x.is_signed);
  char inputs[160];
  if (qdq) {
    char real[NAME];
    fresh(g, real, "mean");
    onnx_builder_node(g->builder, global ? "GlobalAveragePool" : "AveragePool", real, x.real, real,
                      attribute_text);
    quantize(g, &out, real);
  } else {
    format(inputs, "%s %s %s %s %s", x.codes, x.scale_name, x.zero_name, out.scale_name,
           out.zero_name);
    fresh(g, out.codes, "mean");
    onnx_builder_node(g->builder,
                      global ? "com.microsoft.QLinearGlobalAveragePool"
                             : "com.microsoft.QLinearAveragePool",
                      out.codes, inputs, out.codes, attribute_text);
  }
  g->current = out;
}

/* Sum of the current value and the kept one if it fits, else itself. */
static void add_block(graph *g) {
  const value a = g->current;
  const bool fits =
      g->kept.c == a.c && g->kept.h == a.h && g->kept.w == a.w && g->kept.is_signed == a.is_signed;
  const value b = fits ? g->kept : a;
  value out = {.c = a.c, .h = a.h, .w = a.w};
  char inputs[160];
  draw_quant_of(g, &out, (double)(a.scale + b.scale), a.is_signed);
  if (g->style == RANDOM_QOPERATOR) {
    format(inputs, "%s %s %s %s %s %s %s %s", a.codes, a.scale_name, a.zero_name, b.codes,
           b.scale_name, b.zero_name, out.scale_name, out.zero_name);
    fresh(g, out.codes, "sum");
    onnx_builder_node(g->builder, "com.microsoft.QLinearAdd", out.codes, inputs, out.codes, "");
  } else {
    char real[NAME];
    format(inputs, "%s %s", a.real, b.real);
    fresh(g, real, "sum");
    onnx_builder_node(g->builder, "Add", real, inputs, real, "");
    draw_activation(g, real, (double)a.scale * 60.0);
    quantize(g, &out, real);
  }
  g->current = out;
}

/* A function of one activation: a table in the network. */
static void table_block(graph *g) {
  value out = g->current;
  if (g->style == RANDOM_QOPERATOR) {
    clip_codes(g, &g->current);
    return;
  }
  char real[NAME];
  char inputs[160];
  (void)snprintf(real, NAME, "%s", out.real);
  if (one_in(g, 2)) {
    relu(g, real);
  } else {
    char factor[NAME];
    fresh(g, factor, "factor");
    onnx_builder_scalar(g->builder, factor, BO_F32, one_in(g, 2) ? -0.5 : 1.5);
    format(inputs, "%s %s", real, factor);
    fresh(g, real, "scaled");
    onnx_builder_node(g->builder, "Mul", real, inputs, real, "");
  }
  draw_quant(g, &out, (double)out.scale * 1.3);
  quantize(g, &out, real);
  g->current = out;
}

static void draw_block(graph *g) {
  const uint32_t choice = draw(g, 0, 9);
  if (choice < 5) {
    conv_block(g);
  } else if (choice == 5) {
    max_pool_block(g);
  } else if (choice == 6) {
    average_block(g);
  } else if (choice == 7) {
    table_block(g);
  } else {
    add_block(g);
  }
}

static void flatten(graph *g, const char *from, char to[NAME]) {
  char inputs[160];
  fresh(g, to, "flat");
  if (one_in(g, 2)) {
    onnx_builder_node(g->builder, "Flatten", to, from, to, "");
    return;
  }
  char shape[NAME];
  const int64_t dims[] = {0, -1};
  fresh(g, shape, "shape");
  onnx_builder_tensor(g->builder, shape, BO_I64, "2", dims);
  format(inputs, "%s %s", from, shape);
  onnx_builder_node(g->builder, "Reshape", to, inputs, to, "");
}

static void finish_qoperator(graph *g, const char *flat, weights *w, uint32_t outputs,
                             double spread, bool gemm) {
  const value x = g->current;
  value out = {.c = outputs, .h = 1, .w = 1};
  char inputs[160];
  draw_quant(g, &out, (double)x.scale * w->scale[0] * spread / 50.0);
  if (gemm) {
    format(inputs, "%s %s %s %s %s %s - %s %s", flat, x.scale_name, x.zero_name, w->name,
           w->scale_name, w->zero_name, out.scale_name, out.zero_name);
  } else {
    format(inputs, "%s %s %s %s %s %s %s %s", flat, x.scale_name, x.zero_name, w->name,
           w->scale_name, w->zero_name, out.scale_name, out.zero_name);
  }
  onnx_builder_node(g->builder, gemm ? "com.microsoft.QGemm" : "QLinearMatMul", "matmul", inputs,
                    "y_codes", gemm ? "transB=1" : "");
  format(inputs, "y_codes %s %s", out.scale_name, out.zero_name);
  onnx_builder_node(g->builder, "DequantizeLinear", "output", inputs, "y", "");
}

/* Flatten and a matrix product of the whole image, so that every code counts. */
static void classifier(graph *g) {
  const value x = g->current;
  const uint32_t features = x.c * x.h * x.w;
  const uint32_t outputs = draw(g, 3, 9);
  const bool gemm = one_in(g, 2);
  const bool qdq = g->style != RANDOM_QOPERATOR;
  char dims[64];
  char inputs[160];
  char flat[NAME];
  char bias[NAME] = "-";
  weights w;
  flatten(g, qdq ? x.real : x.codes, flat);
  (void)snprintf(dims, sizeof dims, "%u %u", gemm ? outputs : features, gemm ? features : outputs);
  draw_weights(g, &w, dims, outputs, outputs * features, gemm ? 0 : 1);
  const double spread = 74.0 * w.span * sqrt((double)features);
  if (!qdq) {
    finish_qoperator(g, flat, &w, outputs, spread, gemm);
    return;
  }
  const bool has_bias = gemm && one_in(g, 2);
  if (has_bias) {
    draw_float_bias(g, bias, &w, outputs, spread);
  }
  const bool as_codes = one_in(g, 2);
  format(inputs, has_bias ? "%s %s %s" : "%s %s", flat, w.name, bias);
  char real[NAME] = "y";
  if (as_codes) {
    fresh(g, real, "product");
  }
  onnx_builder_node(g->builder, gemm ? "Gemm" : "MatMul", real, inputs, real,
                    gemm ? "transB=1" : "");
  if (as_codes) {
    value out = {.c = outputs, .h = 1, .w = 1};
    finish_float_layer(g, real, &w, out, spread);
    onnx_builder_node(g->builder, "Identity", "output", g->current.real, "y", "");
  }
}

/* The float input, perhaps with arithmetic on it, quantised. */
static void draw_input(graph *g, uint32_t c, uint32_t h, uint32_t w) {
  char dims[64];
  char real[NAME] = "x";
  (void)snprintf(dims, sizeof dims, "%s %u %u %u", one_in(g, 2) ? "-1" : "1", c, h, w);
  onnx_builder_input(g->builder, "x", BO_F32, dims);
  if (one_in(g, 2)) {
    float mean[64];
    const bool per_channel = one_in(g, 2);
    for (uint32_t i = 0; i < c; ++i) {
      mean[i] = (float)draw(g, 1, 60) / 128.0F;
    }
    (void)snprintf(dims, sizeof dims, per_channel ? "1 %u 1 1" : "", c);
    onnx_builder_f32(g->builder, "mean", dims, mean);
    onnx_builder_node(g->builder, "Sub", "centred", "x mean", "centred", "");
    onnx_builder_scalar(g->builder, "deviation", BO_F32, 0.25);
    onnx_builder_node(g->builder, "Div", "normalised", "centred deviation", "normalised", "");
    (void)snprintf(real, NAME, "normalised");
  }
  g->current = (value){.c = c, .h = h, .w = w};
  draw_quant(g, &g->current, 0.02);
  quantize(g, &g->current, real);
}

random_onnx_graph random_onnx(uint64_t seed, random_onnx_style style) {
  graph g = {.draws = {.seed = seed}, .style = style, .builder = onnx_builder_new(13)};
  random_onnx_graph out = {.builder = g.builder};
  out.c = draw(&g, 1, 4);
  out.h = draw(&g, 2, 8);
  out.w = draw(&g, 2, 8);
  draw_input(&g, out.c, out.h, out.w);
  const uint32_t blocks = draw(&g, 1, MOST_BLOCKS);
  for (uint32_t i = 0; i < blocks; ++i) {
    const value before = g.current;
    draw_block(&g);
    if (one_in(&g, 2)) {
      g.kept = before;
    }
  }
  classifier(&g);
  onnx_builder_output(g.builder, "y");
  return out;
}
