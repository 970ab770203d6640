/**
 * @file conv.h
 * A quantised CONV layer on a kernel of plain dot products (conv_kernel.h).
 *
 * The kernel multiplies uint8 x with int8 v = w' - shift[n]. The rest is linear in sums that are
 * cheap. With d = zw - shift (per output n), V = sum of v over K and X = sum of x over the window:
 *
 *   acc = bias + sum (x - zx)(v - d) = sum x*v  +  (bias - zx*V + zx*K*d)  -  d * X
 *                                      kernel      offset[n], at load        slope[n] * window_sum
 *
 * X does not depend on n: one sum a place. shift = zw makes d = 0 and X needless whenever all
 * w' - zw fit int8, that is for fewer than 8 bits or a zero-point in the middle. Padding has x =
 * zx; where that is not 0 it is written around a copy of the input.
 */
#ifndef BO_ACCEL_CONV_H
#define BO_ACCEL_CONV_H

#include "accel/conv_kernel.h"

#include <stddef.h>

typedef struct bo_conv bo_conv;

/** Elements of scratch of one layer's batch. Layers run one after the other and share it. */
typedef struct bo_conv_sizes {
  size_t padded, acc, window_scratch, window_sum, weights;
} bo_conv_sizes;

/** Buffers of at least these sizes, owned by the caller. */
typedef struct bo_conv_scratch {
  uint8_t *padded; /**< and BO_CONV_SLACK bytes */
  int32_t *acc, *window_scratch, *window_sum;
  int8_t *weights;
} bo_conv_scratch;

/**
 * The CONV layer @p index of @p net (borrowed) for batches of @p images, on the first of
 * @p kernels (NULL entries are skipped) that is exact for it. Load weights before running.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (no kernel takes it, or the padded input is too large).
 */
bo_status bo_conv_new(bo_conv **out, const bo_net *net, uint32_t index, uint32_t images,
                      const bo_conv_kernel *const kernels[2], bo_diag *diag);
void bo_conv_free(bo_conv *conv);

bo_conv_sizes bo_conv_get_sizes(const bo_conv *conv);

/** Takes the storage patterns of its weight tensor. */
bo_status bo_conv_load(bo_conv *conv, const uint8_t *codes, const bo_conv_scratch *scratch,
                       bo_diag *diag);

/**
 * Runs a batch. Exactly one of @p codes and @p logits is not NULL; both [images][h][w][c].
 * @p input has BO_CONV_SLACK readable bytes behind it.
 */
bo_status bo_conv_run(const bo_conv *conv, const uint8_t *input, uint8_t *codes, float *logits,
                      const bo_conv_scratch *scratch, bo_diag *diag);

#endif
