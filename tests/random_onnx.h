/**
 * @file random_onnx.h
 * Random quantised ONNX graphs that the import accepts: convolutions of all kinds with the ways to
 * write weights and biases, batch norm, pools, sums, tables, prologues, flattening.
 */
#ifndef BO_TESTS_RANDOM_ONNX_H
#define BO_TESTS_RANDOM_ONNX_H

#include "onnx_builder.h"
#include "random_net.h"

typedef enum random_onnx_style {
  RANDOM_QDQ_EXACT, /**< QDQ; scales are powers of two, so that float32 arithmetic is exact */
  RANDOM_QDQ,       /**< QDQ; any scales */
  RANDOM_QOPERATOR, /**< integer operators; any scales */
} random_onnx_style;

typedef struct random_onnx_graph {
  onnx_builder *builder; /**< input "x" [N, c, h, w] in float32, output "y" */
  uint32_t c, h, w;
} random_onnx_graph;

/** Free the builder with onnx_builder_free. */
random_onnx_graph random_onnx(uint64_t seed, random_onnx_style style);

#endif
