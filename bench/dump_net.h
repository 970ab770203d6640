/** @file dump_net.h  A chain of layers as arrays that Python reads. */
#ifndef BO_BENCH_DUMP_NET_H
#define BO_BENCH_DUMP_NET_H

#include "net/net.h"

#include <stdbool.h>

/**
 * Writes arrays, each a line "name dtype dim dim ...\n" and its little-endian bytes: for layer i
 * "i.op" (op kernel stride pad zx zy lo hi), "i.scale" (in, out), for CONV "i.weight"
 * (w' - zw, int16 [N][C][h][w]), "i.weight_scale", "i.bias", "i.multiplier"; at the end "input" and
 * "logits". Square windows only. False if the file cannot be written.
 */
bool bench_dump_net(const char *path, const bo_net *net, const uint8_t *input, const float *logits,
                    uint32_t images);

#endif
