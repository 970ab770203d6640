/**
 * @file import_handlers.h
 * One function an operator: gives the output of @p node its meaning, or says why not. The walk has
 * checked the number of inputs and the names of the attributes. Internal to the import.
 */
#ifndef BO_NET_IMPORT_HANDLERS_H
#define BO_NET_IMPORT_HANDLERS_H

#include "net/import_context.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef bo_status bo_import_handler(bo_import *import, const bo_onnx_node *node, bo_diag *diag);

/* import_conv.c */
bo_import_handler bo_import_conv, bo_import_gemm, bo_import_matmul;
bo_import_handler bo_import_qlinear_conv, bo_import_qlinear_matmul, bo_import_qgemm;
bo_import_handler bo_import_conv_integer, bo_import_matmul_integer;

/* import_quant.c */
bo_import_handler bo_import_quantize_linear, bo_import_dequantize_linear;

/* import_elementwise.c */
bo_import_handler bo_import_relu, bo_import_clip;

/* import_arithmetic.c */
bo_import_handler bo_import_add, bo_import_sub, bo_import_mul, bo_import_div;
bo_import_handler bo_import_qlinear_add, bo_import_batch_norm;

/* import_pool.c */
bo_import_handler bo_import_max_pool, bo_import_average_pool, bo_import_global_average_pool;
bo_import_handler bo_import_reduce_mean, bo_import_qlinear_average_pool;
bo_import_handler bo_import_qlinear_global_average_pool;

/* import_shape.c */
bo_import_handler bo_import_identity, bo_import_dropout, bo_import_cast, bo_import_flatten;
bo_import_handler bo_import_reshape, bo_import_squeeze, bo_import_transpose, bo_import_class_axis;

#ifdef __cplusplus
}
#endif

#endif
