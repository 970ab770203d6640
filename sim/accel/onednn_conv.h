/**
 * @file onednn_conv.h
 * Convolutions on oneDNN 2.6, the only file that knows its API.
 *
 * Exact only with VNNI or AMX: the older path multiplies with vpmaddubsw, which saturates pairs of
 * products at 16 bits. Sums that can leave +-2^24 are proved on the primitive itself when it is
 * made, because some implementations pass int32 results through float32.
 *
 * oneDNN's OpenMP threads are never used: every call sets the calling thread to one thread and
 * back.
 */
#ifndef BO_ACCEL_ONEDNN_CONV_H
#define BO_ACCEL_ONEDNN_CONV_H

#include "accel/conv_kernel.h"

/** The kernel, or NULL where it is not exact on this processor. */
const bo_conv_kernel *bo_onednn_kernel(void);

/** "oneDNN avx512_core_vnni"; never NULL. */
const char *bo_onednn_name(void);

#endif
