#include "onnx_builder.h"

#include "net/arena.h"

#include "onnx.pb-c.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MOST_NODES = 256,
  MOST_TENSORS = 512,
  MOST_WORDS = 16,
};

struct onnx_builder {
  bo_arena arena;
  Onnx__ModelProto model;
  Onnx__GraphProto graph;
  Onnx__OperatorSetIdProto opset[2];
  Onnx__OperatorSetIdProto *opsets[2];
  Onnx__NodeProto *node[MOST_NODES];
  Onnx__TensorProto *tensor[MOST_TENSORS];
  Onnx__ValueInfoProto *input[1], *output[MOST_WORDS];
};

static void *take(onnx_builder *builder, size_t count, size_t size) {
  void *memory = bo_arena_alloc(&builder->arena, count, size);
  if (memory == NULL) {
    abort();
  }
  return memory;
}

static char *text(onnx_builder *builder, const char *source) {
  char *copy = bo_arena_text(&builder->arena, source, strlen(source));
  if (copy == NULL) {
    abort();
  }
  return copy;
}

/* The words of @p source in the arena; "-" is an empty one. */
static size_t words(onnx_builder *builder, const char *source, char ***out) {
  char *rest = text(builder, source);
  *out = take(builder, MOST_WORDS, sizeof **out);
  size_t count = 0;
  char *state = NULL;
  for (char *word = strtok_r(rest, " ", &state); word != NULL; word = strtok_r(NULL, " ", &state)) {
    if (count == MOST_WORDS) {
      abort();
    }
    (*out)[count++] = strcmp(word, "-") == 0 ? text(builder, "") : word;
  }
  return count;
}

static size_t integers(onnx_builder *builder, const char *source, const char *separator,
                       int64_t **out) {
  char *rest = text(builder, source);
  *out = take(builder, MOST_WORDS, sizeof **out);
  size_t count = 0;
  char *state = NULL;
  for (char *word = strtok_r(rest, separator, &state); word != NULL && count < MOST_WORDS;
       word = strtok_r(NULL, separator, &state)) {
    (*out)[count++] = strtoll(word, NULL, 10);
  }
  return count;
}

onnx_builder *onnx_builder_new(int64_t opset) {
  onnx_builder *builder = calloc(1, sizeof *builder);
  if (builder == NULL) {
    abort();
  }
  onnx__model_proto__init(&builder->model);
  onnx__graph_proto__init(&builder->graph);
  for (size_t i = 0; i < 2; i++) {
    onnx__operator_set_id_proto__init(&builder->opset[i]);
    builder->opset[i].has_version = 1;
    builder->opset[i].version = i == 0 ? opset : 1;
    builder->opsets[i] = &builder->opset[i];
  }
  builder->opset[1].domain = text(builder, "com.microsoft");
  builder->model.has_ir_version = 1;
  builder->model.ir_version = 8;
  builder->model.n_opset_import = 2;
  builder->model.opset_import = builder->opsets;
  builder->model.graph = &builder->graph;
  builder->graph.name = text(builder, "test");
  builder->graph.node = builder->node;
  builder->graph.initializer = builder->tensor;
  builder->graph.input = builder->input;
  builder->graph.output = builder->output;
  return builder;
}

void onnx_builder_free(onnx_builder *builder) {
  if (builder != NULL) {
    bo_arena_free(&builder->arena);
    free(builder);
  }
}

static int32_t onnx_type(bo_dtype dtype) {
  static const int32_t type[] = {[BO_F32] = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
                                 [BO_U8] = ONNX__TENSOR_PROTO__DATA_TYPE__UINT8,
                                 [BO_I8] = ONNX__TENSOR_PROTO__DATA_TYPE__INT8,
                                 [BO_I32] = ONNX__TENSOR_PROTO__DATA_TYPE__INT32,
                                 [BO_I64] = ONNX__TENSOR_PROTO__DATA_TYPE__INT64};
  return type[dtype];
}

void onnx_builder_input(onnx_builder *builder, const char *name, bo_dtype dtype, const char *dims) {
  Onnx__ValueInfoProto *value = take(builder, 1, sizeof *value);
  Onnx__TypeProto *type = take(builder, 1, sizeof *type);
  Onnx__TypeProto__Tensor *tensor = take(builder, 1, sizeof *tensor);
  Onnx__TensorShapeProto *shape = take(builder, 1, sizeof *shape);
  int64_t *sizes = NULL;
  onnx__value_info_proto__init(value);
  onnx__type_proto__init(type);
  onnx__type_proto__tensor__init(tensor);
  onnx__tensor_shape_proto__init(shape);
  shape->n_dim = integers(builder, dims, " ", &sizes);
  shape->dim = take(builder, MOST_WORDS, sizeof(void *));
  for (size_t i = 0; i < shape->n_dim; i++) {
    shape->dim[i] = take(builder, 1, sizeof **shape->dim);
    onnx__tensor_shape_proto__dimension__init(shape->dim[i]);
    if (sizes[i] < 0) {
      shape->dim[i]->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
      shape->dim[i]->dim_param = text(builder, "N");
    } else {
      shape->dim[i]->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
      shape->dim[i]->dim_value = sizes[i];
    }
  }
  tensor->has_elem_type = 1;
  tensor->elem_type = onnx_type(dtype);
  tensor->shape = shape;
  type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  type->tensor_type = tensor;
  value->name = text(builder, name);
  value->type = type;
  builder->input[builder->graph.n_input++] = value;
}

void onnx_builder_output(onnx_builder *builder, const char *name) {
  Onnx__ValueInfoProto *value = take(builder, 1, sizeof *value);
  onnx__value_info_proto__init(value);
  value->name = text(builder, name);
  builder->output[builder->graph.n_output++] = value;
}

static Onnx__TensorProto *tensor_new(onnx_builder *builder, const char *name, bo_dtype dtype,
                                     const char *dims, const void *data) {
  Onnx__TensorProto *tensor = take(builder, 1, sizeof *tensor);
  onnx__tensor_proto__init(tensor);
  tensor->name = text(builder, name);
  tensor->n_dims = integers(builder, dims, " ", &tensor->dims);
  tensor->has_data_type = 1;
  tensor->data_type = onnx_type(dtype);
  size_t bytes = bo_dtype_size(dtype);
  for (size_t i = 0; i < tensor->n_dims; i++) {
    bytes *= (size_t)tensor->dims[i];
  }
  tensor->has_raw_data = 1;
  tensor->raw_data.len = bytes;
  tensor->raw_data.data = take(builder, bytes, 1);
  memcpy(tensor->raw_data.data, data, bytes);
  return tensor;
}

void onnx_builder_tensor(onnx_builder *builder, const char *name, bo_dtype dtype, const char *dims,
                         const void *data) {
  if (builder->graph.n_initializer == MOST_TENSORS) {
    abort();
  }
  builder->tensor[builder->graph.n_initializer++] = tensor_new(builder, name, dtype, dims, data);
}

void onnx_builder_f32(onnx_builder *builder, const char *name, const char *dims,
                      const float *data) {
  onnx_builder_tensor(builder, name, BO_F32, dims, data);
}

void onnx_builder_scalar(onnx_builder *builder, const char *name, bo_dtype dtype, double value) {
  const float f = (float)value;
  const uint8_t u8 = (uint8_t)(int64_t)value;
  const int32_t i32 = (int32_t)value;
  const int64_t i64 = (int64_t)value;
  const void *data[] = {
      [BO_F32] = &f, [BO_U8] = &u8, [BO_I8] = &u8, [BO_I32] = &i32, [BO_I64] = &i64};
  onnx_builder_tensor(builder, name, dtype, "", data[dtype]);
}

static Onnx__AttributeProto *attribute_new(onnx_builder *builder, const char *name) {
  Onnx__AttributeProto *attribute = take(builder, 1, sizeof *attribute);
  onnx__attribute_proto__init(attribute);
  attribute->name = text(builder, name);
  attribute->has_type = 1;
  return attribute;
}

/* "name=value": see the header. */
static Onnx__AttributeProto *parse_attribute(onnx_builder *builder, char *word) {
  char *value = strchr(word, '=');
  if (value == NULL) {
    abort();
  }
  *value++ = '\0';
  Onnx__AttributeProto *attribute = attribute_new(builder, word);
  const bool is_number = strspn(value, "0123456789.,-") == strlen(value);
  if (!is_number) {
    attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
    attribute->has_s = 1;
    attribute->s.data = (uint8_t *)value;
    attribute->s.len = strlen(value);
  } else if (strchr(value, '.') != NULL) {
    attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
    attribute->has_f = 1;
    attribute->f = strtof(value, NULL);
  } else if (strchr(value, ',') != NULL) {
    attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
    attribute->n_ints = integers(builder, value, ",", &attribute->ints);
  } else {
    attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
    attribute->has_i = 1;
    attribute->i = strtoll(value, NULL, 10);
  }
  return attribute;
}

static Onnx__NodeProto *node_new(onnx_builder *builder) {
  if (builder->graph.n_node == MOST_NODES) {
    abort();
  }
  Onnx__NodeProto *node = take(builder, 1, sizeof *node);
  onnx__node_proto__init(node);
  builder->node[builder->graph.n_node++] = node;
  return node;
}

void onnx_builder_constant(onnx_builder *builder, const char *name, bo_dtype dtype,
                           const char *dims, const void *data) {
  Onnx__NodeProto *node = node_new(builder);
  node->op_type = text(builder, "Constant");
  node->n_output = words(builder, name, &node->output);
  node->n_attribute = 1;
  node->attribute = take(builder, 1, sizeof(void *));
  node->attribute[0] = attribute_new(builder, "value");
  node->attribute[0]->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
  node->attribute[0]->t = tensor_new(builder, name, dtype, dims, data);
}

void onnx_builder_node(onnx_builder *builder, const char *op, const char *name, const char *inputs,
                       const char *outputs, const char *attributes) {
  Onnx__NodeProto *node = node_new(builder);
  const char *dot = strrchr(op, '.');
  node->op_type = text(builder, dot == NULL ? op : dot + 1);
  if (dot != NULL) {
    node->domain = text(builder, op);
    node->domain[dot - op] = '\0';
  }
  node->name = text(builder, name);
  node->n_input = words(builder, inputs, &node->input);
  node->n_output = words(builder, outputs, &node->output);
  char **assignments = NULL;
  node->n_attribute = words(builder, attributes, &assignments);
  node->attribute = take(builder, MOST_WORDS, sizeof(void *));
  for (size_t i = 0; i < node->n_attribute; i++) {
    node->attribute[i] = parse_attribute(builder, assignments[i]);
  }
}

bo_bytes onnx_builder_bytes(const onnx_builder *builder) {
  bo_bytes bytes = {.size = onnx__model_proto__get_packed_size(&builder->model)};
  bytes.data = malloc(bytes.size);
  if (bytes.data == NULL) {
    abort();
  }
  (void)onnx__model_proto__pack(&builder->model, bytes.data);
  return bytes;
}

bo_onnx_model *onnx_builder_model(const onnx_builder *builder) {
  bo_bytes bytes = onnx_builder_bytes(builder);
  bo_onnx_model *model = NULL;
  bo_diag diag = {""};
  if (bo_onnx_model_parse(&model, "test", bytes.data, bytes.size, &diag) != BO_OK) {
    (void)fprintf(stderr, "onnx_builder: %s\n", diag.text);
    abort();
  }
  bo_bytes_free(&bytes);
  return model;
}
