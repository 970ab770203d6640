#include "accel/conv.h"

#include "accel/requant_rows.h"
#include "accel/window_sum.h"
#include "base/simd.h"
#include "net/tensor.h"

#include <stdlib.h>
#include <string.h>

struct bo_conv {
  const bo_layer *layer;
  const bo_weights *weights;
  const bo_conv_kernel *kernel;
  void *state;         /* of the kernel */
  bo_conv_shape shape; /* as the kernel sees it: with is_padded, the input is the padded copy */
  bool is_padded;
  bool has_slope, one_slope;
  int32_t *offset, *slope; /* [out.c] */
};

/* shift of the file comment. */
static int32_t weight_shift(const bo_weights *weights, size_t n) {
  const bool is_signed = weights->storage == BO_STORAGE_TWOS_COMPLEMENT;
  const int32_t levels = (int32_t)1 << weights->bits;
  const int32_t lowest = (is_signed ? -levels / 2 : 0) - weights->zero_point[n];
  if (lowest >= INT8_MIN && lowest + levels - 1 <= INT8_MAX) {
    return weights->zero_point[n];
  }
  return is_signed ? 0 : levels / 2;
}

static bool has_slope(const bo_weights *weights) {
  for (size_t n = 0; n < (size_t)weights->groups * weights->outputs; n++) {
    if (weight_shift(weights, n) != weights->zero_point[n]) {
      return true;
    }
  }
  return false;
}

static bool has_padding(const bo_window *win) {
  return (win->pad_top | win->pad_left | win->pad_bottom | win->pad_right) != 0;
}

/* Makes the input as large as with its padding, and the padding none. */
static bo_status pad_shape(const bo_layer *layer, bo_conv_shape *shape, bo_diag *diag) {
  bo_window *win = &shape->window;
  const uint64_t h = (uint64_t)shape->in.h + win->pad_top + win->pad_bottom;
  const uint64_t w = (uint64_t)shape->in.w + win->pad_left + win->pad_right;
  const uint64_t max = BO_TENSOR_MAX_ELEMENTS;
  if (h > max || w > max || h * w > max / shape->in.c) {
    return bo_fail(diag, BO_E_INVALID, "%s: a padded input of %llux%llux%u is too large",
                   layer->name, (unsigned long long)h, (unsigned long long)w, shape->in.c);
  }
  shape->in.h = (uint32_t)h;
  shape->in.w = (uint32_t)w;
  win->pad_top = win->pad_left = win->pad_bottom = win->pad_right = 0;
  return BO_OK;
}

static bo_status try_kernel(bo_conv *conv, const bo_conv_kernel *kernel, uint32_t images,
                            bo_diag *diag) {
  const bo_layer *layer = conv->layer;
  conv->shape = (bo_conv_shape){
      .images = images,
      .in = layer->in,
      .out = layer->out,
      .window = layer->window,
      .groups = conv->weights->groups,
  };
  conv->kernel = kernel;
  conv->is_padded =
      has_padding(&layer->window) && (layer->in_quant[0].zero_point != 0 || !kernel->pads);
  if (conv->is_padded) {
    const bo_status status = pad_shape(layer, &conv->shape, diag);
    if (status != BO_OK) {
      return status;
    }
  }
  return kernel->create(&conv->state, &conv->shape, diag);
}

bo_status bo_conv_new(bo_conv **out, const bo_net *net, uint32_t index, uint32_t images,
                      const bo_conv_kernel *const kernels[2], bo_diag *diag) {
  *out = NULL;
  bo_conv *conv = calloc(1, sizeof *conv);
  if (conv == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", net->layer[index].name);
  }
  conv->layer = &net->layer[index];
  conv->weights = &net->weights[conv->layer->weights];
  conv->has_slope = has_slope(conv->weights);
  conv->offset = calloc(conv->layer->out.c, sizeof *conv->offset);
  conv->slope = calloc(conv->layer->out.c, sizeof *conv->slope);
  bo_status status =
      conv->offset == NULL || conv->slope == NULL
          ? bo_fail(diag, BO_E_NOMEM, "%s: out of memory", conv->layer->name)
          : bo_fail(diag, BO_E_INVALID, "%s: no kernel is exact here", conv->layer->name);
  for (int i = 0; i < 2 && status == BO_E_INVALID; i++) {
    if (kernels[i] != NULL) {
      status = try_kernel(conv, kernels[i], images, diag);
    }
  }
  if (status != BO_OK) {
    bo_conv_free(conv);
    return status;
  }
  *out = conv;
  return BO_OK;
}

void bo_conv_free(bo_conv *conv) {
  if (conv != NULL) {
    if (conv->kernel != NULL) {
      conv->kernel->destroy(conv->state);
    }
    free(conv->offset);
    free(conv->slope);
    free(conv);
  }
}

bo_conv_sizes bo_conv_get_sizes(const bo_conv *conv) {
  const bo_conv_shape *shape = &conv->shape;
  const size_t pixels = (size_t)shape->images * shape->in.h * shape->in.w;
  const size_t places = (size_t)shape->images * shape->out.h * shape->out.w;
  return (bo_conv_sizes){
      .padded = conv->is_padded ? pixels * shape->in.c : 0,
      .acc = places * shape->out.c,
      .window_scratch = conv->has_slope ? bo_window_sum_scratch(shape) : 0,
      .window_sum = conv->has_slope ? places * shape->groups : 0,
      .weights = (size_t)shape->out.c * bo_conv_inputs(shape),
  };
}

/* v of one output; returns their sum. sign: the sign bit of two's complement, else 0. */
BO_SIMD_CLONES
static int32_t decode_row(const uint8_t *restrict code, size_t count, int32_t sign, int32_t shift,
                          int8_t *restrict weight) {
  int32_t sum = 0;
  for (size_t k = 0; k < count; k++) {
    const int32_t value = (code[k] ^ sign) - sign - shift;
    weight[k] = (int8_t)value;
    sum += value;
  }
  return sum;
}

bo_status bo_conv_load(bo_conv *conv, const uint8_t *codes, const bo_conv_scratch *scratch,
                       bo_diag *diag) {
  const bo_weights *weights = conv->weights;
  const size_t inputs = weights->inputs;
  const int32_t sign =
      weights->storage == BO_STORAGE_TWOS_COMPLEMENT ? (int32_t)1 << (weights->bits - 1) : 0;
  const uint32_t zx = conv->layer->in_quant[0].zero_point;
  conv->one_slope = true;
  for (size_t n = 0; n < conv->layer->out.c; n++) {
    const int32_t shift = weight_shift(weights, n);
    const int32_t sum =
        decode_row(codes + n * inputs, inputs, sign, shift, scratch->weights + n * inputs);
    const int32_t slope = weights->zero_point[n] - shift;
    conv->slope[n] = slope;
    conv->one_slope = conv->one_slope && slope == conv->slope[0];
    conv->offset[n] = (int32_t)((uint32_t)conv->layer->bias[n] - zx * (uint32_t)sum +
                                zx * (uint32_t)inputs * (uint32_t)slope);
  }
  return conv->kernel->load(conv->state, scratch->weights, diag);
}

/* Copies the images into the middle of rows and columns of zx. */
static void pad_input(const bo_conv *conv, const uint8_t *input, uint8_t *padded) {
  const bo_layer *layer = conv->layer;
  const bo_window *win = &layer->window;
  const uint8_t zx = layer->in_quant[0].zero_point;
  const size_t row = (size_t)conv->shape.in.w * layer->in.c;
  const size_t left = (size_t)win->pad_left * layer->in.c;
  const size_t right = (size_t)win->pad_right * layer->in.c;
  const size_t middle = (size_t)layer->in.w * layer->in.c;
  for (uint32_t image = 0; image < conv->shape.images; image++) {
    memset(padded, zx, win->pad_top * row);
    padded += win->pad_top * row;
    for (uint32_t y = 0; y < layer->in.h; y++) {
      memset(padded, zx, left);
      memcpy(padded + left, input, middle);
      memset(padded + left + middle, zx, right);
      padded += row;
      input += middle;
    }
    memset(padded, zx, win->pad_bottom * row);
    padded += win->pad_bottom * row;
  }
}

bo_status bo_conv_run(const bo_conv *conv, const uint8_t *input, uint8_t *codes, float *logits,
                      const bo_conv_scratch *scratch, bo_diag *diag) {
  const bo_layer *layer = conv->layer;
  if (conv->is_padded) {
    pad_input(conv, input, scratch->padded);
    input = scratch->padded;
  }
  const bo_status status = conv->kernel->run(conv->state, input, scratch->acc, diag);
  if (status != BO_OK) {
    return status;
  }
  if (conv->has_slope) {
    bo_window_sum(&conv->shape, input, scratch->window_scratch, scratch->window_sum);
  }
  const bo_requant_rows rows = {
      .places = (size_t)conv->shape.images * layer->out.h * layer->out.w,
      .groups = conv->shape.groups,
      .outputs = layer->out.c / conv->shape.groups,
      .sum = scratch->acc,
      .window_sum = conv->has_slope ? scratch->window_sum : NULL,
      .offset = conv->offset,
      .slope = conv->slope,
      .one_slope = conv->one_slope,
      .multiplier = layer->multiplier,
      .zero_point = layer->out_quant.zero_point,
      .lo = layer->lo,
      .hi = layer->hi,
  };
  if (logits != NULL) {
    bo_requant_rows_floats(&rows, logits);
  } else {
    bo_requant_rows_codes(&rows, codes);
  }
  return BO_OK;
}
