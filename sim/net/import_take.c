#include "net/import_weights.h"

#include <stdlib.h>
#include <string.h>

/* The fewest bits whose range holds every code that Clip leaves. */
static uint32_t narrowest_bits(const bo_const_codes *codes) {
  uint32_t bits = 8;
  while (bits > 1) {
    const int32_t levels = (int32_t)1 << (bits - 1);
    const int32_t lowest = codes->dtype == BO_I8 ? -levels / 2 : 0;
    if (codes->lo < lowest || codes->hi >= lowest + levels) {
      break;
    }
    --bits;
  }
  return bits;
}

/* Sizes of the tensor: the file's matrix is [outputs][inputs] or, if transposed, the reverse. */
static bo_status size_weights(bo_weights *weights, const bo_const_codes *codes,
                              const bo_weight_use *use, bo_diag *diag) {
  const bo_tensor *tensor = codes->tensor;
  const uint32_t rank = use->is_matrix ? 2 : 4;
  if (tensor->rank != rank || tensor->count == 0) {
    return bo_fail(diag, BO_E_INVALID, "weights: expected %u dimensions, got %u with %zu elements",
                   rank, tensor->rank, tensor->count);
  }
  const bool transposed = use->is_transposed != codes->is_transposed;
  const uint32_t output_axis = transposed ? 1 : 0;
  const size_t outputs = (size_t)tensor->dims[output_axis];
  if (codes->scales > 1 && codes->axis != output_axis) {
    return bo_fail(diag, BO_E_INVALID,
                   "weights: scales along axis %u, expected the output channels (axis %u)",
                   codes->axis, output_axis);
  }
  if (outputs % use->groups != 0) {
    return bo_fail(diag, BO_E_INVALID, "group: %zu output channels do not divide into %u groups",
                   outputs, use->groups);
  }
  weights->groups = use->groups;
  weights->outputs = (uint32_t)(outputs / use->groups);
  weights->inputs = (uint32_t)(tensor->count / outputs);
  weights->source_transposed = transposed;
  return BO_OK;
}

static bo_status fill_quant(bo_weights *weights, const bo_const_codes *codes, bo_diag *diag) {
  const size_t outputs = (size_t)weights->groups * weights->outputs;
  const int32_t levels = (int32_t)1 << weights->bits;
  const int32_t lowest = codes->dtype == BO_I8 ? -levels / 2 : 0;
  for (size_t n = 0; n < outputs; n++) {
    const size_t channel = codes->scales == 1 ? 0 : n;
    weights->scale[n] = codes->scale[channel];
    weights->zero_point[n] = codes->zero_point[channel];
    if (weights->zero_point[n] < lowest || weights->zero_point[n] >= lowest + levels) {
      return bo_fail(diag, BO_E_INVALID, "weights: zero-point %d is not a code of %u bits",
                     weights->zero_point[n], weights->bits);
    }
  }
  return BO_OK;
}

static void fill_codes(bo_weights *weights, const bo_const_codes *codes) {
  const size_t outputs = (size_t)weights->groups * weights->outputs;
  const size_t inputs = weights->inputs;
  const uint32_t mask = (1U << weights->bits) - 1;
  for (size_t n = 0; n < outputs; n++) {
    for (size_t k = 0; k < inputs; k++) {
      const size_t i = weights->source_transposed ? k * outputs + n : n * inputs + k;
      weights->code[n * inputs + k] = (uint8_t)((uint32_t)bo_const_code(codes, i) & mask);
    }
  }
}

static bool same_weights(const bo_weights *a, const bo_weights *b) {
  if (a->storage != b->storage || a->bits != b->bits || a->groups != b->groups ||
      a->outputs != b->outputs || a->inputs != b->inputs ||
      a->source_transposed != b->source_transposed) {
    return false;
  }
  const size_t outputs = (size_t)a->groups * a->outputs;
  for (size_t n = 0; n < outputs; n++) {
    if (a->scale[n] != b->scale[n] || a->zero_point[n] != b->zero_point[n]) {
      return false;
    }
  }
  return memcmp(a->code, b->code, outputs * a->inputs) == 0;
}

static void weights_release(bo_weights *weights) {
  free(weights->code);
  free(weights->zero_point);
  free(weights->scale);
}

/* Room for 1, 2, 4, ... tensors: full whenever the number is a power of two. */
static bool make_room(bo_net *net) {
  if ((net->weight_tensors & (net->weight_tensors - 1)) != 0) {
    return true;
  }
  const size_t room = net->weight_tensors == 0 ? 1 : (size_t)net->weight_tensors * 2;
  bo_weights *grown = realloc(net->weights, room * sizeof *grown);
  if (grown != NULL) {
    net->weights = grown;
  }
  return grown != NULL;
}

/* Owns *weights from here on: the network takes them, or has equal ones already. */
static bo_status enter(uint32_t *index, bo_net *net, bo_weights *weights, const char *name,
                       bo_diag *diag) {
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    if (net->weights[t].source_value == weights->source_value) {
      const bool same = same_weights(&net->weights[t], weights);
      weights_release(weights);
      *index = t;
      return same ? BO_OK
                  : bo_fail(diag, BO_E_INVALID,
                            "weights '%s': used by two layers with different shape or quantisation",
                            name);
    }
  }
  if (!make_room(net)) {
    weights_release(weights);
    return bo_import_no_memory(diag);
  }
  *index = net->weight_tensors++;
  net->weights[*index] = *weights;
  return BO_OK;
}

bo_status bo_import_weights_take(uint32_t *index, bo_import *import, const bo_onnx_node *node,
                                 const bo_weight_use *use, const bo_const_codes *codes,
                                 bo_diag *diag) {
  const bo_storage storage =
      codes->dtype == BO_I8 ? BO_STORAGE_TWOS_COMPLEMENT : BO_STORAGE_OFFSET_BINARY;
  bo_weights weights = {.storage = storage,
                        .source_storage = storage,
                        .bits = narrowest_bits(codes),
                        .groups = 1,
                        .outputs = 1,
                        .inputs = 1,
                        .source_value = bo_import_input(import, node, use->input)->source};
  bo_status status = size_weights(&weights, codes, use, diag);
  if (status != BO_OK) {
    return status;
  }
  const size_t outputs = (size_t)weights.groups * weights.outputs;
  weights.code = calloc(codes->tensor->count, 1);
  weights.zero_point = calloc(outputs, sizeof *weights.zero_point);
  weights.scale = calloc(outputs, sizeof *weights.scale);
  if (weights.code == NULL || weights.zero_point == NULL || weights.scale == NULL) {
    weights_release(&weights);
    return bo_import_no_memory(diag);
  }
  status = fill_quant(&weights, codes, diag);
  if (status != BO_OK) {
    weights_release(&weights);
    return status;
  }
  fill_codes(&weights, codes);
  return enter(index, import->net, &weights, bo_import_input_name(import, node, use->input), diag);
}
