/**
 * @file onnx_op.h
 * Inside of the reference operators: what they share, and their list for the table in onnx_ops.c.
 * The table checks number and types of inputs and the names of attributes before it calls one.
 */
#ifndef BO_NET_ONNX_OP_H
#define BO_NET_ONNX_OP_H

#include "net/onnx_broadcast.h"
#include "net/onnx_ops.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Initialises and fills call->output; a failure may leave it initialised. */
typedef bo_status bo_onnx_op_function(const bo_onnx_call *call, bo_diag *diag);

bo_onnx_op_function bo_op_conv, bo_op_conv_integer, bo_op_qlinear_conv;
bo_onnx_op_function bo_op_matmul, bo_op_matmul_integer, bo_op_qlinear_matmul, bo_op_gemm,
    bo_op_qgemm;
bo_onnx_op_function bo_op_max_pool, bo_op_average_pool, bo_op_global_average_pool,
    bo_op_qlinear_average_pool, bo_op_qlinear_global_average_pool;
bo_onnx_op_function bo_op_add, bo_op_sub, bo_op_mul, bo_op_div, bo_op_qlinear_add;
bo_onnx_op_function bo_op_relu, bo_op_clip, bo_op_batch_normalization;
bo_onnx_op_function bo_op_quantize_linear, bo_op_dequantize_linear, bo_op_dynamic_quantize_linear,
    bo_op_cast;
bo_onnx_op_function bo_op_flatten, bo_op_reshape, bo_op_identity, bo_op_dropout;
bo_onnx_op_function bo_op_softmax, bo_op_argmax;

/** Input @p i, NULL when it is left out or not there at all. */
const bo_tensor *bo_op_input(const bo_onnx_call *call, uint32_t i);

bo_dims bo_op_dims(const bo_tensor *tensor);

/** Tensor for output 0. */
bo_status bo_op_output(const bo_onnx_call *call, bo_dtype dtype, const bo_dims *dims,
                       bo_diag *diag);

/** Stores a number that the element type holds exactly, or rounds it to float32. */
void bo_op_store(bo_tensor *tensor, size_t i, double value);

/** Codes of uint8 and int8. */
typedef struct bo_code_range {
  int32_t lo, hi;
} bo_code_range;
bo_code_range bo_op_codes(bo_dtype dtype);

/**
 * A scale, zero-point or bias: one number, or one for each of @p channels. @p what names it in
 * diagnostics. NULL is fine. BO_OK or BO_E_INVALID.
 */
bo_status bo_op_check_param(const bo_tensor *param, size_t channels, const char *what,
                            bo_diag *diag);

/** Its value for @p channel; 0 for NULL. */
float bo_op_scale(const bo_tensor *param, size_t channel);
int32_t bo_op_zero(const bo_tensor *param, size_t channel);

/** A zero-point has the type of the codes that it belongs to. NULL is fine. */
bo_status bo_op_check_zero(const bo_tensor *zero, bo_dtype codes, const char *what, bo_diag *diag);

/** An axis in -rank … limit - 1, negative ones counted from the end. BO_OK or BO_E_INVALID. */
bo_status bo_op_axis(uint32_t *axis, int64_t value, uint32_t rank, uint32_t limit, bo_diag *diag);

/** Low 32 bits of an exact integer sum, as an int32 accumulator leaves it. */
int32_t bo_op_wrap(double sum);

#ifdef __cplusplus
}
#endif

#endif
