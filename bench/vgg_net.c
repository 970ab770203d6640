#include "vgg_net.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  LAYERS = 10,
  CONVS = 7,
};

static char *copy_text(const char *text) {
  const size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  return copy == NULL ? NULL : memcpy(copy, text, size);
}

static void random_bytes(uint64_t seed, uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i += 16) {
    const uint32_t counter[3] = {(uint32_t)(i / 16), 0, 0};
    const bo_rng_block block = bo_rng_draw(seed, BO_RNG_TEST, counter);
    memcpy(bytes + i, block.word, count - i < 16 ? count - i : 16);
  }
}

static bool make_weights(bo_net *net, bo_layer *layer, bo_storage storage) {
  bo_weights *weights = &net->weights[layer->weights];
  const uint32_t taps = layer->window.kernel_h * layer->window.kernel_w;
  *weights = (bo_weights){
      .storage = storage,
      .bits = 8,
      .groups = 1,
      .outputs = layer->out.c,
      .inputs = layer->in.c * taps,
  };
  const size_t count = (size_t)weights->outputs * weights->inputs;
  weights->code = malloc(count);
  weights->zero_point = calloc(weights->outputs, sizeof *weights->zero_point);
  weights->scale = calloc(weights->outputs, sizeof *weights->scale);
  layer->bias = calloc(weights->outputs, sizeof *layer->bias);
  layer->multiplier = calloc(weights->outputs, sizeof *layer->multiplier);
  if (weights->code == NULL || weights->zero_point == NULL || weights->scale == NULL ||
      layer->bias == NULL || layer->multiplier == NULL) {
    return false;
  }
  random_bytes(layer->weights, weights->code, count);
  for (uint32_t n = 0; n < weights->outputs; n++) {
    weights->zero_point[n] = storage == BO_STORAGE_OFFSET_BINARY ? 120 : 0;
    /* Uniform codes have a deviation of 74: sums then spread over the codes of the output. */
    weights->scale[n] = 1.0F / (74.0F * sqrtf((float)weights->inputs));
    layer->bias[n] = (int32_t)(n * 37 % 1000);
    layer->multiplier[n] = layer->in_quant[0].scale * weights->scale[n] / layer->out_quant.scale;
  }
  return true;
}

static void add_layer(bo_net *net, bo_op op, bo_shape out, uint32_t kernel, uint32_t stride,
                      uint32_t pad) {
  const uint32_t index = net->layers++;
  const bo_act_quant quant = {1.0F / 255.0F, 0};
  net->layer[index] = (bo_layer){
      .op = op,
      .name = copy_text("layer"),
      .input = {(int32_t)index - 1, BO_NET_INPUT},
      .in = index == 0 ? net->input : net->layer[index - 1].out,
      .out = out,
      .in_quant = {quant, quant},
      .out_quant = quant,
      .lo = 0,
      .hi = 255,
      .window = {kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad},
  };
  if (op == BO_OP_CONV) {
    net->layer[index].weights = net->weight_tensors++;
  }
}

static void add_layers(bo_net *net) {
  add_layer(net, BO_OP_CONV, (bo_shape){28, 28, 32}, 3, 1, 1);
  add_layer(net, BO_OP_CONV, (bo_shape){28, 28, 32}, 3, 1, 1);
  add_layer(net, BO_OP_MAX_POOL, (bo_shape){14, 14, 32}, 2, 2, 0);
  add_layer(net, BO_OP_CONV, (bo_shape){14, 14, 64}, 3, 1, 1);
  add_layer(net, BO_OP_CONV, (bo_shape){14, 14, 64}, 3, 1, 1);
  add_layer(net, BO_OP_MAX_POOL, (bo_shape){7, 7, 64}, 2, 2, 0);
  add_layer(net, BO_OP_CONV, (bo_shape){7, 7, 128}, 3, 1, 1);
  add_layer(net, BO_OP_CONV, (bo_shape){7, 7, 128}, 3, 1, 1);
  add_layer(net, BO_OP_AVG_POOL, (bo_shape){1, 1, 128}, 7, 1, 0);
  add_layer(net, BO_OP_CONV, (bo_shape){1, 1, 10}, 1, 1, 0);
  net->float_logits = 1;
  net->classes = 10;
}

bo_net *bench_vgg_net(bo_storage storage) {
  bo_net *net = calloc(1, sizeof *net);
  if (net == NULL) {
    return NULL;
  }
  net->name = copy_text("vgg-like, random weights");
  net->input = (bo_shape){28, 28, 1};
  net->input_quant = (bo_act_quant){1.0F / 255.0F, 0};
  net->input_gain = calloc(1, sizeof *net->input_gain);
  net->input_offset = calloc(1, sizeof *net->input_offset);
  net->layer = calloc(LAYERS, sizeof *net->layer);
  net->weights = calloc(CONVS, sizeof *net->weights);
  bool made = net->input_gain != NULL && net->input_offset != NULL && net->layer != NULL &&
              net->weights != NULL;
  if (made) {
    net->input_gain[0] = 1.0F;
    add_layers(net);
  }
  for (uint32_t i = 0; made && i < net->layers; i++) {
    if (net->layer[i].op == BO_OP_CONV) {
      made = make_weights(net, &net->layer[i], storage);
    }
  }
  if (!made) {
    bo_net_free(net);
    return NULL;
  }
  return net;
}

uint8_t *bench_images(const bo_net *net, size_t images) {
  const size_t count = images * net->input.h * net->input.w * net->input.c;
  uint8_t *codes = malloc(count);
  if (codes != NULL) {
    random_bytes(1000, codes, count);
  }
  return codes;
}
