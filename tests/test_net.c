#include "net/net.h"
#include "random_net.h"
#include "test_suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const random_net_limits small = {8, 9, 8};

/* A network of two layers, 2x2x1 -> conv 2x2 -> 1x1x1 -> table, for the refusals. */
typedef struct pair {
  bo_net net;
  bo_layer layer[2];
  bo_weights weights;
  uint8_t code[4];
  int32_t weight_zero, bias;
  float weight_scale, gain, offset, multiplier;
} pair;

static void pair_init(pair *p) {
  *p = (pair){.weight_scale = 1.0F, .gain = 1.0F, .multiplier = 1.0F};
  p->weights = (bo_weights){.storage = BO_STORAGE_TWOS_COMPLEMENT,
                            .bits = 4,
                            .groups = 1,
                            .outputs = 1,
                            .inputs = 4,
                            .code = p->code,
                            .zero_point = &p->weight_zero,
                            .scale = &p->weight_scale};
  p->layer[0] = (bo_layer){.op = BO_OP_CONV,
                           .name = "conv",
                           .input = {BO_NET_INPUT, 0},
                           .in = {2, 2, 1},
                           .out = {1, 1, 1},
                           .in_quant = {{1.0F, 0}},
                           .out_quant = {1.0F, 0},
                           .hi = 255,
                           .window = {2, 2, 1, 1, 1, 1, 0, 0, 0, 0},
                           .bias = &p->bias,
                           .multiplier = &p->multiplier};
  p->layer[1] = (bo_layer){.op = BO_OP_TABLE,
                           .name = "table",
                           .in = {1, 1, 1},
                           .out = {1, 1, 1},
                           .in_quant = {{1.0F, 0}},
                           .out_quant = {1.0F, 0},
                           .hi = 255};
  p->net = (bo_net){.name = "pair",
                    .input = {2, 2, 1},
                    .input_quant = {1.0F, 0},
                    .input_gain = &p->gain,
                    .input_offset = &p->offset,
                    .layers = 2,
                    .weight_tensors = 1,
                    .layer = p->layer,
                    .weights = &p->weights,
                    .classes = 1};
}

static void expect_refusal(const pair *p, const char *text) {
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_net_check(&p->net, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, text));
}

static void the_pair_itself_is_accepted(void) {
  pair p;
  pair_init(&p);
  CU_ASSERT_EQUAL(bo_net_check(&p.net, NULL), BO_OK);
}

static void accumulator_bound_is_exact(void) {
  pair p;
  pair_init(&p);
  p.bias = INT32_MAX - 4 * 255 * 255;
  CU_ASSERT_EQUAL(bo_net_check(&p.net, NULL), BO_OK);
  p.bias = -p.bias;
  CU_ASSERT_EQUAL(bo_net_check(&p.net, NULL), BO_OK);
  --p.bias;
  expect_refusal(&p, "conv: channel 0: 4 products and a bias of -2147223548 can leave int32");
  p.bias = INT32_MIN;
  expect_refusal(&p, "conv: channel 0: 4 products and a bias of -2147483648 can leave int32");
}

static void windows_that_do_not_fit_are_refused(void) {
  pair p;
  pair_init(&p);
  p.layer[0].window.pad_left = 1;
  expect_refusal(&p, "conv: the window on 2x2 gives 1x2 positions, the layer has 1x1");
  p.layer[0].window.stride_w = 2;
  CU_ASSERT_EQUAL(bo_net_check(&p.net, NULL), BO_OK);
  p.layer[0].window.dilation_h = UINT32_MAX;
  expect_refusal(&p, "conv: the window on 2x2 gives 0x1 positions, the layer has 1x1");
  p.layer[0].window.dilation_h = 0;
  expect_refusal(&p, "conv: the window on 2x2 gives 0x1 positions, the layer has 1x1");
  pair_init(&p);
  p.layer[0].window.kernel_h = 3;
  p.layer[0].window.pad_bottom = 1;
  expect_refusal(&p, "conv: 4 weights an output in 1 groups, expected 1 channels x 3x2");
}

static void pools_without_a_tap_in_the_input_are_refused(void) {
  pair p;
  pair_init(&p);
  p.layer[0].op = BO_OP_MAX_POOL;
  CU_ASSERT_EQUAL(bo_net_check(&p.net, NULL), BO_OK);
  p.layer[0].window.pad_top = 3;
  p.layer[0].window.stride_h = 4;
  expect_refusal(&p, "conv: a pooling window lies wholly in the padding");
  /* a dilated window can straddle the whole input */
  pair_init(&p);
  p.layer[0].op = BO_OP_AVG_POOL;
  p.layer[0].window.dilation_h = 3;
  p.layer[0].window.pad_top = p.layer[0].window.pad_bottom = 1;
  expect_refusal(&p, "conv: a pooling window lies wholly in the padding");
  p.layer[0].window.kernel_h = p.layer[0].window.kernel_w = 3000;
  expect_refusal(&p, "conv: the sum of the window can leave int32");
}

static void wiring_faults_are_refused(void) {
  pair p;
  pair_init(&p);
  p.layer[1].input[0] = 1;
  expect_refusal(&p, "table: input 1 is not an earlier layer");
  p.layer[1].input[0] = -2;
  expect_refusal(&p, "table: input -2 is not an earlier layer");
  p.layer[1].input[0] = BO_NET_INPUT;
  expect_refusal(&p, "table: expected an input of 1x1x1, got 2x2x1");
  pair_init(&p);
  p.net.classes = 2;
  expect_refusal(&p, "pair: 2 classes, but the last layer has 1 outputs");
  p.net.classes = 1;
  p.net.float_logits = true;
  expect_refusal(&p, "table: only a convolution leaves float logits");
  p.net.layers = 0;
  expect_refusal(&p, "network: name or layers are missing");
  pair_init(&p);
  p.net.weight_tensors = 0;
  expect_refusal(&p, "conv: weights, bias or multiplier are missing");
  pair_init(&p);
  p.layer[0].out = p.layer[1].in = p.layer[1].out = (bo_shape){12000, 12000, 1};
  p.layer[0].window = (bo_window){2, 2, 1, 1, 1, 1, 11999, 11999, 0, 0};
  expect_refusal(&p, "table: the activations up to here are more than 268435456");
  pair_init(&p);
  p.layer[0].op = BO_OP_MAX_POOL; /* 2048^2 windows of 2047^2 taps, most of them in the padding */
  p.layer[0].out = p.layer[1].in = p.layer[1].out = (bo_shape){2048, 2048, 1};
  p.layer[0].window = (bo_window){2047, 2047, 1, 1, 1, 1, 2046, 2046, 2046, 2046};
  expect_refusal(&p, "conv: an image takes more than 1099511627776 products and window taps up to "
                     "here");
  pair_init(&p);
  p.layer[1].out = (bo_shape){1, 1, 2};
  expect_refusal(&p, "table: a table keeps its shape and has no clamp");
  p.layer[1].out = (bo_shape){65536, 65536, 65536};
  expect_refusal(&p, "table: output of 65536x65536x65536 is empty or too large");
  p.layer[1].op = BO_OP_ADD;
  p.layer[1].out = (bo_shape){1, 1, 2};
  p.layer[1].in_quant[1].scale = 1.0F;
  expect_refusal(&p, "table: shapes of Add differ");
  p.layer[1].op = (bo_op)9;
  expect_refusal(&p, "table: unknown operation 9");
  p.layer[1].name = NULL;
  expect_refusal(&p, "layer 1 has no name");
}

static void quantisation_faults_are_refused(void) {
  pair p;
  pair_init(&p);
  p.layer[0].in_quant[0].scale = 0.0F;
  expect_refusal(&p, "conv: scale of the input must be positive and finite");
  pair_init(&p);
  p.layer[0].out_quant.scale = NAN;
  expect_refusal(&p, "conv: scale of the output must be positive and finite");
  pair_init(&p);
  p.multiplier = INFINITY;
  expect_refusal(&p, "conv: channel 0: multiplier is not finite");
  pair_init(&p);
  p.layer[0].lo = 5;
  p.layer[0].hi = 4;
  expect_refusal(&p, "conv: clamps to 5 ... 4, which is empty");
  pair_init(&p);
  p.gain = NAN;
  expect_refusal(&p, "pair: gain or offset of input channel 0 is not finite");
  pair_init(&p);
  p.net.input_quant.scale = -1.0F;
  expect_refusal(&p, "pair: input of 2x2x1 or its quantisation is not valid");
}

static void weights_outside_their_bits_are_refused(void) {
  pair p;
  pair_init(&p);
  p.code[3] = 16;
  expect_refusal(&p, "weights 0: code 3 is wider than 4 bits");
  p.code[3] = 15;
  p.weight_zero = 8;
  expect_refusal(&p, "weights 0: output 0: scale or zero-point 8 is out of range");
  p.weight_zero = -8;
  CU_ASSERT_EQUAL(bo_net_check(&p.net, NULL), BO_OK);
  p.weights.storage = BO_STORAGE_OFFSET_BINARY;
  expect_refusal(&p, "weights 0: output 0: scale or zero-point -8 is out of range");
  p.weights.bits = 9;
  expect_refusal(&p, "weights 0: expected 1 ... 8 bits, got 9");
  p.weights.bits = 4;
  p.weights.inputs = 0;
  expect_refusal(&p, "weights 0: 1x1x0 codes are none or too many");
  p.weights.code = NULL;
  expect_refusal(&p, "weights 0: codes, scale or zero-point are missing");
}

static void random_networks_are_accepted_and_use_every_operation(void) {
  unsigned seen[5] = {0};
  unsigned grouped = 0;
  unsigned shared = 0;
  for (uint64_t seed = 0; seed < 300; seed++) {
    bo_net *net = random_net(seed, small);
    bo_diag diag = {""};
    CU_ASSERT_EQUAL(bo_net_check(net, &diag), BO_OK);
    CU_ASSERT(same_text(diag.text, ""));
    uint32_t convs = 0;
    for (uint32_t i = 0; i < net->layers; i++) {
      seen[net->layer[i].op]++;
      if (net->layer[i].op == BO_OP_CONV) {
        convs++;
        grouped += net->weights[net->layer[i].weights].groups > 1;
      }
    }
    shared += convs > net->weight_tensors;
    bo_net_free(net);
  }
  for (size_t op = 0; op < 5; op++) {
    CU_ASSERT_TRUE(seen[op] > 20);
  }
  CU_ASSERT_TRUE(grouped > 20);
  CU_ASSERT_TRUE(shared > 5);
}

static void random_networks_answer_to_input_and_weights(void) {
  unsigned by_input = 0;
  unsigned by_weights = 0;
  for (uint64_t seed = 0; seed < 40; seed++) {
    bo_net *net = random_net(seed, small);
    const size_t size = (size_t)net->input.h * net->input.w * net->input.c;
    uint8_t *input = malloc(2 * size);
    float *logits = calloc((size_t)net->classes * 3, sizeof *logits);
    uint8_t **codes = random_codes(net, seed + 1000);
    if (input == NULL || logits == NULL) {
      abort();
    }
    test_draw_bytes(&(test_draws){.seed = seed}, input, 2 * size);
    CU_ASSERT_EQUAL(bo_net_reference(net, NULL, input, 2, logits, NULL), BO_OK);
    CU_ASSERT_EQUAL(bo_net_reference(net, (const uint8_t *const *)codes, input, 1,
                                     logits + 2 * (size_t)net->classes, NULL),
                    BO_OK);
    const size_t bytes = net->classes * sizeof *logits;
    by_input += memcmp(logits, logits + net->classes, bytes) != 0;
    by_weights += memcmp(logits, logits + 2 * (size_t)net->classes, bytes) != 0;
    random_codes_free(net, codes);
    free(logits);
    free(input);
    bo_net_free(net);
  }
  CU_ASSERT_TRUE(by_input > 25);
  CU_ASSERT_TRUE(by_weights > 20);
}

static void macs_are_positions_times_outputs_times_inputs(void) {
  pair p;
  pair_init(&p);
  CU_ASSERT_EQUAL(bo_net_macs(&p.net), 4);
  p.layer[0].out = (bo_shape){3, 5, 7}; /* x 4 inputs */
  CU_ASSERT_EQUAL(bo_net_macs(&p.net), 420);
}

static void patterns_decode_by_storage_and_bits(void) {
  bo_weights weights = {.storage = BO_STORAGE_OFFSET_BINARY, .bits = 8};
  CU_ASSERT_EQUAL(bo_weights_decode(&weights, 255), 255);
  weights.storage = BO_STORAGE_TWOS_COMPLEMENT;
  CU_ASSERT_EQUAL(bo_weights_decode(&weights, 255), -1);
  CU_ASSERT_EQUAL(bo_weights_decode(&weights, 128), -128);
  CU_ASSERT_EQUAL(bo_weights_decode(&weights, 127), 127);
  weights.bits = 4;
  CU_ASSERT_EQUAL(bo_weights_decode(&weights, 8), -8);
  CU_ASSERT_EQUAL(bo_weights_decode(&weights, 7), 7);
  weights.bits = 1;
  CU_ASSERT_EQUAL(bo_weights_decode(&weights, 1), -1);
}

static void pixels_become_codes_channel_last(void) {
  float gain[2] = {2.0F, 1.0F};
  float offset[2] = {0.0F, -1.0F};
  const bo_net net = {
      .input = {1, 3, 2}, .input_quant = {0.5F, 10}, .input_gain = gain, .input_offset = offset};
  const float pixels[] = {0.0F, 0.125F, 1000.0F, /* channel 1: */ 1.0F, -1000.0F, NAN};
  uint8_t codes[6];
  bo_net_quantize_f32(&net, pixels, 1, codes);
  /* 0.125 * 2 / 0.5 = 0.5 -> 0 (even) */
  const uint8_t expected[] = {10, 10, 10, 0, 255, 0};
  CU_ASSERT_EQUAL(memcmp(codes, expected, sizeof expected), 0);
}

static void byte_pixels_equal_their_floats(void) {
  float gain[2] = {3.1F, 0.7F};
  float offset[2] = {-0.3F, 0.2F};
  const bo_net net = {.input = {8, 16, 2},
                      .input_quant = {0.0123F, 31},
                      .input_gain = gain,
                      .input_offset = offset};
  enum {
    IMAGES = 3,
    PIXELS = IMAGES * 8 * 16 * 2
  };
  uint8_t bytes[PIXELS];
  float floats[PIXELS];
  uint8_t from_bytes[PIXELS];
  uint8_t from_floats[PIXELS];
  for (size_t i = 0; i < PIXELS; i++) {
    bytes[i] = (uint8_t)(i * 7);
    floats[i] = (float)bytes[i] / 255.0F;
  }
  bo_net_quantize_u8(&net, bytes, IMAGES, from_bytes);
  bo_net_quantize_f32(&net, floats, IMAGES, from_floats);
  CU_ASSERT_EQUAL(memcmp(from_bytes, from_floats, PIXELS), 0);
  CU_ASSERT_NOT_EQUAL(from_bytes[0], from_bytes[2]);
}

/* In a scale of twice the pixel its code is the tie 0.5, which goes to 0; a bit more would give 1.
 */
static void a_byte_pixel_is_its_part_of_255_to_the_last_bit(void) {
  float gain = 1.0F;
  float offset = 0.0F;
  for (uint32_t pixel = 1; pixel <= 255; pixel++) {
    const bo_net net = {.input = {1, 1, 1},
                        .input_quant = {2.0F * ((float)pixel / 255.0F), 0},
                        .input_gain = &gain,
                        .input_offset = &offset};
    const uint8_t byte = (uint8_t)pixel;
    uint8_t code = 255;
    bo_net_quantize_u8(&net, &byte, 1, &code);
    CU_ASSERT_EQUAL(code, 0);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_pair_itself_is_accepted),
    BO_TEST(accumulator_bound_is_exact),
    BO_TEST(windows_that_do_not_fit_are_refused),
    BO_TEST(pools_without_a_tap_in_the_input_are_refused),
    BO_TEST(wiring_faults_are_refused),
    BO_TEST(quantisation_faults_are_refused),
    BO_TEST(weights_outside_their_bits_are_refused),
    BO_TEST(random_networks_are_accepted_and_use_every_operation),
    BO_TEST(random_networks_answer_to_input_and_weights),
    BO_TEST(macs_are_positions_times_outputs_times_inputs),
    BO_TEST(patterns_decode_by_storage_and_bits),
    BO_TEST(pixels_become_codes_channel_last),
    BO_TEST(byte_pixels_equal_their_floats),
    BO_TEST(a_byte_pixel_is_its_part_of_255_to_the_last_bit),
    CU_TEST_INFO_NULL,
};
