#include "net/net.h"
#include "net/requant.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Buffers of one run: what the layers wrote for the current image, and the weights as numbers. */
typedef struct reference {
  const bo_net *net;
  const uint8_t *input; /* of the current image */
  uint8_t **output;     /* [layers] codes [h][w][c] */
  int32_t **weight;     /* [weight_tensors] w' - zw, order of bo_weights.code */
} reference;

static size_t at(bo_shape shape, int64_t y, int64_t x, uint32_t channel) {
  return ((size_t)y * shape.w + (size_t)x) * shape.c + channel;
}

static const uint8_t *input_of(const reference *run, const bo_layer *layer, uint32_t which) {
  const int32_t producer = layer->input[which];
  return producer == BO_NET_INPUT ? run->input : run->output[producer];
}

static uint8_t to_code(const bo_layer *layer, float value) {
  return (uint8_t)bo_round_to_code(value, layer->out_quant.zero_point, layer->lo, layer->hi);
}

/* Row and column of a tap of the window at an output position; false if it lies in the padding. */
static bool tap(const bo_layer *layer, uint32_t out_y, uint32_t out_x, uint32_t kernel_y,
                uint32_t kernel_x, int64_t *y, int64_t *x) {
  const bo_window *w = &layer->window;
  *y = (int64_t)out_y * w->stride_h + (int64_t)kernel_y * w->dilation_h - w->pad_top;
  *x = (int64_t)out_x * w->stride_w + (int64_t)kernel_x * w->dilation_w - w->pad_left;
  return *y >= 0 && *y < layer->in.h && *x >= 0 && *x < layer->in.w;
}

/* bias + sum (x - zx) * (w' - zw) of output channel n at one position. */
static int32_t convolve(const reference *run, const bo_layer *layer, uint32_t out_y, uint32_t out_x,
                        uint32_t n) {
  const bo_weights *weights = &run->net->weights[layer->weights];
  const uint8_t *input = input_of(run, layer, 0);
  const uint32_t channels = layer->in.c / weights->groups;
  const uint32_t first_channel = n / weights->outputs * channels;
  const int32_t *weight = run->weight[layer->weights] + (size_t)n * weights->inputs;
  int32_t acc = layer->bias[n];
  for (uint32_t c = 0; c < channels; c++) {
    for (uint32_t ky = 0; ky < layer->window.kernel_h; ky++) {
      for (uint32_t kx = 0; kx < layer->window.kernel_w; kx++, weight++) {
        int64_t y;
        int64_t x;
        if (tap(layer, out_y, out_x, ky, kx, &y, &x)) {
          acc += (input[at(layer->in, y, x, first_channel + c)] - layer->in_quant[0].zero_point) *
                 *weight;
        }
      }
    }
  }
  return acc;
}

static uint8_t max_pool(const reference *run, const bo_layer *layer, uint32_t out_y, uint32_t out_x,
                        uint32_t channel) {
  const uint8_t *input = input_of(run, layer, 0);
  uint8_t maximum = 0;
  for (uint32_t ky = 0; ky < layer->window.kernel_h; ky++) {
    for (uint32_t kx = 0; kx < layer->window.kernel_w; kx++) {
      int64_t y;
      int64_t x;
      if (tap(layer, out_y, out_x, ky, kx, &y, &x)) {
        const uint8_t code = input[at(layer->in, y, x, channel)];
        maximum = code > maximum ? code : maximum;
      }
    }
  }
  return maximum;
}

static uint8_t avg_pool(const reference *run, const bo_layer *layer, uint32_t out_y, uint32_t out_x,
                        uint32_t channel) {
  const uint8_t *input = input_of(run, layer, 0);
  int32_t sum = 0;
  uint32_t count = 0;
  for (uint32_t ky = 0; ky < layer->window.kernel_h; ky++) {
    for (uint32_t kx = 0; kx < layer->window.kernel_w; kx++) {
      int64_t y;
      int64_t x;
      const bool inside = tap(layer, out_y, out_x, ky, kx, &y, &x);
      if (inside) {
        sum += input[at(layer->in, y, x, channel)] - layer->in_quant[0].zero_point;
      }
      count += inside || layer->count_include_pad;
    }
  }
  const float divisor = layer->out_quant.scale * (float)count;
  const float multiplier = layer->in_quant[0].scale / divisor;
  return to_code(layer, (float)sum * multiplier);
}

static uint8_t add(const reference *run, const bo_layer *layer, size_t index) {
  float sum = 0.0F;
  for (uint32_t which = 0; which < 2; which++) {
    const bo_act_quant quant = layer->in_quant[which];
    const int32_t level = input_of(run, layer, which)[index] - quant.zero_point;
    const float term = (float)level * quant.scale;
    sum = sum + term;
  }
  return to_code(layer, sum / layer->out_quant.scale);
}

static uint8_t output_code(const reference *run, const bo_layer *layer, uint32_t y, uint32_t x,
                           uint32_t channel) {
  const size_t index = at(layer->out, y, x, channel);
  switch (layer->op) {
  case BO_OP_CONV:
    return to_code(layer, (float)convolve(run, layer, y, x, channel) * layer->multiplier[channel]);
  case BO_OP_ADD:
    return add(run, layer, index);
  case BO_OP_MAX_POOL:
    return max_pool(run, layer, y, x, channel);
  case BO_OP_AVG_POOL:
    return avg_pool(run, layer, y, x, channel);
  case BO_OP_TABLE:
    break;
  }
  return layer->table[input_of(run, layer, 0)[index]];
}

static void run_layer(const reference *run, uint32_t index) {
  const bo_layer *layer = &run->net->layer[index];
  for (uint32_t y = 0; y < layer->out.h; y++) {
    for (uint32_t x = 0; x < layer->out.w; x++) {
      for (uint32_t c = 0; c < layer->out.c; c++) {
        run->output[index][at(layer->out, y, x, c)] = output_code(run, layer, y, x, c);
      }
    }
  }
}

static void write_logits(const reference *run, float *logits) {
  const bo_layer *last = &run->net->layer[run->net->layers - 1];
  for (uint32_t y = 0; y < last->out.h; y++) {
    for (uint32_t x = 0; x < last->out.w; x++) {
      for (uint32_t c = 0; c < last->out.c; c++) {
        const size_t index = at(last->out, y, x, c);
        if (run->net->float_logits) {
          logits[index] = (float)convolve(run, last, y, x, c) * last->multiplier[c];
        } else {
          const int32_t level =
              run->output[run->net->layers - 1][index] - last->out_quant.zero_point;
          logits[index] = (float)level * last->out_quant.scale;
        }
      }
    }
  }
}

static bool decode_weights(const reference *run, const uint8_t *const *codes) {
  for (uint32_t t = 0; t < run->net->weight_tensors; t++) {
    const bo_weights *weights = &run->net->weights[t];
    const uint8_t *code = codes == NULL ? weights->code : codes[t];
    const size_t outputs = (size_t)weights->groups * weights->outputs;
    int32_t *weight = malloc(outputs * weights->inputs * sizeof *weight);
    run->weight[t] = weight;
    if (weight == NULL) {
      return false;
    }
    for (size_t n = 0; n < outputs; n++) {
      for (size_t k = 0; k < weights->inputs; k++) {
        *weight++ = bo_weights_decode(weights, *code++) - weights->zero_point[n];
      }
    }
  }
  return true;
}

static bool allocate(reference *run) {
  run->output = calloc(run->net->layers, sizeof *run->output);
  run->weight = calloc((size_t)run->net->weight_tensors + 1, sizeof *run->weight);
  if (run->output == NULL || run->weight == NULL) {
    return false;
  }
  for (uint32_t i = 0; i < run->net->layers; i++) {
    run->output[i] = malloc(bo_shape_size(run->net->layer[i].out));
    if (run->output[i] == NULL) {
      return false;
    }
  }
  return true;
}

static void release(reference *run) {
  for (uint32_t i = 0; run->output != NULL && i < run->net->layers; i++) {
    free(run->output[i]);
  }
  for (uint32_t t = 0; run->weight != NULL && t < run->net->weight_tensors; t++) {
    free(run->weight[t]);
  }
  free(run->output);
  free(run->weight);
}

/* False: out of memory, and there is nothing to release. */
static bool make(reference *run, const bo_net *net, const uint8_t *const *codes) {
  *run = (reference){.net = net};
  if (allocate(run) && decode_weights(run, codes)) {
    return true;
  }
  release(run);
  return false;
}

static bo_status no_memory(const bo_net *net, bo_diag *diag) {
  return bo_fail(diag, BO_E_NOMEM, "%s: no memory for the reference run", net->name);
}

bo_status bo_net_reference(const bo_net *net, const uint8_t *const *codes, const uint8_t *input,
                           size_t count, float *logits, bo_diag *diag) {
  reference run;
  if (!make(&run, net, codes)) {
    return no_memory(net, diag);
  }
  const uint32_t coded_layers = net->float_logits ? net->layers - 1 : net->layers;
  for (size_t image = 0; image < count; image++) {
    run.input = input + image * bo_shape_size(net->input);
    for (uint32_t i = 0; i < coded_layers; i++) {
      run_layer(&run, i);
    }
    write_logits(&run, logits + image * net->classes);
  }
  release(&run);
  return BO_OK;
}

bo_status bo_net_reference_input(const bo_net *net, const uint8_t *const *codes,
                                 const uint8_t *image, uint32_t index, uint8_t *in, bo_diag *diag) {
  reference run;
  uint32_t i = 0;
  if (!make(&run, net, codes)) {
    return no_memory(net, diag);
  }
  run.input = image;
  for (; i < net->layers && i < index; i++) {
    run_layer(&run, i);
  }
  const bool is_there = i < net->layers;
  if (is_there) {
    const bo_layer *const layer = &net->layer[i];
    memcpy(in, input_of(&run, layer, 0), bo_shape_size(layer->in));
  }
  release(&run);
  return is_there ? BO_OK
                  : bo_fail(diag, BO_E_INVALID, "%s: layer: expected 0..%u, got %u", net->name,
                            net->layers - 1, index);
}
