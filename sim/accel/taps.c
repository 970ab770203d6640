#include "accel/taps.h"

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
