#include "fail_alloc.h"
#include "import_graphs.h"
#include "net/onnx_import.h"
#include "onnx_builder.h"
#include "random_onnx.h"
#include "test_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bo_net *import(onnx_builder *b) {
  bo_onnx_model *model = onnx_builder_model(b);
  bo_net *net = NULL;
  bo_diag diag = {""};
  if (bo_net_import(&net, model, "net", &diag) != BO_OK) {
    (void)printf("%s\n", diag.text);
  }
  bo_onnx_model_free(model);
  onnx_builder_free(b);
  CU_ASSERT_PTR_NOT_NULL_FATAL(net);
  if (net == NULL) {
    abort();
  }
  return net;
}

static void convolution_keeps_codes_scales_and_bias(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_f32(b, "bias", "2", (const float[]){2.5F, -0.625F});
  onnx_builder_node(b, "Conv", "conv", "xf wf bias", "c", "");
  onnx_builder_node(b, "Relu", "relu", "c", "r", "");
  onnx_builder_node(b, "QuantizeLinear", "yq", "r ys yz", "yc", "");
  onnx_builder_node(b, "DequantizeLinear", "ydq", "yc ys yz", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->layers, 1);
  CU_ASSERT_EQUAL(net->input_quant.zero_point, 10);
  const bo_layer *layer = &net->layer[0];
  CU_ASSERT_STRING_EQUAL(layer->name, "conv");
  CU_ASSERT_EQUAL(layer->bias[0], 10); /* 2.5 / (0.5 * 0.5) */
  CU_ASSERT_EQUAL(layer->bias[1], -10);
  CU_ASSERT_EQUAL(layer->multiplier[0], 1.0F); /* 0.5 * 0.5 / 0.25 */
  CU_ASSERT_EQUAL(layer->multiplier[1], 0.25F);
  CU_ASSERT_EQUAL(layer->lo, 20);
  CU_ASSERT_EQUAL(layer->hi, 255);
  const bo_weights *weights = &net->weights[0];
  CU_ASSERT_EQUAL(weights->bits, 8);
  CU_ASSERT_EQUAL(weights->storage, BO_STORAGE_TWOS_COMPLEMENT);
  CU_ASSERT_EQUAL(memcmp(weights->code, (const uint8_t[]){3, 0xFC, 5, 6}, 4), 0);
  CU_ASSERT_EQUAL(net->float_logits, 0);
  CU_ASSERT_EQUAL(net->classes, 2);
  bo_net_free(net);
}

/* gamma / sqrt(var) = -2 and 0.5; codes must be those of the file whatever batch norm says. */
static void batch_norm_changes_multiplier_and_bias_but_no_code(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_f32(b, "gamma", "2", (const float[]){-4.0F, 0.5F});
  onnx_builder_f32(b, "beta", "2", (const float[]){1.0F, 0.0F});
  onnx_builder_f32(b, "mean", "2", (const float[]){0.5F, -0.125F});
  onnx_builder_f32(b, "var", "2", (const float[]){4.0F, 1.0F});
  onnx_builder_node(b, "Conv", "conv", "xf wf", "c", "");
  onnx_builder_node(b, "BatchNormalization", "bn", "c gamma beta mean var", "n", "epsilon=0.0");
  onnx_builder_node(b, "QuantizeLinear", "yq", "n ys yz", "yc", "");
  onnx_builder_node(b, "DequantizeLinear", "ydq", "yc ys yz", "y", "");
  bo_net *net = import(b);
  const bo_layer *layer = &net->layer[0];
  CU_ASSERT_EQUAL(memcmp(net->weights[0].code, (const uint8_t[]){3, 0xFC, 5, 6}, 4), 0);
  CU_ASSERT_EQUAL(net->weights[0].scale[0], 0.5F);
  CU_ASSERT_EQUAL(layer->multiplier[0], -2.0F);
  CU_ASSERT_EQUAL(layer->multiplier[1], 0.125F);
  /* -2 (c - 0.5) + 1 = -2 c + 2: bias 2 / (0.25 * -2) = -4; 0.5 (c + 0.125): 0.0625 / 0.03125 */
  CU_ASSERT_EQUAL(layer->bias[0], -4);
  CU_ASSERT_EQUAL(layer->bias[1], 2);
  bo_net_free(net);
}

static void dead_channel_of_batch_norm_is_its_offset(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_f32(b, "gamma", "2", (const float[]){1e-30F, 0.0F});
  onnx_builder_f32(b, "beta", "2", (const float[]){1.0F, -1.0F});
  onnx_builder_f32(b, "mean", "2", (const float[]){0.0F, 3.0F});
  onnx_builder_f32(b, "var", "2", (const float[]){1.0F, 1.0F});
  onnx_builder_node(b, "Conv", "conv", "xf wf", "c", "");
  onnx_builder_node(b, "BatchNormalization", "bn", "c gamma beta mean var", "n", "");
  onnx_builder_node(b, "QuantizeLinear", "yq", "n ys yz", "y", "");
  bo_net *net = import(b);
  const uint8_t input[] = {255, 0};
  float logits[2];
  CU_ASSERT_EQUAL(bo_net_reference(net, NULL, input, 1, logits, NULL), BO_OK);
  CU_ASSERT_EQUAL(logits[0], 1.0F);
  CU_ASSERT_EQUAL(logits[1], -1.0F);
  bo_net_free(net);
}

static void int8_activations_become_uint8_by_128(void) {
  onnx_builder *b = onnx_builder_new(13);
  onnx_builder_input(b, "x", BO_F32, "1 2");
  onnx_builder_output(b, "y");
  onnx_builder_f32(b, "xs", "1", (const float[]){0.5F});
  onnx_builder_tensor(b, "xz0", BO_I8, "1", (const int8_t[]){-3});
  onnx_builder_node(b, "Identity", "id", "xz0", "xz", "");
  onnx_builder_tensor(b, "w", BO_U8, "2 1", (const uint8_t[]){200, 7});
  onnx_builder_scalar(b, "ws", BO_F32, 0.25);
  onnx_builder_scalar(b, "wz", BO_U8, 128);
  onnx_builder_node(b, "QuantizeLinear", "q", "x xs xz", "xq", "");
  onnx_builder_node(b, "DequantizeLinear", "dq", "xq xs xz", "xf", "");
  onnx_builder_node(b, "DequantizeLinear", "wdq", "w ws wz", "wf", "");
  onnx_builder_node(b, "MatMul", "matmul", "xf wf", "product", "");
  onnx_builder_node(b, "Softmax", "softmax", "product", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->input_quant.zero_point, 125);
  CU_ASSERT_EQUAL(net->float_logits, 1);
  CU_ASSERT_EQUAL(net->weights[0].storage, BO_STORAGE_OFFSET_BINARY);
  CU_ASSERT_EQUAL(net->weights[0].zero_point[0], 128);
  CU_ASSERT_EQUAL(net->weights[0].source_transposed, 1);
  CU_ASSERT_EQUAL(net->layer[0].multiplier[0], 0.125F);
  const uint8_t input[] = {127, 125}; /* x = 1, 0 */
  float logits[1];
  CU_ASSERT_EQUAL(bo_net_reference(net, NULL, input, 1, logits, NULL), BO_OK);
  CU_ASSERT_EQUAL(logits[0], 18.0F); /* 1 * (200 - 128) / 4 */
  bo_net_free(net);
}

/* Q + Clip + DQ of float weights: the range of Clip says how many bits a code has. */
static uint32_t bits_of_clip(bo_dtype dtype, int lo, int hi) {
  onnx_builder *b = quantised_input(13);
  onnx_builder_f32(b, "w", "1 2 1 1", (const float[]){1000.0F, 0.5F});
  onnx_builder_scalar(b, "ws", BO_F32, 0.5);
  onnx_builder_scalar(b, "wz", dtype, 0);
  onnx_builder_scalar(b, "lo", dtype, lo);
  onnx_builder_scalar(b, "hi", dtype, hi);
  onnx_builder_node(b, "QuantizeLinear", "wq", "w ws wz", "wc", "");
  onnx_builder_node(b, "Clip", "clip", "wc lo hi", "wn", "");
  onnx_builder_node(b, "DequantizeLinear", "wdq", "wn ws wz", "wf", "");
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
  bo_net *net = import(b);
  const uint32_t bits = net->weights[0].bits;
  CU_ASSERT_EQUAL(bo_weights_decode(&net->weights[0], net->weights[0].code[0]), hi);
  CU_ASSERT_EQUAL(net->weights[0].code[1], 1);
  bo_net_free(net);
  return bits;
}

static void clip_of_weight_codes_is_their_width(void) {
  CU_ASSERT_EQUAL(bits_of_clip(BO_I8, -8, 7), 4);
  CU_ASSERT_EQUAL(bits_of_clip(BO_I8, -7, 7), 4);
  CU_ASSERT_EQUAL(bits_of_clip(BO_I8, -9, 7), 5);
  CU_ASSERT_EQUAL(bits_of_clip(BO_I8, -8, 8), 5);
  CU_ASSERT_EQUAL(bits_of_clip(BO_I8, -1, 1), 2);
  CU_ASSERT_EQUAL(bits_of_clip(BO_U8, 0, 15), 4);
  CU_ASSERT_EQUAL(bits_of_clip(BO_U8, 0, 16), 5);
  CU_ASSERT_EQUAL(bits_of_clip(BO_U8, 0, 1), 1);
  CU_ASSERT_EQUAL(bits_of_clip(BO_I8, -128, 127), 8);
}

static void clip_of_activation_codes_narrows_the_layer_before(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_scalar(b, "lo", BO_U8, 30);
  onnx_builder_scalar(b, "hi", BO_U8, 45);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "c", "");
  onnx_builder_node(b, "QuantizeLinear", "yq", "c ys yz", "yc", "");
  onnx_builder_node(b, "Clip", "clip", "yc lo hi", "yn", "");
  onnx_builder_node(b, "DequantizeLinear", "ydq", "yn ys yz", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->layers, 1);
  CU_ASSERT_EQUAL(net->layer[0].lo, 30);
  CU_ASSERT_EQUAL(net->layer[0].hi, 45);
  bo_net_free(net);
}

/* The clipped codes are one reader, the codes themselves another: both must see their own. */
static void clip_of_codes_that_others_read_is_a_table_of_its_own(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_scalar(b, "hi", BO_U8, 45);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "c", "");
  onnx_builder_node(b, "QuantizeLinear", "yq", "c ys yz", "yc", "");
  onnx_builder_node(b, "Clip", "clip", "yc - hi", "yn", "");
  onnx_builder_node(b, "DequantizeLinear", "dq1", "yn ys yz", "a", "");
  onnx_builder_node(b, "DequantizeLinear", "dq2", "yc ys yz", "b", "");
  onnx_builder_node(b, "Add", "add", "a b", "sum", "");
  onnx_builder_node(b, "QuantizeLinear", "sq", "sum ys yz", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->layers, 3);
  CU_ASSERT_EQUAL(net->layer[0].hi, 255);
  CU_ASSERT_EQUAL(net->layer[1].op, BO_OP_TABLE);
  CU_ASSERT_EQUAL(net->layer[1].table[200], 45);
  CU_ASSERT_EQUAL(net->layer[1].table[44], 44);
  CU_ASSERT_EQUAL(net->layer[2].input[0], 1);
  CU_ASSERT_EQUAL(net->layer[2].input[1], 0);
  bo_net_free(net);
}

static void same_scale_again_makes_no_layer_and_another_one_a_table(void) {
  for (int again = 0; again < 2; again++) {
    onnx_builder *b = quantised_input(13);
    conv_weights(b);
    onnx_builder_node(b, "QuantizeLinear", "q2", again ? "xf xs xz" : "xf ys yz", "c2", "");
    onnx_builder_node(b, "DequantizeLinear", "dq2", again ? "c2 xs xz" : "c2 ys yz", "f2", "");
    onnx_builder_node(b, "Conv", "conv", "f2 wf", "y", "");
    bo_net *net = import(b);
    CU_ASSERT_EQUAL(net->layers, again ? 1 : 2);
    if (!again) {
      CU_ASSERT_EQUAL(net->layer[0].op, BO_OP_TABLE);
      CU_ASSERT_EQUAL(net->layer[0].table[13], 26); /* 1.5 / 0.25 + 20 */
    }
    bo_net_free(net);
  }
}

static void arithmetic_on_the_input_is_gain_and_offset(void) {
  onnx_builder *b = onnx_builder_new(13);
  onnx_builder_input(b, "x", BO_F32, "-1 2 1 1");
  onnx_builder_output(b, "y");
  onnx_builder_f32(b, "mean", "1 2 1 1", (const float[]){0.5F, 0.25F});
  onnx_builder_f32(b, "deviation", "2 1 1", (const float[]){0.25F, 2.0F});
  onnx_builder_scalar(b, "xs", BO_F32, 0.5);
  onnx_builder_scalar(b, "xz", BO_U8, 0);
  onnx_builder_node(b, "Sub", "sub", "mean x", "centred", "");
  onnx_builder_node(b, "Div", "div", "centred deviation", "n", "");
  onnx_builder_node(b, "QuantizeLinear", "q", "n xs xz", "xq", "");
  onnx_builder_node(b, "DequantizeLinear", "dq", "xq xs xz", "xf", "");
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->input_gain[0], -4.0F);
  CU_ASSERT_EQUAL(net->input_offset[0], 2.0F);
  CU_ASSERT_EQUAL(net->input_gain[1], -0.5F);
  CU_ASSERT_EQUAL(net->input_offset[1], 0.125F);
  bo_net_free(net);
}

/* MatMulInteger + Cast + Mul + Add: the scale of the product is a constant of the graph. */
static void integer_product_takes_its_scale_from_mul(void) {
  onnx_builder *b = onnx_builder_new(13);
  onnx_builder_input(b, "x", BO_F32, "-1 2");
  onnx_builder_output(b, "y");
  onnx_builder_scalar(b, "xs", BO_F32, 0.5);
  onnx_builder_scalar(b, "xz", BO_U8, 10);
  onnx_builder_scalar(b, "wz", BO_I8, 1);
  onnx_builder_scalar(b, "m", BO_F32, 0.125);
  onnx_builder_tensor(b, "w", BO_I8, "2 2", (const int8_t[]){3, -4, 5, 6});
  onnx_builder_f32(b, "bias", "2", (const float[]){1.0F, -0.5F});
  onnx_builder_node(b, "QuantizeLinear", "q", "x xs xz", "xq", "");
  onnx_builder_node(b, "MatMulInteger", "matmul", "xq w xz wz", "acc", "");
  onnx_builder_node(b, "Cast", "cast", "acc", "f", "to=1");
  onnx_builder_node(b, "Mul", "mul", "f m", "scaled", "");
  onnx_builder_node(b, "Add", "add", "scaled bias", "y", "");
  bo_net *net = import(b);
  const uint8_t input[] = {12, 11};
  float logits[2];
  CU_ASSERT_EQUAL(bo_net_reference(net, NULL, input, 1, logits, NULL), BO_OK);
  CU_ASSERT_EQUAL(logits[0], 2.0F);    /* (2 * 2 + 1 * 4) / 8 + 1 */
  CU_ASSERT_EQUAL(logits[1], -1.125F); /* (2 * -5 + 1 * 5) / 8 - 0.5 */
  bo_net_free(net);
}

/* w' = {{1, 2}, {3, 4}, {5, 6}}, a row an output, scales 0.5, 0.25, 0.125, x = {1, -0.5}. */
static void expect_transposed_product(onnx_builder *b, const char *weights) {
  char inputs[32];
  (void)snprintf(inputs, sizeof inputs, "flat %s", weights);
  onnx_builder_node(b, "Flatten", "flatten", "xf", "flat", "");
  onnx_builder_node(b, "MatMul", "matmul", inputs, "y", "");
  bo_net *net = import(b);
  const uint8_t input[] = {12, 9};
  float logits[3];
  CU_ASSERT_EQUAL_FATAL(net->classes, 3);
  CU_ASSERT_EQUAL(bo_net_reference(net, NULL, input, 1, logits, NULL), BO_OK);
  CU_ASSERT_EQUAL(logits[0], 0.0F);
  CU_ASSERT_EQUAL(logits[1], 0.25F);
  CU_ASSERT_EQUAL(logits[2], 0.25F);
  CU_ASSERT_EQUAL(net->weights[0].scale[1], 0.25F);
  CU_ASSERT_EQUAL(net->weights[0].source_transposed, 0);
  bo_net_free(net);
}

static void transposed_weights_keep_their_scales(void) {
  for (int before = 0; before < 2; before++) {
    onnx_builder *b = quantised_input(13);
    onnx_builder_tensor(b, "w", BO_I8, "3 2", (const int8_t[]){1, 2, 3, 4, 5, 6});
    onnx_builder_f32(b, "ws", "3", (const float[]){0.5F, 0.25F, 0.125F});
    if (before) {
      onnx_builder_node(b, "Transpose", "transpose", "w", "wt", "perm=1,0");
      onnx_builder_node(b, "DequantizeLinear", "wdq", "wt ws", "wf", "axis=1");
    } else {
      onnx_builder_node(b, "DequantizeLinear", "wdq", "w ws", "wr", "axis=0");
      onnx_builder_node(b, "Transpose", "transpose", "wr", "wf", "");
    }
    expect_transposed_product(b, "wf");
  }
}

static void zero_point_that_is_left_out_is_zero_of_its_type(void) {
  for (int is_signed = 0; is_signed < 2; is_signed++) {
    onnx_builder *b = onnx_builder_new(13);
    onnx_builder_input(b, "x", is_signed ? BO_I8 : BO_U8, "1 2 1 1");
    onnx_builder_output(b, "y");
    onnx_builder_scalar(b, "xs", BO_F32, 0.5);
    onnx_builder_node(b, "DequantizeLinear", "dq", "x xs", "xf", "");
    conv_weights(b);
    onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
    bo_net *net = import(b);
    CU_ASSERT_EQUAL(net->layer[0].in_quant[0].zero_point, is_signed ? 128 : 0);
    CU_ASSERT_EQUAL(net->input_quant.zero_point, is_signed ? 128 : 0);
    CU_ASSERT_EQUAL(net->input_quant.scale, 0.5F);
    CU_ASSERT_EQUAL(net->input_gain[1], 1.0F);
    bo_net_free(net);
  }
}

static void mean_over_the_image_is_a_global_pool(void) {
  for (int opset = 13; opset <= 18; opset += 5) {
    onnx_builder *b = onnx_builder_new(opset);
    onnx_builder_input(b, "x", BO_U8, "1 3 2 4");
    onnx_builder_output(b, "y");
    onnx_builder_scalar(b, "s", BO_F32, 0.5);
    onnx_builder_tensor(b, "axes", BO_I64, "2", (const int64_t[]){-1, -2});
    onnx_builder_tensor(b, "both", BO_I64, "2", (const int64_t[]){2, 3});
    onnx_builder_node(b, "DequantizeLinear", "dq", "x s", "xf", "");
    onnx_builder_node(b, "ReduceMean", "mean", opset < 18 ? "xf" : "xf axes", "m",
                      opset < 18 ? "axes=2,3 keepdims=1" : "keepdims=1");
    onnx_builder_node(b, "Dropout", "dropout", "m", "d", "");
    onnx_builder_node(b, "Squeeze", "squeeze", "d both", "flat", "");
    onnx_builder_node(b, "QuantizeLinear", "q", "flat s", "codes", "");
    onnx_builder_node(b, "DequantizeLinear", "dq2", "codes s", "f", "");
    onnx_builder_node(b, "LogSoftmax", "softmax", "f", "y", "axis=-1");
    bo_net *net = import(b);
    CU_ASSERT_EQUAL(net->layers, 1);
    CU_ASSERT_EQUAL(net->layer[0].op, BO_OP_AVG_POOL);
    CU_ASSERT_EQUAL(net->layer[0].window.kernel_h, 2);
    CU_ASSERT_EQUAL(net->layer[0].window.kernel_w, 4);
    CU_ASSERT_EQUAL(net->classes, 3);
    bo_net_free(net);
  }
}

static void layers_that_share_a_tensor_share_it_in_the_network(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "one", "xf wf", "c", "");
  onnx_builder_node(b, "QuantizeLinear", "cq", "c xs xz", "cc", "");
  onnx_builder_node(b, "DequantizeLinear", "cdq", "cc xs xz", "cf", "");
  onnx_builder_node(b, "Conv", "two", "cf wf", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->layers, 2);
  CU_ASSERT_EQUAL(net->weight_tensors, 1);
  bo_net_free(net);
}

static void what_the_output_does_not_need_is_not_looked_at(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "LSTM", "lstm", "xf wf", "unused", "");
  onnx_builder_node(b, "Conv", "conv", "xf wf", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->layers, 1);
  bo_net_free(net);
}

static void same_quantisation_twice_is_one_layer(void) {
  onnx_builder *b = quantised_input(13);
  conv_weights(b);
  onnx_builder_node(b, "Conv", "conv", "xf wf", "c", "");
  onnx_builder_node(b, "QuantizeLinear", "q1", "c ys yz", "c1", "");
  onnx_builder_node(b, "DequantizeLinear", "dq1", "c1 ys yz", "f1", "");
  onnx_builder_node(b, "QuantizeLinear", "q2", "c ys yz", "c2", "");
  onnx_builder_node(b, "DequantizeLinear", "dq2", "c2 ys yz", "f2", "");
  onnx_builder_node(b, "Add", "add", "f1 f2", "s", "");
  onnx_builder_node(b, "QuantizeLinear", "sq", "s ys yz", "y", "");
  bo_net *net = import(b);
  CU_ASSERT_EQUAL(net->layers, 2);
  CU_ASSERT_EQUAL(net->layer[1].input[0], 0);
  CU_ASSERT_EQUAL(net->layer[1].input[1], 0);
  bo_net_free(net);
}

static void the_file_gives_the_network_its_name(void) {
  const random_onnx_graph graph = random_onnx(3, RANDOM_QDQ);
  bo_bytes bytes = onnx_builder_bytes(graph.builder);
  bo_net *net = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_file_write("./test_onnx_import.onnx", bytes.data, bytes.size, &diag),
                        BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_net_load(&net, "./test_onnx_import.onnx", &diag), BO_OK);
  CU_ASSERT_STRING_EQUAL(net->name, "test_onnx_import");
  CU_ASSERT_EQUAL(net->hash, bo_hash(bytes.data, bytes.size));
  bo_net_free(net);
  (void)remove("./test_onnx_import.onnx");
  CU_ASSERT_EQUAL(bo_net_load(&net, "./test_onnx_import.onnx", &diag), BO_E_IO);
  CU_ASSERT_PTR_NULL(net);
  bo_bytes_free(&bytes);
  onnx_builder_free(graph.builder);
}

static void every_failed_allocation_is_reported(void) {
  for (uint64_t seed = 0; seed < 12; seed++) {
    const random_onnx_graph graph = random_onnx(seed, seed % 2 ? RANDOM_QDQ : RANDOM_QOPERATOR);
    bo_onnx_model *model = onnx_builder_model(graph.builder);
    unsigned failures = 0;
    for (bool failed = true; failed;) {
      bo_net *net = NULL;
      bo_diag diag;
      fail_alloc_arm(failures);
      const bo_status status = bo_net_import(&net, model, "net", &diag);
      failed = fail_alloc_disarm();
      CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
      CU_ASSERT_EQUAL(net == NULL, failed);
      failures += failed;
      bo_net_free(net);
    }
    CU_ASSERT_TRUE(failures > 10);
    bo_onnx_model_free(model);
    onnx_builder_free(graph.builder);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(convolution_keeps_codes_scales_and_bias),
    BO_TEST(batch_norm_changes_multiplier_and_bias_but_no_code),
    BO_TEST(dead_channel_of_batch_norm_is_its_offset),
    BO_TEST(int8_activations_become_uint8_by_128),
    BO_TEST(clip_of_weight_codes_is_their_width),
    BO_TEST(clip_of_activation_codes_narrows_the_layer_before),
    BO_TEST(clip_of_codes_that_others_read_is_a_table_of_its_own),
    BO_TEST(same_scale_again_makes_no_layer_and_another_one_a_table),
    BO_TEST(arithmetic_on_the_input_is_gain_and_offset),
    BO_TEST(integer_product_takes_its_scale_from_mul),
    BO_TEST(transposed_weights_keep_their_scales),
    BO_TEST(zero_point_that_is_left_out_is_zero_of_its_type),
    BO_TEST(mean_over_the_image_is_a_global_pool),
    BO_TEST(layers_that_share_a_tensor_share_it_in_the_network),
    BO_TEST(what_the_output_does_not_need_is_not_looked_at),
    BO_TEST(same_quantisation_twice_is_one_layer),
    BO_TEST(the_file_gives_the_network_its_name),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
