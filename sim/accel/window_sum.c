#include "accel/window_sum.h"

#include "base/simd.h"

#include <string.h>

enum {
  WORD_BYTES = 8,
  MAX_WORDS = 128, /* a 16-bit field takes 2 * 255 a word */
};

/* Sum of bytes, eight at a time: four fields of 16 bits, added up by a multiplication. */
static uint32_t sum_bytes(const uint8_t *bytes, size_t count) {
  const uint64_t even_bytes = UINT64_C(0x00ff00ff00ff00ff);
  uint32_t total = 0;
  while (count >= WORD_BYTES) {
    const size_t words = count / WORD_BYTES < MAX_WORDS ? count / WORD_BYTES : MAX_WORDS;
    uint64_t fields = 0;
    for (size_t i = 0; i < words; i++) {
      uint64_t word;
      memcpy(&word, bytes + i * WORD_BYTES, sizeof word);
      fields += (word & even_bytes) + (word >> 8 & even_bytes);
    }
    const uint64_t pairs =
        (fields & UINT64_C(0x0000ffff0000ffff)) + (fields >> 16 & UINT64_C(0x0000ffff0000ffff));
    total += (uint32_t)(pairs + (pairs >> 32));
    bytes += words * WORD_BYTES;
    count -= words * WORD_BYTES;
  }
  for (size_t i = 0; i < count; i++) {
    total += bytes[i];
  }
  return total;
}

static void sum_channels(const uint8_t *input, size_t count, size_t channels, int32_t *sum) {
  for (size_t i = 0; i < count; i++) {
    sum[i] = (int32_t)sum_bytes(input + i * channels, channels);
  }
}

BO_SIMD_CLONES
static void add_row(int32_t *restrict sum, const int32_t *row, size_t count) {
  for (size_t i = 0; i < count; i++) {
    sum[i] += row[i];
  }
}

/* Adds the rows under the windows of row y of places. */
static void add_down(const bo_conv_shape *shape, const int32_t *image, uint32_t y, int32_t *sum) {
  const bo_window *win = &shape->window;
  const size_t row_size = (size_t)shape->in.w * shape->groups;
  memset(sum, 0, row_size * sizeof *sum);
  for (uint32_t kernel_y = 0; kernel_y < win->kernel_h; kernel_y++) {
    const int64_t row =
        (int64_t)y * win->stride_h + (int64_t)kernel_y * win->dilation_h - win->pad_top;
    if (row >= 0 && row < shape->in.h) {
      add_row(sum, image + (size_t)row * row_size, row_size);
    }
  }
}

/* Adds one column of the window to the places whose column lies inside the input. */
static void add_across(const bo_conv_shape *shape, const int32_t *row, uint32_t kernel_x,
                       int32_t *sum) {
  const bo_window *win = &shape->window;
  const size_t groups = shape->groups;
  const int64_t stride = win->stride_w;
  const int64_t first_column = (int64_t)kernel_x * win->dilation_w - win->pad_left;
  const int64_t first = first_column < 0 ? (-first_column + stride - 1) / stride : 0;
  const int64_t fitting = (shape->in.w - 1 - first_column + stride) / stride;
  const int64_t end = fitting < shape->out.w ? fitting : shape->out.w;
  if (first >= end) {
    return;
  }
  row += (size_t)(first * stride + first_column) * groups;
  sum += (size_t)first * groups;
  if (stride == 1) {
    add_row(sum, row, (size_t)(end - first) * groups);
    return;
  }
  for (int64_t x = first; x < end; x++) {
    for (size_t group = 0; group < groups; group++) {
      sum[group] += row[group];
    }
    sum += groups;
    row += (size_t)stride * groups;
  }
}

size_t bo_window_sum_scratch(const bo_conv_shape *shape) {
  const size_t row = (size_t)shape->in.w * shape->groups;
  return shape->images * (size_t)shape->in.h * row + row;
}

void bo_window_sum(const bo_conv_shape *shape, const uint8_t *input, int32_t *scratch,
                   int32_t *window_sum) {
  const size_t in_row = (size_t)shape->in.w * shape->groups;
  const size_t out_row = (size_t)shape->out.w * shape->groups;
  const size_t rows = (size_t)shape->images * shape->in.h;
  int32_t *pixels = scratch;
  int32_t *down = scratch + rows * in_row;
  sum_channels(input, rows * in_row, shape->in.c / shape->groups, pixels);
  for (size_t image = 0; image < shape->images; image++) {
    for (uint32_t y = 0; y < shape->out.h; y++) {
      add_down(shape, pixels + image * shape->in.h * in_row, y, down);
      memset(window_sum, 0, out_row * sizeof *window_sum);
      for (uint32_t kernel_x = 0; kernel_x < shape->window.kernel_w; kernel_x++) {
        add_across(shape, down, kernel_x, window_sum);
      }
      window_sum += out_row;
    }
  }
}
