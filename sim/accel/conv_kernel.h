/**
 * @file conv_kernel.h
 * What a convolution kernel does for the engine: plain integer dot products,
 *
 *   acc[image][y][x][n] = sum over the window of input * weight      uint8 * int8, exact in int32
 *
 * All that makes a quantised layer of it (zero-points, bias, requantisation) is conv.h.
 */
#ifndef BO_ACCEL_CONV_KERNEL_H
#define BO_ACCEL_CONV_KERNEL_H

#include "base/status.h"
#include "net/net.h"

#include <stdbool.h>
#include <stdint.h>

enum {
  BO_CONV_SLACK = 64, /**< bytes behind an input that a kernel may read (not use) */
};

/** One batch through one convolution, groups side by side. */
typedef struct bo_conv_shape {
  uint32_t images;
  bo_shape in, out;
  bo_window window; /**< padding is zeros */
  uint32_t groups;
} bo_conv_shape;

/** K of one group. */
static inline uint32_t bo_conv_inputs(const bo_conv_shape *shape) {
  return shape->in.c / shape->groups * shape->window.kernel_h * shape->window.kernel_w;
}

typedef struct bo_conv_kernel {
  bool pads; /**< else every shape must come without padding */
  /** BO_OK; BO_E_INVALID: this kernel is not exact for this shape, take another; BO_E_NOMEM. */
  bo_status (*create)(void **state, const bo_conv_shape *shape, bo_diag *diag);
  void (*destroy)(void *state); /**< NULL is fine */
  /** Takes weights [out.c][in.c / groups][kernel_h][kernel_w]. */
  bo_status (*load)(void *state, const int8_t *weights, bo_diag *diag);
  /** input [images][h][w][c] and BO_CONV_SLACK readable bytes; acc [images][out.h][out.w][out.c].
   */
  bo_status (*run)(void *state, const uint8_t *input, int32_t *acc, bo_diag *diag);
} bo_conv_kernel;

#endif
