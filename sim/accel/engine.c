#include "accel/engine.h"

#include "accel/conv.h"
#include "accel/onednn_conv.h"
#include "accel/own_conv.h"
#include "accel/pointwise.h"

#include <stdlib.h>
#include <string.h>

enum {
  CACHE_BYTES = 512 * 1024, /* half of a usual L2: what the buffers of one layer should fit */
  MAX_IMAGES = 64,
  ALIGNMENT = 64,
};

struct bo_engine {
  const bo_net *net;
  const char *name;
  uint32_t images; /* of a batch */
  uint8_t **value; /* [1 + layers]: the input, then the codes of each layer; buffers are shared */
  bo_conv **conv;  /* [layers], NULL where the layer is none */
  bo_conv_scratch scratch;
  int32_t *pool_sum; /* of one place */
  uint8_t *pool_row; /* of one row of the input */
  float *logits;     /* [images][classes] */
  uint8_t *memory;   /* what all of these point into */
};

/* Shape of value index: 0 is the network's input, 1 + i the output of layer i. */
static bo_shape value_shape(const bo_net *net, uint32_t index) {
  return index == 0 ? net->input : net->layer[index - 1].out;
}

/* As many images as keep the inputs, sums and outputs of every layer in the cache. */
static uint32_t choose_images(const bo_net *net) {
  size_t largest = 1;
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_layer *layer = &net->layer[i];
    const size_t in = bo_shape_size(layer->in) * (layer->op == BO_OP_ADD ? 2 : 1);
    const size_t out =
        bo_shape_size(layer->out) * (layer->op == BO_OP_CONV ? 1 + sizeof(int32_t) : 1);
    largest = in + out > largest ? in + out : largest;
  }
  const size_t images = CACHE_BYTES / largest;
  return images < 1 ? 1 : images > MAX_IMAGES ? MAX_IMAGES : (uint32_t)images;
}

/* Index of the last layer that reads value index, or the number of layers for the output. */
static uint32_t last_reader(const bo_net *net, uint32_t index) {
  if (index == net->layers) {
    return net->layers;
  }
  uint32_t last = index; /* written by layer index - 1; unread values live until the next layer */
  for (uint32_t i = index; i < net->layers; i++) {
    const bo_layer *layer = &net->layer[i];
    const int32_t producer = (int32_t)index - 1;
    if (layer->input[0] == producer || (layer->op == BO_OP_ADD && layer->input[1] == producer)) {
      last = i;
    }
  }
  return last;
}

/* A buffer that values take turns in. */
typedef struct slot {
  size_t bytes;        /* of the largest of its values */
  uint32_t busy_until; /* last layer that reads what is in it */
} slot;

/* Gives every value a slot, so that no value is overwritten before its last reader has run. */
static uint32_t assign_slots(const bo_net *net, uint32_t images, slot *slots, uint32_t *slot_of) {
  uint32_t count = 0;
  for (uint32_t value = 0; value <= net->layers; value++) {
    const size_t bytes = images * bo_shape_size(value_shape(net, value));
    uint32_t chosen = count;
    for (uint32_t s = 0; s < count; s++) {
      /* Value v is written by layer v - 1, which may still be reading until then. */
      if (slots[s].busy_until + 1 < value &&
          (chosen == count || slots[s].bytes > slots[chosen].bytes)) {
        chosen = s;
      }
    }
    if (chosen == count) {
      slots[count++] = (slot){0, 0};
    }
    slots[chosen].bytes = bytes > slots[chosen].bytes ? bytes : slots[chosen].bytes;
    slots[chosen].busy_until = last_reader(net, value);
    slot_of[value] = chosen;
  }
  return count;
}

static size_t align(size_t bytes) {
  return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t max_size(size_t a, size_t b) {
  return a > b ? a : b;
}

/* What all convolutions of the engine can share. */
static bo_conv_sizes largest_sizes(const bo_engine *engine) {
  bo_conv_sizes all = {0};
  for (uint32_t i = 0; i < engine->net->layers; i++) {
    if (engine->conv[i] != NULL) {
      const bo_conv_sizes one = bo_conv_get_sizes(engine->conv[i]);
      all.padded = max_size(all.padded, one.padded);
      all.acc = max_size(all.acc, one.acc);
      all.window_scratch = max_size(all.window_scratch, one.window_scratch);
      all.window_sum = max_size(all.window_sum, one.window_sum);
      all.weights = max_size(all.weights, one.weights);
    }
  }
  return all;
}

/* Largest sizes of what the pools need. */
static void pool_sizes(const bo_net *net, size_t *channels, size_t *row) {
  *channels = 0;
  *row = 0;
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_shape in = net->layer[i].in;
    *channels = max_size(*channels, in.c);
    *row = max_size(*row, (size_t)in.w * in.c);
  }
}

/* Hands out aligned pieces of one block; without a block it only counts. */
typedef struct carver {
  uint8_t *base; /* NULL: count */
  size_t used;
} carver;

static void *carve(carver *from, size_t bytes) {
  void *piece = from->base == NULL ? NULL : from->base + from->used;
  from->used += align(bytes + BO_CONV_SLACK);
  return piece;
}

static void carve_all(bo_engine *engine, carver *from, const slot *slots, uint32_t slot_count,
                      uint8_t **slot_data) {
  const bo_conv_sizes sizes = largest_sizes(engine);
  size_t pool_channels;
  size_t pool_row;
  pool_sizes(engine->net, &pool_channels, &pool_row);
  for (uint32_t s = 0; s < slot_count; s++) {
    slot_data[s] = carve(from, slots[s].bytes);
  }
  engine->scratch = (bo_conv_scratch){
      .padded = carve(from, sizes.padded),
      .acc = carve(from, sizes.acc * sizeof(int32_t)),
      .window_scratch = carve(from, sizes.window_scratch * sizeof(int32_t)),
      .window_sum = carve(from, sizes.window_sum * sizeof(int32_t)),
      .weights = carve(from, sizes.weights),
  };
  engine->pool_sum = carve(from, pool_channels * sizeof(int32_t));
  engine->pool_row = carve(from, pool_row);
  engine->logits = carve(from, (size_t)engine->images * engine->net->classes * sizeof(float));
}

/* Places all buffers in engine->memory. */
static bo_status make_buffers(bo_engine *engine, slot *slots, uint32_t *slot_of,
                              uint8_t **slot_data) {
  const bo_net *net = engine->net;
  const uint32_t slot_count = assign_slots(net, engine->images, slots, slot_of);
  carver pieces = {NULL, 0};
  carve_all(engine, &pieces, slots, slot_count, slot_data);
  engine->memory = calloc(1, pieces.used + ALIGNMENT);
  if (engine->memory == NULL) {
    return BO_E_NOMEM;
  }
  const size_t misaligned = (uintptr_t)engine->memory % ALIGNMENT;
  pieces = (carver){engine->memory + (ALIGNMENT - misaligned) % ALIGNMENT, 0};
  carve_all(engine, &pieces, slots, slot_count, slot_data);
  for (uint32_t value = 0; value <= net->layers; value++) {
    engine->value[value] = slot_data[slot_of[value]];
  }
  return BO_OK;
}

static bo_status plan_buffers(bo_engine *engine, bo_diag *diag) {
  const size_t values = (size_t)engine->net->layers + 1;
  slot *slots = calloc(values, sizeof *slots);
  uint32_t *slot_of = calloc(values, sizeof *slot_of);
  uint8_t **slot_data = calloc(values, sizeof *slot_data);
  const bo_status status = slots == NULL || slot_of == NULL || slot_data == NULL
                               ? BO_E_NOMEM
                               : make_buffers(engine, slots, slot_of, slot_data);
  free(slots);
  free(slot_of);
  free(slot_data);
  return status == BO_OK
             ? BO_OK
             : bo_fail(diag, status, "%s: out of memory for the engine", engine->net->name);
}

static bo_status make_convs(bo_engine *engine, const bo_conv_kernel *const kernels[2],
                            bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < engine->net->layers && status == BO_OK; i++) {
    if (engine->net->layer[i].op == BO_OP_CONV) {
      status = bo_conv_new(&engine->conv[i], engine->net, i, engine->images, kernels, diag);
    }
  }
  return status;
}

static bo_status load_clean(bo_engine *engine, bo_diag *diag) {
  const bo_net *net = engine->net;
  const uint8_t **codes = calloc((size_t)net->weight_tensors + 1, sizeof(const uint8_t *));
  if (codes == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory for the engine", net->name);
  }
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    codes[t] = net->weights[t].code;
  }
  const bo_status status = bo_engine_load(engine, codes, diag);
  free(codes);
  return status;
}

static bo_status build(bo_engine *engine, bo_engine_kernel kernel, bo_diag *diag) {
  const bo_conv_kernel *onednn = kernel == BO_ENGINE_OWN ? NULL : bo_onednn_kernel();
  const bo_conv_kernel *const kernels[2] = {onednn, bo_own_kernel(true)};
  if (kernel == BO_ENGINE_ONEDNN && onednn == NULL) {
    return bo_fail(diag, BO_E_INVALID,
                   "kernel: oneDNN is not exact on this processor (needs VNNI or AMX)");
  }
  engine->name = onednn != NULL ? bo_onednn_name() : bo_own_name();
  engine->images = choose_images(engine->net);
  engine->value = calloc((size_t)engine->net->layers + 1, sizeof *engine->value);
  engine->conv = calloc(engine->net->layers, sizeof(bo_conv *));
  if (engine->value == NULL || engine->conv == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory for the engine", engine->net->name);
  }
  bo_status status = make_convs(engine, kernels, diag);
  if (status == BO_OK) {
    status = plan_buffers(engine, diag);
  }
  return status == BO_OK ? load_clean(engine, diag) : status;
}

bo_status bo_engine_new(bo_engine **out, const bo_net *net, bo_engine_kernel kernel,
                        bo_diag *diag) {
  *out = NULL;
  bo_status status = bo_net_check(net, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_engine *engine = calloc(1, sizeof *engine);
  if (engine == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory for the engine", net->name);
  }
  engine->net = net;
  status = build(engine, kernel, diag);
  if (status != BO_OK) {
    bo_engine_free(engine);
    return status;
  }
  *out = engine;
  return BO_OK;
}

void bo_engine_free(bo_engine *engine) {
  if (engine == NULL) {
    return;
  }
  for (uint32_t i = 0; engine->conv != NULL && i < engine->net->layers; i++) {
    bo_conv_free(engine->conv[i]);
  }
  free(engine->conv);
  free(engine->value);
  free(engine->memory);
  free(engine);
}

const char *bo_engine_kernel_name(const bo_engine *engine) {
  return engine->name;
}

bo_status bo_engine_load(bo_engine *engine, const uint8_t *const *codes, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < engine->net->layers && status == BO_OK; i++) {
    if (engine->conv[i] != NULL) {
      const uint8_t *patterns = codes[engine->net->layer[i].weights];
      status = bo_conv_load(engine->conv[i], patterns, &engine->scratch, diag);
    }
  }
  return status;
}

static bo_status run_layer(bo_engine *engine, uint32_t index, bo_diag *diag) {
  const bo_layer *layer = &engine->net->layer[index];
  const uint8_t *in = engine->value[layer->input[0] + 1];
  uint8_t *out = engine->value[index + 1];
  const bool is_float = engine->net->float_logits && index == engine->net->layers - 1;
  switch (layer->op) {
  case BO_OP_CONV:
    return bo_conv_run(engine->conv[index], in, is_float ? NULL : out,
                       is_float ? engine->logits : NULL, &engine->scratch, diag);
  case BO_OP_ADD:
    bo_run_add(layer, engine->images, in, engine->value[layer->input[1] + 1], out);
    break;
  case BO_OP_MAX_POOL:
    bo_run_max_pool(layer, engine->images, in, out, engine->pool_row);
    break;
  case BO_OP_AVG_POOL:
    bo_run_avg_pool(layer, engine->images, in, out, engine->pool_sum);
    break;
  case BO_OP_TABLE:
    bo_run_table(layer, engine->images, in, out);
    break;
  }
  return BO_OK;
}

/* Runs the batch that lies in value 0. A batch that is not full computes leftovers, unread. */
static bo_status run_batch(bo_engine *engine, size_t images, float *logits, bo_diag *diag) {
  const bo_net *net = engine->net;
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_status status = run_layer(engine, i, diag);
    if (status != BO_OK) {
      return status;
    }
  }
  const size_t count = images * net->classes;
  if (net->float_logits) {
    memcpy(logits, engine->logits, count * sizeof *logits);
    return BO_OK;
  }
  const bo_act_quant quant = net->layer[net->layers - 1].out_quant;
  for (size_t i = 0; i < count; i++) {
    logits[i] = (float)(engine->value[net->layers][i] - quant.zero_point) * quant.scale;
  }
  return BO_OK;
}

bo_status bo_engine_run(bo_engine *engine, const uint8_t *input, size_t count, float *logits,
                        bo_diag *diag) {
  const size_t image = bo_shape_size(engine->net->input);
  bo_status status = BO_OK;
  for (size_t first = 0; first < count && status == BO_OK; first += engine->images) {
    const size_t images = count - first < engine->images ? count - first : engine->images;
    memcpy(engine->value[0], input + first * image, images * image);
    status = run_batch(engine, images, logits + first * engine->net->classes, diag);
  }
  return status;
}
