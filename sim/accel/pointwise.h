/**
 * @file pointwise.h
 * The layers without weights, @p images at a time, codes [images][h][w][c].
 */
#ifndef BO_ACCEL_POINTWISE_H
#define BO_ACCEL_POINTWISE_H

#include "net/net.h"

#include <stddef.h>

void bo_run_add(const bo_layer *layer, size_t images, const uint8_t *a, const uint8_t *b,
                uint8_t *out);
void bo_run_table(const bo_layer *layer, size_t images, const uint8_t *in, uint8_t *out);

/** @p row: scratch of [layer->in.w * layer->in.c]. */
void bo_run_max_pool(const bo_layer *layer, size_t images, const uint8_t *in, uint8_t *out,
                     uint8_t *row);

/** @p sum: scratch of [layer->out.c]. */
void bo_run_avg_pool(const bo_layer *layer, size_t images, const uint8_t *in, uint8_t *out,
                     int32_t *sum);

#endif
