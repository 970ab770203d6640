/** @file vgg_net.h  The benchmarks' network: the shape of the shipped Fashion-MNIST models. */
#ifndef BO_BENCH_VGG_NET_H
#define BO_BENCH_VGG_NET_H

#include "net/net.h"

/**
 * Random 8-bit weights: 3x3 convolutions 1-32-32, 64-64, 128-128 with 2x2 maximum pools between,
 * global average pool, 10 float logits; 29 MMAC an image. @p storage: offset binary weights have
 * zero-points around 128 (as RQUANT), two's complement ones have none (as NORMAL).
 * Owned by the caller (bo_net_free); NULL: out of memory.
 */
bo_net *bench_vgg_net(bo_storage storage);

/** Random input codes of @p images images. */
uint8_t *bench_images(const bo_net *net, size_t images);

#endif
