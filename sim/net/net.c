#include "net/net.h"

#include "net/requant.h"

#include <stdlib.h>

void bo_net_free(bo_net *net) {
  if (net == NULL) {
    return;
  }
  for (uint32_t i = 0; net->layer != NULL && i < net->layers; i++) {
    free(net->layer[i].name);
    free(net->layer[i].bias);
    free(net->layer[i].multiplier);
  }
  for (uint32_t i = 0; net->weights != NULL && i < net->weight_tensors; i++) {
    free(net->weights[i].code);
    free(net->weights[i].zero_point);
    free(net->weights[i].scale);
  }
  free(net->layer);
  free(net->weights);
  free(net->input_gain);
  free(net->input_offset);
  free(net->name);
  free(net);
}

uint64_t bo_net_macs(const bo_net *net) {
  uint64_t macs = 0;
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_layer *layer = &net->layer[i];
    if (layer->op == BO_OP_CONV) {
      const uint64_t positions = (uint64_t)layer->out.h * layer->out.w;
      macs += positions * layer->out.c * net->weights[layer->weights].inputs;
    }
  }
  return macs;
}

size_t bo_weights_count(const bo_weights *weights) {
  return (size_t)weights->groups * weights->outputs * weights->inputs;
}

uint8_t **bo_net_codes_new(const bo_net *net) {
  size_t size = 1; /* a network without weights is no lack of memory */
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    size += sizeof(uint8_t *) + bo_weights_count(&net->weights[t]);
  }
  uint8_t **const codes = malloc(size);
  if (codes == NULL) {
    return NULL;
  }
  uint8_t *next = (uint8_t *)(codes + net->weight_tensors);
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    codes[t] = next;
    next += bo_weights_count(&net->weights[t]);
  }
  return codes;
}

void bo_weights_store_as(bo_weights *weights, bo_storage storage) {
  if (weights->storage == storage) {
    return;
  }
  const uint8_t top_bit = (uint8_t)(1U << (weights->bits - 1));
  const int32_t shift = storage == BO_STORAGE_TWOS_COMPLEMENT ? -top_bit : top_bit;
  for (size_t n = 0; n < (size_t)weights->groups * weights->outputs; n++) {
    weights->zero_point[n] += shift;
  }
  for (size_t i = 0; i < bo_weights_count(weights); i++) {
    weights->code[i] ^= top_bit;
  }
  weights->storage = storage;
}

void bo_net_store_as(bo_net *net, bo_storage storage) {
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    bo_weights_store_as(&net->weights[t], storage);
  }
}

int32_t bo_weights_decode(const bo_weights *weights, uint8_t pattern) {
  if (weights->storage == BO_STORAGE_OFFSET_BINARY) {
    return pattern;
  }
  const int32_t sign = (int32_t)1 << (weights->bits - 1);
  return (pattern ^ sign) - sign;
}

/* The scalar that both pixel formats share, so that they cannot differ. */
static uint8_t quantize_pixel(const bo_net *net, uint32_t channel, float x) {
  const float scaled = x * net->input_gain[channel];
  const float value = scaled + net->input_offset[channel];
  return (uint8_t)bo_round_to_code(value / net->input_quant.scale, net->input_quant.zero_point, 0,
                                   255);
}

void bo_net_quantize_f32(const bo_net *net, const float *pixels, size_t count, uint8_t *codes) {
  const size_t positions = (size_t)net->input.h * net->input.w;
  const size_t channels = net->input.c;
  for (size_t image = 0; image < count; image++) {
    for (uint32_t c = 0; c < channels; c++) {
      for (size_t i = 0; i < positions; i++) {
        codes[i * channels + c] = quantize_pixel(net, c, pixels[c * positions + i]);
      }
    }
    pixels += positions * channels;
    codes += positions * channels;
  }
}

void bo_net_quantize_u8(const bo_net *net, const uint8_t *pixels, size_t count, uint8_t *codes) {
  const size_t positions = (size_t)net->input.h * net->input.w;
  const size_t channels = net->input.c;
  const size_t image_size = positions * channels;
  for (uint32_t c = 0; c < channels; c++) {
    uint8_t code_of[256];
    for (uint32_t p = 0; p < 256; p++) {
      code_of[p] = quantize_pixel(net, c, (float)p / 255.0F);
    }
    for (size_t image = 0; image < count; image++) {
      const uint8_t *plane = pixels + image * image_size + c * positions;
      uint8_t *code = codes + image * image_size + c;
      for (size_t i = 0; i < positions; i++) {
        code[i * channels] = code_of[plane[i]];
      }
    }
  }
}
