/**
 * @file taps.h
 * The inputs of a convolution as the array takes them: for one place of the output, the codes under
 * the window, in the order of the weights' inputs. In the padding a code is the zero-point.
 */
#ifndef BO_ACCEL_TAPS_H
#define BO_ACCEL_TAPS_H

#include "net/net.h"

#include <stddef.h>
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

/** The corner of the window at one place, and the first channel of the group. */
typedef struct bo_tap_origin {
  int32_t y, x; /**< of the input; may lie in the padding */
  uint32_t first_channel;
} bo_tap_origin;

/** Of place y * out.w + x. */
static inline bo_tap_origin bo_tap_origin_of(const bo_layer *layer, uint64_t place,
                                             uint32_t first_channel) {
  const bo_window *const win = &layer->window;
  const int64_t y = (int64_t)(place / layer->out.w) * win->stride_h - win->pad_top;
  const int64_t x = (int64_t)(place % layer->out.w) * win->stride_w - win->pad_left;
  return (bo_tap_origin){(int32_t)y, (int32_t)x, first_channel};
}

/** Code of one input at one place; @p input is [h][w][c] of one image. */
static inline uint8_t bo_tap_code(const bo_layer *layer, const uint8_t *input, bo_tap_origin origin,
                                  bo_tap tap) {
  const int64_t y = (int64_t)origin.y + tap.y;
  const int64_t x = (int64_t)origin.x + tap.x;
  if (y < 0 || y >= layer->in.h || x < 0 || x >= layer->in.w) {
    return layer->in_quant[0].zero_point;
  }
  return input[((size_t)y * layer->in.w + (size_t)x) * layer->in.c + origin.first_channel + tap.c];
}

#ifdef __cplusplus
}
#endif

#endif
