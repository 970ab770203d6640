#include "accel/own_conv.h"

#include "accel/own_dot.h"

#include <stdlib.h>
#include <string.h>

typedef struct own_conv {
  bo_conv_shape shape;
  const bo_dot *dot;
  size_t quads;          /* of one window */
  size_t panels;         /* blocks of 32 outputs of one group */
  uint32_t *quad_offset; /* [quads] */
  uint32_t
      *weight_index; /* [K of a group]: where the weight of an input goes, in quads * 4 + byte */
  int8_t *weights;   /* [groups][panels][quads][BO_DOT_QUAD * BO_DOT_OUTPUTS] */
} own_conv;

static size_t panel_size(const own_conv *conv) {
  return conv->quads * BO_DOT_QUAD * BO_DOT_OUTPUTS;
}

/*
 * The window is a list of segments of bytes that lie side by side in the input: a whole row of the
 * kernel if nothing lies between its columns, else one column. A segment is filled up to whole
 * quads, whose superfluous inputs meet zero weights.
 */
static uint32_t columns_per_segment(const bo_conv_shape *shape) {
  return shape->groups == 1 && shape->window.dilation_w == 1 ? shape->window.kernel_w : 1;
}

static size_t count_quads(const bo_conv_shape *shape) {
  const size_t columns = columns_per_segment(shape);
  const size_t bytes = columns * (shape->in.c / shape->groups);
  const size_t segments = (size_t)shape->window.kernel_h * (shape->window.kernel_w / columns);
  return segments * ((bytes + BO_DOT_QUAD - 1) / BO_DOT_QUAD);
}

static void list_offsets(own_conv *conv) {
  const bo_conv_shape *shape = &conv->shape;
  const bo_window *win = &shape->window;
  const uint32_t channels = shape->in.c / shape->groups;
  const uint32_t columns = columns_per_segment(shape);
  const uint32_t taps = win->kernel_h * win->kernel_w;
  uint32_t quad = 0;
  for (uint32_t tap = 0; tap < taps; tap += columns) {
    const uint32_t row = tap / win->kernel_w * win->dilation_h;
    const uint32_t column = tap % win->kernel_w * win->dilation_w;
    const uint32_t start = (row * shape->in.w + column) * shape->in.c;
    for (uint32_t byte = 0; byte < columns * channels; byte++) {
      if (byte % BO_DOT_QUAD == 0) {
        conv->quad_offset[quad++] = start + byte;
      }
      const uint32_t k = byte % channels * taps + tap + byte / channels; /* order of ONNX */
      conv->weight_index[k] = (quad - 1) * BO_DOT_QUAD + byte % BO_DOT_QUAD;
    }
  }
}

static void own_destroy(void *state) {
  own_conv *conv = state;
  if (conv != NULL) {
    free(conv->quad_offset);
    free(conv->weight_index);
    free(conv->weights);
    free(conv);
  }
}

static bo_status create(void **state, const bo_conv_shape *shape, const bo_dot *dot,
                        bo_diag *diag) {
  *state = NULL;
  own_conv *conv = calloc(1, sizeof *conv);
  if (conv == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "convolution: out of memory");
  }
  conv->shape = *shape;
  conv->dot = dot;
  conv->quads = count_quads(shape);
  conv->panels = (shape->out.c / shape->groups + BO_DOT_OUTPUTS - 1) / BO_DOT_OUTPUTS;
  conv->quad_offset = calloc(conv->quads, sizeof *conv->quad_offset);
  conv->weight_index = calloc(bo_conv_inputs(shape), sizeof *conv->weight_index);
  conv->weights = calloc(shape->groups * conv->panels, panel_size(conv));
  if (conv->quad_offset == NULL || conv->weight_index == NULL || conv->weights == NULL) {
    own_destroy(conv);
    return bo_fail(diag, BO_E_NOMEM, "convolution: out of memory");
  }
  list_offsets(conv);
  *state = conv;
  return BO_OK;
}

static bo_status create_plain(void **state, const bo_conv_shape *shape, bo_diag *diag) {
  return create(state, shape, bo_dot_plain(), diag);
}

static bo_status create_best(void **state, const bo_conv_shape *shape, bo_diag *diag) {
  return create(state, shape, bo_dot_best(), diag);
}

static bo_status own_load(void *state, const int8_t *weights, bo_diag *diag) {
  (void)diag;
  own_conv *conv = state;
  const size_t outputs = conv->shape.out.c / conv->shape.groups;
  const size_t inputs = bo_conv_inputs(&conv->shape);
  const size_t quad_size = (size_t)BO_DOT_QUAD * BO_DOT_OUTPUTS;
  for (size_t n = 0; n < conv->shape.out.c; n++) {
    const size_t panel = n / outputs * conv->panels + n % outputs / BO_DOT_OUTPUTS;
    int8_t *to = conv->weights + panel * panel_size(conv) +
                 n % outputs % BO_DOT_OUTPUTS * conv->dot->output_step;
    for (size_t k = 0; k < inputs; k++) {
      const size_t index = conv->weight_index[k];
      to[index / BO_DOT_QUAD * quad_size + conv->dot->input_offset[index % BO_DOT_QUAD]] =
          weights[n * inputs + k];
    }
  }
  return BO_OK;
}

/* First byte of the window of place, counted over the batch. */
static const uint8_t *window_of(const bo_conv_shape *shape, const uint8_t *input, size_t place) {
  const size_t x = place % shape->out.w;
  const size_t y = place / shape->out.w % shape->out.h;
  const size_t image = place / shape->out.w / shape->out.h;
  const size_t row = image * shape->in.h + y * shape->window.stride_h;
  return input + (row * shape->in.w + x * shape->window.stride_w) * shape->in.c;
}

/* All outputs of the block's places. The last block repeats its last place and drops the copies.
 */
static void run_block(const own_conv *conv, const uint8_t *const *window, size_t places,
                      int32_t *acc) {
  const bo_conv_shape *shape = &conv->shape;
  const size_t outputs = shape->out.c / shape->groups;
  const size_t channels = shape->in.c / shape->groups;
  bo_dot_block block = {.offset = conv->quad_offset, .quads = conv->quads};
  for (size_t group = 0; group < shape->groups; group++) {
    for (size_t i = 0; i < BO_DOT_PLACES; i++) {
      block.place[i] = window[i] + group * channels;
    }
    for (size_t panel = 0; panel < conv->panels; panel++) {
      int32_t sums[BO_DOT_PLACES][BO_DOT_OUTPUTS];
      const size_t first = panel * BO_DOT_OUTPUTS;
      const size_t count = outputs - first < BO_DOT_OUTPUTS ? outputs - first : BO_DOT_OUTPUTS;
      block.weights = conv->weights + (group * conv->panels + panel) * panel_size(conv);
      conv->dot->run(&block, sums);
      for (size_t i = 0; i < places; i++) {
        memcpy(acc + i * shape->out.c + group * outputs + first, sums[i], count * sizeof **sums);
      }
    }
  }
}

static bo_status own_run(void *state, const uint8_t *input, int32_t *acc, bo_diag *diag) {
  (void)diag;
  const own_conv *conv = state;
  const bo_conv_shape *shape = &conv->shape;
  const size_t places = (size_t)shape->images * shape->out.h * shape->out.w;
  for (size_t first = 0; first < places; first += BO_DOT_PLACES) {
    const uint8_t *window[BO_DOT_PLACES];
    const size_t count = places - first < BO_DOT_PLACES ? places - first : BO_DOT_PLACES;
    for (size_t i = 0; i < BO_DOT_PLACES; i++) {
      window[i] = window_of(shape, input, first + (i < count ? i : count - 1));
    }
    run_block(conv, window, count, acc + first * shape->out.c);
  }
  return BO_OK;
}

static const bo_conv_kernel plain_kernel = {
    .pads = false,
    .create = create_plain,
    .destroy = own_destroy,
    .load = own_load,
    .run = own_run,
};

static const bo_conv_kernel best_kernel = {
    .pads = false,
    .create = create_best,
    .destroy = own_destroy,
    .load = own_load,
    .run = own_run,
};

const bo_conv_kernel *bo_own_kernel(bool vectors) {
  return vectors ? &best_kernel : &plain_kernel;
}

const char *bo_own_name(void) {
  return bo_dot_best()->name;
}
