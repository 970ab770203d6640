#include "net/onnx_import.h"

#include "base/utf8.h"
#include "net/import_handlers.h"
#include "net/import_layer.h"
#include "net/onnx_attr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  OLDEST_OPSET = 7,
  MOST_INPUTS = 1 << 24, /* elements of one image */
};

#define MICROSOFT "com.microsoft"
#define CONV      "auto_pad dilations group kernel_shape pads strides"
#define POOL      "auto_pad ceil_mode dilations kernel_shape pads strides"

/* One operator: how many inputs it must and may have, which attributes, what it means. */
typedef struct operator_entry {
  const char *op, *domain;
  uint32_t least_inputs, most_inputs;
  const char *attributes;
  bool after_end; /* may follow Softmax and ArgMax */
  bo_import_handler *handle;
} operator_entry;

static const operator_entry operators[] = {
    {"Conv", "", 2, 3, CONV, false, bo_import_conv},
    {"Gemm", "", 2, 3, "alpha beta transA transB", false, bo_import_gemm},
    {"MatMul", "", 2, 2, "", false, bo_import_matmul},
    {"QLinearConv", "", 8, 9, CONV, false, bo_import_qlinear_conv},
    {"QLinearMatMul", "", 8, 8, "", false, bo_import_qlinear_matmul},
    {"ConvInteger", "", 2, 4, CONV, false, bo_import_conv_integer},
    {"MatMulInteger", "", 2, 4, "", false, bo_import_matmul_integer},
    {"QuantizeLinear", "", 2, 3, "axis saturate", false, bo_import_quantize_linear},
    {"DequantizeLinear", "", 2, 3, "axis", false, bo_import_dequantize_linear},
    {"BatchNormalization", "", 5, 5, "epsilon momentum spatial training_mode", false,
     bo_import_batch_norm},
    {"Relu", "", 1, 1, "", false, bo_import_relu},
    {"Clip", "", 1, 3, "min max", false, bo_import_clip},
    {"Add", "", 2, 2, "", false, bo_import_add},
    {"Sub", "", 2, 2, "", false, bo_import_sub},
    {"Mul", "", 2, 2, "", false, bo_import_mul},
    {"Div", "", 2, 2, "", false, bo_import_div},
    {"MaxPool", "", 1, 1, POOL " storage_order", false, bo_import_max_pool},
    {"AveragePool", "", 1, 1, POOL " count_include_pad", false, bo_import_average_pool},
    {"GlobalAveragePool", "", 1, 1, "", false, bo_import_global_average_pool},
    {"ReduceMean", "", 1, 2, "axes keepdims noop_with_empty_axes", false, bo_import_reduce_mean},
    {"Identity", "", 1, 1, "", true, bo_import_identity},
    {"Dropout", "", 1, 3, "ratio seed", false, bo_import_dropout},
    {"Cast", "", 1, 1, "to saturate", false, bo_import_cast},
    {"Flatten", "", 1, 1, "axis", true, bo_import_flatten},
    {"Reshape", "", 2, 2, "allowzero", true, bo_import_reshape},
    {"Squeeze", "", 1, 2, "axes", true, bo_import_squeeze},
    {"Transpose", "", 1, 1, "perm", false, bo_import_transpose},
    {"Softmax", "", 1, 1, "axis", true, bo_import_class_axis},
    {"LogSoftmax", "", 1, 1, "axis", true, bo_import_class_axis},
    {"ArgMax", "", 1, 1, "axis keepdims", true, bo_import_class_axis},
    {"QLinearAdd", MICROSOFT, 7, 8, "", false, bo_import_qlinear_add},
    {"QGemm", MICROSOFT, 6, 9, "alpha transA transB", false, bo_import_qgemm},
    {"QLinearAveragePool", MICROSOFT, 4, 5, POOL " count_include_pad channels_last", false,
     bo_import_qlinear_average_pool},
    {"QLinearGlobalAveragePool", MICROSOFT, 4, 5, "channels_last", false,
     bo_import_qlinear_global_average_pool},
};

static const operator_entry *find_operator(const bo_onnx_node *node) {
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    if (strcmp(operators[i].op, node->op) == 0 && strcmp(operators[i].domain, node->domain) == 0) {
      return &operators[i];
    }
  }
  return NULL;
}

static bo_status refuse_operator(const bo_onnx_node *node, bo_diag *diag) {
  if (strcmp(node->op, "DynamicQuantizeLinear") == 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "its scale depends on the data; expected activations with constant scales");
  }
  if (node->domain[0] != '\0') {
    return bo_fail(diag, BO_E_INVALID, "operator of domain '%.64s' not supported", node->domain);
  }
  return bo_fail(diag, BO_E_INVALID, "operator not supported");
}

static bo_status check_inputs(const bo_import *import, const bo_onnx_node *node,
                              const operator_entry *entry, bo_diag *diag) {
  if (node->inputs < entry->least_inputs || node->inputs > entry->most_inputs) {
    return bo_fail(diag, BO_E_INVALID, "expected %u to %u inputs, got %u", entry->least_inputs,
                   entry->most_inputs, node->inputs);
  }
  for (uint32_t i = 0; i < node->inputs; i++) {
    const bo_meaning *meaning = bo_import_input(import, node, i);
    if (meaning == NULL) {
      continue;
    }
    if (meaning->kind == BO_MEANS_NOTHING) {
      return bo_fail(diag, BO_E_INVALID, "input '%s' is a second output, which is not supported",
                     bo_import_input_name(import, node, i));
    }
    if (meaning->at_end && !entry->after_end) {
      return bo_fail(diag, BO_E_INVALID,
                     "computes with the result of Softmax or ArgMax, which can only end a network");
    }
  }
  return bo_import_input(import, node, 0) == NULL
             ? bo_fail(diag, BO_E_INVALID, "input 0 is left out")
             : BO_OK;
}

static bo_status walk_node(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  const operator_entry *entry = find_operator(node);
  if (entry == NULL) {
    return refuse_operator(node, diag);
  }
  const bo_status status = check_inputs(import, node, entry, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_status known = bo_onnx_attrs_known(node, entry->attributes, diag);
  return known == BO_OK ? entry->handle(import, node, diag) : known;
}

/* Puts "node 'x' (Conv): " before the text. */
static bo_status name_node(bo_status status, const bo_onnx_node *node, bo_diag *diag) {
  if (status == BO_OK || diag == NULL) {
    return status;
  }
  const bo_diag reason = *diag;
  return bo_fail(diag, status, "node '%.100s' (%.40s): %s", node->name, node->op, reason.text);
}

/* Marks what the output needs, from the end; counts nothing twice. */
static bool *mark_needed(bo_import *import) {
  const bo_onnx_model *model = import->model;
  bool *value = bo_import_alloc(import, model->values, sizeof *value);
  bool *node = bo_import_alloc(import, (size_t)model->nodes + 1, sizeof *node);
  if (value == NULL || node == NULL) {
    return NULL;
  }
  value[model->output[0]] = true;
  for (uint32_t i = model->nodes; i-- > 0;) {
    for (uint32_t k = 0; k < model->node[i].outputs; k++) {
      const uint32_t output = model->node[i].output[k];
      node[i] = node[i] || (output != BO_ONNX_NONE && value[output]);
    }
    for (uint32_t k = 0; node[i] && k < model->node[i].inputs; k++) {
      if (model->node[i].input[k] != BO_ONNX_NONE) {
        value[model->node[i].input[k]] = true;
      }
    }
  }
  return node;
}

static bo_status input_shape(bo_shape *shape, bool *is_flat, const bo_onnx_value *value,
                             bo_diag *diag) {
  const int64_t *dims = value->dims;
  if (value->rank != 2 && value->rank != 4) {
    return bo_fail(
        diag, BO_E_INVALID,
        "input '%s': expected the shape [N, C, H, W] or [N, features], got %u dimensions",
        value->name, value->rank);
  }
  if (dims[0] != -1 && dims[0] != 1) {
    return bo_fail(diag, BO_E_INVALID, "input '%s': expected a batch of 1 or any, got %lld",
                   value->name, (long long)dims[0]);
  }
  int64_t elements = 1;
  for (uint32_t i = 1; i < value->rank; i++) {
    if (dims[i] < 1 || dims[i] > MOST_INPUTS / elements) {
      return bo_fail(diag, BO_E_INVALID,
                     "input '%s': dimension %u: expected fixed sizes of at most %d together",
                     value->name, i, MOST_INPUTS);
    }
    elements *= dims[i];
  }
  *is_flat = value->rank == 2;
  *shape = *is_flat ? (bo_shape){1, 1, (uint32_t)dims[1]}
                    : (bo_shape){(uint32_t)dims[2], (uint32_t)dims[3], (uint32_t)dims[1]};
  return BO_OK;
}

/* The network's input: float, or codes whose scale the first reader tells. */
static bo_status enter_input(bo_import *import, bo_diag *diag) {
  bo_net *net = import->net;
  const uint32_t index = import->model->input[0];
  const bo_onnx_value *value = &import->model->value[index];
  bo_meaning meaning = {.kind = BO_MEANS_INPUT, .layer = BO_NET_INPUT};
  const bo_status status = input_shape(&net->input, &meaning.is_flat, value, diag);
  if (status != BO_OK) {
    return status;
  }
  if (value->dtype != BO_F32 && value->dtype != BO_U8 && value->dtype != BO_I8) {
    return bo_fail(diag, BO_E_INVALID, "input '%s': expected float32, uint8 or int8, got %s",
                   value->name, bo_dtype_name(value->dtype));
  }
  double *gain = bo_import_alloc(import, net->input.c, sizeof *gain);
  double *offset = bo_import_alloc(import, net->input.c, sizeof *offset);
  net->input_gain = calloc(net->input.c, sizeof *net->input_gain);
  net->input_offset = calloc(net->input.c, sizeof *net->input_offset);
  if (gain == NULL || offset == NULL || net->input_gain == NULL || net->input_offset == NULL) {
    return bo_import_no_memory(diag);
  }
  for (uint32_t c = 0; c < net->input.c; c++) {
    gain[c] = 1.0;
  }
  meaning.shape = net->input;
  meaning.gain = gain;
  meaning.offset = offset;
  if (value->dtype != BO_F32) {
    meaning.kind = BO_MEANS_CODES;
    meaning.is_signed = value->dtype == BO_I8;
  }
  import->meaning[index] = meaning;
  return BO_OK;
}

static bo_status enter_values(bo_import *import, bo_diag *diag) {
  const bo_onnx_model *model = import->model;
  if (model->opset < OLDEST_OPSET) {
    return bo_fail(diag, BO_E_INVALID, "opset: expected %d or later, got %lld", OLDEST_OPSET,
                   (long long)model->opset);
  }
  if (model->inputs != 1 || model->outputs != 1) {
    return bo_fail(diag, BO_E_INVALID, "expected one input and one output, got %u and %u",
                   model->inputs, model->outputs);
  }
  import->meaning = bo_import_alloc(import, model->values, sizeof *import->meaning);
  if (import->meaning == NULL) {
    return bo_import_no_memory(diag);
  }
  for (uint32_t i = 0; i < model->values; i++) {
    if (model->value[i].is_constant) {
      import->meaning[i] = (bo_meaning){.kind = BO_MEANS_CONSTANT, .source = i};
    }
  }
  return enter_input(import, diag);
}

static bo_status walk(bo_import *import, bo_diag *diag) {
  const bo_onnx_model *model = import->model;
  bo_status status = enter_values(import, diag);
  if (status != BO_OK) {
    return status;
  }
  const bool *needed = mark_needed(import);
  if (needed == NULL) {
    return bo_import_no_memory(diag);
  }
  for (uint32_t i = 0; i < model->nodes; i++) {
    if (needed[i]) {
      status = name_node(walk_node(import, &model->node[i], diag), &model->node[i], diag);
    }
    if (status != BO_OK) {
      return status;
    }
  }
  status = bo_import_finish(import, &import->meaning[model->output[0]], diag);
  if (status == BO_OK) {
    status = bo_import_fold_clamps(import, diag);
  }
  return status == BO_OK ? bo_net_check(import->net, diag) : status;
}

bo_status bo_net_import(bo_net **out, const bo_onnx_model *model, const char *name, bo_diag *diag) {
  *out = NULL;
  bo_import import = {.model = model, .net = calloc(1, sizeof *import.net)};
  if (import.net == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: no memory", name);
  }
  bo_diag reason = {""};
  bo_status status = BO_OK;
  import.net->hash = model->hash;
  import.net->name = strdup(name);
  status = import.net->name == NULL ? bo_import_no_memory(&reason) : walk(&import, &reason);
  bo_arena_free(&import.arena);
  if (status != BO_OK) {
    bo_net_free(import.net);
    return bo_fail(diag, status, "%s: %s", name, reason.text);
  }
  *out = import.net;
  return BO_OK;
}

/* A name stands in tables, JSON and figures: what some of them cannot show becomes '_'. */
static void make_presentable(char *name) {
  for (size_t at = 0; name[at] != '\0';) {
    const size_t bytes = bo_utf8_printable(name + at);
    if (bytes == 0 || name[at] == '"') {
      name[at] = '_';
    }
    at += bytes == 0 ? 1 : bytes;
  }
}

/* The file's name without folder and ".onnx"; NULL: no memory. */
static char *name_of_file(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *file = slash == NULL ? path : slash + 1;
  const size_t length = strlen(file);
  const bool has_suffix = length > 5 && strcmp(file + length - 5, ".onnx") == 0;
  char *name = strndup(file, has_suffix ? length - 5 : length);
  if (name != NULL) {
    make_presentable(name);
  }
  return name;
}

bo_status bo_net_load(bo_net **out, const char *path, bo_diag *diag) {
  *out = NULL;
  bo_onnx_model *model = NULL;
  bo_status status = bo_onnx_model_load(&model, path, diag);
  if (status != BO_OK) {
    return status;
  }
  char *name = name_of_file(path);
  status = name == NULL ? bo_fail(diag, BO_E_NOMEM, "%s: no memory", path)
                        : bo_net_import(out, model, name, diag);
  free(name);
  bo_onnx_model_free(model);
  return status;
}
