#include "accel/pointwise.h"

#include "accel/round.h"
#include "base/simd.h"

#include <string.h>

BO_SIMD_CLONES
void bo_run_add(const bo_layer *layer, size_t images, const uint8_t *a, const uint8_t *b,
                uint8_t *restrict out) {
  const bo_code_range range = bo_code_range_of(layer->out_quant.zero_point, layer->lo, layer->hi);
  const bo_act_quant quant_a = layer->in_quant[0];
  const bo_act_quant quant_b = layer->in_quant[1];
  const float scale = layer->out_quant.scale;
  const size_t count = images * bo_shape_size(layer->out);
  for (size_t i = 0; i < count; i++) {
    const float real_a = (float)(a[i] - quant_a.zero_point) * quant_a.scale;
    const float real_b = (float)(b[i] - quant_b.zero_point) * quant_b.scale;
    out[i] = bo_round_in_range((real_a + real_b) / scale, range);
  }
}

void bo_run_table(const bo_layer *layer, size_t images, const uint8_t *in, uint8_t *out) {
  const size_t count = images * bo_shape_size(layer->out);
  for (size_t i = 0; i < count; i++) {
    out[i] = layer->table[in[i]];
  }
}

/* The taps of a window that lie inside the input along one axis: [first, end). */
typedef struct taps {
  uint32_t first, end;
} taps;

static taps taps_inside(uint32_t place, uint32_t stride, uint32_t pad, uint32_t dilation,
                        uint32_t kernel, uint32_t size) {
  const int64_t start = (int64_t)place * stride - pad;
  const int64_t first = start < 0 ? (-start + dilation - 1) / dilation : 0;
  const int64_t fitting = start < size ? (size - 1 - start) / dilation + 1 : 0;
  const int64_t end = fitting < kernel ? fitting : kernel;
  return (taps){(uint32_t)first, (uint32_t)(end > first ? end : first)};
}

BO_SIMD_CLONES
static void maximum(uint8_t *restrict out, const uint8_t *in, size_t count) {
  for (size_t i = 0; i < count; i++) {
    out[i] = in[i] > out[i] ? in[i] : out[i];
  }
}

BO_SIMD_CLONES
static void add_levels(int32_t *restrict sum, const uint8_t *in, size_t count, int32_t zero_point) {
  for (size_t i = 0; i < count; i++) {
    sum[i] += in[i] - zero_point;
  }
}

/* Where the window of a place lies: its taps, and the address of any of them. */
typedef struct pool_window {
  taps rows, columns;
  const uint8_t *image;
  int64_t top, left;
} pool_window;

static pool_window window_at(const bo_layer *layer, const uint8_t *image, uint32_t y, uint32_t x) {
  const bo_window *win = &layer->window;
  return (pool_window){
      .rows =
          taps_inside(y, win->stride_h, win->pad_top, win->dilation_h, win->kernel_h, layer->in.h),
      .columns =
          taps_inside(x, win->stride_w, win->pad_left, win->dilation_w, win->kernel_w, layer->in.w),
      .image = image,
      .top = (int64_t)y * win->stride_h - win->pad_top,
      .left = (int64_t)x * win->stride_w - win->pad_left,
  };
}

static const uint8_t *tap_at(const bo_layer *layer, const pool_window *window, uint32_t kernel_y,
                             uint32_t kernel_x) {
  const size_t y = (size_t)(window->top + (int64_t)kernel_y * layer->window.dilation_h);
  const size_t x = (size_t)(window->left + (int64_t)kernel_x * layer->window.dilation_w);
  return window->image + (y * layer->in.w + x) * layer->in.c;
}

/* Maximum over the rows of the window, for a whole row of the input. */
static void maximum_down(const bo_layer *layer, const uint8_t *image, uint32_t y, uint8_t *row) {
  const bo_window *win = &layer->window;
  const size_t row_size = (size_t)layer->in.w * layer->in.c;
  const taps rows =
      taps_inside(y, win->stride_h, win->pad_top, win->dilation_h, win->kernel_h, layer->in.h);
  memset(row, 0, row_size);
  for (uint32_t ky = rows.first; ky < rows.end; ky++) {
    const int64_t in_y = (int64_t)y * win->stride_h + (int64_t)ky * win->dilation_h - win->pad_top;
    maximum(row, image + (size_t)in_y * row_size, row_size);
  }
}

/* Maximum over the columns of the window, for a whole row of the output. */
BO_SIMD_CLONES
static void maximum_across(const bo_layer *layer, const uint8_t *restrict row,
                           uint8_t *restrict out) {
  const bo_window *win = &layer->window;
  const size_t channels = layer->in.c;
  for (uint32_t x = 0; x < layer->out.w; x++) {
    const taps columns =
        taps_inside(x, win->stride_w, win->pad_left, win->dilation_w, win->kernel_w, layer->in.w);
    memset(out, 0, channels);
    for (uint32_t kx = columns.first; kx < columns.end; kx++) {
      const int64_t in_x =
          (int64_t)x * win->stride_w + (int64_t)kx * win->dilation_w - win->pad_left;
      const uint8_t *in = row + (size_t)in_x * channels;
      for (size_t c = 0; c < channels; c++) {
        out[c] = in[c] > out[c] ? in[c] : out[c];
      }
    }
    out += channels;
  }
}

void bo_run_max_pool(const bo_layer *layer, size_t images, const uint8_t *in, uint8_t *out,
                     uint8_t *row) {
  for (size_t image = 0; image < images; image++) {
    for (uint32_t y = 0; y < layer->out.h; y++) {
      maximum_down(layer, in + image * bo_shape_size(layer->in), y, row);
      maximum_across(layer, row, out);
      out += (size_t)layer->out.w * layer->out.c;
    }
  }
}

static void avg_pool_place(const bo_layer *layer, const pool_window *window, uint8_t *out,
                           int32_t *sum) {
  memset(sum, 0, layer->out.c * sizeof *sum);
  for (uint32_t ky = window->rows.first; ky < window->rows.end; ky++) {
    for (uint32_t kx = window->columns.first; kx < window->columns.end; kx++) {
      add_levels(sum, tap_at(layer, window, ky, kx), layer->out.c, layer->in_quant[0].zero_point);
    }
  }
  const uint32_t inside =
      (window->rows.end - window->rows.first) * (window->columns.end - window->columns.first);
  const uint32_t count =
      layer->count_include_pad ? layer->window.kernel_h * layer->window.kernel_w : inside;
  const float divisor = layer->out_quant.scale * (float)count;
  const float multiplier = layer->in_quant[0].scale / divisor;
  const bo_code_range range = bo_code_range_of(layer->out_quant.zero_point, layer->lo, layer->hi);
  for (uint32_t c = 0; c < layer->out.c; c++) {
    out[c] = bo_round_in_range((float)sum[c] * multiplier, range);
  }
}

void bo_run_avg_pool(const bo_layer *layer, size_t images, const uint8_t *in, uint8_t *out,
                     int32_t *sum) {
  for (size_t image = 0; image < images; image++) {
    for (uint32_t y = 0; y < layer->out.h; y++) {
      for (uint32_t x = 0; x < layer->out.w; x++) {
        const pool_window window = window_at(layer, in + image * bo_shape_size(layer->in), y, x);
        avg_pool_place(layer, &window, out, sum);
        out += layer->out.c;
      }
    }
  }
}
