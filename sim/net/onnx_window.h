/**
 * @file onnx_window.h
 * The sliding window of the 2-D convolutions and pools, from the attributes of a node.
 *
 *   effective kernel  e   = (kernel - 1) * dilation + 1
 *   NOTSET, VALID     out = floor((in + pads - e) / stride) + 1     (ceil_mode: ceil)
 *   SAME_UPPER/LOWER  out = ceil(in / stride), pads = max((out - 1) * stride + e - in, 0); the odd
 *                     one at the end (UPPER) or at the beginning (LOWER)
 *
 * With ceil_mode a last window that would start behind the input is left out, as ONNX runtimes do.
 */
#ifndef BO_NET_ONNX_WINDOW_H
#define BO_NET_ONNX_WINDOW_H

#include "net/onnx_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Index 0 is height, 1 is width. */
typedef struct bo_onnx_window {
  int64_t in[2], out[2];
  int64_t kernel[2], stride[2], dilation[2];
  int64_t pad_begin[2], pad_end[2];
} bo_onnx_window;

/**
 * Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode of @p node. @p input is
 * [n][c][h][w]; @p kernel are height and width of the weights, NULL for a pool, which must have
 * kernel_shape. auto_pad other than NOTSET takes the place of pads.
 *
 * @return BO_OK, BO_E_INVALID (not 2-D, an attribute out of range, no room for one window).
 */
bo_status bo_onnx_window_read(bo_onnx_window *window, const bo_onnx_node *node,
                              const bo_tensor *input, const int64_t *kernel, bo_diag *diag);

/**
 * Coordinate on @p axis (0: height, 1: width) that element @p k of the kernel meets in window
 * @p out: below 0 or from in on it is padding.
 */
static inline int64_t bo_onnx_window_at(const bo_onnx_window *window, int axis, int64_t out,
                                        int64_t k) {
  return out * window->stride[axis] + k * window->dilation[axis] - window->pad_begin[axis];
}

#ifdef __cplusplus
}
#endif

#endif
