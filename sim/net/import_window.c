#include "net/import_context.h"
#include "net/onnx_attr.h"

#include <string.h>

enum {
  MOST = 1 << 16, /* of any kernel, stride, dilation or padding */
};

/* The window along one axis; all numbers are at most MOST, the size at most 2^32. */
typedef struct axis {
  int64_t size, kernel, stride, dilation, before, after;
} axis;

bo_window bo_import_whole_window(bo_shape shape) {
  return (bo_window){shape.h, shape.w, 1, 1, 1, 1, 0, 0, 0, 0};
}

static int64_t extent(const axis *a) {
  return (a->kernel - 1) * a->dilation + 1;
}

static bo_status pad_axis(axis *a, const char *auto_pad, bo_diag *diag) {
  if (strcmp(auto_pad, "NOTSET") == 0) {
    return BO_OK;
  }
  a->before = 0;
  a->after = 0;
  if (strcmp(auto_pad, "VALID") == 0) {
    return BO_OK;
  }
  const bool upper = strcmp(auto_pad, "SAME_UPPER") == 0;
  if (!upper && strcmp(auto_pad, "SAME_LOWER") != 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "auto_pad: expected NOTSET, VALID, SAME_UPPER or SAME_LOWER, got '%.32s'",
                   auto_pad);
  }
  const int64_t positions = (a->size + a->stride - 1) / a->stride;
  const int64_t padding = (positions - 1) * a->stride + extent(a) - a->size;
  if (padding > 0) {
    a->before = upper ? padding / 2 : padding - padding / 2;
    a->after = padding - a->before;
  }
  return BO_OK;
}

/* Positions; with ceil_mode the last window may overhang, which becomes padding. 0: no room. */
static int64_t slide_axis(axis *a, bool ceil_mode, bool *overhangs) {
  const int64_t room = a->size + a->before + a->after - extent(a);
  if (room < 0) {
    return 0;
  }
  if (ceil_mode && room % a->stride != 0) {
    a->after += a->stride - room % a->stride;
    *overhangs = true;
    return room / a->stride + 2;
  }
  return room / a->stride + 1;
}

static bo_status read_axes(axis a[2], const bo_onnx_node *node, const uint32_t kernel[2],
                           bo_diag *diag) {
  int64_t kernels[2];
  int64_t strides[2];
  int64_t dilations[2];
  int64_t pads[4];
  bo_status status = BO_OK;
  if ((status = bo_onnx_attr_ints(kernels, 2, 1, MOST, node, "kernel_shape", 0, diag)) != BO_OK ||
      (status = bo_onnx_attr_ints(strides, 2, 1, MOST, node, "strides", 1, diag)) != BO_OK ||
      (status = bo_onnx_attr_ints(dilations, 2, 1, MOST, node, "dilations", 1, diag)) != BO_OK ||
      (status = bo_onnx_attr_ints(pads, 4, 0, MOST, node, "pads", 0, diag)) != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < 2; i++) {
    const int64_t expected = kernel == NULL ? kernels[i] : kernel[i];
    if (kernels[i] == 0) {
      kernels[i] = expected;
    }
    if (kernels[i] == 0 || kernels[i] != expected || kernels[i] > MOST) {
      return bo_fail(diag, BO_E_INVALID, "kernel_shape: expected %s, got %lld at %zu",
                     kernel == NULL ? "two integers" : "that of the weights", (long long)kernels[i],
                     i);
    }
    a[i] = (axis){a[i].size, kernels[i], strides[i], dilations[i], pads[i], pads[i + 2]};
  }
  return BO_OK;
}

bo_status bo_import_window(bo_window *out, bo_shape *shape, bool *overhangs,
                           const bo_onnx_node *node, const uint32_t kernel[2], bo_diag *diag) {
  axis a[2] = {{.size = shape->h, .stride = 1}, {.size = shape->w, .stride = 1}};
  const char *auto_pad = NULL;
  int64_t ceil_mode = 0;
  bo_status status = read_axes(a, node, kernel, diag);
  if (status != BO_OK ||
      (status = bo_onnx_attr_text(&auto_pad, node, "auto_pad", "NOTSET", diag)) != BO_OK ||
      (status = bo_onnx_attr_int(&ceil_mode, node, "ceil_mode", 0, diag)) != BO_OK) {
    return status;
  }
  bool any_overhang = false;
  int64_t positions[2];
  for (size_t i = 0; i < 2; i++) {
    status = pad_axis(&a[i], auto_pad, diag);
    if (status != BO_OK) {
      return status;
    }
    positions[i] = slide_axis(&a[i], ceil_mode != 0, &any_overhang);
    if (positions[i] <= 0 || positions[i] > UINT32_MAX) {
      return bo_fail(diag, BO_E_INVALID, "a kernel of %lld does not fit the input of %ux%u",
                     (long long)a[i].kernel, shape->h, shape->w);
    }
  }
  *shape = (bo_shape){(uint32_t)positions[0], (uint32_t)positions[1], shape->c};
  *out = (bo_window){(uint32_t)a[0].kernel, (uint32_t)a[1].kernel,   (uint32_t)a[0].stride,
                     (uint32_t)a[1].stride, (uint32_t)a[0].dilation, (uint32_t)a[1].dilation,
                     (uint32_t)a[0].before, (uint32_t)a[1].before,   (uint32_t)a[0].after,
                     (uint32_t)a[1].after};
  if (overhangs != NULL) {
    *overhangs = any_overhang;
  }
  return BO_OK;
}
