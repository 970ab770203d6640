/**
 * @file onnx_writer.h
 * Writes small ONNX files for tests, byte by byte: whatever protobuf can say, valid or not.
 */
#ifndef BO_TESTS_ONNX_WRITER_H
#define BO_TESTS_ONNX_WRITER_H

#include <stddef.h>
#include <stdint.h>

enum {
  WIRE_CAPACITY = 8192,
};

/** A protobuf message under construction; {0} is empty. Aborts when it is full. */
typedef struct wire {
  uint8_t data[WIRE_CAPACITY];
  size_t size;
} wire;

/** Fields of the four wire types. @p text is zero-terminated. */
void wire_int(wire *w, uint32_t field, int64_t value);
void wire_float(wire *w, uint32_t field, float value);
void wire_bytes(wire *w, uint32_t field, const void *data, size_t size);
void wire_text(wire *w, uint32_t field, const char *text);
void wire_message(wire *w, uint32_t field, const wire *message);

/** TensorProto with raw_data; @p onnx_type is the number of TensorProto.DataType. */
wire onnx_tensor(const char *name, int32_t onnx_type, uint32_t rank, const int64_t *dims,
                 const void *data, size_t size);

/** AttributeProto. */
wire onnx_attr_int(const char *name, int64_t value);
wire onnx_attr_ints(const char *name, size_t count, const int64_t *values);
wire onnx_attr_float(const char *name, float value);
wire onnx_attr_text(const char *name, const char *value);

/** NodeProto; inputs and outputs are separated by single spaces, "-" is an input left out. */
wire onnx_node(const char *op, const char *domain, const char *name, const char *inputs,
               const char *outputs);
void onnx_node_add_attr(wire *node, wire attr);

/** Fields of GraphProto. */
void graph_add_node(wire *graph, wire node);
void graph_add_constant(wire *graph, wire tensor);
void graph_add_input(wire *graph, const char *name, int32_t onnx_type, uint32_t rank,
                     const int64_t *dims);
void graph_add_output(wire *graph, const char *name);

/** ModelProto around a graph. */
wire onnx_model_of(const wire *graph, int64_t opset);

#endif
