/**
 * @file taps.h
 * The inputs of a convolution as the array takes them: for one place of the output, the codes under
 * the window, in the order of the weights' inputs. In the padding a code is the zero-point.
 */
#ifndef BO_ACCEL_TAPS_H
#define BO_ACCEL_TAPS_H

#include "net/net.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where an input lies from the corner of the window: rows, columns, channel of the group. */
typedef struct bo_tap {
  uint32_t y, x, c;
} bo_tap;

/** Fills @p tap [inputs] for CONV layer @p layer, whose groups have @p inputs inputs each. */
void bo_taps_fill(bo_tap *tap, const bo_layer *layer, uint32_t inputs);

/** One place of the output and the group of channels that it is computed from. */
typedef struct bo_tap_place {
  uint64_t place; /**< y * out.w + x */
  uint32_t first_channel;
} bo_tap_place;

/** Code of one input at one place; @p input is [h][w][c] of one image. */
uint8_t bo_tap_code(const bo_layer *layer, const uint8_t *input, bo_tap_place at, bo_tap tap);

#ifdef __cplusplus
}
#endif

#endif
