#include "net/import_context.h"

#include "net/import_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  MOST_BYTES = 1 << 29,
};

void *bo_import_alloc(bo_import *import, size_t count, size_t size) {
  if (count > (MOST_BYTES - import->bytes) / size) {
    return NULL;
  }
  import->bytes += count * size;
  return bo_arena_alloc(&import->arena, count, size);
}

bo_status bo_import_no_memory(bo_diag *diag) {
  return bo_fail(diag, BO_E_NOMEM, "no memory");
}

const char *bo_meaning_text(const bo_meaning *meaning) {
  static const char *const text[] = {
      [BO_MEANS_NOTHING] = "an output that is not supported",
      [BO_MEANS_CONSTANT] = "a constant",
      [BO_MEANS_WEIGHTS] = "a quantised constant",
      [BO_MEANS_INPUT] = "the input of the network, not quantised",
      [BO_MEANS_CODES] = "integer codes",
      [BO_MEANS_LEVELS] = "a dequantised activation",
      [BO_MEANS_ACC] = "an unquantised convolution",
      [BO_MEANS_SUM] = "an unquantised sum",
      [BO_MEANS_MEAN] = "an unquantised average",
  };
  return text[meaning->kind];
}

const bo_meaning *bo_import_input(const bo_import *import, const bo_onnx_node *node, uint32_t i) {
  const bool left_out = i >= node->inputs || node->input[i] == BO_ONNX_NONE;
  return left_out ? NULL : &import->meaning[node->input[i]];
}

void bo_import_output(bo_import *import, const bo_onnx_node *node, const bo_meaning *meaning) {
  import->meaning[node->output[0]] = *meaning;
}

const char *bo_import_input_name(const bo_import *import, const bo_onnx_node *node, uint32_t i) {
  return bo_import_input(import, node, i) == NULL ? "" : import->model->value[node->input[i]].name;
}

const bo_tensor *bo_import_constant(const bo_import *import, const bo_onnx_node *node, uint32_t i,
                                    bo_diag *diag) {
  const bo_meaning *meaning = bo_import_input(import, node, i);
  if (meaning != NULL && meaning->kind == BO_MEANS_CONSTANT) {
    return &import->model->value[meaning->source].tensor;
  }
  if (meaning == NULL) {
    (void)bo_fail(diag, BO_E_INVALID, "input %u is left out", i);
  } else {
    (void)bo_fail(diag, BO_E_INVALID, "'%s': expected a constant, got %s",
                  bo_import_input_name(import, node, i), bo_meaning_text(meaning));
  }
  return NULL;
}

/* Element i of a constant as a real number. */
static double real_of(const bo_tensor *tensor, const bo_const_codes *codes, size_t i) {
  if (codes == NULL) {
    return bo_tensor_real(tensor, i);
  }
  const size_t channel = bo_const_channel(codes, i);
  const float level = (float)(bo_const_code(codes, i) - codes->zero_point[channel]);
  return level * codes->scale[channel];
}

bo_status bo_import_reals(const double **out, const bo_tensor **tensor, bo_import *import,
                          const bo_onnx_node *node, uint32_t i, bo_diag *diag) {
  const bo_meaning *meaning = bo_import_input(import, node, i);
  const char *name = bo_import_input_name(import, node, i);
  if (meaning == NULL) {
    return bo_fail(diag, BO_E_INVALID, "input %u is left out", i);
  }
  const bool is_codes = meaning->kind == BO_MEANS_WEIGHTS && meaning->codes->is_real &&
                        !meaning->codes->is_transposed;
  if (meaning->kind != BO_MEANS_CONSTANT && !is_codes) {
    return bo_fail(diag, BO_E_INVALID, "'%s': expected a constant, got %s", name,
                   bo_meaning_text(meaning));
  }
  *tensor = &import->model->value[meaning->source].tensor;
  if (!is_codes && (*tensor)->dtype != BO_F32) {
    return bo_fail(diag, BO_E_INVALID, "'%s': expected float32, got %s", name,
                   bo_dtype_name((*tensor)->dtype));
  }
  const size_t count = (*tensor)->count;
  double *reals = bo_import_alloc(import, count, sizeof *reals);
  if (reals == NULL) {
    return bo_import_no_memory(diag);
  }
  for (size_t k = 0; k < count; k++) {
    reals[k] = real_of(*tensor, is_codes ? meaning->codes : NULL, k);
    if (!isfinite(reals[k])) {
      return bo_fail(diag, BO_E_INVALID, "'%s': element %zu is not finite", name, k);
    }
  }
  *out = reals;
  return BO_OK;
}

bo_status bo_import_act_zero_point(bo_act_quant *out, bool *is_signed, const bo_import *import,
                                   const bo_onnx_node *node, uint32_t i, bo_diag *diag) {
  out->zero_point = 0;
  *is_signed = false;
  if (bo_import_input(import, node, i) == NULL) {
    return BO_OK;
  }
  const bo_tensor *tensor = bo_import_constant(import, node, i, diag);
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  if (tensor->count != 1 || (tensor->dtype != BO_U8 && tensor->dtype != BO_I8)) {
    return bo_fail(diag, BO_E_INVALID, "zero-point '%s': expected one int8 or uint8, got %zu of %s",
                   bo_import_input_name(import, node, i), tensor->count,
                   bo_dtype_name(tensor->dtype));
  }
  *is_signed = tensor->dtype == BO_I8;
  out->zero_point = (uint8_t)(bo_tensor_int(tensor, 0) + (*is_signed ? 128 : 0));
  return BO_OK;
}

bo_status bo_import_act_quant(bo_act_quant *out, bool *is_signed, const bo_import *import,
                              const bo_onnx_node *node, uint32_t i, bo_diag *diag) {
  const bo_tensor *tensor = bo_import_constant(import, node, i, diag);
  if (tensor == NULL) {
    return BO_E_INVALID;
  }
  const char *name = bo_import_input_name(import, node, i);
  if (tensor->dtype != BO_F32 || tensor->count != 1) {
    return bo_fail(diag, BO_E_INVALID,
                   "scale '%s': expected one float32 for an activation, got %zu of %s", name,
                   tensor->count, bo_dtype_name(tensor->dtype));
  }
  out->scale = (float)bo_tensor_real(tensor, 0);
  if (!isfinite(out->scale) || out->scale <= 0.0F) {
    return bo_fail(diag, BO_E_INVALID, "scale '%s': expected positive and finite, got %g", name,
                   (double)out->scale);
  }
  return bo_import_act_zero_point(out, is_signed, import, node, i + 1, diag);
}

bo_status bo_import_layer_new(bo_layer **out, bo_import *import, const char *name, bo_op op,
                              bo_diag *diag) {
  bo_net *net = import->net;
  /* Room for 1, 2, 4, ... layers: full whenever the number is a power of two. */
  if ((net->layers & (net->layers - 1)) == 0) {
    const size_t room = net->layers == 0 ? 1 : (size_t)net->layers * 2;
    bo_layer *grown = realloc(net->layer, room * sizeof *grown);
    if (grown == NULL) {
      return bo_import_no_memory(diag);
    }
    net->layer = grown;
  }
  char *copy = strdup(name);
  if (copy == NULL) {
    return bo_import_no_memory(diag);
  }
  *out = &net->layer[net->layers++];
  **out = (bo_layer){.op = op,
                     .name = copy,
                     .input = {BO_NET_INPUT, BO_NET_INPUT},
                     .hi = 255,
                     .window = {1, 1, 1, 1, 1, 1, 0, 0, 0, 0}};
  return BO_OK;
}
