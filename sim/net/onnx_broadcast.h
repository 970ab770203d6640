/**
 * @file onnx_broadcast.h
 * NumPy broadcasting: shapes are aligned at their last axis, an axis of 1 or a missing one repeats.
 */
#ifndef BO_NET_ONNX_BROADCAST_H
#define BO_NET_ONNX_BROADCAST_H

#include "net/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_dims {
  uint32_t rank;
  int64_t dims[BO_TENSOR_MAX_RANK];
} bo_dims;

/** The shape that @p a and @p b broadcast to. BO_OK or BO_E_INVALID (they do not). */
bo_status bo_broadcast(bo_dims *out, const bo_dims *a, const bo_dims *b, bo_diag *diag);

/** Index into a tensor of shape @p shape of the element that is at @p index of shape @p out. */
size_t bo_broadcast_index(const bo_dims *out, size_t index, const bo_dims *shape);

#ifdef __cplusplus
}
#endif

#endif
