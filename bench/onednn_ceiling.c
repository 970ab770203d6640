#include "onednn_ceiling.h"

#include "clock.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void omp_set_num_threads(int threads); /* clang has no omp.h for the library that dnnl uses */

enum {
  MAX_ARGS = 5
};

typedef struct conv_variant {
  const char *name;
  bool fused; /* uint8 output, bias and scales */
  dnnl_format_tag_t tag;
} conv_variant;

static const conv_variant variants[] = {
    {"s32 nhwc", false, dnnl_nhwc},
    {"s32 any", false, dnnl_format_tag_any},
    {"u8 nhwc", true, dnnl_nhwc},
    {"u8 any", true, dnnl_format_tag_any},
};

typedef struct conv_trial {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_attr_t attr;
  dnnl_primitive_desc_t desc;
  dnnl_primitive_t primitive;
  int args;
  dnnl_exec_arg_t arg[MAX_ARGS];
  void *data[MAX_ARGS];
} conv_trial;

static bool make_desc(conv_trial *trial, const bo_layer *layer, uint32_t groups, uint32_t images,
                      const conv_variant *variant) {
  const bo_window *win = &layer->window;
  const dnnl_dims_t src_dims = {images, layer->in.c, layer->in.h, layer->in.w};
  const dnnl_dims_t dst_dims = {images, layer->out.c, layer->out.h, layer->out.w};
  const dnnl_dims_t weight_dims = {groups, layer->out.c / groups, layer->in.c / groups,
                                   win->kernel_h, win->kernel_w};
  const dnnl_dims_t bias_dims = {layer->out.c};
  const dnnl_dims_t strides = {win->stride_h, win->stride_w};
  const dnnl_dims_t dilates = {win->dilation_h - 1, win->dilation_w - 1};
  const dnnl_dims_t pad_begin = {win->pad_top, win->pad_left};
  const dnnl_dims_t pad_end = {win->pad_bottom, win->pad_right};
  const int skip = groups == 1 ? 1 : 0; /* dense convolutions have no group dimension */
  dnnl_memory_desc_t src;
  dnnl_memory_desc_t dst;
  dnnl_memory_desc_t weights;
  dnnl_memory_desc_t bias;
  dnnl_convolution_desc_t conv;
  (void)dnnl_memory_desc_init_by_tag(&src, 4, src_dims, dnnl_u8, variant->tag);
  (void)dnnl_memory_desc_init_by_tag(&dst, 4, dst_dims, variant->fused ? dnnl_u8 : dnnl_s32,
                                     variant->tag);
  (void)dnnl_memory_desc_init_by_tag(&weights, 5 - skip, weight_dims + skip, dnnl_s8,
                                     dnnl_format_tag_any);
  (void)dnnl_memory_desc_init_by_tag(&bias, 1, bias_dims, dnnl_s32, dnnl_a);
  return dnnl_dilated_convolution_forward_desc_init(&conv, dnnl_forward_inference,
                                                    dnnl_convolution_direct, &src, &weights,
                                                    variant->fused ? &bias : NULL, &dst, strides,
                                                    dilates, pad_begin, pad_end) == dnnl_success &&
         dnnl_primitive_desc_create(&trial->desc, &conv, trial->attr, trial->engine, NULL) ==
             dnnl_success;
}

static bool set_scales(conv_trial *trial, uint32_t channels) {
  float *scales = malloc(channels * sizeof *scales);
  if (scales == NULL) {
    return false;
  }
  for (uint32_t n = 0; n < channels; n++) {
    scales[n] = 0.001F * (float)(n + 1);
  }
  const dnnl_status_t status =
      dnnl_primitive_attr_set_output_scales(trial->attr, channels, 1 << 1, scales);
  free(scales);
  return status == dnnl_success;
}

static bool add_arg(conv_trial *trial, int name, dnnl_query_t query, int index) {
  const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(trial->desc, query, index);
  const size_t size = dnnl_memory_desc_get_size(md);
  void *data = malloc(size + 1);
  if (data == NULL) {
    return false;
  }
  memset(data, 0x35, size);
  trial->data[trial->args] = data;
  trial->arg[trial->args].arg = name;
  return dnnl_memory_create(&trial->arg[trial->args++].memory, md, trial->engine, data) ==
         dnnl_success;
}

static bool make_trial(conv_trial *trial, const bo_layer *layer, uint32_t groups, uint32_t images,
                       const conv_variant *variant) {
  *trial = (conv_trial){0};
  return dnnl_engine_create(&trial->engine, dnnl_cpu, 0) == dnnl_success &&
         dnnl_stream_create(&trial->stream, trial->engine, dnnl_stream_default_flags) ==
             dnnl_success &&
         dnnl_primitive_attr_create(&trial->attr) == dnnl_success &&
         dnnl_primitive_attr_set_scratchpad_mode(trial->attr, dnnl_scratchpad_mode_user) ==
             dnnl_success &&
         (!variant->fused || set_scales(trial, layer->out.c)) &&
         make_desc(trial, layer, groups, images, variant) &&
         dnnl_primitive_create(&trial->primitive, trial->desc) == dnnl_success &&
         add_arg(trial, DNNL_ARG_SRC, dnnl_query_src_md, 0) &&
         add_arg(trial, DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0) &&
         add_arg(trial, DNNL_ARG_DST, dnnl_query_dst_md, 0) &&
         add_arg(trial, DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0) &&
         (!variant->fused || add_arg(trial, DNNL_ARG_BIAS, dnnl_query_weights_md, 1));
}

static void free_trial(conv_trial *trial) {
  for (int i = 0; i < trial->args; i++) {
    (void)dnnl_memory_destroy(trial->arg[i].memory);
    free(trial->data[i]);
  }
  (void)dnnl_primitive_destroy(trial->primitive);
  (void)dnnl_primitive_desc_destroy(trial->desc);
  (void)dnnl_primitive_attr_destroy(trial->attr);
  (void)dnnl_stream_destroy(trial->stream);
  (void)dnnl_engine_destroy(trial->engine);
}

static double time_trial(conv_trial *trial, uint32_t images, unsigned repeats) {
  const unsigned inner = 64 / images + 1;
  double best = 0;
  for (unsigned r = 0; r <= repeats; r++) { /* the first one warms up */
    const double start = bench_thread_ns();
    for (unsigned i = 0; i < inner; i++) {
      (void)dnnl_primitive_execute(trial->primitive, trial->stream, trial->args, trial->arg);
    }
    (void)dnnl_stream_wait(trial->stream);
    const double ns = (bench_thread_ns() - start) / inner / images;
    best = r <= 1 || ns < best ? ns : best;
  }
  return best;
}

bench_ceiling bench_onednn_ceiling(const bo_layer *layer, uint32_t groups, unsigned repeats) {
  bench_ceiling best = {.ns_per_image = -1};
  omp_set_num_threads(1);
  for (size_t v = 0; v < sizeof variants / sizeof variants[0]; v++) {
    for (uint32_t images = 1; images <= 32; images *= 2) {
      conv_trial trial;
      if (make_trial(&trial, layer, groups, images, &variants[v])) {
        const double ns = time_trial(&trial, images, repeats);
        if (best.ns_per_image < 0 || ns < best.ns_per_image) {
          best = (bench_ceiling){ns, variants[v].name, images};
        }
      }
      free_trial(&trial);
    }
  }
  return best;
}
