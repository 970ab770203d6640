#include "fail_alloc.h"
#include "net/net.h"
#include "random_net.h"
#include "test_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A network of one layer on the stack, to be varied by each test. All expectations by hand. */
typedef struct tiny {
  bo_net net;
  bo_layer layer;
  bo_weights weights;
  uint8_t code[64];
  int32_t weight_zero[8];
  float weight_scale[8], gain[8], offset[8], multiplier[8];
  int32_t bias[8];
} tiny;

static void tiny_init(tiny *t, bo_op op, bo_shape in, bo_shape out) {
  *t = (tiny){.layer = {.op = op,
                        .name = "layer",
                        .input = {BO_NET_INPUT, BO_NET_INPUT},
                        .in = in,
                        .out = out,
                        .in_quant = {{1.0F, 0}, {1.0F, 0}},
                        .out_quant = {1.0F, 0},
                        .hi = 255,
                        .window = {1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
                        .bias = t->bias,
                        .multiplier = t->multiplier},
              .weights = {.storage = BO_STORAGE_TWOS_COMPLEMENT,
                          .bits = 8,
                          .groups = 1,
                          .outputs = out.c,
                          .inputs = in.c,
                          .code = t->code,
                          .zero_point = t->weight_zero,
                          .scale = t->weight_scale}};
  for (size_t i = 0; i < 8; i++) {
    t->weight_scale[i] = t->gain[i] = t->multiplier[i] = 1.0F;
  }
  t->net = (bo_net){.name = "tiny",
                    .input = in,
                    .input_quant = {1.0F, 0},
                    .input_gain = t->gain,
                    .input_offset = t->offset,
                    .layers = 1,
                    .weight_tensors = op == BO_OP_CONV,
                    .layer = &t->layer,
                    .weights = &t->weights,
                    .classes = out.h * out.w * out.c};
}

static void expect_logits(const tiny *t, const uint8_t *input, uint32_t classes,
                          const float *expected) {
  float logits[64] = {0};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(t->net.classes, classes);
  const bo_status checked = bo_net_check(&t->net, &diag);
  CU_ASSERT_STRING_EQUAL_FATAL(diag.text, "");
  CU_ASSERT_EQUAL_FATAL(checked, BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_net_reference(&t->net, NULL, input, 1, logits, &diag), BO_OK);
  for (uint32_t i = 0; i < classes; i++) {
    if (logits[i] != expected[i]) {
      (void)printf("logit %u: expected %g, got %g\n", i, (double)expected[i], (double)logits[i]);
    }
    CU_ASSERT_EQUAL(logits[i], expected[i]);
  }
}

static void accumulator_is_scaled_rounded_half_to_even_and_shifted(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 1, 1}, (bo_shape){1, 1, 2});
  t.layer.in_quant[0].zero_point = 3;
  t.layer.out_quant = (bo_act_quant){2.0F, 10};
  t.code[0] = 0xFE; /* -2 */
  t.code[1] = 4;
  t.weight_zero[1] = 1;
  t.bias[0] = 5;
  t.bias[1] = -2;
  t.multiplier[0] = 0.5F;
  t.multiplier[1] = -0.25F;
  /* channel 0: 5 + 7 * -2 = -9, -4.5 -> -4, code 6; channel 1: -2 + 7 * 3 = 19, -4.75 -> code 5 */
  expect_logits(&t, (const uint8_t[]){10}, 2, (const float[]){2.0F * (6 - 10), 2.0F * (5 - 10)});
}

static void clamp_bounds_the_code_on_both_sides(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 1, 1}, (bo_shape){1, 1, 3});
  t.layer.out_quant.zero_point = 20;
  t.layer.lo = 20;
  t.layer.hi = 50;
  t.code[0] = (uint8_t)-1;
  t.code[1] = 2;
  t.code[2] = 4;
  expect_logits(&t, (const uint8_t[]){10}, 3, (const float[]){0.0F, 20.0F, 30.0F});
}

static void codes_saturate_even_when_the_product_is_infinite(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 1, 1}, (bo_shape){1, 1, 2});
  t.code[0] = 127;
  t.code[1] = 128; /* -128 */
  t.multiplier[0] = t.multiplier[1] = 3.0e38F;
  expect_logits(&t, (const uint8_t[]){255}, 2, (const float[]){255.0F, 0.0F});
}

static void weights_lie_in_onnx_order_and_activations_channel_last(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 2, 2}, (bo_shape){1, 1, 1});
  t.layer.window.kernel_w = 2;
  t.weights.inputs = 4;
  memcpy(t.code, (const uint8_t[]){1, 2, 3, 4}, 4); /* [c][x] */
  /* x = 0: channels 5, 6; x = 1: channels 7, 8: 5*1 + 7*2 + 6*3 + 8*4 */
  expect_logits(&t, (const uint8_t[]){5, 6, 7, 8}, 1, (const float[]){69.0F});
}

static void padding_contributes_nothing_whatever_the_zero_points(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 2, 1}, (bo_shape){1, 2, 1});
  t.layer.window.kernel_w = 3;
  t.layer.window.pad_left = t.layer.window.pad_right = 1;
  t.layer.in_quant[0].zero_point = 2;
  t.weight_zero[0] = 1;
  t.weights.inputs = 3;
  memcpy(t.code, (const uint8_t[]){11, 2, 4}, 3); /* 10, 1, 3 */
  /* inputs 3, 5: 3*1 + 5*3 = 18 and 3*10 + 5*1 = 35 */
  expect_logits(&t, (const uint8_t[]){5, 7}, 2, (const float[]){18.0F, 35.0F});
}

static void stride_dilation_and_uneven_padding_pick_the_taps(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){5, 1, 1}, (bo_shape){3, 1, 1});
  t.layer.window = (bo_window){2, 1, 2, 1, 2, 1, 1, 0, 1, 0};
  t.weights.inputs = 2;
  memcpy(t.code, (const uint8_t[]){1, 10}, 2);
  /* rows -1,1 | 1,3 | 3,5 of 1 2 3 4 5 */
  expect_logits(&t, (const uint8_t[]){1, 2, 3, 4, 5}, 3, (const float[]){20.0F, 42.0F, 4.0F});
}

static void groups_see_their_own_channels_only(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 1, 4}, (bo_shape){1, 1, 4});
  t.weights.groups = 2;
  t.weights.outputs = 2;
  t.weights.inputs = 2;
  memcpy(t.code, (const uint8_t[]){1, 0, 0, 1, 1, 1, 2, 0}, 8);
  expect_logits(&t, (const uint8_t[]){3, 5, 7, 11}, 4, (const float[]){3.0F, 5.0F, 18.0F, 14.0F});
}

static void narrow_codes_decode_by_their_storage_format(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 1, 1}, (bo_shape){1, 1, 2});
  t.weights.bits = 4;
  t.code[0] = 0xF;
  t.code[1] = 7;
  t.layer.out_quant.zero_point = 100;
  expect_logits(&t, (const uint8_t[]){1}, 2, (const float[]){-1.0F, 7.0F});
  t.weights.storage = BO_STORAGE_OFFSET_BINARY;
  expect_logits(&t, (const uint8_t[]){1}, 2, (const float[]){15.0F, 7.0F});
}

static void sum_is_rescaled_from_both_inputs(void) {
  tiny t;
  tiny_init(&t, BO_OP_ADD, (bo_shape){1, 1, 2}, (bo_shape){1, 1, 2});
  t.layer.in_quant[0] = (bo_act_quant){0.5F, 10};
  t.layer.in_quant[1] = (bo_act_quant){0.25F, 2};
  t.layer.out_quant = (bo_act_quant){0.5F, 7};
  t.layer.lo = 7;
  /* 12: 1 + 2.5 = 3.5, 7 steps; 2: -4 + 0 = -4, clamped to 0 */
  expect_logits(&t, (const uint8_t[]){12, 2}, 2, (const float[]){3.5F, 0.0F});
}

static void padding_never_wins_a_maximum(void) {
  tiny t;
  tiny_init(&t, BO_OP_MAX_POOL, (bo_shape){2, 2, 1}, (bo_shape){2, 2, 1});
  t.layer.window = (bo_window){2, 2, 1, 1, 1, 1, 1, 1, 0, 0};
  t.layer.in_quant[0].zero_point = t.layer.out_quant.zero_point = 200;
  expect_logits(&t, (const uint8_t[]){3, 1, 2, 9}, 4,
                (const float[]){3.0F - 200, 3.0F - 200, 3.0F - 200, 9.0F - 200});
}

static void average_divides_by_the_taps_inside_or_by_all(void) {
  tiny t;
  tiny_init(&t, BO_OP_AVG_POOL, (bo_shape){1, 3, 1}, (bo_shape){1, 2, 1});
  t.layer.window = (bo_window){1, 2, 1, 2, 1, 1, 0, 1, 0, 0};
  t.layer.in_quant[0] = (bo_act_quant){1.0F, 10};
  t.layer.out_quant = (bo_act_quant){0.5F, 1};
  /* first window: padding and 14: 4 / 1 or 4 / 2; second: 16, 21: 17 / 2 */
  expect_logits(&t, (const uint8_t[]){14, 16, 21}, 2, (const float[]){4.0F, 8.5F});
  t.layer.count_include_pad = true;
  expect_logits(&t, (const uint8_t[]){14, 16, 21}, 2, (const float[]){2.0F, 8.5F});
}

static void table_maps_each_code(void) {
  tiny t;
  tiny_init(&t, BO_OP_TABLE, (bo_shape){1, 1, 2}, (bo_shape){1, 1, 2});
  t.layer.table[0] = 9;
  t.layer.table[255] = 4;
  expect_logits(&t, (const uint8_t[]){255, 0}, 2, (const float[]){4.0F, 9.0F});
}

static void float_logits_are_neither_rounded_nor_clamped(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 1, 1}, (bo_shape){1, 1, 1});
  t.net.float_logits = true;
  t.multiplier[0] = 0.125F;
  t.code[0] = 0x80;
  expect_logits(&t, (const uint8_t[]){255}, 1, (const float[]){-4080.0F});
}

static void given_codes_replace_the_clean_ones_for_every_image(void) {
  tiny t;
  tiny_init(&t, BO_OP_CONV, (bo_shape){1, 1, 1}, (bo_shape){1, 1, 1});
  t.code[0] = 1;
  const uint8_t faulty = 3;
  const uint8_t *codes[] = {&faulty};
  float logits[2];
  CU_ASSERT_EQUAL_FATAL(bo_net_reference(&t.net, codes, (const uint8_t[]){5, 6}, 2, logits, NULL),
                        BO_OK);
  CU_ASSERT_EQUAL(logits[0], 15.0F);
  CU_ASSERT_EQUAL(logits[1], 18.0F);
}

static void layers_read_any_earlier_layer_or_the_input(void) {
  tiny t;
  tiny_init(&t, BO_OP_TABLE, (bo_shape){1, 1, 1}, (bo_shape){1, 1, 1});
  bo_layer layer[3] = {t.layer, t.layer, t.layer};
  layer[0].table[5] = 50;
  layer[1].table[5] = 7;
  layer[2].op = BO_OP_ADD;
  layer[2].input[0] = 0;
  layer[2].input[1] = 1;
  t.net.layer = layer;
  t.net.layers = 3;
  expect_logits(&t, (const uint8_t[]){5}, 1, (const float[]){57.0F});
}

/* A network that ends with the layer before has that layer's codes as logits, with scale 1 as far
 * as the zero-point. */
static void the_input_of_a_layer_is_the_output_of_the_one_before(void) {
  uint32_t checked = 0;
  for (uint64_t seed = 0; seed < 20; seed++) {
    bo_net *net = random_net(seed, (random_net_limits){6, 5, 4});
    const uint32_t last = net->layers - 1;
    const bo_layer *const layer = &net->layer[last];
    if (last > 0 && layer->input[0] == (int32_t)last - 1) {
      const bo_layer *const before = &net->layer[last - 1];
      bo_net shorter = *net;
      shorter.layers = last;
      shorter.float_logits = false;
      shorter.classes = layer->in.h * layer->in.w * layer->in.c;
      uint8_t **codes = random_codes(net, seed);
      uint8_t image[5 * 5 * 4];
      uint8_t in[5 * 5 * 4];
      float logits[5 * 5 * 4];
      CU_ASSERT_FATAL(shorter.classes <= sizeof in);
      test_draw_bytes(&(test_draws){.seed = seed}, image, sizeof image);
      CU_ASSERT_EQUAL(
          bo_net_reference(&shorter, (const uint8_t *const *)codes, image, 1, logits, NULL), BO_OK);
      CU_ASSERT_EQUAL(
          bo_net_reference_input(net, (const uint8_t *const *)codes, image, last, in, NULL), BO_OK);
      for (uint32_t i = 0; i < shorter.classes; i++) {
        const int32_t level = in[i] - before->out_quant.zero_point;
        CU_ASSERT_EQUAL(logits[i], (float)level * before->out_quant.scale);
      }
      checked++;
      random_codes_free(net, codes);
    }
    bo_net_free(net);
  }
  CU_ASSERT(checked > 5);
}

static void the_first_layer_reads_the_image(void) {
  bo_net *net = random_net(3, (random_net_limits){1, 5, 4});
  const uint8_t image[5 * 5 * 4] = {1, 2, 3, 250};
  uint8_t in[5 * 5 * 4] = {0};
  CU_ASSERT_EQUAL(bo_net_reference_input(net, NULL, image, 0, in, NULL), BO_OK);
  CU_ASSERT_EQUAL(memcmp(in, image, (size_t)net->input.h * net->input.w * net->input.c), 0);
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_net_reference_input(net, NULL, image, 1, in, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "random: layer: expected 0..0, got 1"));
  bo_net_free(net);
}

static void every_failed_allocation_is_reported(void) {
  bo_net *net = random_net(5, (random_net_limits){6, 4, 4});
  float *logits = calloc(net->classes, sizeof *logits);
  uint8_t *input = calloc((size_t)net->input.h * net->input.w, net->input.c);
  unsigned failures = 0;
  for (bool failed = true; failed;) {
    bo_diag diag;
    fail_alloc_arm(failures);
    const bo_status status = bo_net_reference(net, NULL, input, 1, logits, &diag);
    failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    if (failed) {
      CU_ASSERT(same_text(diag.text, "random: no memory for the reference run"));
      failures++;
    }
  }
  CU_ASSERT_TRUE(failures >= 3);
  free(input);
  free(logits);
  bo_net_free(net);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(accumulator_is_scaled_rounded_half_to_even_and_shifted),
    BO_TEST(clamp_bounds_the_code_on_both_sides),
    BO_TEST(codes_saturate_even_when_the_product_is_infinite),
    BO_TEST(weights_lie_in_onnx_order_and_activations_channel_last),
    BO_TEST(padding_contributes_nothing_whatever_the_zero_points),
    BO_TEST(stride_dilation_and_uneven_padding_pick_the_taps),
    BO_TEST(groups_see_their_own_channels_only),
    BO_TEST(narrow_codes_decode_by_their_storage_format),
    BO_TEST(sum_is_rescaled_from_both_inputs),
    BO_TEST(padding_never_wins_a_maximum),
    BO_TEST(average_divides_by_the_taps_inside_or_by_all),
    BO_TEST(table_maps_each_code),
    BO_TEST(float_logits_are_neither_rounded_nor_clamped),
    BO_TEST(given_codes_replace_the_clean_ones_for_every_image),
    BO_TEST(layers_read_any_earlier_layer_or_the_input),
    BO_TEST(the_input_of_a_layer_is_the_output_of_the_one_before),
    BO_TEST(the_first_layer_reads_the_image),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
