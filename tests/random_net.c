#include "random_net.h"

#include "base/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t test_draw(test_draws *draws) {
  const uint32_t index = draws->next++;
  const uint32_t counter[3] = {index / 4, 0, 0};
  return bo_rng_draw(draws->seed, BO_RNG_TEST, counter).word[index % 4];
}

int32_t test_draw_in(test_draws *draws, int32_t lo, int32_t hi) {
  return lo + (int32_t)(test_draw(draws) % (uint32_t)(hi - lo + 1));
}

double test_draw_unit(test_draws *draws) {
  return bo_rng_unit(test_draw(draws));
}

void test_draw_bytes(test_draws *draws, uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    bytes[i] = (uint8_t)test_draw(draws);
  }
}

static void *must_alloc(size_t count, size_t size) {
  void *memory = calloc(count == 0 ? 1 : count, size);
  if (memory == NULL) {
    abort();
  }
  return memory;
}

typedef struct builder {
  test_draws draws;
  random_net_limits limits;
  bo_net *net;
} builder;

static uint32_t draw_size(builder *b, uint32_t lo, uint32_t hi) {
  return (uint32_t)test_draw_in(&b->draws, (int32_t)lo, (int32_t)(hi < lo ? lo : hi));
}

static bool one_in(builder *b, uint32_t n) {
  return test_draw(&b->draws) % n == 0;
}

static bo_act_quant draw_quant(builder *b) {
  bo_act_quant quant = {(float)exp2(8.0 * test_draw_unit(&b->draws) - 6.0), 0};
  quant.zero_point = one_in(b, 3) ? (uint8_t)test_draw(&b->draws) : (uint8_t)draw_size(b, 80, 160);
  return quant;
}

/* Keeps most codes off the ends of the range. */
static float near_scale(builder *b, float scale) {
  return scale * (float)exp2(3.0 * test_draw_unit(&b->draws) - 1.5);
}

static bo_shape producer_shape(const builder *b, int32_t producer) {
  return producer == BO_NET_INPUT ? b->net->input : b->net->layer[producer].out;
}

static bo_act_quant producer_quant(const builder *b, int32_t producer) {
  return producer == BO_NET_INPUT ? b->net->input_quant : b->net->layer[producer].out_quant;
}

/* The layer before, or one time in four any of the earlier ones. */
static int32_t draw_producer(builder *b) {
  const int32_t last = (int32_t)b->net->layers - 1;
  return one_in(b, 4) ? test_draw_in(&b->draws, BO_NET_INPUT, last) : last;
}

/* A window along one axis; pads stay below the kernel's extent, so that pools are never empty. */
static void draw_axis(builder *b, uint32_t size, uint32_t *kernel, uint32_t *stride,
                      uint32_t *dilation, uint32_t *before, uint32_t *after, uint32_t *positions) {
  *dilation = one_in(b, 5) ? draw_size(b, 2, 3) : 1;
  *kernel = draw_size(b, 1, 4);
  if ((*kernel - 1) * *dilation + 1 > size) {
    *dilation = 1;
    *kernel = draw_size(b, 1, size < 3 ? size : 3);
  }
  const uint32_t most = *dilation == 1 ? *kernel - 1 : 0;
  *before = draw_size(b, 0, most);
  *after = draw_size(b, 0, most);
  *stride = draw_size(b, 1, 3);
  *positions = (size + *before + *after - ((*kernel - 1) * *dilation + 1)) / *stride + 1;
}

static void draw_window(builder *b, bo_layer *layer) {
  bo_window *w = &layer->window;
  draw_axis(b, layer->in.h, &w->kernel_h, &w->stride_h, &w->dilation_h, &w->pad_top, &w->pad_bottom,
            &layer->out.h);
  draw_axis(b, layer->in.w, &w->kernel_w, &w->stride_w, &w->dilation_w, &w->pad_left, &w->pad_right,
            &layer->out.w);
}

static void whole_input_window(bo_layer *layer) {
  layer->window = (bo_window){layer->in.h, layer->in.w, 1, 1, 1, 1, 0, 0, 0, 0};
  layer->out.h = 1;
  layer->out.w = 1;
}

static void draw_clamp(builder *b, bo_layer *layer) {
  if (one_in(b, 3)) {
    layer->lo = layer->out_quant.zero_point; /* Relu */
  }
  if (one_in(b, 5)) {
    layer->hi = (uint8_t)draw_size(b, layer->lo, 255);
  }
}

static void draw_weights(builder *b, bo_layer *layer) {
  bo_net *net = b->net;
  bo_weights *weights = &net->weights[net->weight_tensors];
  layer->weights = net->weight_tensors++;
  weights->bits = one_in(b, 2) ? 8 : draw_size(b, 1, 8);
  weights->storage = one_in(b, 2) ? BO_STORAGE_OFFSET_BINARY : BO_STORAGE_TWOS_COMPLEMENT;
  weights->groups = 1;
  weights->outputs = draw_size(b, 1, b->limits.channels);
  if (one_in(b, 3)) { /* grouped, often depthwise */
    weights->groups = layer->in.c % 2 == 0 && one_in(b, 2) ? 2 : layer->in.c;
    weights->outputs = draw_size(b, 1, b->limits.channels / weights->groups);
  }
  weights->inputs = layer->in.c / weights->groups * layer->window.kernel_h * layer->window.kernel_w;
  const size_t outputs = (size_t)weights->groups * weights->outputs;
  weights->code = must_alloc(outputs * weights->inputs, 1);
  weights->zero_point = must_alloc(outputs, sizeof *weights->zero_point);
  weights->scale = must_alloc(outputs, sizeof *weights->scale);
  const uint32_t mask = (1U << weights->bits) - 1;
  const bool has_zero_point = one_in(b, 2);
  for (size_t n = 0; n < outputs; n++) {
    weights->scale[n] = (float)exp2(-6.0 - 2.0 * test_draw_unit(&b->draws));
    const uint8_t pattern = (uint8_t)(test_draw(&b->draws) & mask);
    weights->zero_point[n] = has_zero_point ? bo_weights_decode(weights, pattern) : 0;
  }
  for (size_t i = 0; i < outputs * weights->inputs; i++) {
    weights->code[i] = (uint8_t)(test_draw(&b->draws) & mask);
  }
}

/* Takes over weights and window of an earlier convolution of as many channels that still fits. */
static bool share_weights(builder *b, bo_layer *layer) {
  for (uint32_t i = 0; i < b->net->layers; i++) {
    const bo_layer *other = &b->net->layer[i];
    if (other->op == BO_OP_CONV && other->in.c == layer->in.c && other->in.h == layer->in.h &&
        other->in.w == layer->in.w) {
      layer->weights = other->weights;
      layer->window = other->window;
      layer->out = other->out;
      return true;
    }
  }
  return false;
}

static void draw_conv(builder *b, bo_layer *layer, bool fully_connected) {
  layer->op = BO_OP_CONV;
  if (!one_in(b, 4) || fully_connected || !share_weights(b, layer)) {
    if (fully_connected) {
      whole_input_window(layer);
    } else {
      draw_window(b, layer);
    }
    draw_weights(b, layer);
  }
  const bo_weights *weights = &b->net->weights[layer->weights];
  layer->out.c = weights->groups * weights->outputs;
  layer->bias = must_alloc(layer->out.c, sizeof *layer->bias);
  layer->multiplier = must_alloc(layer->out.c, sizeof *layer->multiplier);
  /* Sums spread about as wide as the codes, now and then much wider: saturation. */
  const double weight_span = (double)(1U << weights->bits) / 4.0 + 1.0;
  const double spread = 74.0 * weight_span * sqrt((double)weights->inputs);
  for (uint32_t n = 0; n < layer->out.c; n++) {
    const double gain = exp2(2.0 * test_draw_unit(&b->draws) + (one_in(b, 16) ? 4.0 : -1.0));
    layer->multiplier[n] = (float)(gain * 60.0 / spread) * (one_in(b, 8) ? -1.0F : 1.0F);
    layer->bias[n] = (int32_t)(spread * (test_draw_unit(&b->draws) - 0.5));
  }
  draw_clamp(b, layer);
}

static void draw_add(builder *b, bo_layer *layer) {
  const int32_t other = draw_producer(b);
  const bo_shape shape = producer_shape(b, other);
  if (shape.h != layer->in.h || shape.w != layer->in.w || shape.c != layer->in.c) {
    layer->input[1] = layer->input[0];
  } else {
    layer->input[1] = other;
  }
  layer->op = BO_OP_ADD;
  layer->out_quant.scale = near_scale(b, layer->in_quant[0].scale);
  layer->in_quant[1] = producer_quant(b, layer->input[1]);
  draw_clamp(b, layer);
}

static void draw_pool(builder *b, bo_layer *layer, bo_op op) {
  layer->op = op;
  if (one_in(b, 4)) {
    whole_input_window(layer); /* global */
  } else {
    draw_window(b, layer);
  }
  if (op == BO_OP_AVG_POOL) {
    layer->count_include_pad = one_in(b, 2);
    layer->out_quant.scale = near_scale(b, layer->in_quant[0].scale);
    draw_clamp(b, layer);
  } else {
    layer->out_quant = layer->in_quant[0];
  }
}

static void draw_table(builder *b, bo_layer *layer) {
  layer->op = BO_OP_TABLE;
  test_draw_bytes(&b->draws, layer->table, sizeof layer->table);
}

static void draw_operation(builder *b, bo_layer *layer, bool last) {
  const uint32_t choice = test_draw(&b->draws) % 10;
  if (choice < 5 || (last && choice == 5)) {
    draw_conv(b, layer, last);
  } else if (choice < 7) {
    draw_add(b, layer);
  } else if (choice < 9) {
    draw_pool(b, layer, choice == 7 ? BO_OP_MAX_POOL : BO_OP_AVG_POOL);
  } else {
    draw_table(b, layer);
  }
}

static void draw_layer(builder *b, bool last) {
  bo_layer *layer = &b->net->layer[b->net->layers];
  layer->name = must_alloc(16, 1);
  (void)snprintf(layer->name, 16, "layer %u", b->net->layers);
  layer->input[0] = draw_producer(b);
  layer->in = producer_shape(b, layer->input[0]);
  layer->out = layer->in;
  layer->in_quant[0] = producer_quant(b, layer->input[0]);
  layer->out_quant = draw_quant(b);
  layer->hi = 255;
  draw_operation(b, layer, last);
  b->net->layers++;
}

static void draw_input(builder *b) {
  bo_net *net = b->net;
  net->input = (bo_shape){draw_size(b, 1, b->limits.side), draw_size(b, 1, b->limits.side),
                          draw_size(b, 1, b->limits.channels)};
  net->input_quant = draw_quant(b);
  net->input_gain = must_alloc(net->input.c, sizeof *net->input_gain);
  net->input_offset = must_alloc(net->input.c, sizeof *net->input_offset);
  net->name = must_alloc(16, 1);
  (void)snprintf(net->name, 16, "random");
  for (uint32_t c = 0; c < net->input.c; c++) {
    net->input_gain[c] = (float)(4.0 * test_draw_unit(&b->draws));
    net->input_offset[c] = (float)(test_draw_unit(&b->draws) - 0.5);
  }
}

bo_net *random_net(uint64_t seed, random_net_limits limits) {
  builder b = {.draws = {.seed = seed}, .limits = limits};
  b.net = must_alloc(1, sizeof *b.net);
  const uint32_t layers = draw_size(&b, 1, limits.layers);
  b.net->layer = must_alloc(layers, sizeof *b.net->layer);
  b.net->weights = must_alloc(layers, sizeof *b.net->weights);
  draw_input(&b);
  for (uint32_t i = 0; i < layers; i++) {
    draw_layer(&b, i == layers - 1);
  }
  const bo_layer *last = &b.net->layer[layers - 1];
  b.net->classes = last->out.h * last->out.w * last->out.c;
  b.net->float_logits = last->op == BO_OP_CONV && one_in(&b, 2);
  return b.net;
}

uint8_t **random_codes(const bo_net *net, uint64_t seed) {
  test_draws draws = {.seed = seed};
  uint8_t **codes = must_alloc(net->weight_tensors, sizeof *codes);
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    const bo_weights *weights = &net->weights[t];
    const size_t count = bo_weights_count(weights);
    codes[t] = must_alloc(count, 1);
    test_draw_bytes(&draws, codes[t], count);
    for (size_t i = 0; i < count; i++) {
      codes[t][i] &= (uint8_t)((1U << weights->bits) - 1);
    }
  }
  return codes;
}

void random_codes_free(const bo_net *net, uint8_t **codes) {
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    free(codes[t]);
  }
  free((void *)codes);
}
