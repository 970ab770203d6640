#include "net/import_handlers.h"
#include "net/import_layer.h"
#include "net/onnx_attr.h"

#include <math.h>

static bool is_monotone(const float level[256]) {
  for (size_t code = 1; code < 256; code++) {
    if (level[code] < level[code - 1]) {
      return false;
    }
  }
  return true;
}

/* A maximum of floats is one of codes where the floats grow with the codes. */
bo_status bo_import_max_pool(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  bo_meaning meaning = *bo_import_input(import, node, 0);
  const bool is_levels = meaning.kind == BO_MEANS_LEVELS;
  if (is_levels && !is_monotone(meaning.level)) {
    return bo_fail(diag, BO_E_INVALID, "input '%s': its values do not grow with its codes",
                   bo_import_input_name(import, node, 0));
  }
  if ((!is_levels && meaning.kind != BO_MEANS_CODES) || meaning.is_flat) {
    return bo_fail(diag, BO_E_INVALID, "input '%s': expected codes or a dequantised image, got %s",
                   bo_import_input_name(import, node, 0), bo_meaning_text(&meaning));
  }
  if (meaning.quant.scale == 0.0F) {
    return bo_fail(diag, BO_E_INVALID, "the scale of the codes is not known");
  }
  int64_t column_major = 0;
  bo_window window;
  bool overhangs = false;
  bo_shape out = meaning.shape;
  bo_status status = bo_onnx_attr_int(&column_major, node, "storage_order", 0, diag);
  if (status == BO_OK) {
    status = bo_import_window(&window, &out, &overhangs, node, NULL, diag);
  }
  bo_layer *layer = NULL;
  if (status != BO_OK ||
      (status = bo_import_layer_new(&layer, import, node->name, BO_OP_MAX_POOL, diag)) != BO_OK) {
    return status;
  }
  layer->input[0] = meaning.layer;
  layer->in_quant[0] = layer->out_quant = meaning.quant;
  layer->in = meaning.shape;
  layer->out = meaning.shape = out;
  layer->window = window;
  meaning.layer = (int32_t)import->net->layers - 1;
  bo_import_output(import, node, &meaning);
  return BO_OK;
}

static bo_status mean_of(bo_meaning *out, bo_import *import, const bo_onnx_node *node,
                         const bo_read *read, const bo_window *window, bo_shape shape,
                         bool count_include_pad, bo_diag *diag) {
  bo_pool_draft *pool = bo_import_alloc(import, 1, sizeof *pool);
  if (pool == NULL) {
    return bo_import_no_memory(diag);
  }
  if (read->is_flat) {
    return bo_fail(diag, BO_E_INVALID, "expected an image, got a vector");
  }
  *pool = (bo_pool_draft){.name = node->name,
                          .input = {read->layer, BO_NET_INPUT},
                          .in_quant = {read->quant, {0}},
                          .in = read->shape,
                          .window = *window,
                          .count_include_pad = count_include_pad};
  *out = (bo_meaning){
      .kind = BO_MEANS_MEAN, .shape = shape, .lo = -INFINITY, .hi = INFINITY, .pool = pool};
  return BO_OK;
}

static bo_status average(bo_meaning *out, bo_import *import, const bo_onnx_node *node,
                         const bo_read *read, bo_diag *diag) {
  int64_t include_pad = 0;
  bo_window window;
  bo_shape shape = read->shape;
  bool overhangs = false;
  bo_status status = bo_onnx_attr_int(&include_pad, node, "count_include_pad", 0, diag);
  if (status != BO_OK ||
      (status = bo_import_window(&window, &shape, &overhangs, node, NULL, diag)) != BO_OK) {
    return status;
  }
  if (overhangs && include_pad != 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "ceil_mode with count_include_pad is not supported where the window overhangs");
  }
  return mean_of(out, import, node, read, &window, shape, include_pad != 0, diag);
}

static bo_status global_average(bo_meaning *out, bo_import *import, const bo_onnx_node *node,
                                const bo_read *read, bo_diag *diag) {
  const bo_window window = bo_import_whole_window(read->shape);
  const bo_shape shape = {1, 1, read->shape.c};
  return mean_of(out, import, node, read, &window, shape, false, diag);
}

typedef bo_status mean_maker(bo_meaning *out, bo_import *import, const bo_onnx_node *node,
                             const bo_read *read, bo_diag *diag);

static bo_status pending_mean(bo_import *import, const bo_onnx_node *node, mean_maker *make,
                              bool is_flat, bo_diag *diag) {
  bo_read read;
  bo_meaning mean;
  bo_status status = bo_import_read(&read, import, node, 0, BO_READ_LEVELS, 0, diag);
  if (status == BO_OK) {
    status = make(&mean, import, node, &read, diag);
  }
  if (status == BO_OK) {
    mean.is_flat = is_flat;
    bo_import_output(import, node, &mean);
  }
  return status;
}

bo_status bo_import_average_pool(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  return pending_mean(import, node, average, false, diag);
}

bo_status bo_import_global_average_pool(bo_import *import, const bo_onnx_node *node,
                                        bo_diag *diag) {
  return pending_mean(import, node, global_average, false, diag);
}

/* Axes: an attribute before opset 18, an input since. */
static bo_status is_over_image(bool *out, const bo_import *import, const bo_onnx_node *node,
                               bo_diag *diag) {
  int64_t axes[2] = {0, 0};
  if (import->model->opset < 18) {
    const bo_status status = bo_onnx_attr_ints(axes, 2, -4, 3, node, "axes", 0, diag);
    if (status != BO_OK) {
      return status;
    }
  } else if (bo_import_input(import, node, 1) != NULL) {
    const bo_tensor *tensor = bo_import_constant(import, node, 1, diag);
    if (tensor == NULL) {
      return BO_E_INVALID;
    }
    for (size_t i = 0; tensor->dtype == BO_I64 && tensor->count == 2 && i < 2; i++) {
      axes[i] = bo_tensor_int(tensor, i);
    }
  }
  const int64_t first = axes[0] < 0 ? axes[0] + 4 : axes[0];
  const int64_t second = axes[1] < 0 ? axes[1] + 4 : axes[1];
  *out = (first == 2 && second == 3) || (first == 3 && second == 2);
  return BO_OK;
}

bo_status bo_import_reduce_mean(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  bool over_image = false;
  int64_t keepdims = 1;
  bo_status status = BO_OK;
  if ((status = is_over_image(&over_image, import, node, diag)) != BO_OK ||
      (status = bo_onnx_attr_int(&keepdims, node, "keepdims", 1, diag)) != BO_OK) {
    return status;
  }
  if (!over_image) {
    return bo_fail(diag, BO_E_INVALID, "axes: expected height and width (2, 3)");
  }
  return pending_mean(import, node, global_average, keepdims == 0, diag);
}

/* X, x_scale, x_zero_point, y_scale, y_zero_point */
static bo_status qlinear_mean(bo_import *import, const bo_onnx_node *node, mean_maker *make,
                              bo_diag *diag) {
  bo_read read;
  bo_meaning mean;
  int64_t channels_last = 0;
  bo_status status = bo_onnx_attr_int(&channels_last, node, "channels_last", 0, diag);
  if (status == BO_OK && channels_last != 0) {
    return bo_fail(diag, BO_E_INVALID, "channels_last: expected 0");
  }
  if (status == BO_OK) {
    status = bo_import_read(&read, import, node, 0, BO_READ_QUANT, 1, diag);
  }
  if (status == BO_OK) {
    status = make(&mean, import, node, &read, diag);
  }
  return status == BO_OK ? bo_import_quantize_as(import, node, &mean, 3, diag) : status;
}

bo_status bo_import_qlinear_average_pool(bo_import *import, const bo_onnx_node *node,
                                         bo_diag *diag) {
  return qlinear_mean(import, node, average, diag);
}

bo_status bo_import_qlinear_global_average_pool(bo_import *import, const bo_onnx_node *node,
                                                bo_diag *diag) {
  return qlinear_mean(import, node, global_average, diag);
}
