#include "random_onnx.h"

#include "random_onnx_parts.h"

#include <math.h>
#include <stdio.h>

enum {
  MOST_BLOCKS = 5,
};

/* Geometry of a window, as attributes and as the size of the result. */
typedef struct window {
  uint32_t kernel_h, kernel_w, h, w;
  char attributes[160];
} window;

static void draw_window(graph *g, window *out, uint32_t most_kernel, bool may_dilate) {
  const value *x = &g->current;
  out->kernel_h = part_in_range(g, 1, (int32_t)(x->h < most_kernel ? x->h : most_kernel));
  out->kernel_w = part_in_range(g, 1, (int32_t)(x->w < most_kernel ? x->w : most_kernel));
  const uint32_t stride = part_in_range(g, 1, 2);
  const uint32_t dilation = may_dilate && (out->kernel_h - 1) * 2 < x->h &&
                                    (out->kernel_w - 1) * 2 < x->w && part_one_in(g, 4)
                                ? 2
                                : 1;
  const uint32_t extent_h = (out->kernel_h - 1) * dilation + 1;
  const uint32_t extent_w = (out->kernel_w - 1) * dilation + 1;
  if (part_one_in(g, 4)) {
    out->h = (x->h + stride - 1) / stride;
    out->w = (x->w + stride - 1) / stride;
    part_format(out->attributes, "kernel_shape=%u,%u strides=%u,%u dilations=%u,%u auto_pad=%s",
                out->kernel_h, out->kernel_w, stride, stride, dilation, dilation,
                part_one_in(g, 2) ? "SAME_UPPER" : "SAME_LOWER");
    return;
  }
  const uint32_t top = dilation == 1 ? part_in_range(g, 0, (int32_t)out->kernel_h - 1) : 0;
  const uint32_t left = dilation == 1 ? part_in_range(g, 0, (int32_t)out->kernel_w - 1) : 0;
  const uint32_t bottom = dilation == 1 ? part_in_range(g, 0, (int32_t)out->kernel_h - 1) : 0;
  out->h = (x->h + top + bottom - extent_h) / stride + 1;
  out->w = (x->w + left - extent_w) / stride + 1;
  part_format(out->attributes, "kernel_shape=%u,%u strides=%u,%u dilations=%u,%u pads=%u,%u,%u,0",
              out->kernel_h, out->kernel_w, stride, stride, dilation, dilation, top, left, bottom);
}

/* Float convolution of the current value, batch norm, activation and quantisation. */
static void finish_float_layer(graph *g, char real[NAME], const weights *w, value out,
                               double spread) {
  const double unit = (double)g->current.scale * w->scale[0];
  const bool norm = part_one_in(g, 3);
  if (norm) {
    part_batch_norm(g, real, w, out.c);
  }
  part_activation(g, real, unit * spread * (norm ? 2.0 : 1.0));
  part_quant(g, &out, unit * spread * (norm ? 2.0 : 1.0) / 50.0);
  part_quantize(g, &out, real);
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
  const uint32_t groups = part_one_in(g, 3) ? x.c : 1;
  const uint32_t outputs = groups * part_in_range(g, 1, groups > 1 ? 2 : 6);
  const uint32_t inputs_each = x.c / groups * win.kernel_h * win.kernel_w;
  (void)snprintf(dims, sizeof dims, "%u %u %u %u", outputs, x.c / groups, win.kernel_h,
                 win.kernel_w);
  part_weights(g, &w, dims, outputs, outputs * inputs_each, 0);
  const double spread = 74.0 * w.span * sqrt((double)inputs_each);
  value out = {.c = outputs, .h = win.h, .w = win.w};
  (void)snprintf(attributes, sizeof attributes, "%s group=%u", win.attributes, groups);
  if (g->style == RANDOM_QOPERATOR) {
    int32_t steps[64];
    for (uint32_t n = 0; n < outputs; n++) {
      steps[n] = (int32_t)(spread * (test_draw_unit(&g->draws) - 0.5));
    }
    (void)snprintf(dims, sizeof dims, "%u", outputs);
    part_fresh(g, bias, "bias");
    onnx_builder_tensor(g->builder, bias, BO_I32, dims, steps);
    part_quant(g, &out, (double)x.scale * w.scale[0] * spread / 50.0);
    part_format(inputs, "%s %s %s %s %s %s %s %s %s", x.codes, x.scale_name, x.zero_name, w.name,
                w.scale_name, w.zero_name, out.scale_name, out.zero_name,
                part_one_in(g, 3) ? "-" : bias);
    part_fresh(g, out.codes, "conv");
    onnx_builder_node(g->builder, "QLinearConv", out.codes, inputs, out.codes, attributes);
    g->current = out;
    return;
  }
  if (part_one_in(g, 2)) {
    part_float_bias(g, bias, &w, outputs, spread);
  }
  char real[NAME];
  part_format(inputs, "%s %s %s", x.real, w.name, bias);
  part_fresh(g, real, "conv");
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
  const bool on_codes = g->style == RANDOM_QOPERATOR || (has_codes && part_one_in(g, 3));
  char *name = on_codes ? out.codes : out.real;
  part_fresh(g, name, "max");
  onnx_builder_node(g->builder, "MaxPool", name, on_codes ? g->current.codes : g->current.real,
                    name, win.attributes);
  g->current = out;
  if (g->style != RANDOM_QOPERATOR && on_codes) {
    part_dequantize(g, &g->current);
  } else if (g->style != RANDOM_QOPERATOR && part_one_in(g, 2)) {
    char real[NAME];
    (void)snprintf(real, NAME, "%s", out.real);
    part_quant(g, &out, (double)out.scale);
    part_quantize(g, &out, real);
    g->current = out;
  } else if (g->style != RANDOM_QOPERATOR) {
    g->current.codes[0] = '\0'; /* pooled as floats only */
  }
}

static void average_block(graph *g) {
  const value x = g->current;
  const bool qdq = g->style != RANDOM_QOPERATOR;
  const bool power_of_two = ((x.h * x.w) & (x.h * x.w - 1)) == 0;
  const bool global = (g->style != RANDOM_QDQ_EXACT || power_of_two) && part_one_in(g, 3);
  window win = {.h = 1, .w = 1};
  if (g->style == RANDOM_QDQ_EXACT && !global) { /* counts that divide exactly */
    if (x.h < 2 || x.w < 2) {
      return;
    }
    win.h = x.h / 2;
    win.w = x.w / 2;
    part_format(win.attributes, "kernel_shape=2,2 strides=2,2 count_include_pad=1");
  } else if (!global) {
    draw_window(g, &win, 3, false);
  }
  char attributes[200];
  (void)snprintf(attributes, sizeof attributes, "%s count_include_pad=%d", win.attributes,
                 part_one_in(g, 2));
  const char *attribute_text = global                         ? ""
                               : g->style == RANDOM_QDQ_EXACT ? win.attributes
                                                              : attributes;
  value out = {.c = x.c, .h = win.h, .w = win.w};
  part_quant_of(g, &out, (double)x.scale * 0.7, x.is_signed);
  char inputs[160];
  if (qdq) {
    char real[NAME];
    part_fresh(g, real, "mean");
    onnx_builder_node(g->builder, global ? "GlobalAveragePool" : "AveragePool", real, x.real, real,
                      attribute_text);
    part_quantize(g, &out, real);
  } else {
    part_format(inputs, "%s %s %s %s %s", x.codes, x.scale_name, x.zero_name, out.scale_name,
                out.zero_name);
    part_fresh(g, out.codes, "mean");
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
  part_quant_of(g, &out, (double)(a.scale + b.scale), a.is_signed);
  if (g->style == RANDOM_QOPERATOR) {
    part_format(inputs, "%s %s %s %s %s %s %s %s", a.codes, a.scale_name, a.zero_name, b.codes,
                b.scale_name, b.zero_name, out.scale_name, out.zero_name);
    part_fresh(g, out.codes, "sum");
    onnx_builder_node(g->builder, "com.microsoft.QLinearAdd", out.codes, inputs, out.codes, "");
  } else {
    char real[NAME];
    part_format(inputs, "%s %s", a.real, b.real);
    part_fresh(g, real, "sum");
    onnx_builder_node(g->builder, "Add", real, inputs, real, "");
    part_activation(g, real, (double)a.scale * 60.0);
    part_quantize(g, &out, real);
  }
  g->current = out;
}

/* A function of one activation: a table in the network. */
static void table_block(graph *g) {
  value out = g->current;
  if (g->style == RANDOM_QOPERATOR) {
    part_clip_codes(g, &g->current);
    return;
  }
  char real[NAME];
  char inputs[160];
  (void)snprintf(real, NAME, "%s", out.real);
  if (part_one_in(g, 2)) {
    part_relu(g, real);
  } else {
    char factor[NAME];
    part_fresh(g, factor, "factor");
    onnx_builder_scalar(g->builder, factor, BO_F32, part_one_in(g, 2) ? -0.5 : 1.5);
    part_format(inputs, "%s %s", real, factor);
    part_fresh(g, real, "scaled");
    onnx_builder_node(g->builder, "Mul", real, inputs, real, "");
  }
  part_quant(g, &out, (double)out.scale * 1.3);
  part_quantize(g, &out, real);
  g->current = out;
}

static void draw_block(graph *g) {
  const uint32_t choice = part_in_range(g, 0, 9);
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
  part_fresh(g, to, "flat");
  if (part_one_in(g, 2)) {
    onnx_builder_node(g->builder, "Flatten", to, from, to, "");
    return;
  }
  char shape[NAME];
  const int64_t dims[] = {0, -1};
  part_fresh(g, shape, "shape");
  onnx_builder_tensor(g->builder, shape, BO_I64, "2", dims);
  part_format(inputs, "%s %s", from, shape);
  onnx_builder_node(g->builder, "Reshape", to, inputs, to, "");
}

static void finish_qoperator(graph *g, const char *flat, weights *w, uint32_t outputs,
                             double spread, bool gemm) {
  const value x = g->current;
  value out = {.c = outputs, .h = 1, .w = 1};
  char inputs[160];
  part_quant(g, &out, (double)x.scale * w->scale[0] * spread / 50.0);
  if (gemm) {
    part_format(inputs, "%s %s %s %s %s %s - %s %s", flat, x.scale_name, x.zero_name, w->name,
                w->scale_name, w->zero_name, out.scale_name, out.zero_name);
  } else {
    part_format(inputs, "%s %s %s %s %s %s %s %s", flat, x.scale_name, x.zero_name, w->name,
                w->scale_name, w->zero_name, out.scale_name, out.zero_name);
  }
  onnx_builder_node(g->builder, gemm ? "com.microsoft.QGemm" : "QLinearMatMul", "matmul", inputs,
                    "y_codes", gemm ? "transB=1" : "");
  part_format(inputs, "y_codes %s %s", out.scale_name, out.zero_name);
  onnx_builder_node(g->builder, "DequantizeLinear", "output", inputs, "y", "");
}

/* Flatten and a matrix product of the whole image, so that every code counts. */
static void classifier(graph *g) {
  const value x = g->current;
  const uint32_t features = x.c * x.h * x.w;
  const uint32_t outputs = part_in_range(g, 3, 9);
  const bool gemm = part_one_in(g, 2);
  const bool qdq = g->style != RANDOM_QOPERATOR;
  char dims[64];
  char inputs[160];
  char flat[NAME];
  char bias[NAME] = "-";
  weights w;
  flatten(g, qdq ? x.real : x.codes, flat);
  (void)snprintf(dims, sizeof dims, "%u %u", gemm ? outputs : features, gemm ? features : outputs);
  part_weights(g, &w, dims, outputs, outputs * features, gemm ? 0 : 1);
  const double spread = 74.0 * w.span * sqrt((double)features);
  if (!qdq) {
    finish_qoperator(g, flat, &w, outputs, spread, gemm);
    return;
  }
  const bool has_bias = gemm && part_one_in(g, 2);
  if (has_bias) {
    part_float_bias(g, bias, &w, outputs, spread);
  }
  const bool as_codes = part_one_in(g, 2);
  part_format(inputs, has_bias ? "%s %s %s" : "%s %s", flat, w.name, bias);
  char real[NAME] = "y";
  if (as_codes) {
    part_fresh(g, real, "product");
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
  (void)snprintf(dims, sizeof dims, "%s %u %u %u", part_one_in(g, 2) ? "-1" : "1", c, h, w);
  onnx_builder_input(g->builder, "x", BO_F32, dims);
  if (part_one_in(g, 2)) {
    float mean[64];
    const bool per_channel = part_one_in(g, 2);
    for (uint32_t i = 0; i < c; i++) {
      mean[i] = (float)part_in_range(g, 1, 60) / 128.0F;
    }
    (void)snprintf(dims, sizeof dims, per_channel ? "1 %u 1 1" : "", c);
    onnx_builder_f32(g->builder, "mean", dims, mean);
    onnx_builder_node(g->builder, "Sub", "centred", "x mean", "centred", "");
    onnx_builder_scalar(g->builder, "deviation", BO_F32, 0.25);
    onnx_builder_node(g->builder, "Div", "normalised", "centred deviation", "normalised", "");
    (void)snprintf(real, NAME, "normalised");
  }
  g->current = (value){.c = c, .h = h, .w = w};
  part_quant(g, &g->current, 0.02);
  part_quantize(g, &g->current, real);
}

random_onnx_graph random_onnx(uint64_t seed, random_onnx_style style) {
  graph g = {.draws = {.seed = seed}, .style = style, .builder = onnx_builder_new(13)};
  random_onnx_graph out = {.builder = g.builder};
  out.c = part_in_range(&g, 1, 4);
  out.h = part_in_range(&g, 2, 8);
  out.w = part_in_range(&g, 2, 8);
  draw_input(&g, out.c, out.h, out.w);
  const uint32_t blocks = part_in_range(&g, 1, MOST_BLOCKS);
  for (uint32_t i = 0; i < blocks; i++) {
    const value before = g.current;
    draw_block(&g);
    if (part_one_in(&g, 2)) {
      g.kept = before;
    }
  }
  classifier(&g);
  onnx_builder_output(g.builder, "y");
  return out;
}
