/**
 * @file own_dot.h
 * The inner step of own_conv.c: one block of some places x some outputs, as many as the processor
 * has registers for.
 */
#ifndef BO_ACCEL_OWN_DOT_H
#define BO_ACCEL_OWN_DOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  BO_DOT_QUAD = 4, /**< inputs that one step takes */
  BO_DOT_MAX_PLACES = 8,
  BO_DOT_MAX_OUTPUTS = 32,
};

/** One block's operands. */
typedef struct bo_dot_block {
  const uint8_t *place[BO_DOT_MAX_PLACES]; /**< first byte of the window of each place */
  const uint32_t *offset;                  /**< [quads] bytes from there to four inputs */
  size_t quads;
  const void *weights; /**< [quads][BO_DOT_QUAD * outputs] in the order of bo_dot */
} bo_dot_block;

typedef struct bo_dot {
  /** acc[place * stride + output] = sum of inputs * weights, exact in int32. */
  void (*run)(const bo_dot_block *block, int32_t *acc, size_t stride);
  const char *name;
  size_t places, outputs;           /**< of a block */
  int largest_weight;               /**< run is exact if every weight lies in -this ... this */
  bool is_wide;                     /**< inputs are uint16 and weights int16, else uint8 and int8 */
  size_t output_step;               /**< distance of two outputs' weights for the same input */
  size_t input_offset[BO_DOT_QUAD]; /**< of each input's weight for output 0 */
} bo_dot;

/** Plain C. */
const bo_dot *bo_dot_plain(void);

/**
 * The fastest on this processor for weights in -@p largest_weight ... @p largest_weight (0 ...
 * 128), maybe the plain one. Places and outputs do not depend on the weights; without a bound (128)
 * elements are widest.
 */
const bo_dot *bo_dot_best(int largest_weight);

#endif
