#include "accel/window_sum.h"

#include "accel/simd.h"

#include <string.h>

BO_SIMD_CLONES
static void sum_channels(const uint8_t *input, size_t count, size_t channels, int32_t *sum) {
  for (size_t i = 0; i < count; i++) {
    uint32_t total = 0;
    for (size_t c = 0; c < channels; c++) {
      total += input[i * channels + c];
    }
    sum[i] = (int32_t)total;
  }
}

/** Adds one tap of the window to a row of places. Columns outside the input are padding. */
static void add_tap(const bo_conv_shape *shape, const int32_t *row, uint32_t kernel_x,
                    int32_t *sum) {
  const bo_window *win = &shape->window;
  const size_t groups = shape->groups;
  for (uint32_t x = 0; x < shape->out.w; x++) {
    const int64_t column =
        (int64_t)x * win->stride_w + (int64_t)kernel_x * win->dilation_w - win->pad_left;
    if (column < 0 || column >= shape->in.w) {
      continue;
    }
    for (size_t group = 0; group < groups; group++) {
      sum[x * groups + group] += row[(size_t)column * groups + group];
    }
  }
}

static void sum_row(const bo_conv_shape *shape, const int32_t *image, uint32_t y, int32_t *sum) {
  const bo_window *win = &shape->window;
  memset(sum, 0, (size_t)shape->out.w * shape->groups * sizeof *sum);
  for (uint32_t kernel_y = 0; kernel_y < win->kernel_h; kernel_y++) {
    const int64_t row =
        (int64_t)y * win->stride_h + (int64_t)kernel_y * win->dilation_h - win->pad_top;
    if (row < 0 || row >= shape->in.h) {
      continue;
    }
    for (uint32_t kernel_x = 0; kernel_x < win->kernel_w; kernel_x++) {
      add_tap(shape, image + (size_t)row * shape->in.w * shape->groups, kernel_x, sum);
    }
  }
}

void bo_window_sum(const bo_conv_shape *shape, const uint8_t *input, int32_t *channel_sum,
                   int32_t *window_sum) {
  const size_t pixels = (size_t)shape->in.h * shape->in.w;
  sum_channels(input, shape->images * pixels * shape->groups, shape->in.c / shape->groups,
               channel_sum);
  for (size_t image = 0; image < shape->images; image++) {
    for (uint32_t y = 0; y < shape->out.h; y++) {
      sum_row(shape, channel_sum + image * pixels * shape->groups, y, window_sum);
      window_sum += (size_t)shape->out.w * shape->groups;
    }
  }
}
