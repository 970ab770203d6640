#include "net/onnx_export.h"

#include "base/file.h"
#include "net/onnx_model.h"
#include "net/onnx_proto.h"
#include "net/requant.h"

#include <onnx.pb-c.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file in both forms: names resolved (to find what the network refers to), and to be edited. */
typedef struct source {
  bo_onnx_model *model;
  ProtobufCMessage *message;
  Onnx__GraphProto *graph;
  const bo_net *net;
} source;

static int32_t lowest_code(const bo_weights *weights) {
  return weights->storage == BO_STORAGE_TWOS_COMPLEMENT ? -((int32_t)1 << (weights->bits - 1)) : 0;
}

static int32_t highest_code(const bo_weights *weights) {
  return lowest_code(weights) + ((int32_t)1 << weights->bits) - 1;
}

static bool has_output(const Onnx__NodeProto *node, const char *name) {
  return node->n_output > 0 && strcmp(node->output[0], name) == 0;
}

static Onnx__NodeProto *find_node(const Onnx__GraphProto *graph, const char *output) {
  for (size_t i = 0; i < graph->n_node; i++) {
    if (has_output(graph->node[i], output)) {
      return graph->node[i];
    }
  }
  return NULL;
}

/* The tensor behind a constant: an initialiser, or the value of a Constant node. */
static Onnx__TensorProto *find_tensor(const Onnx__GraphProto *graph, const char *name) {
  for (size_t i = 0; i < graph->n_initializer; i++) {
    if (strcmp(graph->initializer[i]->name, name) == 0) {
      return graph->initializer[i];
    }
  }
  const Onnx__NodeProto *node = find_node(graph, name);
  for (size_t i = 0; node != NULL && i < node->n_attribute; i++) {
    if (strcmp(node->attribute[i]->name, "value") == 0) {
      return node->attribute[i]->t;
    }
  }
  return NULL;
}

/* Gives the tensor @p size bytes of data, which it then owns, in place of what it had. */
static void replace_data(Onnx__TensorProto *tensor, void *data, size_t size) {
  free(tensor->float_data);
  free(tensor->int32_data);
  tensor->float_data = NULL;
  tensor->n_float_data = 0;
  tensor->int32_data = NULL;
  tensor->n_int32_data = 0;
  if (tensor->has_raw_data) {
    free(tensor->raw_data.data);
  }
  tensor->has_raw_data = 1;
  tensor->raw_data.data = data;
  tensor->raw_data.len = size;
}

/* The float that QuantizeLinear maps to the code. */
static bool real_of_code(float *out, const bo_weights *weights, size_t n, int32_t code) {
  const float scale = weights->scale[n];
  const int32_t zero_point = weights->zero_point[n];
  *out = (float)(code - zero_point) * scale;
  const bool is_signed = weights->storage == BO_STORAGE_TWOS_COMPLEMENT;
  const int32_t lo = is_signed ? INT8_MIN : 0;
  const int32_t again = bo_round_to_code(*out / scale, zero_point, lo, lo + 255);
  return again == code;
}

/* The codes as elements of the file's tensor. */
static bo_status write_elements(void *data, const bo_weights *weights, bool as_floats,
                                bo_diag *diag) {
  const size_t outputs = (size_t)weights->groups * weights->outputs;
  const size_t inputs = weights->inputs;
  for (size_t n = 0; n < outputs; n++) {
    for (size_t k = 0; k < inputs; k++) {
      const size_t i = weights->source_transposed ? k * outputs + n : n * inputs + k;
      const int32_t code = bo_weights_decode(weights, weights->code[n * inputs + k]);
      float real = 0.0F;
      if (!as_floats) {
        ((uint8_t *)data)[i] = (uint8_t)code;
      } else if (real_of_code(&real, weights, n, code)) {
        memcpy((uint8_t *)data + i * sizeof real, &real, sizeof real);
      } else {
        return bo_fail(diag, BO_E_INVALID, "code %d at scale %g is no float that quantises to it",
                       code, (double)weights->scale[n]);
      }
    }
  }
  return BO_OK;
}

static bo_status replace_weights(const source *file, const bo_weights *weights, bo_diag *diag) {
  const bo_onnx_value *value = &file->model->value[weights->source_value];
  Onnx__TensorProto *tensor = find_tensor(file->graph, value->name);
  const size_t count = bo_weights_count(weights);
  if (tensor == NULL || value->tensor.count != count) {
    return bo_fail(diag, BO_E_INVALID, "'%s': expected a tensor of %zu weights", value->name,
                   count);
  }
  const bool as_floats = value->tensor.dtype == BO_F32;
  const size_t element = bo_dtype_size(value->tensor.dtype);
  void *data = calloc(count, element);
  if (data == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "no memory");
  }
  const bo_status status = write_elements(data, weights, as_floats, diag);
  if (status != BO_OK) {
    free(data);
    return status;
  }
  replace_data(tensor, data, count * element);
  return BO_OK;
}

/* Appends an int8 or uint8 scalar; its name goes to @p *input. False: no memory. */
static bool add_scalar(Onnx__GraphProto *graph, char **input, const bo_weights *weights,
                       int32_t value, const char *name) {
  Onnx__TensorProto *tensor = malloc(sizeof *tensor);
  Onnx__TensorProto **grown = NULL;
  if (tensor != NULL) {
    onnx__tensor_proto__init(tensor);
    tensor->name = strdup(name);
    tensor->raw_data.data = malloc(1);
    *input = strdup(name);
    grown = realloc(graph->initializer, (graph->n_initializer + 1) * sizeof(void *));
  }
  if (grown != NULL) {
    graph->initializer = grown;
  }
  if (grown == NULL || tensor->name == NULL || tensor->raw_data.data == NULL || *input == NULL) {
    if (tensor != NULL) {
      free(tensor->name);
      free(tensor->raw_data.data);
    }
    free(tensor);
    return false;
  }
  tensor->has_data_type = 1;
  tensor->data_type = weights->storage == BO_STORAGE_TWOS_COMPLEMENT
                          ? ONNX__TENSOR_PROTO__DATA_TYPE__INT8
                          : ONNX__TENSOR_PROTO__DATA_TYPE__UINT8;
  tensor->has_raw_data = 1;
  tensor->raw_data.len = 1;
  tensor->raw_data.data[0] = (uint8_t)value;
  graph->initializer[graph->n_initializer++] = tensor;
  return true;
}

/* Lets a Clip pass every code of the weights' bits. */
static bo_status widen_clip(const source *file, Onnx__NodeProto *clip, const bo_weights *weights,
                            bo_diag *diag) {
  const int32_t bound[2] = {lowest_code(weights), highest_code(weights)};
  char **input = calloc(3, sizeof *input);
  char name[2][64];
  bool done = input != NULL && (input[0] = strdup(clip->input[0])) != NULL;
  for (size_t i = 0; i < 2 && done; i++) {
    (void)snprintf(name[i], sizeof name[i], "brownout_clip_%zu", file->graph->n_initializer);
    if (find_tensor(file->graph, name[i]) != NULL || find_node(file->graph, name[i]) != NULL) {
      done = false;
      break;
    }
    done = add_scalar(file->graph, &input[i + 1], weights, bound[i], name[i]);
  }
  for (size_t i = 0; done && i < clip->n_input; i++) {
    free(clip->input[i]);
  }
  if (done) {
    free((void *)clip->input);
    clip->input = input;
    clip->n_input = 3;
    return BO_OK;
  }
  for (size_t i = 0; input != NULL && i < 3; i++) {
    free(input[i]);
  }
  free((void *)input);
  return bo_fail(diag, BO_E_NOMEM, "no memory");
}

/* Whether a Clip would change one of the codes; also if its bounds are not plain constants. */
static bool cuts(const bo_onnx_model *model, const bo_onnx_node *clip, const bo_weights *weights) {
  int64_t bound[2] = {INT32_MIN, INT32_MAX};
  for (uint32_t i = 1; i < clip->inputs && i < 3; i++) {
    if (clip->input[i] == BO_ONNX_NONE) {
      continue;
    }
    const bo_onnx_value *value = &model->value[clip->input[i]];
    if (!value->is_constant || value->tensor.dtype == BO_F32 || value->tensor.count != 1) {
      return true;
    }
    bound[i - 1] = bo_tensor_int(&value->tensor, 0);
  }
  const size_t count = bo_weights_count(weights);
  for (size_t i = 0; i < count; i++) {
    const int32_t code = bo_weights_decode(weights, weights->code[i]);
    if (code < bound[0] || code > bound[1]) {
      return true;
    }
  }
  return false;
}

static bool passes_codes_on(const bo_onnx_node *node) {
  static const char *const ops[] = {"Identity", "QuantizeLinear", "Transpose", "Clip"};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    if (strcmp(node->op, ops[i]) == 0) {
      return true;
    }
  }
  return false;
}

/* Widens every Clip between the file's tensor and DequantizeLinear that would change a code. */
static bo_status widen_clips(const source *file, const bo_weights *weights, bo_diag *diag) {
  const bo_onnx_model *model = file->model;
  bool *reached = calloc(model->values, sizeof *reached);
  if (reached == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "no memory");
  }
  bo_status status = BO_OK;
  reached[weights->source_value] = true;
  for (uint32_t i = 0; i < model->nodes && status == BO_OK; i++) {
    const bo_onnx_node *node = &model->node[i];
    if (node->inputs == 0 || node->input[0] == BO_ONNX_NONE || !reached[node->input[0]] ||
        !passes_codes_on(node)) {
      continue;
    }
    reached[node->output[0]] = true;
    if (strcmp(node->op, "Clip") == 0 && cuts(model, node, weights)) {
      Onnx__NodeProto *clip = find_node(file->graph, model->value[node->output[0]].name);
      status = clip == NULL ? bo_fail(diag, BO_E_INVALID, "node '%s' is not found", node->name)
                            : widen_clip(file, clip, weights, diag);
    }
  }
  free(reached);
  return status;
}

/* The weights with the codes @p patterns, stored as in the file; the copy owns code and zero_point.
 */
static bo_status as_in_file(bo_weights *copy, const bo_weights *weights, const uint8_t *patterns,
                            bo_diag *diag) {
  const size_t count = bo_weights_count(weights);
  const size_t outputs = (size_t)weights->groups * weights->outputs;
  *copy = *weights;
  copy->code = malloc(count);
  copy->zero_point = calloc(outputs, sizeof *copy->zero_point);
  if (copy->code == NULL || copy->zero_point == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "no memory");
  }
  memcpy(copy->code, patterns, count);
  memcpy(copy->zero_point, weights->zero_point, outputs * sizeof *copy->zero_point);
  bo_weights_store_as(copy, weights->source_storage);
  return BO_OK;
}

static bo_status edit(const source *file, const uint8_t *const *codes, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t t = 0; t < file->net->weight_tensors && status == BO_OK; t++) {
    bo_weights weights = {0};
    if (file->net->weights[t].source_value >= file->model->values) {
      return bo_fail(diag, BO_E_INVALID, "the network was not read from this file");
    }
    status = as_in_file(&weights, &file->net->weights[t], codes[t], diag);
    if (status == BO_OK) {
      status = widen_clips(file, &weights, diag);
    }
    if (status == BO_OK) {
      status = replace_weights(file, &weights, diag);
    }
    free(weights.code);
    free(weights.zero_point);
  }
  return status;
}

static bo_status pack(const char *path, const ProtobufCMessage *message, bo_diag *diag) {
  const size_t size = protobuf_c_message_get_packed_size(message);
  uint8_t *data = malloc(size > 0 ? size : 1);
  if (data == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "no memory");
  }
  (void)protobuf_c_message_pack(message, data);
  const bo_status status = bo_file_write(path, data, size, diag);
  free(data);
  return status;
}

/* Everything but reading the file; what fails here is the file's. */
static bo_status export_bytes(const char *path, const bo_bytes *bytes, const char *name,
                              const bo_net *net, const uint8_t *const *codes, bo_diag *diag) {
  source file = {.net = net};
  bo_diag reason = {""};
  if (bo_hash(bytes->data, bytes->size) != net->hash) {
    return bo_fail(diag, BO_E_INVALID, "%s: is not the file that '%s' was read from", name,
                   net->name);
  }
  bo_status status = bo_onnx_model_parse(&file.model, name, bytes->data, bytes->size, diag);
  if (status != BO_OK) {
    return status;
  }
  status = bo_onnx_unpack(&file.message, &onnx__model_proto__descriptor, bytes->data, bytes->size,
                          &reason);
  if (status == BO_OK) {
    file.graph = ((Onnx__ModelProto *)file.message)->graph;
    status = edit(&file, codes, &reason);
  }
  if (status != BO_OK) {
    status = bo_fail(diag, status, "%s: %s", name, reason.text);
  } else {
    status = pack(path, file.message, diag);
  }
  bo_onnx_release(file.message);
  bo_onnx_model_free(file.model);
  return status;
}

bo_status bo_onnx_export(const char *path, const char *source_path, const bo_net *net,
                         const uint8_t *const *codes, bo_diag *diag) {
  bo_bytes bytes = {0};
  const bo_status status = bo_file_read(&bytes, source_path, BO_ONNX_MAX_FILE_BYTES, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_status exported = export_bytes(path, &bytes, source_path, net, codes, diag);
  bo_bytes_free(&bytes);
  return exported;
}
