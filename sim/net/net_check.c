#include "net/net.h"
#include "net/tensor.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Positions of a window along one axis; 0 if it does not fit or a number is out of range. */
static uint32_t window_positions(uint32_t size, uint32_t kernel, uint32_t stride, uint32_t dilation,
                                 uint64_t padding) {
  if (kernel == 0 || stride == 0 || dilation == 0) {
    return 0;
  }
  const uint64_t extent = (uint64_t)(kernel - 1) * dilation + 1;
  const uint64_t padded = size + padding;
  if (extent > padded) {
    return 0;
  }
  const uint64_t positions = (padded - extent) / stride + 1;
  return positions > UINT32_MAX ? 0 : (uint32_t)positions;
}

/* Whether every window along one axis has a tap in the input. */
static bool no_empty_window(uint32_t size, uint32_t kernel, uint32_t stride, uint32_t dilation,
                            uint32_t pad_before, uint32_t positions) {
  for (uint32_t i = 0; i < positions; i++) {
    const int64_t start = (int64_t)i * stride - pad_before;
    const int64_t skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
    if (skipped >= kernel || start + skipped * dilation >= size) {
      return false;
    }
  }
  return true;
}

static bool shape_is_sane(bo_shape shape) {
  return shape.h > 0 && shape.w > 0 && shape.c > 0 &&
         (uint64_t)shape.h * shape.w <= BO_TENSOR_MAX_ELEMENTS / shape.c;
}

static bool shape_equal(bo_shape a, bo_shape b) {
  return a.h == b.h && a.w == b.w && a.c == b.c;
}

static bool scale_is_sane(float scale) {
  return isfinite(scale) && scale > 0.0F;
}

static bo_status check_window(const bo_layer *layer, bo_diag *diag) {
  const bo_window *w = &layer->window;
  const uint32_t h = window_positions(layer->in.h, w->kernel_h, w->stride_h, w->dilation_h,
                                      (uint64_t)w->pad_top + w->pad_bottom);
  const uint32_t wide = window_positions(layer->in.w, w->kernel_w, w->stride_w, w->dilation_w,
                                         (uint64_t)w->pad_left + w->pad_right);
  if (h == 0 || wide == 0 || h != layer->out.h || wide != layer->out.w) {
    return bo_fail(diag, BO_E_INVALID,
                   "%s: the window on %ux%u gives %ux%u positions, the layer has %ux%u",
                   layer->name, layer->in.h, layer->in.w, h, wide, layer->out.h, layer->out.w);
  }
  if (layer->op != BO_OP_CONV &&
      (!no_empty_window(layer->in.h, w->kernel_h, w->stride_h, w->dilation_h, w->pad_top, h) ||
       !no_empty_window(layer->in.w, w->kernel_w, w->stride_w, w->dilation_w, w->pad_left, wide))) {
    return bo_fail(diag, BO_E_INVALID, "%s: a pooling window lies wholly in the padding",
                   layer->name);
  }
  return BO_OK;
}

/* K * 255 * 255 + |bias| < 2^31: no weights, however faulty, can overflow the accumulator. */
static bo_status check_accumulator(const bo_layer *layer, uint64_t inputs, bo_diag *diag) {
  for (uint32_t n = 0; n < layer->out.c; n++) {
    const uint64_t bias = (uint64_t)llabs((long long)layer->bias[n]);
    if (inputs * 255 * 255 + bias > INT32_MAX) {
      return bo_fail(diag, BO_E_INVALID,
                     "%s: channel %u: %llu products and a bias of %d can leave int32", layer->name,
                     n, (unsigned long long)inputs, layer->bias[n]);
    }
    if (!isfinite(layer->multiplier[n])) {
      return bo_fail(diag, BO_E_INVALID, "%s: channel %u: multiplier is not finite", layer->name,
                     n);
    }
  }
  return BO_OK;
}

static bo_status check_conv(const bo_net *net, const bo_layer *layer, bo_diag *diag) {
  if (layer->weights >= net->weight_tensors || layer->bias == NULL || layer->multiplier == NULL) {
    return bo_fail(diag, BO_E_INVALID, "%s: weights, bias or multiplier are missing", layer->name);
  }
  const bo_weights *weights = &net->weights[layer->weights];
  const bo_window *w = &layer->window;
  /* The kernel fits the padded input (check_window), but that bounds it by 2^33 only. */
  const uint64_t taps = (uint64_t)w->kernel_h * w->kernel_w;
  const uint64_t channels = layer->in.c / weights->groups;
  if (layer->in.c % weights->groups != 0 || taps > BO_TENSOR_MAX_ELEMENTS ||
      channels * taps != weights->inputs) {
    return bo_fail(
        diag, BO_E_INVALID, "%s: %u weights an output in %u groups, expected %u channels x %ux%u",
        layer->name, weights->inputs, weights->groups, layer->in.c, w->kernel_h, w->kernel_w);
  }
  if ((uint64_t)weights->groups * weights->outputs != layer->out.c) {
    return bo_fail(diag, BO_E_INVALID, "%s: %u x %u outputs of weights, expected %u channels",
                   layer->name, weights->groups, weights->outputs, layer->out.c);
  }
  return check_accumulator(layer, weights->inputs, diag);
}

static bo_status check_input(const bo_net *net, const bo_layer *layer, uint32_t index,
                             uint32_t which, bo_diag *diag) {
  const int32_t producer = layer->input[which];
  if (producer < BO_NET_INPUT || producer >= (int32_t)index) {
    return bo_fail(diag, BO_E_INVALID, "%s: input %d is not an earlier layer", layer->name,
                   producer);
  }
  const bo_shape shape = producer == BO_NET_INPUT ? net->input : net->layer[producer].out;
  if (!shape_equal(shape, layer->in)) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected an input of %ux%ux%u, got %ux%ux%u",
                   layer->name, layer->in.h, layer->in.w, layer->in.c, shape.h, shape.w, shape.c);
  }
  if (!scale_is_sane(layer->in_quant[which].scale)) {
    return bo_fail(diag, BO_E_INVALID, "%s: scale of the input must be positive and finite",
                   layer->name);
  }
  return BO_OK;
}

static bo_status check_op(const bo_net *net, const bo_layer *layer, bo_diag *diag) {
  const bool same_shape = shape_equal(layer->in, layer->out);
  const bool clamps = layer->lo != 0 || layer->hi != 255;
  bo_status status = BO_OK;
  switch (layer->op) {
  case BO_OP_CONV:
    status = check_window(layer, diag);
    return status == BO_OK ? check_conv(net, layer, diag) : status;
  case BO_OP_ADD:
    return same_shape ? BO_OK
                      : bo_fail(diag, BO_E_INVALID, "%s: shapes of Add differ", layer->name);
  case BO_OP_MAX_POOL:
  case BO_OP_AVG_POOL:
    if (layer->in.c != layer->out.c || (clamps && layer->op == BO_OP_MAX_POOL)) {
      return bo_fail(diag, BO_E_INVALID, "%s: a pool keeps its channels, and a maximum its codes",
                     layer->name);
    }
    if ((uint64_t)layer->window.kernel_h * layer->window.kernel_w > INT32_MAX / 255) {
      return bo_fail(diag, BO_E_INVALID, "%s: the sum of the window can leave int32", layer->name);
    }
    return check_window(layer, diag);
  case BO_OP_TABLE:
    return same_shape && !clamps
               ? BO_OK
               : bo_fail(diag, BO_E_INVALID, "%s: a table keeps its shape and has no clamp",
                         layer->name);
  }
  return bo_fail(diag, BO_E_INVALID, "%s: unknown operation %d", layer->name, (int)layer->op);
}

static bo_status check_layer(const bo_net *net, uint32_t index, bo_diag *diag) {
  const bo_layer *layer = &net->layer[index];
  if (layer->name == NULL) {
    return bo_fail(diag, BO_E_INVALID, "layer %u has no name", index);
  }
  if (!shape_is_sane(layer->out)) {
    return bo_fail(diag, BO_E_INVALID, "%s: output of %ux%ux%u is empty or too large", layer->name,
                   layer->out.h, layer->out.w, layer->out.c);
  }
  if (layer->lo > layer->hi) {
    return bo_fail(diag, BO_E_INVALID, "%s: clamps to %u ... %u, which is empty", layer->name,
                   layer->lo, layer->hi);
  }
  const bool leaves_floats = net->float_logits && index == net->layers - 1;
  if (!leaves_floats && !scale_is_sane(layer->out_quant.scale)) {
    return bo_fail(diag, BO_E_INVALID, "%s: scale of the output must be positive and finite",
                   layer->name);
  }
  const uint32_t inputs = layer->op == BO_OP_ADD ? 2 : 1;
  for (uint32_t which = 0; which < inputs; which++) {
    const bo_status status = check_input(net, layer, index, which, diag);
    if (status != BO_OK) {
      return status;
    }
  }
  return check_op(net, layer, diag);
}

static bo_status check_codes(const bo_weights *weights, uint32_t index, bo_diag *diag) {
  const size_t outputs = (size_t)weights->groups * weights->outputs;
  const bool is_signed = weights->storage == BO_STORAGE_TWOS_COMPLEMENT;
  const int32_t levels = (int32_t)1 << weights->bits;
  const int32_t lowest = is_signed ? -levels / 2 : 0;
  for (size_t n = 0; n < outputs; n++) {
    const int32_t zero_point = weights->zero_point[n];
    if (zero_point < lowest || zero_point >= lowest + levels || !scale_is_sane(weights->scale[n])) {
      return bo_fail(diag, BO_E_INVALID,
                     "weights %u: output %zu: scale or zero-point %d is out of range", index, n,
                     zero_point);
    }
  }
  for (size_t i = 0; i < outputs * weights->inputs; i++) {
    if (weights->code[i] >= levels) {
      return bo_fail(diag, BO_E_INVALID, "weights %u: code %zu is wider than %u bits", index, i,
                     weights->bits);
    }
  }
  return BO_OK;
}

static bo_status check_weights(const bo_net *net, uint32_t index, bo_diag *diag) {
  const bo_weights *weights = &net->weights[index];
  if (weights->code == NULL || weights->zero_point == NULL || weights->scale == NULL) {
    return bo_fail(diag, BO_E_INVALID, "weights %u: codes, scale or zero-point are missing", index);
  }
  if (weights->bits < 1 || weights->bits > 8 ||
      (weights->storage != BO_STORAGE_OFFSET_BINARY &&
       weights->storage != BO_STORAGE_TWOS_COMPLEMENT)) {
    return bo_fail(diag, BO_E_INVALID, "weights %u: expected 1 ... 8 bits, got %u", index,
                   weights->bits);
  }
  const bo_shape size = {weights->groups, weights->outputs, weights->inputs};
  if (!shape_is_sane(size)) {
    return bo_fail(diag, BO_E_INVALID, "weights %u: %ux%ux%u codes are none or too many", index,
                   size.h, size.w, size.c);
  }
  return check_codes(weights, index, diag);
}

static bo_status check_ends(const bo_net *net, bo_diag *diag) {
  if (net->name == NULL || net->layers == 0 || net->layer == NULL ||
      (net->weight_tensors > 0 && net->weights == NULL)) {
    return bo_fail(diag, BO_E_INVALID, "network: name or layers are missing");
  }
  if (!shape_is_sane(net->input) || !scale_is_sane(net->input_quant.scale) ||
      net->input_gain == NULL || net->input_offset == NULL) {
    return bo_fail(diag, BO_E_INVALID, "%s: input of %ux%ux%u or its quantisation is not valid",
                   net->name, net->input.h, net->input.w, net->input.c);
  }
  for (uint32_t c = 0; c < net->input.c; c++) {
    if (!isfinite(net->input_gain[c]) || !isfinite(net->input_offset[c])) {
      return bo_fail(diag, BO_E_INVALID, "%s: gain or offset of input channel %u is not finite",
                     net->name, c);
    }
  }
  return BO_OK;
}

static bo_status check_output(const bo_net *net, bo_diag *diag) {
  const bo_layer *last = &net->layer[net->layers - 1];
  if (net->classes != last->out.h * last->out.w * last->out.c) {
    return bo_fail(diag, BO_E_INVALID, "%s: %u classes, but the last layer has %u outputs",
                   net->name, net->classes, last->out.h * last->out.w * last->out.c);
  }
  if (net->float_logits && last->op != BO_OP_CONV) {
    return bo_fail(diag, BO_E_INVALID, "%s: only a convolution leaves float logits", last->name);
  }
  return BO_OK;
}

/* Products, or taps of a pool, of one image. A double: kernels alone may have 2^64 taps. */
static double work_of(const bo_net *net, const bo_layer *layer) {
  const double outputs = (double)layer->out.h * layer->out.w * layer->out.c;
  if (layer->op == BO_OP_CONV) {
    return outputs * net->weights[layer->weights].inputs;
  }
  const bool is_pool = layer->op == BO_OP_MAX_POOL || layer->op == BO_OP_AVG_POOL;
  return is_pool ? outputs * layer->window.kernel_h * layer->window.kernel_w : outputs;
}

/*
 * A run keeps the codes of every layer and visits every tap: a file of a few bytes must not ask for
 * all memory, nor for hours.
 */
static bo_status check_cost(const bo_net *net, bo_diag *diag) {
  uint64_t elements = 0;
  double work = 0;
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_shape out = net->layer[i].out;
    elements += (uint64_t)out.h * out.w * out.c;
    work += work_of(net, &net->layer[i]);
    if (work > BO_NET_MAX_WORK) {
      return bo_fail(diag, BO_E_INVALID,
                     "%s: an image takes more than %.0f products and window taps up to here",
                     net->layer[i].name, BO_NET_MAX_WORK);
    }
    if (elements > BO_TENSOR_MAX_ELEMENTS) {
      return bo_fail(diag, BO_E_INVALID, "%s: the activations up to here are more than %zu",
                     net->layer[i].name, BO_TENSOR_MAX_ELEMENTS);
    }
  }
  return BO_OK;
}

bo_status bo_net_check(const bo_net *net, bo_diag *diag) {
  bo_status status = check_ends(net, diag);
  for (uint32_t i = 0; status == BO_OK && i < net->weight_tensors; i++) {
    status = check_weights(net, i, diag);
  }
  for (uint32_t i = 0; status == BO_OK && i < net->layers; i++) {
    status = check_layer(net, i, diag);
  }
  if (status == BO_OK) {
    status = check_cost(net, diag);
  }
  return status == BO_OK ? check_output(net, diag) : status;
}
