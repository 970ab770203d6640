/**
 * @file window_sum.h
 * Sum of the inputs under a convolution's window, one a place and group.
 */
#ifndef BO_ACCEL_WINDOW_SUM_H
#define BO_ACCEL_WINDOW_SUM_H

#include "accel/conv_kernel.h"

/**
 * window_sum [images][out.h][out.w][groups] of input [images][in.h][in.w][in.c], padding being 0.
 * channel_sum: scratch of [images][in.h][in.w][groups].
 */
void bo_window_sum(const bo_conv_shape *shape, const uint8_t *input, int32_t *channel_sum,
                   int32_t *window_sum);

#endif
