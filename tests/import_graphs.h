/**
 * @file import_graphs.h
 * Beginnings of small graphs for the import, to be completed by each test up to its output "y".
 */
#ifndef BO_TESTS_IMPORT_GRAPHS_H
#define BO_TESTS_IMPORT_GRAPHS_H

#include "onnx_builder.h"

/**
 * Input "x" [N, 2, 1, 1], quantised ("xq") with scale "xs" 0.5 and zero-point "xz" 10, dequantised
 * ("xf"); "ys" 0.25 and "yz" 20 for outputs.
 */
onnx_builder *quantised_input(int64_t opset);

/** Int8 weights {{3, -4}, {5, 6}} [2][2][1][1] with scales 0.5 and 0.125, dequantised as "wf". */
void conv_weights(onnx_builder *builder);

#endif
