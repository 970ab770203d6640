/**
 * @file own_dot.h
 * The inner step of own_conv.c: one block of 8 places x 32 outputs.
 */
#ifndef BO_ACCEL_OWN_DOT_H
#define BO_ACCEL_OWN_DOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  BO_DOT_PLACES = 8,
  BO_DOT_OUTPUTS = 32,
  BO_DOT_QUAD = 4, /**< inputs that one step takes */
};

/** One block's operands. */
typedef struct bo_dot_block {
  const uint8_t *place[BO_DOT_PLACES]; /**< window of each place */
  const uint32_t *offset;              /**< [quads] bytes from there to four inputs */
  size_t quads;
  const int8_t *weights; /**< [quads][BO_DOT_QUAD * BO_DOT_OUTPUTS] in the order of bo_dot */
} bo_dot_block;

typedef struct bo_dot {
  /** acc[place][output] = sum of inputs * weights, exact in int32. */
  void (*run)(const bo_dot_block *block, int32_t acc[BO_DOT_PLACES][BO_DOT_OUTPUTS]);
  const char *name;
  size_t output_step;               /**< distance of two outputs' weights for the same input */
  size_t input_offset[BO_DOT_QUAD]; /**< of each input's weight for output 0 */
} bo_dot;

/** Plain C. */
const bo_dot *bo_dot_plain(void);

/** The fastest on this processor, maybe the plain one. */
const bo_dot *bo_dot_best(void);

#endif
