/**
 * @file own_conv.h
 * Our own convolution: exact on every processor, no library. An implicit matrix product: for each
 * place of the window it walks a list of byte offsets into the input, four bytes at a time, and
 * keeps a block of 8 places x 32 outputs in registers. With AVX-512 VNNI the inner step is one
 * vpdpbusd per 16 outputs, else plain C.
 */
#ifndef BO_ACCEL_OWN_CONV_H
#define BO_ACCEL_OWN_CONV_H

#include "accel/conv_kernel.h"

/** Never NULL. @p vectors: false keeps to plain C, so that a test can compare the two. */
const bo_conv_kernel *bo_own_kernel(bool vectors);

/** "own avx512_vnni", "own"; never NULL. */
const char *bo_own_name(void);

#endif
