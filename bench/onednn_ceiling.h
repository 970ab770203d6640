/** @file onednn_ceiling.h  The fastest that oneDNN can do for one convolution, by trying. */
#ifndef BO_BENCH_ONEDNN_CEILING_H
#define BO_BENCH_ONEDNN_CEILING_H

#include "net/net.h"

typedef struct bench_ceiling {
  double ns_per_image; /**< best of all; negative: oneDNN refused every variant */
  const char *variant; /**< "u8 nhwc", ... */
  uint32_t images;     /**< batch of the best */
} bench_ceiling;

/**
 * Times u8 x s8 convolutions with the shape of CONV @p layer, without regard to exactness: int32
 * output, or uint8 output with bias and scales fused in; NHWC or whatever format oneDNN likes;
 * batches of 1 … 32. One thread, no reordering of activations, best of @p repeats.
 */
bench_ceiling bench_onednn_ceiling(const bo_layer *layer, uint32_t groups, unsigned repeats);

#endif
