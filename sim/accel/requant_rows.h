/**
 * @file requant_rows.h
 * From the sums of a convolution kernel to the codes of a layer, many at a time; the scalar twin is
 * net/requant.h. The sums are still in the cache when it runs.
 *
 *   acc = sum + offset[n] - slope[n] * window_sum      int32, wraps
 *   y   = clamp(rint((float)acc * multiplier[n]) + zero_point, lo, hi)
 */
#ifndef BO_ACCEL_REQUANT_ROWS_H
#define BO_ACCEL_REQUANT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bo_requant_rows {
  size_t places;             /**< of the batch */
  size_t groups, outputs;    /**< outputs of one group */
  const int32_t *sum;        /**< [places][groups][outputs] */
  const int32_t *window_sum; /**< [places][groups]; NULL: every slope is 0 */
  const int32_t *offset;     /**< [groups][outputs] */
  const int32_t *slope;      /**< [groups][outputs] */
  bool one_slope;            /**< all of them are slope[0] */
  const float *multiplier;   /**< [groups][outputs] */
  int32_t zero_point, lo, hi;
} bo_requant_rows;

/** Codes [places][groups][outputs]. */
void bo_requant_rows_codes(const bo_requant_rows *rows, uint8_t *codes);

/** Float logits (float)acc * multiplier[n], same shape. */
void bo_requant_rows_floats(const bo_requant_rows *rows, float *logits);

#endif
