/**
 * @file onnx_model.h
 * An ONNX file as a checked graph: every name resolved to an index, every constant a tensor, nodes
 * in an order in which each uses only what stands before it.
 *
 * The reader trusts nothing: nesting and number of protobuf messages are bounded before the file is
 * unpacked, sizes before they are allocated. It knows no operator; what an operator means is in
 * onnx_ops.h (reference) and onnx_import.h (quantised network).
 */
#ifndef BO_NET_ONNX_MODEL_H
#define BO_NET_ONNX_MODEL_H

#include "base/status.h"
#include "net/tensor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of the largest file that is read. */
#define BO_ONNX_MAX_FILE_BYTES ((size_t)512 << 20)

/** Stands for an optional input or output that is left out. */
#define BO_ONNX_NONE UINT32_MAX

typedef enum bo_onnx_attr_type {
  BO_ONNX_ATTR_FLOAT,
  BO_ONNX_ATTR_INT,
  BO_ONNX_ATTR_STRING,
  BO_ONNX_ATTR_TENSOR,
  BO_ONNX_ATTR_FLOATS,
  BO_ONNX_ATTR_INTS,
  BO_ONNX_ATTR_OTHER, /**< a graph, strings, ...: no operator here takes one */
} bo_onnx_attr_type;

typedef struct bo_onnx_attr {
  const char *name;
  bo_onnx_attr_type type;
  float f;
  int64_t i;
  const char *s; /**< zero-terminated */
  size_t count;  /**< of floats or ints */
  const float *floats;
  const int64_t *ints;
  bo_tensor tensor;
} bo_onnx_attr;

/** A value of the graph: a graph input, a constant, or what a node produces. */
typedef struct bo_onnx_value {
  const char *name;
  bool is_input;    /**< graph input without initialiser */
  bool is_constant; /**< initialiser or output of a Constant node; tensor is set */
  bo_tensor tensor;
  bo_dtype dtype;                   /**< of a graph input, when declared; BO_F32 otherwise */
  uint32_t rank;                    /**< of a graph input, when declared; 0 otherwise */
  int64_t dims[BO_TENSOR_MAX_RANK]; /**< -1: symbolic, e.g. the batch */
} bo_onnx_value;

typedef struct bo_onnx_node {
  const char *op;     /**< "Conv" */
  const char *domain; /**< "" for ai.onnx, else e.g. "com.microsoft" */
  const char *name;   /**< the node's name, or that of its first output when it has none */
  uint32_t inputs, outputs, attrs;
  uint32_t *input; /**< value indices or BO_ONNX_NONE */
  uint32_t *output;
  bo_onnx_attr *attr;
} bo_onnx_node;

typedef struct bo_onnx_model {
  int64_t opset; /**< of the default domain, 1 … 19; who gives meaning to nodes may ask for more */
  uint32_t nodes, values, inputs, outputs;
  bo_onnx_node *node; /**< Constant nodes are values, not nodes; topologically ordered */
  bo_onnx_value *value;
  uint32_t *input; /**< value indices of the graph's inputs that have no initialiser */
  uint32_t *output;
  uint64_t hash; /**< of the file's bytes */
  void *storage; /**< what the pointers point into */
} bo_onnx_model;

/**
 * Reads and checks @p path (at most 512 MiB); owned by the caller.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID: not protobuf, too deep, external data, unknown
 *         element type, shape and data disagree, a name used twice or never defined, a cycle. The
 *         diagnostic names file and node or tensor.
 */
bo_status bo_onnx_model_load(bo_onnx_model **out, const char *path, bo_diag *diag);

/** The same from memory; @p name stands for the file in diagnostics. */
bo_status bo_onnx_model_parse(bo_onnx_model **out, const char *name, const void *data, size_t size,
                              bo_diag *diag);

/** Reads a serialised TensorProto (the .pb files of the ONNX node tests). */
bo_status bo_onnx_tensor_parse(bo_tensor *out, const char *name, const void *data, size_t size,
                               bo_diag *diag);

void bo_onnx_model_free(bo_onnx_model *model);

/** Attribute by name, NULL if the node has none such. */
const bo_onnx_attr *bo_onnx_attr_find(const bo_onnx_node *node, const char *name);

#ifdef __cplusplus
}
#endif

#endif
