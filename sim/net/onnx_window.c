#include "net/onnx_window.h"

#include "net/onnx_attr.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

enum {
  MAX_STEP = 65536, /* of kernel, stride, dilation and padding */
};

static bo_status read_kernel(bo_onnx_window *w, const bo_onnx_node *node, const int64_t *kernel,
                             bo_diag *diag) {
  const bo_status status =
      bo_onnx_attr_ints(w->kernel, 2, 1, MAX_STEP, node, "kernel_shape", 0, diag);
  if (status != BO_OK) {
    return status;
  }
  const bool given = w->kernel[0] != 0;
  if (kernel == NULL) {
    return given ? BO_OK : bo_fail(diag, BO_E_INVALID, "kernel_shape: expected 2 integers");
  }
  for (int d = 0; d < 2; d++) {
    if (kernel[d] < 1 || kernel[d] > MAX_STEP || (given && w->kernel[d] != kernel[d])) {
      return bo_fail(diag, BO_E_INVALID,
                     "kernel_shape: expected that of the weights, %" PRId64 " x %" PRId64,
                     kernel[0], kernel[1]);
    }
    w->kernel[d] = kernel[d];
  }
  return BO_OK;
}

/* Padding that makes out = ceil(in / stride). */
static void pad_to_same(bo_onnx_window *w, bool upper) {
  for (int d = 0; d < 2; d++) {
    const int64_t effective = (w->kernel[d] - 1) * w->dilation[d] + 1;
    const int64_t out = (w->in[d] + w->stride[d] - 1) / w->stride[d];
    const int64_t missing = (out - 1) * w->stride[d] + effective - w->in[d];
    const int64_t pads = missing > 0 ? missing : 0;
    w->pad_begin[d] = upper ? pads / 2 : pads - pads / 2;
    w->pad_end[d] = pads - w->pad_begin[d];
  }
}

static bo_status read_pads(bo_onnx_window *w, const bo_onnx_node *node, bo_diag *diag) {
  int64_t pads[4]; /* begin of each axis, then end of each axis */
  const char *mode = NULL;
  bo_status status = bo_onnx_attr_ints(pads, 4, 0, MAX_STEP, node, "pads", 0, diag);
  status = status == BO_OK ? bo_onnx_attr_text(&mode, node, "auto_pad", "NOTSET", diag) : status;
  if (status != BO_OK) {
    return status;
  }
  const bool upper = strcmp(mode, "SAME_UPPER") == 0;
  if (upper || strcmp(mode, "SAME_LOWER") == 0) {
    pad_to_same(w, upper);
    return BO_OK;
  }
  const bool explicit_pads = strcmp(mode, "NOTSET") == 0;
  if (!explicit_pads && strcmp(mode, "VALID") != 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "auto_pad: expected NOTSET, SAME_UPPER, SAME_LOWER or VALID, got '%s'", mode);
  }
  for (int d = 0; d < 2 && explicit_pads; d++) {
    w->pad_begin[d] = pads[d];
    w->pad_end[d] = pads[2 + d];
  }
  return BO_OK;
}

static bo_status count_windows(bo_onnx_window *w, bool ceil_mode, bo_diag *diag) {
  for (int d = 0; d < 2; d++) {
    const int64_t effective = (w->kernel[d] - 1) * w->dilation[d] + 1;
    const int64_t room = w->in[d] + w->pad_begin[d] + w->pad_end[d] - effective;
    if (w->in[d] < 1 || room < 0) {
      return bo_fail(diag, BO_E_INVALID,
                     "axis %d: a window of %" PRId64 " does not fit into %" PRId64
                     " elements and %" PRId64 " of padding",
                     d + 2, effective, w->in[d], w->pad_begin[d] + w->pad_end[d]);
    }
    w->out[d] = room / w->stride[d] + 1;
    if (ceil_mode && room % w->stride[d] != 0 &&
        w->out[d] * w->stride[d] < w->in[d] + w->pad_begin[d]) {
      w->out[d]++;
    }
  }
  return BO_OK;
}

bo_status bo_onnx_window_read(bo_onnx_window *window, const bo_onnx_node *node,
                              const bo_tensor *input, const int64_t *kernel, bo_diag *diag) {
  *window = (bo_onnx_window){0};
  if (input->rank != 4) {
    return bo_fail(diag, BO_E_INVALID, "expected 2-D images, rank 4, got rank %" PRIu32,
                   input->rank);
  }
  window->in[0] = input->dims[2];
  window->in[1] = input->dims[3];
  int64_t ceil_mode = 0;
  bo_status status = read_kernel(window, node, kernel, diag);
  if (status == BO_OK) {
    status = bo_onnx_attr_ints(window->stride, 2, 1, MAX_STEP, node, "strides", 1, diag);
  }
  if (status == BO_OK) {
    status = bo_onnx_attr_ints(window->dilation, 2, 1, MAX_STEP, node, "dilations", 1, diag);
  }
  status = status == BO_OK ? read_pads(window, node, diag) : status;
  status = status == BO_OK ? bo_onnx_attr_int(&ceil_mode, node, "ceil_mode", 0, diag) : status;
  return status == BO_OK ? count_windows(window, ceil_mode != 0, diag) : status;
}
