#include "accel/taps.h"

#include <stddef.h>

void bo_taps_fill(bo_tap *tap, const bo_layer *layer, uint32_t inputs) {
  const bo_window *const win = &layer->window;
  for (uint32_t i = 0; i < inputs; i++) {
    tap[i] = (bo_tap){
        .y = i / win->kernel_w % win->kernel_h * win->dilation_h,
        .x = i % win->kernel_w * win->dilation_w,
        .c = i / win->kernel_w / win->kernel_h,
    };
  }
}

uint8_t bo_tap_code(const bo_layer *layer, const uint8_t *input, bo_tap_place at, bo_tap tap) {
  const bo_window *const win = &layer->window;
  const int64_t y = (int64_t)(at.place / layer->out.w) * win->stride_h + tap.y - win->pad_top;
  const int64_t x = (int64_t)(at.place % layer->out.w) * win->stride_w + tap.x - win->pad_left;
  if (y < 0 || y >= layer->in.h || x < 0 || x >= layer->in.w) {
    return layer->in_quant[0].zero_point;
  }
  return input[((size_t)y * layer->in.w + (size_t)x) * layer->in.c + at.first_channel + tap.c];
}
