#include "accel/onednn_conv.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

/* From the OpenMP runtime that libdnnl brings along; clang has no omp.h for it. The number belongs
 * to the calling thread, so workers do not disturb each other. */
int omp_get_max_threads(void);
void omp_set_num_threads(int threads);

typedef struct onednn_conv {
  bo_conv_shape shape;
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_desc_t conv_desc, reorder_desc;
  dnnl_primitive_t conv, reorder;
  dnnl_memory_t src, dst, weights, scratchpad, plain_weights, reorder_scratchpad;
  void *weights_data, *scratchpad_data, *reorder_scratchpad_data;
} onednn_conv;

typedef struct isa_name {
  dnnl_cpu_isa_t isa;
  const char *name;
} isa_name;

static const isa_name exact_isas[] = {
    {dnnl_cpu_isa_avx512_core_vnni, "oneDNN avx512_core_vnni"},
    {dnnl_cpu_isa_avx512_core_bf16, "oneDNN avx512_core_bf16"},
    {dnnl_cpu_isa_avx512_core_amx, "oneDNN avx512_core_amx"},
    {dnnl_cpu_isa_avx2_vnni, "oneDNN avx2_vnni"},
};

static const char *exact_isa_name(void) {
  const dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
  for (size_t i = 0; i < sizeof exact_isas / sizeof exact_isas[0]; i++) {
    if (exact_isas[i].isa == isa) {
      return exact_isas[i].name;
    }
  }
  return NULL;
}

static bo_status fail(dnnl_status_t status, const char *what, bo_diag *diag) {
  if (status == dnnl_out_of_memory) {
    return bo_fail(diag, BO_E_NOMEM, "oneDNN %s: out of memory", what);
  }
  return bo_fail(diag, BO_E_INVALID, "oneDNN %s: status %d", what, (int)status);
}

static void onednn_destroy(void *state) {
  onednn_conv *conv = state;
  if (conv == NULL) {
    return;
  }
  dnnl_memory_t const memories[] = {conv->src,           conv->dst,
                                    conv->weights,       conv->scratchpad,
                                    conv->plain_weights, conv->reorder_scratchpad};
  for (size_t i = 0; i < sizeof memories / sizeof memories[0]; i++) {
    (void)dnnl_memory_destroy(memories[i]);
  }
  (void)dnnl_primitive_destroy(conv->conv);
  (void)dnnl_primitive_destroy(conv->reorder);
  (void)dnnl_primitive_desc_destroy(conv->conv_desc);
  (void)dnnl_primitive_desc_destroy(conv->reorder_desc);
  (void)dnnl_stream_destroy(conv->stream);
  (void)dnnl_engine_destroy(conv->engine);
  free(conv->weights_data);
  free(conv->scratchpad_data);
  free(conv->reorder_scratchpad_data);
  free(conv);
}

/* Weights as the network has them: (g)oihw. */
static dnnl_status_t plain_weights_md(const bo_conv_shape *shape, dnnl_format_tag_t tag,
                                      dnnl_memory_desc_t *md) {
  const dnnl_dim_t groups = shape->groups;
  const dnnl_dim_t outputs = shape->out.c / shape->groups;
  const dnnl_dim_t inputs = shape->in.c / shape->groups;
  const dnnl_dim_t kh = shape->window.kernel_h;
  const dnnl_dim_t kw = shape->window.kernel_w;
  if (groups > 1) {
    const dnnl_dims_t dims = {groups, outputs, inputs, kh, kw};
    return dnnl_memory_desc_init_by_tag(md, 5, dims, dnnl_s8, tag);
  }
  const dnnl_dims_t dims = {outputs, inputs, kh, kw};
  return dnnl_memory_desc_init_by_tag(md, 4, dims, dnnl_s8, tag);
}

static dnnl_status_t activation_md(uint32_t images, bo_shape shape, dnnl_data_type_t type,
                                   dnnl_memory_desc_t *md) {
  const dnnl_dims_t dims = {images, shape.c, shape.h, shape.w};
  return dnnl_memory_desc_init_by_tag(md, 4, dims, type, dnnl_nhwc);
}

static dnnl_status_t make_conv_desc(onednn_conv *conv, dnnl_primitive_attr_t attr) {
  const bo_conv_shape *shape = &conv->shape;
  const bo_window *win = &shape->window;
  const dnnl_dims_t strides = {win->stride_h, win->stride_w};
  const dnnl_dims_t dilates = {win->dilation_h - 1, win->dilation_w - 1}; /* theirs: 0 is dense */
  const dnnl_dims_t pad_begin = {win->pad_top, win->pad_left};
  const dnnl_dims_t pad_end = {win->pad_bottom, win->pad_right};
  dnnl_memory_desc_t src;
  dnnl_memory_desc_t weights;
  dnnl_memory_desc_t dst;
  dnnl_convolution_desc_t desc;
  dnnl_status_t status = activation_md(shape->images, shape->in, dnnl_u8, &src);
  if (status == dnnl_success) {
    status = activation_md(shape->images, shape->out, dnnl_s32, &dst);
  }
  if (status == dnnl_success) {
    status = plain_weights_md(shape, dnnl_format_tag_any, &weights);
  }
  if (status == dnnl_success) {
    status = dnnl_dilated_convolution_forward_desc_init(
        &desc, dnnl_forward_inference, dnnl_convolution_direct, &src, &weights, NULL, &dst, strides,
        dilates, pad_begin, pad_end);
  }
  if (status == dnnl_success) {
    status = dnnl_primitive_desc_create(&conv->conv_desc, &desc, attr, conv->engine, NULL);
  }
  return status;
}

static dnnl_status_t make_primitives(onednn_conv *conv, dnnl_primitive_attr_t attr) {
  dnnl_memory_desc_t plain;
  dnnl_status_t status = make_conv_desc(conv, attr);
  if (status == dnnl_success) {
    status = dnnl_primitive_create(&conv->conv, conv->conv_desc);
  }
  if (status == dnnl_success) {
    status =
        plain_weights_md(&conv->shape, conv->shape.groups > 1 ? dnnl_goihw : dnnl_oihw, &plain);
  }
  if (status == dnnl_success) {
    const dnnl_memory_desc_t *blocked =
        dnnl_primitive_desc_query_md(conv->conv_desc, dnnl_query_weights_md, 0);
    status = dnnl_reorder_primitive_desc_create(&conv->reorder_desc, &plain, conv->engine, blocked,
                                                conv->engine, attr);
  }
  if (status == dnnl_success) {
    status = dnnl_primitive_create(&conv->reorder, conv->reorder_desc);
  }
  return status;
}

/* Memory object for what query names; *data is allocated, or left for each call when NULL. */
static dnnl_status_t make_memory(onednn_conv *conv, const_dnnl_primitive_desc_t desc,
                                 dnnl_query_t query, dnnl_memory_t *memory, void **data) {
  const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(desc, query, 0);
  if (data != NULL) {
    *data = calloc(1, dnnl_memory_desc_get_size(md) + 1);
    if (*data == NULL) {
      return dnnl_out_of_memory;
    }
  }
  return dnnl_memory_create(memory, md, conv->engine, data != NULL ? *data : NULL);
}

static dnnl_status_t make_memories(onednn_conv *conv) {
  const struct {
    const_dnnl_primitive_desc_t desc;
    dnnl_query_t query;
    dnnl_memory_t *memory;
    void **data;
  } rows[] = {
      {conv->conv_desc, dnnl_query_src_md, &conv->src, NULL},
      {conv->conv_desc, dnnl_query_dst_md, &conv->dst, NULL},
      {conv->conv_desc, dnnl_query_weights_md, &conv->weights, &conv->weights_data},
      {conv->conv_desc, dnnl_query_scratchpad_md, &conv->scratchpad, &conv->scratchpad_data},
      {conv->reorder_desc, dnnl_query_src_md, &conv->plain_weights, NULL},
      {conv->reorder_desc, dnnl_query_scratchpad_md, &conv->reorder_scratchpad,
       &conv->reorder_scratchpad_data},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const dnnl_status_t status =
        make_memory(conv, rows[i].desc, rows[i].query, rows[i].memory, rows[i].data);
    if (status != dnnl_success) {
      return status;
    }
  }
  return dnnl_success;
}

static dnnl_status_t make_all(onednn_conv *conv) {
  dnnl_primitive_attr_t attr = NULL;
  dnnl_status_t status = dnnl_engine_create(&conv->engine, dnnl_cpu, 0);
  if (status == dnnl_success) {
    status = dnnl_stream_create(&conv->stream, conv->engine, dnnl_stream_default_flags);
  }
  if (status == dnnl_success) {
    status = dnnl_primitive_attr_create(&attr);
  }
  if (status == dnnl_success) {
    status = dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
  }
  if (status == dnnl_success) {
    status = make_primitives(conv, attr);
  }
  if (status == dnnl_success) {
    status = make_memories(conv);
  }
  (void)dnnl_primitive_attr_destroy(attr);
  return status;
}

static dnnl_status_t execute(onednn_conv *conv, dnnl_primitive_t primitive, int count,
                             const dnnl_exec_arg_t *args) {
  const int threads = omp_get_max_threads();
  omp_set_num_threads(1);
  dnnl_status_t status = dnnl_primitive_execute(primitive, conv->stream, count, args);
  if (status == dnnl_success) {
    status = dnnl_stream_wait(conv->stream);
  }
  omp_set_num_threads(threads);
  return status;
}

static bo_status onednn_load(void *state, const int8_t *weights, bo_diag *diag) {
  onednn_conv *conv = state;
  /* The handle is not const in their API; a reorder only reads its source. */
  dnnl_status_t status = dnnl_memory_set_data_handle(conv->plain_weights, (void *)weights);
  if (status == dnnl_success) {
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, conv->plain_weights},
                                    {DNNL_ARG_DST, conv->weights},
                                    {DNNL_ARG_SCRATCHPAD, conv->reorder_scratchpad}};
    status = execute(conv, conv->reorder, 3, args);
  }
  return status == dnnl_success ? BO_OK : fail(status, "reorder", diag);
}

static bo_status onednn_run(void *state, const uint8_t *input, int32_t *acc, bo_diag *diag) {
  onednn_conv *conv = state;
  dnnl_status_t status = dnnl_memory_set_data_handle(conv->src, (void *)input);
  if (status == dnnl_success) {
    status = dnnl_memory_set_data_handle(conv->dst, acc);
  }
  if (status == dnnl_success) {
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, conv->src},
                                    {DNNL_ARG_WEIGHTS, conv->weights},
                                    {DNNL_ARG_DST, conv->dst},
                                    {DNNL_ARG_SCRATCHPAD, conv->scratchpad}};
    status = execute(conv, conv->conv, 4, args);
  }
  return status == dnnl_success ? BO_OK : fail(status, "convolution", diag);
}

/* Whether the window at this place lies inside the input. */
static bool is_interior(uint32_t place, uint32_t stride, uint32_t pad, uint32_t extent,
                        uint32_t size) {
  const uint64_t begin = (uint64_t)place * stride;
  return begin >= pad && begin - pad + extent <= size;
}

/*
 * Counts interior places (*seen), and whether all their sums are expected. Borders have smaller
 * sums: what is exact for the largest is exact for them.
 */
static bool interior_sums_are(const bo_conv_shape *shape, const int32_t *acc, int32_t expected,
                              uint64_t *seen) {
  const bo_window *win = &shape->window;
  const uint32_t extent_h = (win->kernel_h - 1) * win->dilation_h + 1;
  const uint32_t extent_w = (win->kernel_w - 1) * win->dilation_w + 1;
  const size_t places = (size_t)shape->images * shape->out.h * shape->out.w;
  for (size_t place = 0; place < places; place++) {
    const uint32_t y = (uint32_t)(place / shape->out.w % shape->out.h);
    const uint32_t x = (uint32_t)(place % shape->out.w);
    if (!is_interior(y, win->stride_h, win->pad_top, extent_h, shape->in.h) ||
        !is_interior(x, win->stride_w, win->pad_left, extent_w, shape->in.w)) {
      continue;
    }
    for (uint32_t n = 0; n < shape->out.c; n++) {
      *seen += 1;
      if (acc[place * shape->out.c + n] != expected) {
        return false;
      }
    }
  }
  return true;
}

/* Runs the largest sum made odd: beyond 2^24 a float32 cannot hold it. */
static bo_status probe(onednn_conv *conv, uint8_t *input, int8_t *weights, int32_t *acc,
                       bo_diag *diag) {
  const bo_conv_shape *shape = &conv->shape;
  const uint32_t k = bo_conv_inputs(shape);
  memset(input, 255, (size_t)shape->images * shape->in.h * shape->in.w * shape->in.c);
  memset(weights, 127, (size_t)shape->out.c * k);
  for (uint32_t n = 0; n < shape->out.c; n++) {
    weights[(size_t)n * k] = (int8_t)(k % 2 == 0 ? 126 : 127);
  }
  const int32_t expected = (int32_t)(255 * (127 * (int64_t)k - (k % 2 == 0 ? 1 : 0)));
  uint64_t seen = 0;
  bo_status status = onednn_load(conv, weights, diag);
  if (status == BO_OK) {
    status = onednn_run(conv, input, acc, diag);
  }
  if (status == BO_OK && (!interior_sums_are(shape, acc, expected, &seen) || seen == 0)) {
    status = bo_fail(diag, BO_E_INVALID, "oneDNN convolution: not exact for %u inputs", k);
  }
  return status;
}

static bo_status prove_exact(onednn_conv *conv, bo_diag *diag) {
  const bo_conv_shape *shape = &conv->shape;
  const uint32_t k = bo_conv_inputs(shape);
  if ((uint64_t)k * 255 * 128 <= UINT64_C(1) << 24) {
    return BO_OK;
  }
  const size_t in = (size_t)shape->images * shape->in.h * shape->in.w * shape->in.c;
  const size_t out = (size_t)shape->images * shape->out.h * shape->out.w * shape->out.c;
  uint8_t *input = malloc(in + BO_CONV_SLACK);
  int8_t *weights = malloc((size_t)shape->out.c * k);
  int32_t *acc = calloc(out, sizeof *acc);
  const bo_status status = input == NULL || weights == NULL || acc == NULL
                               ? bo_fail(diag, BO_E_NOMEM, "oneDNN: out of memory")
                               : probe(conv, input, weights, acc, diag);
  free(input);
  free(weights);
  free(acc);
  return status;
}

static bo_status onednn_create(void **state, const bo_conv_shape *shape, bo_diag *diag) {
  *state = NULL;
  onednn_conv *conv = calloc(1, sizeof *conv);
  if (conv == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "oneDNN: out of memory");
  }
  conv->shape = *shape;
  const int threads = omp_get_max_threads(); /* primitives remember the number they were made for */
  omp_set_num_threads(1);
  const dnnl_status_t made = make_all(conv);
  omp_set_num_threads(threads);
  bo_status status = made == dnnl_success ? BO_OK : fail(made, "convolution", diag);
  if (status == BO_OK) {
    status = prove_exact(conv, diag);
  }
  if (status != BO_OK) {
    onednn_destroy(conv);
    return status;
  }
  *state = conv;
  return BO_OK;
}

static const bo_conv_kernel onednn_kernel = {
    .pads = true,
    .create = onednn_create,
    .destroy = onednn_destroy,
    .load = onednn_load,
    .run = onednn_run,
};

const bo_conv_kernel *bo_onednn_kernel(void) {
  return exact_isa_name() != NULL ? &onednn_kernel : NULL;
}

const char *bo_onednn_name(void) {
  const char *name = exact_isa_name();
  return name != NULL ? name : "oneDNN (not exact on this processor)";
}
