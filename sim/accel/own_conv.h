/**
 * @file own_conv.h
 * Our own convolution: exact on every processor, no library. An implicit matrix product: for each
 * place of the window it walks a list of byte offsets into the input, four inputs at a time, and
 * keeps a block of places x outputs in registers. With AVX-512 VNNI the inner step is one vpdpbusd
 * per 16 outputs; with AVX2 it is vpmaddwd and vpaddd per 8 outputs and two inputs, on operands
 * that are widened to 16 bits before: inputs once a run, weights once a load. Where the loaded
 * weights are small enough for sums of 16 bits, AVX2 takes operands of 8 bits and vpmaddubsw. Else
 * plain C.
 */
#ifndef BO_ACCEL_OWN_CONV_H
#define BO_ACCEL_OWN_CONV_H

#include "accel/conv_kernel.h"

/** Never NULL. @p vectors: false keeps to plain C, so that a test can compare the two. */
const bo_conv_kernel *bo_own_kernel(bool vectors);

/** "own avx512_vnni", "own avx2", "own"; never NULL. */
const char *bo_own_name(void);

#endif
