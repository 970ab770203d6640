#include "accel/own_conv.h"

#include "accel/own_dot.h"
#include "base/simd.h"

#include <stdlib.h>
#include <string.h>

enum {
  STRIP_PLACES = 48, /* places that share a panel of weights while it is in the cache */
};

typedef struct own_conv {
  bo_conv_shape shape;
  bool vectors;
  const bo_dot *dot;     /* for the weights that are loaded */
  size_t quads;          /* of one window */
  size_t panels;         /* blocks of outputs of one group */
  size_t *window;        /* [places] first byte of the window in the input */
  uint32_t *quad_offset; /* [quads] bytes from there */
  size_t *weight_index;  /* [K of a group]: where in a panel the weight of an input goes */
  uint8_t *weights;      /* [groups][panels][panel_size], int8 or int16 */
  uint16_t *wide_input;  /* the batch, if dot is wide */
} own_conv;

/* Weights of a panel. */
static size_t panel_size(const own_conv *conv) {
  return conv->quads * BO_DOT_QUAD * conv->dot->outputs;
}

/* Bytes of an input and of a weight. */
static size_t element_size(const own_conv *conv) {
  return conv->dot->is_wide ? sizeof(uint16_t) : sizeof(uint8_t);
}

static size_t weights_size(const own_conv *conv) {
  return conv->shape.groups * conv->panels * panel_size(conv) * element_size(conv);
}

/* Places of the batch. */
static size_t count_places(const bo_conv_shape *shape) {
  return (size_t)shape->images * shape->out.h * shape->out.w;
}

static size_t input_size(const bo_conv_shape *shape) {
  return (size_t)shape->images * shape->in.h * shape->in.w * shape->in.c;
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
  const size_t quad_size = BO_DOT_QUAD * conv->dot->outputs;
  size_t quad = 0;
  for (uint32_t tap = 0; tap < taps; tap += columns) {
    const uint32_t row = tap / win->kernel_w * win->dilation_h;
    const uint32_t column = tap % win->kernel_w * win->dilation_w;
    const uint32_t start = (row * shape->in.w + column) * shape->in.c;
    for (uint32_t byte = 0; byte < columns * channels; byte++) {
      if (byte % BO_DOT_QUAD == 0) {
        conv->quad_offset[quad++] = (uint32_t)((start + byte) * element_size(conv));
      }
      const uint32_t k = byte % channels * taps + tap + byte / channels; /* order of ONNX */
      conv->weight_index[k] = (quad - 1) * quad_size + conv->dot->input_offset[byte % BO_DOT_QUAD];
    }
  }
}

/* Where the window of each place begins, places counted over the batch. */
static void list_windows(own_conv *conv) {
  const bo_conv_shape *shape = &conv->shape;
  const bo_window *win = &shape->window;
  size_t place = 0;
  for (size_t image = 0; image < shape->images; image++) {
    for (size_t y = 0; y < shape->out.h; y++) {
      for (size_t x = 0; x < shape->out.w; x++) {
        const size_t row = image * shape->in.h + y * win->stride_h;
        const size_t pixel = row * shape->in.w + x * win->stride_w;
        conv->window[place++] = pixel * shape->in.c * element_size(conv);
      }
    }
  }
}

static void own_destroy(void *state) {
  own_conv *conv = state;
  if (conv != NULL) {
    free(conv->window);
    free(conv->quad_offset);
    free(conv->weight_index);
    free(conv->weights);
    free(conv->wide_input);
    free(conv);
  }
}

static const bo_dot *choose_dot(const own_conv *conv, int largest_weight) {
  return conv->vectors ? bo_dot_best(largest_weight) : bo_dot_plain();
}

static void set_dot(own_conv *conv, const bo_dot *dot) {
  if (conv->dot != dot) {
    conv->dot = dot;
    list_windows(conv);
    list_offsets(conv);
    memset(conv->weights, 0, weights_size(conv)); /* what no weight goes to must be zero */
  }
}

static bo_status create(void **state, const bo_conv_shape *shape, bool vectors, bo_diag *diag) {
  *state = NULL;
  own_conv *conv = calloc(1, sizeof *conv);
  if (conv == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "convolution: out of memory");
  }
  conv->shape = *shape;
  conv->vectors = vectors;
  const bo_dot *dot = conv->dot = choose_dot(conv, -INT8_MIN); /* the widest elements */
  conv->quads = count_quads(shape);
  conv->panels = (shape->out.c / shape->groups + dot->outputs - 1) / dot->outputs;
  conv->window = calloc(count_places(shape), sizeof *conv->window);
  conv->quad_offset = calloc(conv->quads, sizeof *conv->quad_offset);
  conv->weight_index = calloc(bo_conv_inputs(shape), sizeof *conv->weight_index);
  conv->weights = calloc(1, weights_size(conv));
  conv->wide_input =
      dot->is_wide ? calloc(input_size(shape) + BO_DOT_QUAD, sizeof(uint16_t)) : NULL;
  if (conv->window == NULL || conv->quad_offset == NULL || conv->weight_index == NULL ||
      conv->weights == NULL || (dot->is_wide && conv->wide_input == NULL)) {
    own_destroy(conv);
    return bo_fail(diag, BO_E_NOMEM, "convolution: out of memory");
  }
  list_windows(conv);
  list_offsets(conv);
  *state = conv;
  return BO_OK;
}

static bo_status create_plain(void **state, const bo_conv_shape *shape, bo_diag *diag) {
  return create(state, shape, false, diag);
}

static bo_status create_best(void **state, const bo_conv_shape *shape, bo_diag *diag) {
  return create(state, shape, true, diag);
}

BO_SIMD_CLONES
static int largest_of(const int8_t *weights, size_t count) {
  int largest = 0;
  for (size_t i = 0; i < count; i++) {
    const int size = weights[i] < 0 ? -weights[i] : weights[i];
    largest = size > largest ? size : largest;
  }
  return largest;
}

static bo_status own_load(void *state, const int8_t *weights, bo_diag *diag) {
  (void)diag;
  own_conv *conv = state;
  const size_t outputs = conv->shape.out.c / conv->shape.groups;
  const size_t inputs = bo_conv_inputs(&conv->shape);
  set_dot(conv, choose_dot(conv, largest_of(weights, conv->shape.out.c * inputs)));
  const bo_dot *dot = conv->dot;
  for (size_t n = 0; n < conv->shape.out.c; n++) {
    const size_t panel = n / outputs * conv->panels + n % outputs / dot->outputs;
    const size_t first = panel * panel_size(conv) + n % outputs % dot->outputs * dot->output_step;
    int8_t *const narrow = (int8_t *)conv->weights + first;
    int16_t *const wide = (int16_t *)conv->weights + first;
    for (size_t k = 0; k < inputs; k++) {
      if (dot->is_wide) {
        wide[conv->weight_index[k]] = (int16_t)weights[n * inputs + k];
      } else {
        narrow[conv->weight_index[k]] = weights[n * inputs + k];
      }
    }
  }
  return BO_OK;
}

BO_SIMD_CLONES
static void widen(const uint8_t *restrict from, size_t count, uint16_t *restrict to) {
  for (size_t i = 0; i < count; i++) {
    to[i] = from[i];
  }
}

/* Some of the block's places and outputs, or all. */
static void run_block(const bo_dot *dot, const bo_dot_block *block, size_t places, size_t outputs,
                      int32_t *acc, size_t stride) {
  if (places == dot->places && outputs == dot->outputs) {
    dot->run(block, acc, stride);
    return;
  }
  int32_t sums[BO_DOT_MAX_PLACES * BO_DOT_MAX_OUTPUTS];
  dot->run(block, sums, dot->outputs);
  for (size_t i = 0; i < places; i++) {
    memcpy(acc + i * stride, sums + i * dot->outputs, outputs * sizeof *sums);
  }
}

static size_t min_size(size_t a, size_t b) {
  return a < b ? a : b;
}

/* One panel of outputs, the windows of a strip moved to its group. */
static void run_panel(const own_conv *conv, const uint8_t *const *window, size_t places,
                      size_t group, size_t panel, int32_t *acc) {
  const bo_conv_shape *shape = &conv->shape;
  const bo_dot *dot = conv->dot;
  const size_t outputs = shape->out.c / shape->groups;
  const size_t shift = group * (shape->in.c / shape->groups) * element_size(conv);
  const size_t size = panel_size(conv) * element_size(conv);
  const size_t output = panel * dot->outputs;
  bo_dot_block block = {
      .offset = conv->quad_offset,
      .quads = conv->quads,
      .weights = conv->weights + (group * conv->panels + panel) * size,
  };
  for (size_t first = 0; first < places; first += dot->places) {
    for (size_t i = 0; i < dot->places; i++) {
      /* The last block repeats its last place and drops the copies. */
      block.place[i] = window[min_size(first + i, places - 1)] + shift;
    }
    run_block(dot, &block, min_size(places - first, dot->places),
              min_size(outputs - output, dot->outputs),
              acc + first * shape->out.c + group * outputs + output, shape->out.c);
  }
}

static bo_status own_run(void *state, const uint8_t *input, int32_t *acc, bo_diag *diag) {
  (void)diag;
  const own_conv *conv = state;
  const bo_conv_shape *shape = &conv->shape;
  const size_t places = count_places(shape);
  const uint8_t *operand = input;
  if (conv->dot->is_wide) {
    widen(input, input_size(shape), conv->wide_input);
    operand = (const uint8_t *)conv->wide_input;
  }
  for (size_t first = 0; first < places; first += STRIP_PLACES) {
    const uint8_t *window[STRIP_PLACES];
    const size_t count = min_size(places - first, STRIP_PLACES);
    for (size_t i = 0; i < count; i++) {
      window[i] = operand + conv->window[first + i];
    }
    for (size_t i = 0; i < shape->groups * conv->panels; i++) {
      run_panel(conv, window, count, i / conv->panels, i % conv->panels,
                acc + first * shape->out.c);
    }
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
  return bo_dot_best(-INT8_MIN)->name;
}
