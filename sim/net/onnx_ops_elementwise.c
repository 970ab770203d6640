/* Add, Sub, Mul, Div, QLinearAdd with broadcasting; Relu, Clip, BatchNormalization. */
#include "net/onnx_attr.h"
#include "net/onnx_op.h"
#include "net/requant.h"

#include <inttypes.h>
#include <math.h>

/* Two operands and the shape that they broadcast to. */
typedef struct pair {
  const bo_tensor *a, *b;
  bo_dims a_dims, b_dims, out;
} pair;

static bo_status pair_init(pair *p, const bo_tensor *a, const bo_tensor *b, bo_diag *diag) {
  *p = (pair){.a = a, .b = b, .a_dims = bo_op_dims(a), .b_dims = bo_op_dims(b)};
  if (a->dtype != b->dtype) {
    return bo_fail(diag, BO_E_INVALID, "expected operands of one type, got %s and %s",
                   bo_dtype_name(a->dtype), bo_dtype_name(b->dtype));
  }
  return bo_broadcast(&p->out, &p->a_dims, &p->b_dims, diag);
}

static size_t index_a(const pair *p, size_t i) {
  return bo_broadcast_index(&p->out, i, &p->a_dims);
}

static size_t index_b(const pair *p, size_t i) {
  return bo_broadcast_index(&p->out, i, &p->b_dims);
}

typedef float float_function(float a, float b);
/* On the bits of integers: two's complement wraps, as the result does when it is stored. */
typedef uint64_t int_function(uint64_t a, uint64_t b);

static bo_status binary(const bo_onnx_call *call, float_function *on_floats, int_function *on_ints,
                        bo_diag *diag) {
  pair p;
  bo_status status = pair_init(&p, call->input[0], call->input[1], diag);
  status = status == BO_OK ? bo_op_output(call, p.a->dtype, &p.out, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    if (p.a->dtype == BO_F32) {
      ((float *)call->output[0].data)[i] = on_floats(((const float *)p.a->data)[index_a(&p, i)],
                                                     ((const float *)p.b->data)[index_b(&p, i)]);
    } else {
      const uint64_t result = on_ints((uint64_t)bo_tensor_int(p.a, index_a(&p, i)),
                                      (uint64_t)bo_tensor_int(p.b, index_b(&p, i)));
      bo_tensor_set_int(&call->output[0], i, (int64_t)result);
    }
  }
  return BO_OK;
}

static float add_f32(float a, float b) {
  return a + b;
}

static uint64_t add_int(uint64_t a, uint64_t b) {
  return a + b;
}

static float sub_f32(float a, float b) {
  return a - b;
}

static uint64_t sub_int(uint64_t a, uint64_t b) {
  return a - b;
}

static float mul_f32(float a, float b) {
  return a * b;
}

static uint64_t mul_int(uint64_t a, uint64_t b) {
  return a * b;
}

static float div_f32(float a, float b) {
  return a / b;
}

/* Towards zero; the divisor is not zero. Negation by hand: INT64_MIN / -1 wraps. */
static uint64_t div_int(uint64_t a, uint64_t b) {
  return b == UINT64_MAX ? 0 - a : (uint64_t)((int64_t)a / (int64_t)b);
}

bo_status bo_op_add(const bo_onnx_call *call, bo_diag *diag) {
  return binary(call, add_f32, add_int, diag);
}

bo_status bo_op_sub(const bo_onnx_call *call, bo_diag *diag) {
  return binary(call, sub_f32, sub_int, diag);
}

bo_status bo_op_mul(const bo_onnx_call *call, bo_diag *diag) {
  return binary(call, mul_f32, mul_int, diag);
}

bo_status bo_op_div(const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *b = call->input[1];
  for (size_t i = 0; b->dtype != BO_F32 && i < b->count; i++) {
    if (bo_tensor_int(b, i) == 0) {
      return bo_fail(diag, BO_E_INVALID, "integer division by zero, element %zu", i);
    }
  }
  return binary(call, div_f32, div_int, diag);
}

/* Inputs of QLinearAdd. Zero-points may be left out. */
enum {
  A,
  A_SCALE,
  A_ZERO,
  B,
  B_SCALE,
  B_ZERO,
  Y_SCALE,
  Y_ZERO
};

static bo_status check_qlinear_add(const bo_onnx_call *call, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i <= Y_ZERO && status == BO_OK; i++) {
    const bo_tensor *param = i == A || i == B ? NULL : bo_op_input(call, i);
    status = bo_op_check_param(param, 1, "scale or zero point", diag);
    if (status == BO_OK && param != NULL && param->dtype != BO_F32) {
      status = bo_op_check_zero(param, call->input[A]->dtype, "a, b or y", diag);
    }
  }
  return status;
}

static float real_of(const bo_onnx_call *call, uint32_t operand, size_t index) {
  const int32_t zero = bo_op_zero(bo_op_input(call, operand + 2), 0);
  const int64_t code = bo_tensor_int(call->input[operand], index) - zero;
  return (float)code * bo_op_scale(call->input[operand + 1], 0);
}

bo_status bo_op_qlinear_add(const bo_onnx_call *call, bo_diag *diag) {
  pair p;
  bo_status status = pair_init(&p, call->input[A], call->input[B], diag);
  status = status == BO_OK ? check_qlinear_add(call, diag) : status;
  status = status == BO_OK ? bo_op_output(call, p.a->dtype, &p.out, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  const bo_code_range codes = bo_op_codes(p.a->dtype);
  for (size_t i = 0; i < call->output[0].count; i++) {
    const float sum = real_of(call, A, index_a(&p, i)) + real_of(call, B, index_b(&p, i));
    const int32_t code =
        bo_round_to_code(sum / bo_op_scale(call->input[Y_SCALE], 0),
                         bo_op_zero(bo_op_input(call, Y_ZERO), 0), codes.lo, codes.hi);
    bo_tensor_set_int(&call->output[0], i, code);
  }
  return BO_OK;
}

/* lo and hi win over x, hi over lo; a NaN stays one. */
static void clamp_f32(const bo_tensor *x, bo_tensor *y, float lo, float hi) {
  for (size_t i = 0; i < x->count; i++) {
    const float v = ((const float *)x->data)[i];
    const float raised = v < lo ? lo : v;
    ((float *)y->data)[i] = raised > hi ? hi : raised;
  }
}

static void clamp_int(const bo_tensor *x, bo_tensor *y, int64_t lo, int64_t hi) {
  for (size_t i = 0; i < x->count; i++) {
    const int64_t v = bo_tensor_int(x, i);
    const int64_t raised = v < lo ? lo : v;
    bo_tensor_set_int(y, i, raised > hi ? hi : raised);
  }
}

static bo_status same_shape(const bo_onnx_call *call, bo_diag *diag) {
  const bo_dims dims = bo_op_dims(call->input[0]);
  return bo_op_output(call, call->input[0]->dtype, &dims, diag);
}

bo_status bo_op_relu(const bo_onnx_call *call, bo_diag *diag) {
  const bo_status status = same_shape(call, diag);
  if (status == BO_OK && call->input[0]->dtype == BO_F32) {
    clamp_f32(call->input[0], &call->output[0], 0, INFINITY);
  } else if (status == BO_OK) {
    clamp_int(call->input[0], &call->output[0], 0, INT64_MAX);
  }
  return status;
}

/* Before opset 11 the limits are attributes. */
static bo_status clip_by_attributes(const bo_onnx_call *call, bo_diag *diag) {
  float lo = -INFINITY;
  float hi = INFINITY;
  bo_status status = bo_onnx_attr_float(&lo, call->node, "min", lo, diag);
  status = status == BO_OK ? bo_onnx_attr_float(&hi, call->node, "max", hi, diag) : status;
  if (status == BO_OK && (call->input[0]->dtype != BO_F32 || call->node->inputs > 1)) {
    status = bo_fail(diag, BO_E_INVALID, "before opset 11: expected one float32 input");
  }
  status = status == BO_OK ? same_shape(call, diag) : status;
  if (status == BO_OK) {
    clamp_f32(call->input[0], &call->output[0], lo, hi);
  }
  return status;
}

static bo_status check_limit(const bo_tensor *limit, bo_dtype dtype, bo_diag *diag) {
  if (limit == NULL || (limit->count == 1 && limit->dtype == dtype)) {
    return BO_OK;
  }
  return bo_fail(diag, BO_E_INVALID, "limit: expected one %s, got %zu %s", bo_dtype_name(dtype),
                 limit->count, bo_dtype_name(limit->dtype));
}

static bo_status clip_by_inputs(const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *x = call->input[0];
  const bo_tensor *lo = bo_op_input(call, 1);
  const bo_tensor *hi = bo_op_input(call, 2);
  bo_status status = bo_onnx_attrs_known(call->node, "", diag);
  status = status == BO_OK ? check_limit(lo, x->dtype, diag) : status;
  status = status == BO_OK ? check_limit(hi, x->dtype, diag) : status;
  status = status == BO_OK ? same_shape(call, diag) : status;
  if (status == BO_OK && x->dtype == BO_F32) {
    clamp_f32(x, &call->output[0], lo == NULL ? -INFINITY : bo_op_scale(lo, 0),
              hi == NULL ? INFINITY : bo_op_scale(hi, 0));
  } else if (status == BO_OK) {
    clamp_int(x, &call->output[0], lo == NULL ? INT64_MIN : bo_tensor_int(lo, 0),
              hi == NULL ? INT64_MAX : bo_tensor_int(hi, 0));
  }
  return status;
}

bo_status bo_op_clip(const bo_onnx_call *call, bo_diag *diag) {
  return call->opset < 11 ? clip_by_attributes(call, diag) : clip_by_inputs(call, diag);
}

/* Inputs of BatchNormalization. */
enum {
  BN_X,
  BN_GAMMA,
  BN_BETA,
  BN_MEAN,
  BN_VAR,
  BN_INPUTS
};

/* Attributes that changed with the opset: all of them must say "inference, one mean a channel". */
static bo_status check_inference(const bo_onnx_call *call, bo_diag *diag) {
  int64_t training = 0;
  int64_t inference = 0;
  int64_t spatial = 1;
  bo_status status = bo_onnx_attr_int(&training, call->node, "training_mode", 0, diag);
  if (status == BO_OK) {
    status = bo_onnx_attr_int(&inference, call->node, "is_test", call->opset >= 7, diag);
  }
  status = status == BO_OK ? bo_onnx_attr_int(&spatial, call->node, "spatial", 1, diag) : status;
  if (status == BO_OK && (training != 0 || inference == 0 || spatial != 1)) {
    status = bo_fail(diag, BO_E_INVALID, "expected inference with one mean a channel");
  }
  return status;
}

static bo_status check_statistics(const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *x = call->input[BN_X];
  if (x->rank < 2) {
    return bo_fail(diag, BO_E_INVALID, "expected rank 2 or more, got %" PRIu32, x->rank);
  }
  for (int i = BN_GAMMA; i < BN_INPUTS; i++) {
    const bo_tensor *t = call->input[i];
    if (t->rank != 1 || t->dims[0] != x->dims[1]) {
      return bo_fail(diag, BO_E_INVALID, "input %d: expected %" PRId64 " elements, got %zu", i,
                     x->dims[1], t->count);
    }
  }
  return BO_OK;
}

bo_status bo_op_batch_normalization(const bo_onnx_call *call, bo_diag *diag) {
  float epsilon = 0;
  const bo_tensor *const *in = call->input;
  bo_status status = bo_onnx_attr_float(&epsilon, call->node, "epsilon", 1e-5F, diag);
  status = status == BO_OK ? check_inference(call, diag) : status;
  status = status == BO_OK ? check_statistics(call, diag) : status;
  status = status == BO_OK ? same_shape(call, diag) : status;
  if (status != BO_OK || in[BN_X]->count == 0) {
    return status;
  }
  const size_t channels = (size_t)in[BN_X]->dims[1];
  const size_t area = in[BN_X]->count / ((size_t)in[BN_X]->dims[0] * channels);
  for (size_t i = 0; i < in[BN_X]->count; i++) {
    const size_t c = i / area % channels;
    const double centred = bo_tensor_real(in[BN_X], i) - bo_tensor_real(in[BN_MEAN], c);
    const double deviation = sqrt(bo_tensor_real(in[BN_VAR], c) + (double)epsilon);
    bo_op_store(&call->output[0], i,
                centred / deviation * bo_tensor_real(in[BN_GAMMA], c) +
                    bo_tensor_real(in[BN_BETA], c));
  }
  return BO_OK;
}
