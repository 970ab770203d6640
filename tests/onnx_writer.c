#include "onnx_writer.h"

#include <stdlib.h>
#include <string.h>

/* Field numbers of onnx.proto. */
enum {
  ATTR_NAME = 1,
  ATTR_F = 2,
  ATTR_I = 3,
  ATTR_S = 4,
  ATTR_INTS = 8,
  ATTR_TYPE = 20,
  NODE_INPUT = 1,
  NODE_OUTPUT = 2,
  NODE_NAME = 3,
  NODE_OP_TYPE = 4,
  NODE_ATTRIBUTE = 5,
  NODE_DOMAIN = 7,
  TENSOR_DIMS = 1,
  TENSOR_DATA_TYPE = 2,
  TENSOR_NAME = 8,
  TENSOR_RAW_DATA = 9,
  GRAPH_NODE = 1,
  GRAPH_INITIALIZER = 5,
  GRAPH_INPUT = 11,
  GRAPH_OUTPUT = 12,
  MODEL_IR_VERSION = 1,
  MODEL_GRAPH = 7,
  MODEL_OPSET_IMPORT = 8,
  OPSET_VERSION = 2,
};

static void put(wire *w, const void *data, size_t size) {
  if (size > WIRE_CAPACITY - w->size) {
    abort();
  }
  if (size > 0) {
    memcpy(w->data + w->size, data, size);
  }
  w->size += size;
}

static void put_varint(wire *w, uint64_t value) {
  uint8_t byte = 0;
  for (; value >= 0x80; value >>= 7) {
    byte = (uint8_t)(value | 0x80);
    put(w, &byte, 1);
  }
  byte = (uint8_t)value;
  put(w, &byte, 1);
}

void wire_int(wire *w, uint32_t field, int64_t value) {
  put_varint(w, (uint64_t)field << 3);
  put_varint(w, (uint64_t)value);
}

void wire_float(wire *w, uint32_t field, float value) {
  put_varint(w, (uint64_t)field << 3 | 5);
  put(w, &value, sizeof value);
}

void wire_bytes(wire *w, uint32_t field, const void *data, size_t size) {
  put_varint(w, (uint64_t)field << 3 | 2);
  put_varint(w, size);
  put(w, data, size);
}

void wire_text(wire *w, uint32_t field, const char *text) {
  wire_bytes(w, field, text, strlen(text));
}

void wire_message(wire *w, uint32_t field, const wire *message) {
  wire_bytes(w, field, message->data, message->size);
}

wire onnx_tensor(const char *name, int32_t onnx_type, uint32_t rank, const int64_t *dims,
                 const void *data, size_t size) {
  wire w = {.size = 0};
  for (uint32_t d = 0; d < rank; d++) {
    wire_int(&w, TENSOR_DIMS, dims[d]);
  }
  wire_int(&w, TENSOR_DATA_TYPE, onnx_type);
  wire_text(&w, TENSOR_NAME, name);
  wire_bytes(&w, TENSOR_RAW_DATA, data, size);
  return w;
}

/* Numbers of AttributeProto.AttributeType. */
enum {
  TYPE_FLOAT = 1,
  TYPE_INT = 2,
  TYPE_STRING = 3,
  TYPE_INTS = 7,
};

static wire attr(const char *name, int64_t type) {
  wire w = {.size = 0};
  wire_text(&w, ATTR_NAME, name);
  wire_int(&w, ATTR_TYPE, type);
  return w;
}

wire onnx_attr_int(const char *name, int64_t value) {
  wire w = attr(name, TYPE_INT);
  wire_int(&w, ATTR_I, value);
  return w;
}

wire onnx_attr_ints(const char *name, size_t count, const int64_t *values) {
  wire w = attr(name, TYPE_INTS);
  for (size_t i = 0; i < count; i++) {
    wire_int(&w, ATTR_INTS, values[i]);
  }
  return w;
}

wire onnx_attr_float(const char *name, float value) {
  wire w = attr(name, TYPE_FLOAT);
  wire_float(&w, ATTR_F, value);
  return w;
}

wire onnx_attr_text(const char *name, const char *value) {
  wire w = attr(name, TYPE_STRING);
  wire_text(&w, ATTR_S, value);
  return w;
}

/* One field for each word of @p words; "-" becomes the empty string. */
static void put_words(wire *w, uint32_t field, const char *words) {
  while (*words != '\0') {
    const size_t length = strcspn(words, " ");
    wire_bytes(w, field, words, length == 1 && *words == '-' ? 0 : length);
    words += length;
    words += *words == ' ';
  }
}

wire onnx_node(const char *op, const char *domain, const char *name, const char *inputs,
               const char *outputs) {
  wire w = {.size = 0};
  put_words(&w, NODE_INPUT, inputs);
  put_words(&w, NODE_OUTPUT, outputs);
  wire_text(&w, NODE_NAME, name);
  wire_text(&w, NODE_OP_TYPE, op);
  wire_text(&w, NODE_DOMAIN, domain);
  return w;
}

void onnx_node_add_attr(wire *node, wire attr) {
  wire_message(node, NODE_ATTRIBUTE, &attr);
}

void graph_add_node(wire *graph, wire node) {
  wire_message(graph, GRAPH_NODE, &node);
}

void graph_add_constant(wire *graph, wire tensor) {
  wire_message(graph, GRAPH_INITIALIZER, &tensor);
}

void graph_add_input(wire *graph, const char *name, int32_t onnx_type, uint32_t rank,
                     const int64_t *dims) {
  wire shape = {.size = 0};
  for (uint32_t d = 0; d < rank; d++) {
    wire dim = {.size = 0};
    if (dims[d] == -1) {
      wire_text(&dim, 2, "batch"); /* dim_param */
    } else {
      wire_int(&dim, 1, dims[d]); /* dim_value */
    }
    wire_message(&shape, 1, &dim);
  }
  wire tensor = {.size = 0};
  wire_int(&tensor, 1, onnx_type); /* elem_type */
  wire_message(&tensor, 2, &shape);
  wire type = {.size = 0};
  wire_message(&type, 1, &tensor); /* tensor_type */
  wire value = {.size = 0};
  wire_text(&value, 1, name);
  wire_message(&value, 2, &type);
  wire_message(graph, GRAPH_INPUT, &value);
}

void graph_add_output(wire *graph, const char *name) {
  wire value = {.size = 0};
  wire_text(&value, 1, name);
  wire_message(graph, GRAPH_OUTPUT, &value);
}

wire onnx_model_of(const wire *graph, int64_t opset) {
  wire version = {.size = 0};
  wire_int(&version, OPSET_VERSION, opset);
  wire w = {.size = 0};
  wire_int(&w, MODEL_IR_VERSION, 7);
  wire_message(&w, MODEL_OPSET_IMPORT, &version);
  wire_message(&w, MODEL_GRAPH, graph);
  return w;
}
