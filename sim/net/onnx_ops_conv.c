/* Conv, ConvInteger, QLinearConv: one sum over the window, three ways to store it. */
#include "net/onnx_attr.h"
#include "net/onnx_op.h"
#include "net/onnx_window.h"
#include "net/requant.h"

#include <inttypes.h>

typedef struct conv {
  bo_onnx_window window;
  const bo_tensor *x, *w;
  const bo_tensor *x_zero, *w_zero; /* NULL: 0 */
  size_t images, channels, outputs; /* n, c, m */
  size_t group_inputs, group_outputs;
} conv;

static bo_status check_channels(conv *c, const bo_onnx_call *call, bo_diag *diag) {
  int64_t groups = 1;
  const bo_status status = bo_onnx_attr_int(&groups, call->node, "group", 1, diag);
  if (status != BO_OK) {
    return status;
  }
  c->images = (size_t)c->x->dims[0];
  c->channels = (size_t)c->x->dims[1];
  c->outputs = (size_t)c->w->dims[0];
  c->group_inputs = (size_t)c->w->dims[1];
  if (groups < 1 || (uint64_t)groups > c->channels || c->outputs == 0 ||
      c->channels != c->group_inputs * (size_t)groups || c->outputs % (size_t)groups != 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "weights of %zu outputs and %zu inputs do not fit %zu channels in %" PRId64
                   " groups",
                   c->outputs, c->group_inputs, c->channels, groups);
  }
  c->group_outputs = c->outputs / (size_t)groups;
  return BO_OK;
}

static bo_status conv_init(conv *c, const bo_onnx_call *call, const bo_tensor *x,
                           const bo_tensor *w, bo_diag *diag) {
  *c = (conv){.x = x, .w = w};
  if (w->rank != 4) {
    return bo_fail(diag, BO_E_INVALID, "weights: expected rank 4, got %" PRIu32, w->rank);
  }
  const bo_status status = bo_onnx_window_read(&c->window, call->node, x, &w->dims[2], diag);
  return status == BO_OK ? check_channels(c, call, diag) : status;
}

static bo_status conv_output(const conv *c, const bo_onnx_call *call, bo_dtype dtype,
                             bo_diag *diag) {
  const bo_dims dims = {4, {c->x->dims[0], c->w->dims[0], c->window.out[0], c->window.out[1]}};
  return bo_op_output(call, dtype, &dims, diag);
}

/* Sum over one row of the kernel; padding contributes nothing. */
static double row_sum(const conv *c, size_t x_row, size_t w_row, int64_t out_x, double x_zero,
                      double w_zero) {
  double sum = 0;
  for (int64_t k = 0; k < c->window.kernel[1]; k++) {
    const int64_t at = bo_onnx_window_at(&c->window, 1, out_x, k);
    if (at >= 0 && at < c->window.in[1]) {
      sum += (bo_tensor_real(c->x, x_row + (size_t)at) - x_zero) *
             (bo_tensor_real(c->w, w_row + (size_t)k) - w_zero);
    }
  }
  return sum;
}

/* Of an output element: there is one, so no axis of the output is empty. */
static size_t output_channel(const conv *c, size_t index) {
  const size_t area = (size_t)(c->window.out[0] * c->window.out[1]);
  return index / area % c->outputs; /* NOLINT(clang-analyzer-core.DivideZero): see above */
}

/* sum (x - zx) * (w - zw) of the output element @p index. */
static double conv_sum(const conv *c, size_t index) {
  const bo_onnx_window *win = &c->window;
  const int64_t out_x = (int64_t)(index % (size_t)win->out[1]);
  const int64_t out_y = (int64_t)(index / (size_t)win->out[1] % (size_t)win->out[0]);
  const size_t m = output_channel(c, index);
  const size_t n = index / (size_t)(win->out[0] * win->out[1]) / c->outputs;
  const size_t first_channel = m / c->group_outputs * c->group_inputs;
  const double x_zero = bo_op_zero(c->x_zero, 0);
  const double w_zero = bo_op_zero(c->w_zero, m);
  double sum = 0;
  for (size_t i = 0; i < c->group_inputs; i++) {
    const size_t x_plane = (n * c->channels + first_channel + i) * (size_t)win->in[0];
    const size_t w_plane = (m * c->group_inputs + i) * (size_t)win->kernel[0];
    for (int64_t k = 0; k < win->kernel[0]; k++) {
      const int64_t at = bo_onnx_window_at(win, 0, out_y, k);
      if (at >= 0 && at < win->in[0]) {
        sum += row_sum(c, (x_plane + (size_t)at) * (size_t)win->in[1],
                       (w_plane + (size_t)k) * (size_t)win->kernel[1], out_x, x_zero, w_zero);
      }
    }
  }
  return sum;
}

bo_status bo_op_conv(const bo_onnx_call *call, bo_diag *diag) {
  conv c;
  const bo_tensor *bias = bo_op_input(call, 2);
  bo_status status = conv_init(&c, call, call->input[0], call->input[1], diag);
  status = status == BO_OK ? bo_op_check_param(bias, c.outputs, "bias", diag) : status;
  status = status == BO_OK ? conv_output(&c, call, BO_F32, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    const double b = bias == NULL ? 0 : (double)bo_op_scale(bias, output_channel(&c, i));
    bo_op_store(&call->output[0], i, conv_sum(&c, i) + b);
  }
  return BO_OK;
}

static bo_status check_zeros(const conv *c, bo_diag *diag) {
  bo_status status = bo_op_check_param(c->x_zero, 1, "x zero point", diag);
  status =
      status == BO_OK ? bo_op_check_param(c->w_zero, c->outputs, "w zero point", diag) : status;
  status = status == BO_OK ? bo_op_check_zero(c->x_zero, c->x->dtype, "x", diag) : status;
  return status == BO_OK ? bo_op_check_zero(c->w_zero, c->w->dtype, "w", diag) : status;
}

bo_status bo_op_conv_integer(const bo_onnx_call *call, bo_diag *diag) {
  conv c;
  bo_status status = conv_init(&c, call, call->input[0], call->input[1], diag);
  c.x_zero = bo_op_input(call, 2);
  c.w_zero = bo_op_input(call, 3);
  status = status == BO_OK ? check_zeros(&c, diag) : status;
  status = status == BO_OK ? conv_output(&c, call, BO_I32, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    bo_tensor_set_int(&call->output[0], i, bo_op_wrap(conv_sum(&c, i)));
  }
  return BO_OK;
}

/* Inputs of QLinearConv. */
enum {
  X,
  X_SCALE,
  X_ZERO,
  W,
  W_SCALE,
  W_ZERO,
  Y_SCALE,
  Y_ZERO,
  BIAS
};

static bo_status check_qlinear(const conv *c, const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *const *in = call->input;
  bo_status status = check_zeros(c, diag);
  status = status == BO_OK ? bo_op_check_param(in[X_SCALE], 1, "x scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[W_SCALE], c->outputs, "w scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[Y_SCALE], 1, "y scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[Y_ZERO], 1, "y zero point", diag) : status;
  return status == BO_OK ? bo_op_check_param(bo_op_input(call, BIAS), c->outputs, "bias", diag)
                         : status;
}

bo_status bo_op_qlinear_conv(const bo_onnx_call *call, bo_diag *diag) {
  conv c;
  const bo_tensor *const *in = call->input;
  bo_status status = conv_init(&c, call, in[X], in[W], diag);
  c.x_zero = in[X_ZERO];
  c.w_zero = in[W_ZERO];
  status = status == BO_OK ? check_qlinear(&c, call, diag) : status;
  status = status == BO_OK ? conv_output(&c, call, in[Y_ZERO]->dtype, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  const bo_code_range codes = bo_op_codes(in[Y_ZERO]->dtype);
  const float x_scale = bo_op_scale(in[X_SCALE], 0);
  const float y_scale = bo_op_scale(in[Y_SCALE], 0);
  const int32_t y_zero = bo_op_zero(in[Y_ZERO], 0);
  for (size_t i = 0; i < call->output[0].count; i++) {
    const size_t m = output_channel(&c, i);
    const int32_t acc = bo_op_wrap(conv_sum(&c, i) + bo_op_zero(bo_op_input(call, BIAS), m));
    const float multiplier = x_scale * bo_op_scale(in[W_SCALE], m) / y_scale;
    bo_tensor_set_int(&call->output[0], i, bo_requant(acc, multiplier, y_zero, codes.lo, codes.hi));
  }
  return BO_OK;
}
