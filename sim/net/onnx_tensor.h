/**
 * @file onnx_tensor.h
 * From an unpacked ONNX TensorProto to a tensor.
 */
#ifndef BO_NET_ONNX_TENSOR_H
#define BO_NET_ONNX_TENSOR_H

#include "net/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct Onnx__TensorProto;

/** The element type with number @p onnx_type of TensorProto.DataType. BO_OK or BO_E_INVALID. */
bo_status bo_onnx_dtype(bo_dtype *dtype, int32_t onnx_type, bo_diag *diag);

/**
 * Copies @p proto, whose data lie in raw_data or in the typed field of its element type.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID: element type, shape, external data, or a number of
 *         elements that is not that of the shape. Nothing is allocated before that is checked.
 */
bo_status bo_onnx_tensor_copy(bo_tensor *out, const struct Onnx__TensorProto *proto, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
