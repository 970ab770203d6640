/* Pools: the maximum or the mean of each window of each channel, or of the whole channel. */
#include "net/onnx_attr.h"
#include "net/onnx_op.h"
#include "net/onnx_window.h"
#include "net/requant.h"

#include <inttypes.h>
#include <math.h>

static bo_status pool_output(const bo_onnx_window *w, const bo_onnx_call *call, bo_dtype dtype,
                             bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  const bo_dims dims = {4, {x->dims[0], x->dims[1], w->out[0], w->out[1]}};
  return bo_op_output(call, dtype, &dims, diag);
}

/* Where a window of the output lies. */
typedef struct place {
  size_t plane; /* first element of the input's channel */
  int64_t y, x;
} place;

static place place_of(const bo_onnx_window *w, size_t index) {
  const size_t area = (size_t)(w->out[0] * w->out[1]);
  return (place){.plane = index / area * (size_t)(w->in[0] * w->in[1]),
                 .y = (int64_t)(index % area) / w->out[1],
                 .x = (int64_t)(index % area) % w->out[1]};
}

/* The input element under kernel element (ky, kx); false: padding. */
static bool element_at(const bo_onnx_window *w, place p, int64_t ky, int64_t kx, size_t *index) {
  const int64_t y = bo_onnx_window_at(w, 0, p.y, ky);
  const int64_t x = bo_onnx_window_at(w, 1, p.x, kx);
  if (y < 0 || y >= w->in[0] || x < 0 || x >= w->in[1]) {
    return false;
  }
  *index = p.plane + (size_t)(y * w->in[1] + x);
  return true;
}

/* Lowest number of the type: what a window of nothing but padding gives. */
static double lowest(bo_dtype dtype) {
  return dtype == BO_F32 ? -INFINITY : (double)bo_op_codes(dtype).lo;
}

static double window_max(const bo_onnx_window *w, const bo_tensor *x, size_t index) {
  const place p = place_of(w, index);
  double best = lowest(x->dtype);
  for (int64_t k = 0; k < w->kernel[0] * w->kernel[1]; k++) {
    size_t at = 0;
    if (element_at(w, p, k / w->kernel[1], k % w->kernel[1], &at)) {
      best = fmax(best, bo_tensor_real(x, at));
    }
  }
  return best;
}

bo_status bo_op_max_pool(const bo_onnx_call *call, bo_diag *diag) {
  bo_onnx_window w;
  const bo_tensor *x = call->input[0];
  bo_status status = bo_onnx_window_read(&w, call->node, x, NULL, diag);
  status = status == BO_OK ? pool_output(&w, call, x->dtype, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    bo_op_store(&call->output[0], i, window_max(&w, x, i));
  }
  return BO_OK;
}

typedef struct mean {
  double sum; /* of x - zero */
  size_t count;
} mean;

static bool inside_padded(const bo_onnx_window *w, int axis, int64_t out, int64_t k) {
  return bo_onnx_window_at(w, axis, out, k) < w->in[axis] + w->pad_end[axis];
}

/* Padding adds nothing to the sum and counts only on demand; what ceil_mode adds never counts. */
static mean window_mean(const bo_onnx_window *w, const bo_tensor *x, size_t index, int32_t zero,
                        bool count_padding) {
  const place p = place_of(w, index);
  mean m = {0};
  for (int64_t k = 0; k < w->kernel[0] * w->kernel[1]; k++) {
    const int64_t ky = k / w->kernel[1];
    const int64_t kx = k % w->kernel[1];
    size_t at = 0;
    if (element_at(w, p, ky, kx, &at)) {
      m.sum += bo_tensor_real(x, at) - zero;
      m.count++;
    } else if (count_padding && inside_padded(w, 0, p.y, ky) && inside_padded(w, 1, p.x, kx)) {
      m.count++;
    }
  }
  return m;
}

bo_status bo_op_average_pool(const bo_onnx_call *call, bo_diag *diag) {
  bo_onnx_window w;
  int64_t count_padding = 0;
  const bo_tensor *x = call->input[0];
  bo_status status = bo_onnx_window_read(&w, call->node, x, NULL, diag);
  if (status == BO_OK) {
    status = bo_onnx_attr_int(&count_padding, call->node, "count_include_pad", 0, diag);
  }
  status = status == BO_OK ? pool_output(&w, call, BO_F32, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    const mean m = window_mean(&w, x, i, 0, count_padding != 0);
    bo_op_store(&call->output[0], i, m.count > 0 ? m.sum / (double)m.count : 0);
  }
  return BO_OK;
}

/* A channel of everything behind the first two axes. */
static bo_status global_output(size_t *area, const bo_onnx_call *call, bo_dtype dtype,
                               bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  if (x->rank < 3) {
    return bo_fail(diag, BO_E_INVALID, "expected rank 3 or more, got %" PRIu32, x->rank);
  }
  bo_dims dims = bo_op_dims(x);
  *area = 1;
  for (uint32_t d = 2; d < dims.rank; d++) {
    *area *= (size_t)dims.dims[d];
    dims.dims[d] = 1;
  }
  if (*area == 0) {
    return bo_fail(diag, BO_E_INVALID, "the mean of no element");
  }
  return bo_op_output(call, dtype, &dims, diag);
}

static double channel_sum(const bo_tensor *x, size_t area, size_t channel, int32_t zero) {
  double sum = 0;
  for (size_t k = 0; k < area; k++) {
    sum += bo_tensor_real(x, channel * area + k) - zero;
  }
  return sum;
}

bo_status bo_op_global_average_pool(const bo_onnx_call *call, bo_diag *diag) {
  size_t area = 1;
  const bo_status status = global_output(&area, call, BO_F32, diag);
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    bo_op_store(&call->output[0], i, channel_sum(call->input[0], area, i, 0) / (double)area);
  }
  return BO_OK;
}

/* Inputs of the pools of codes. Zero-points may be left out. */
enum {
  X,
  X_SCALE,
  X_ZERO,
  Y_SCALE,
  Y_ZERO
};

static bo_status check_qlinear(const bo_onnx_call *call, bo_diag *diag) {
  int64_t channels_last = 0;
  bo_status status = bo_onnx_attr_int(&channels_last, call->node, "channels_last", 0, diag);
  if (status == BO_OK && channels_last != 0) {
    status = bo_fail(diag, BO_E_INVALID, "channels_last: expected 0, got %" PRId64, channels_last);
  }
  const bo_dtype codes = call->input[X]->dtype;
  const bo_tensor *x_zero = bo_op_input(call, X_ZERO);
  const bo_tensor *y_zero = bo_op_input(call, Y_ZERO);
  status = status == BO_OK ? bo_op_check_zero(x_zero, codes, "x", diag) : status;
  status = status == BO_OK ? bo_op_check_zero(y_zero, codes, "y", diag) : status;
  status = status == BO_OK ? bo_op_check_param(x_zero, 1, "x zero point", diag) : status;
  status = status == BO_OK ? bo_op_check_param(y_zero, 1, "y zero point", diag) : status;
  status = status == BO_OK ? bo_op_check_param(call->input[X_SCALE], 1, "x scale", diag) : status;
  return status == BO_OK ? bo_op_check_param(call->input[Y_SCALE], 1, "y scale", diag) : status;
}

static void store_mean(const bo_onnx_call *call, size_t index, mean m) {
  const bo_code_range codes = bo_op_codes(call->output[0].dtype);
  const float divisor = bo_op_scale(call->input[Y_SCALE], 0) * (float)(m.count > 0 ? m.count : 1);
  const int32_t code = bo_requant(bo_op_wrap(m.sum), bo_op_scale(call->input[X_SCALE], 0) / divisor,
                                  bo_op_zero(bo_op_input(call, Y_ZERO), 0), codes.lo, codes.hi);
  bo_tensor_set_int(&call->output[0], index, code);
}

bo_status bo_op_qlinear_average_pool(const bo_onnx_call *call, bo_diag *diag) {
  bo_onnx_window w;
  int64_t count_padding = 0;
  const bo_tensor *x = call->input[X];
  bo_status status = check_qlinear(call, diag);
  status = status == BO_OK ? bo_onnx_window_read(&w, call->node, x, NULL, diag) : status;
  if (status == BO_OK) {
    status = bo_onnx_attr_int(&count_padding, call->node, "count_include_pad", 0, diag);
  }
  status = status == BO_OK ? pool_output(&w, call, x->dtype, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    const int32_t zero = bo_op_zero(bo_op_input(call, X_ZERO), 0);
    store_mean(call, i, window_mean(&w, x, i, zero, count_padding != 0));
  }
  return BO_OK;
}

bo_status bo_op_qlinear_global_average_pool(const bo_onnx_call *call, bo_diag *diag) {
  size_t area = 1;
  bo_status status = check_qlinear(call, diag);
  status = status == BO_OK ? global_output(&area, call, call->input[X]->dtype, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    const int32_t zero = bo_op_zero(bo_op_input(call, X_ZERO), 0);
    store_mean(call, i, (mean){channel_sum(call->input[X], area, i, zero), area});
  }
  return BO_OK;
}
