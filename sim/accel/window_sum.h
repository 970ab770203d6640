/**
 * @file window_sum.h
 * Sum of the inputs under a convolution's window, one a place and group: first over the channels of
 * each pixel, then down the window, then across it.
 */
#ifndef BO_ACCEL_WINDOW_SUM_H
#define BO_ACCEL_WINDOW_SUM_H

#include "accel/conv_kernel.h"

#include <stddef.h>

/** Elements of scratch that bo_window_sum needs. */
size_t bo_window_sum_scratch(const bo_conv_shape *shape);

/**
 * window_sum [images][out.h][out.w][groups] of input [images][in.h][in.w][in.c], padding being 0.
 */
void bo_window_sum(const bo_conv_shape *shape, const uint8_t *input, int32_t *scratch,
                   int32_t *window_sum);

#endif
