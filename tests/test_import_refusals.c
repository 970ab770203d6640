#include "import_graphs.h"
#include "net/onnx_import.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>

static void expect_refusal(onnx_builder *b, const char *text) {
  bo_onnx_model *model = onnx_builder_model(b);
  bo_net *net = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_net_import(&net, model, "net", &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(net);
  CU_ASSERT(same_text(diag.text, text));
  bo_net_free(net);
  bo_onnx_model_free(model);
  onnx_builder_free(b);
}

static void unknown_operators_are_refused_by_name(void) {
  onnx_builder *b = quantised_input(13);
  onnx_builder_node(b, "LSTM", "lstm1", "xf", "y", "");
  expect_refusal(b, "net: node 'lstm1' (LSTM): operator not supported");
  b = quantised_input(13);
  onnx_builder_node(b, "com.microsoft.FusedMatMul", "fused", "xf", "y", "");
  expect_refusal(b, "net: node 'fused' (FusedMatMul): operator of domain 'com.microsoft' not "
                    "supported");
  b = quantised_input(13);
  onnx_builder_node(b, "DynamicQuantizeLinear", "dyn", "xf", "y s z", "");
  expect_refusal(b, "net: node 'dyn' (DynamicQuantizeLinear): its scale depends on the data; "
                    "expected activations with constant scales");
  b = quantised_input(13);
  onnx_builder_node(b, "Relu", "relu", "xf", "y", "slope=0.5");
  expect_refusal(b, "net: node 'relu' (Relu): unknown attribute 'slope'");
}

/* As many values as channels, but not one a channel: nor are there as many scales. */
static void a_bias_that_is_no_row_is_refused(void) {
  const int32_t values[4] = {1, 2, 3, 4};
  onnx_builder *b = quantised_input(13);
  onnx_builder_tensor(b, "w", BO_I8, "4 2 1 1", (const int8_t[8]){1, 2, 3, 4, 5, 6, 7, 8});
  onnx_builder_scalar(b, "ws", BO_F32, 0.5);
  onnx_builder_node(b, "DequantizeLinear", "wdq", "w ws", "wf", "");
  onnx_builder_tensor(b, "b", BO_I32, "2 2", values);
  onnx_builder_f32(b, "bs", "2", (const float[]){0.25F, 0.25F});
  onnx_builder_node(b, "DequantizeLinear", "bdq", "b bs", "bf", "axis=0");
  onnx_builder_node(b, "Conv", "conv", "xf wf bf", "y", "");
  expect_refusal(b, "net: node 'conv' (Conv): bias 'bf': expected a row of 4 values, got 4 of rank "
                    "2");
}

static void scales_that_cannot_be_are_refused_by_name(void) {
  static const struct {
    float scale;
    const char *text;
  } cases[] = {{0.0F, "0"}, {-1.0F, "-1"}, {INFINITY, "inf"}, {NAN, "nan"}};
  for (size_t i = 0; i < 4; i++) {
    char text[160];
    onnx_builder *b = quantised_input(13);
    onnx_builder_scalar(b, "bad", BO_F32, (double)cases[i].scale);
    onnx_builder_node(b, "QuantizeLinear", "q2", "xf bad yz", "y", "");
    (void)snprintf(text, sizeof text,
                   "net: node 'q2' (QuantizeLinear): scale 'bad': expected positive and finite, "
                   "got %s",
                   cases[i].text);
    expect_refusal(b, text);
  }
  onnx_builder *b = quantised_input(13);
  onnx_builder_tensor(b, "w", BO_I8, "1 2 1 1", (const int8_t[]){1, 2});
  onnx_builder_scalar(b, "ws", BO_F32, 0.0);
  onnx_builder_node(b, "DequantizeLinear", "wdq", "w ws", "wf", "");
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
  expect_refusal(b, "net: node 'wdq' (DequantizeLinear): scale 'ws': expected positive and finite, "
                    "got 0");
}

static void zero_points_that_cannot_be_are_refused_by_name(void) {
  onnx_builder *b = quantised_input(13);
  onnx_builder_scalar(b, "bad", BO_I32, 3);
  onnx_builder_node(b, "QuantizeLinear", "q2", "xf xs bad", "y", "");
  expect_refusal(b, "net: node 'q2' (QuantizeLinear): zero-point 'bad': expected one int8 or "
                    "uint8, got 1 of int32");
  b = quantised_input(13);
  onnx_builder_scalar(b, "signed", BO_I8, 3);
  onnx_builder_node(b, "DequantizeLinear", "dq2", "xq xs signed", "y", "");
  expect_refusal(b, "net: node 'dq2' (DequantizeLinear): codes are uint8, but their zero-point is "
                    "not");
  b = quantised_input(13);
  onnx_builder_tensor(b, "w", BO_I8, "1 2 1 1", (const int8_t[]){1, 2});
  onnx_builder_scalar(b, "ws", BO_F32, 1.0);
  onnx_builder_scalar(b, "wz", BO_I8, 9);
  onnx_builder_scalar(b, "lo", BO_I8, -8);
  onnx_builder_scalar(b, "hi", BO_I8, 7);
  onnx_builder_node(b, "Clip", "clip", "w lo hi", "wn", "");
  onnx_builder_node(b, "DequantizeLinear", "wdq", "wn ws wz", "wf", "");
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
  expect_refusal(b, "net: node 'conv' (Conv): weights: zero-point 9 is not a code of 4 bits");
}

static void inputs_of_other_shapes_are_refused(void) {
  static const struct {
    const char *dims, *text;
  } cases[] = {
      {"2 2 1 1", "net: input 'x': expected a batch of 1 or any, got 2"},
      {"1 2 -1 1",
       "net: input 'x': dimension 2: expected fixed sizes of at most 16777216 together"},
      {"1 2 65536 65536",
       "net: input 'x': dimension 3: expected fixed sizes of at most 16777216 together"},
      {"1 2 3", "net: input 'x': expected the shape [N, C, H, W] or [N, features], got 3 "
                "dimensions"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    onnx_builder *b = onnx_builder_new(13);
    onnx_builder_input(b, "x", BO_F32, cases[i].dims);
    onnx_builder_output(b, "y");
    onnx_builder_node(b, "Relu", "relu", "x", "y", "");
    expect_refusal(b, cases[i].text);
  }
  onnx_builder *b = onnx_builder_new(13);
  onnx_builder_input(b, "x", BO_I64, "1 2");
  onnx_builder_output(b, "y");
  onnx_builder_node(b, "Relu", "relu", "x", "y", "");
  expect_refusal(b, "net: input 'x': expected float32, uint8 or int8, got int64");
  b = quantised_input(6);
  onnx_builder_node(b, "Relu", "relu", "xf", "y", "");
  expect_refusal(b, "net: opset: expected 7 or later, got 6");
}

static void floats_where_codes_are_needed_are_refused(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "x wf", "y", "");
  expect_refusal(b,
                 "net: node 'conv' (Conv): input 'x': expected a dequantised activation, got the "
                 "input of the network, not quantised");
  b = quantised_input(13);
  onnx_builder_f32(b, "w", "1 2 1 1", (const float[]){1.0F, 2.0F});
  onnx_builder_node(b, "Conv", "conv", "xf w", "y", "");
  expect_refusal(b,
                 "net: node 'conv' (Conv): weights 'w': expected DequantizeLinear of a constant, "
                 "got a constant");
  b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "one", "xf wf", "c", "");
  onnx_builder_node(b, "Conv", "two", "c wf", "y", "");
  expect_refusal(b, "net: node 'two' (Conv): input 'c': expected a dequantised activation, got an "
                    "unquantised convolution");
  b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Relu", "relu", "xf", "r", "");
  onnx_builder_node(b, "Conv", "conv", "r wf", "y", "");
  expect_refusal(b, "net: node 'conv' (Conv): input 'r': expected a dequantised activation, got a "
                    "function of a dequantised activation");
  b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "c", "");
  onnx_builder_node(b, "Add", "add", "c xf", "y", "");
  expect_refusal(b, "net: node 'add' (Add): input 'c': expected a dequantised activation, got an "
                    "unquantised convolution");
}

static void shapes_that_do_not_fit_are_refused(void) {
  onnx_builder *b = quantised_input(13);
  onnx_builder_tensor(b, "w", BO_I8, "1 3 1 1", (const int8_t[]){1, 2, 3});
  onnx_builder_scalar(b, "ws", BO_F32, 1.0);
  onnx_builder_node(b, "DequantizeLinear", "wdq", "w ws", "wf", "");
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
  expect_refusal(b, "net: node 'conv' (Conv): expected weights for 2 channels, got 3 in each of 1 "
                    "groups");
  b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "kernel_shape=3,3");
  expect_refusal(b, "net: node 'conv' (Conv): kernel_shape: expected that of the weights, got 3 "
                    "at 0");
  b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "pads=-1,0,0,0");
  expect_refusal(b, "net: node 'conv' (Conv): pads: expected 0..65536, got -1");
  b = quantised_input(13);
  onnx_builder_node(b, "MaxPool", "pool", "xf", "y", "kernel_shape=2,2");
  expect_refusal(b, "net: node 'pool' (MaxPool): a kernel of 2 does not fit the input of 1x1");
  b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "pads=1,1,1,1");
  expect_refusal(b, "net: output: expected one vector of classes, got 3x3 positions of 2 channels");
  b = quantised_input(13);
  onnx_builder_tensor(b, "w", BO_I8, "2 2", (const int8_t[]){1, 2, 3, 4});
  onnx_builder_scalar(b, "ws", BO_F32, 1.0);
  onnx_builder_node(b, "DequantizeLinear", "wdq", "w ws", "wf", "");
  onnx_builder_node(b, "MatMul", "matmul", "xf wf", "y", "");
  expect_refusal(b, "net: node 'matmul' (MatMul): expected a matrix for an image (Flatten is "
                    "missing?) of 2 features, got one for 2 inputs");
}

static void two_uses_of_one_result_are_refused(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "c", "");
  onnx_builder_node(b, "QuantizeLinear", "q1", "c xs xz", "c1", "");
  onnx_builder_node(b, "DequantizeLinear", "dq1", "c1 xs xz", "f1", "");
  onnx_builder_node(b, "QuantizeLinear", "q2", "c ys yz", "c2", "");
  onnx_builder_node(b, "DequantizeLinear", "dq2", "c2 ys yz", "f2", "");
  onnx_builder_node(b, "Add", "add", "f1 f2", "s", "");
  onnx_builder_node(b, "QuantizeLinear", "sq", "s ys yz", "y", "");
  expect_refusal(b, "net: node 'q2' (QuantizeLinear): the result of 'conv' is quantised in two "
                    "ways, which is not supported");
  b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Softmax", "softmax", "xf", "s", "axis=1");
  onnx_builder_node(b, "Conv", "conv", "s wf", "y", "");
  expect_refusal(b, "net: node 'conv' (Conv): computes with the result of Softmax or ArgMax, which "
                    "can only end a network");
  b = quantised_input(13);
  onnx_builder_node(b, "QuantizeLinear", "q2", "x ys yz", "c2", "");
  onnx_builder_node(b, "DequantizeLinear", "dq2", "c2 ys yz", "f2", "");
  onnx_builder_node(b, "Add", "add", "xf f2", "s", "");
  onnx_builder_node(b, "QuantizeLinear", "sq", "s ys yz", "y", "");
  expect_refusal(b, "net: node 'q2' (QuantizeLinear): the input is quantised in two ways: scales "
                    "0.5 and 0.25");
}

static void what_a_pool_cannot_do_with_codes_is_refused(void) {
  onnx_builder *b = quantised_input(13);
  onnx_builder_scalar(b, "minus", BO_F32, -1.0);
  onnx_builder_node(b, "Mul", "mul", "xf minus", "m", "");
  onnx_builder_node(b, "MaxPool", "pool", "m", "y", "kernel_shape=1,1");
  expect_refusal(b, "net: node 'pool' (MaxPool): input 'm': its values do not grow with its codes");
  b = quantised_input(13);
  onnx_builder_node(b, "ReduceMean", "mean", "xf", "y", "axes=1,2");
  expect_refusal(b, "net: node 'mean' (ReduceMean): axes: expected height and width (2, 3)");
}

static void scales_along_another_axis_are_refused(void) {
  onnx_builder *b = quantised_input(13);
  onnx_builder_tensor(b, "w", BO_I8, "2 2 1 1", (const int8_t[]){3, -4, 5, 6});
  onnx_builder_f32(b, "ws", "2", (const float[]){0.5F, 0.125F});
  onnx_builder_node(b, "DequantizeLinear", "wdq", "w ws", "wf", "axis=1");
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
  expect_refusal(b, "net: node 'conv' (Conv): weights: scales along axis 1, expected the output "
                    "channels (axis 0)");
}

CU_TestInfo suite_tests[] = {
    BO_TEST(unknown_operators_are_refused_by_name),
    BO_TEST(a_bias_that_is_no_row_is_refused),
    BO_TEST(scales_that_cannot_be_are_refused_by_name),
    BO_TEST(zero_points_that_cannot_be_are_refused_by_name),
    BO_TEST(inputs_of_other_shapes_are_refused),
    BO_TEST(floats_where_codes_are_needed_are_refused),
    BO_TEST(shapes_that_do_not_fit_are_refused),
    BO_TEST(two_uses_of_one_result_are_refused),
    BO_TEST(what_a_pool_cannot_do_with_codes_is_refused),
    BO_TEST(scales_along_another_axis_are_refused),
    CU_TEST_INFO_NULL,
};
