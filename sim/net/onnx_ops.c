#include "net/onnx_ops.h"

#include "net/onnx_attr.h"
#include "net/onnx_op.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/*
 * inputs: a letter an input, small if it may be left out: which types it may have.
 *   A any   F float32   Q uint8, int8   I int32   L int64   D uint8, int8, int32
 *   R float32, int32    P float32, uint8, int8
 */
typedef struct op {
  const char *domain, *name, *inputs;
  uint32_t max_outputs;
  const char *attrs;
  bo_onnx_op_function *run;
} op;

#define WINDOW     "auto_pad dilations kernel_shape pads strides"
#define CONV       WINDOW " group"
#define MEAN       WINDOW " ceil_mode count_include_pad"
#define BATCH_NORM "epsilon momentum training_mode spatial is_test"
#define MICROSOFT  "com.microsoft"

static const op ops[] = {
    {"", "Add", "AA", 1, "broadcast", bo_op_add},
    {"", "ArgMax", "A", 1, "axis keepdims select_last_index", bo_op_argmax},
    {"", "AveragePool", "F", 1, MEAN, bo_op_average_pool},
    {"", "BatchNormalization", "FFFFF", 1, BATCH_NORM, bo_op_batch_normalization},
    {"", "Cast", "A", 1, "to saturate", bo_op_cast},
    {"", "Clip", "Aaa", 1, "min max", bo_op_clip},
    {"", "Conv", "FFf", 1, CONV, bo_op_conv},
    {"", "ConvInteger", "QQqq", 1, CONV, bo_op_conv_integer},
    {"", "DequantizeLinear", "DFd", 1, "axis", bo_op_dequantize_linear},
    {"", "Div", "AA", 1, "broadcast", bo_op_div},
    {"", "Dropout", "Ff", 1, "ratio seed is_test", bo_op_dropout},
    {"", "DynamicQuantizeLinear", "F", 3, "", bo_op_dynamic_quantize_linear},
    {"", "Flatten", "A", 1, "axis", bo_op_flatten},
    {"", "Gemm", "FFf", 1, "alpha beta transA transB broadcast", bo_op_gemm},
    {"", "GlobalAveragePool", "F", 1, "", bo_op_global_average_pool},
    {"", "Identity", "A", 1, "", bo_op_identity},
    {"", "MatMul", "FF", 1, "", bo_op_matmul},
    {"", "MatMulInteger", "QQqq", 1, "", bo_op_matmul_integer},
    {"", "MaxPool", "P", 1, WINDOW " ceil_mode storage_order", bo_op_max_pool},
    {"", "Mul", "AA", 1, "broadcast", bo_op_mul},
    {"", "QLinearConv", "QFQQFQFQi", 1, CONV, bo_op_qlinear_conv},
    {"", "QLinearMatMul", "QFQQFQFQ", 1, "", bo_op_qlinear_matmul},
    {"", "QuantizeLinear", "RFq", 1, "axis saturate", bo_op_quantize_linear},
    {"", "Relu", "A", 1, "", bo_op_relu},
    {"", "Reshape", "AL", 1, "allowzero", bo_op_reshape},
    {"", "Softmax", "F", 1, "axis", bo_op_softmax},
    {"", "Sub", "AA", 1, "broadcast", bo_op_sub},
    {MICROSOFT, "QGemm", "QFQQFQifq", 1, "alpha transA transB", bo_op_qgemm},
    {MICROSOFT, "QLinearAdd", "QFqQFqFq", 1, "", bo_op_qlinear_add},
    {MICROSOFT, "QLinearAveragePool", "QFqFq", 1, MEAN " channels_last",
     bo_op_qlinear_average_pool},
    {MICROSOFT, "QLinearGlobalAveragePool", "QFqFq", 1, "channels_last",
     bo_op_qlinear_global_average_pool},
};

static const op *find_op(const char *domain, const char *name) {
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    if (strcmp(ops[i].domain, domain) == 0 && strcmp(ops[i].name, name) == 0) {
      return &ops[i];
    }
  }
  return NULL;
}

bool bo_onnx_op_known(const char *domain, const char *name) {
  return find_op(domain, name) != NULL;
}

static const char *types_of(char letter) {
  switch (toupper((unsigned char)letter)) {
  case 'F':
    return "float32";
  case 'Q':
    return "uint8 int8";
  case 'I':
    return "int32";
  case 'L':
    return "int64";
  case 'D':
    return "uint8 int8 int32";
  case 'R':
    return "float32 int32";
  case 'P':
    return "float32 uint8 int8";
  default:
    return "float32 uint8 int8 int32 int64";
  }
}

/* No type's name is a part of another's but int8 of uint8: a space or the start comes before it. */
static bool has_type(const char *types, const char *name) {
  const char *at = strstr(types, name);
  while (at != NULL && at != types && at[-1] != ' ') {
    at = strstr(at + 1, name);
  }
  return at != NULL;
}

static bo_status check_input(const op *o, const bo_onnx_call *call, uint32_t i, bo_diag *diag) {
  const bo_tensor *t = bo_op_input(call, i);
  if (t == NULL) {
    return islower((unsigned char)o->inputs[i]) != 0
               ? BO_OK
               : bo_fail(diag, BO_E_INVALID, "input %" PRIu32 " is missing", i);
  }
  const char *types = types_of(o->inputs[i]);
  if (!has_type(types, bo_dtype_name(t->dtype))) {
    return bo_fail(diag, BO_E_INVALID, "input %" PRIu32 ": expected %s, got %s", i, types,
                   bo_dtype_name(t->dtype));
  }
  return BO_OK;
}

static bo_status check_call(const op *o, const bo_onnx_call *call, bo_diag *diag) {
  const bo_onnx_node *node = call->node;
  const size_t max_inputs = strlen(o->inputs);
  if (node->inputs > max_inputs) {
    return bo_fail(diag, BO_E_INVALID, "expected at most %zu inputs, got %" PRIu32, max_inputs,
                   node->inputs);
  }
  bo_status status = bo_onnx_attrs_known(node, o->attrs, diag);
  for (uint32_t i = 0; i < max_inputs && status == BO_OK; i++) {
    status = check_input(o, call, i, diag);
  }
  for (uint32_t i = 0; i < node->outputs && status == BO_OK; i++) {
    if (i >= o->max_outputs && node->output[i] != BO_ONNX_NONE) {
      status = bo_fail(diag, BO_E_INVALID, "output %" PRIu32 " is not computed", i);
    }
  }
  return status;
}

static bo_status run(const bo_onnx_call *call, bo_diag *diag) {
  const op *o = find_op(call->node->domain, call->node->op);
  if (o == NULL) {
    return bo_fail(diag, BO_E_INVALID, "unknown operator of domain '%s'", call->node->domain);
  }
  if (call->node->outputs == 0) {
    return bo_fail(diag, BO_E_INVALID, "no output");
  }
  const bo_status status = check_call(o, call, diag);
  return status == BO_OK ? o->run(call, diag) : status;
}

bo_status bo_onnx_op_run(const bo_onnx_call *call, bo_diag *diag) {
  bo_diag inner = {{0}};
  const bo_status status = run(call, &inner);
  if (status == BO_OK) {
    return BO_OK;
  }
  for (uint32_t i = 0; i < call->node->outputs; i++) {
    bo_tensor_free(&call->output[i]);
  }
  return bo_fail(diag, status, "node '%s' (%s): %s", call->node->name, call->node->op, inner.text);
}
