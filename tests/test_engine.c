/* The fast engine against the plain reference: every logit, bit for bit. */
#include "accel/engine.h"
#include "accel/onednn_conv.h"
#include "accel/own_conv.h"
#include "base/pool.h"
#include "fail_alloc.h"
#include "random_net.h"
#include "test_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  RANDOM_NETS = 600,
  IMAGES = 5,
};

static const random_net_limits small_limits = {.layers = 6, .side = 9, .channels = 20};

/* @p pointer, which is not NULL: else there is nothing to test. */
static void *required(void *pointer) {
  if (pointer == NULL) {
    (void)fprintf(stderr, "test_engine: out of memory\n");
    exit(1);
  }
  return pointer;
}

static bool onednn_is_exact_here(void) {
  return bo_onednn_kernel() != NULL;
}

static size_t image_size(const bo_net *net) {
  return (size_t)net->input.h * net->input.w * net->input.c;
}

/* What the random networks contained: a test that never met a feature proves nothing of it. */
typedef struct coverage {
  unsigned ops[5];
  unsigned depthwise, grouped, dilated, strided, lopsided, input_zero, sloped, offset_binary,
      bits[9];
  unsigned float_logits;
  size_t distinct; /* networks whose logits are not all the same */
} coverage;

static void cover_conv(const bo_net *net, const bo_layer *layer, coverage *seen) {
  const bo_weights *weights = &net->weights[layer->weights];
  seen->depthwise += weights->groups > 1 && weights->groups == layer->in.c;
  seen->grouped += weights->groups > 1 && weights->groups < layer->in.c;
  seen->dilated += layer->window.dilation_h > 1 || layer->window.dilation_w > 1;
  seen->strided += layer->window.stride_h > 1 || layer->window.stride_w > 1;
  seen->lopsided += layer->window.pad_top != layer->window.pad_bottom ||
                    layer->window.pad_left != layer->window.pad_right;
  seen->input_zero += layer->in_quant[0].zero_point != 0;
  seen->sloped +=
      weights->bits == 8 && weights->zero_point[0] != 0 && weights->zero_point[0] != 128;
  seen->offset_binary += weights->storage == BO_STORAGE_OFFSET_BINARY;
  seen->bits[weights->bits]++;
}

static void cover(const bo_net *net, const float *logits, coverage *seen) {
  for (uint32_t i = 0; i < net->layers; i++) {
    seen->ops[net->layer[i].op]++;
    if (net->layer[i].op == BO_OP_CONV) {
      cover_conv(net, &net->layer[i], seen);
    }
  }
  seen->float_logits += net->float_logits;
  for (size_t i = 1; i < (size_t)IMAGES * net->classes; i++) {
    if (logits[i] != logits[0]) {
      seen->distinct++;
      break;
    }
  }
}

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static bool same_bits(const char *what, uint64_t seed, const float *got, const float *expected,
                      size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (bits_of(got[i]) != bits_of(expected[i])) {
      (void)printf("%s, seed %llu: logit %zu is %.9g, expected %.9g\n", what,
                   (unsigned long long)seed, i, (double)got[i], (double)expected[i]);
      return false;
    }
  }
  return true;
}

/* Runs @p codes (NULL: what the engine was made with) and compares. */
static bool engine_equals(const bo_net *net, bo_engine_kernel kernel, uint8_t *const *codes,
                          const uint8_t *input, const float *expected, uint64_t seed) {
  const size_t count = (size_t)IMAGES * net->classes;
  bo_diag diag;
  bo_engine *engine = NULL;
  float *logits = required(calloc(count + 1, sizeof *logits));
  bo_status status = bo_engine_new(&engine, net, kernel, &diag);
  if (status == BO_OK && codes != NULL) {
    status = bo_engine_load(engine, (const uint8_t *const *)codes, &diag);
  }
  if (status == BO_OK) {
    status = bo_engine_run(engine, input, IMAGES, logits, &diag);
  }
  if (status != BO_OK) {
    (void)printf("seed %llu: %s\n", (unsigned long long)seed, diag.text);
  }
  const bool same =
      status == BO_OK && same_bits(bo_engine_kernel_name(engine), seed, logits, expected, count);
  bo_engine_free(engine);
  free(logits);
  return same;
}

static bool all_engines_equal(const bo_net *net, uint8_t *const *codes, const uint8_t *input,
                              const float *expected, uint64_t seed) {
  return engine_equals(net, BO_ENGINE_OWN, codes, input, expected, seed) &&
         (!onednn_is_exact_here() ||
          engine_equals(net, BO_ENGINE_ONEDNN, codes, input, expected, seed));
}

/* Clean weights, then random ones, of one random network. */
static bool random_net_is_equal(uint64_t seed, coverage *seen) {
  bo_net *net = required(random_net(seed, small_limits));
  uint8_t **faulty = required(random_codes(net, seed));
  uint8_t *input = required(malloc(IMAGES * image_size(net)));
  float *expected = required(malloc((size_t)IMAGES * net->classes * sizeof *expected));
  test_draws draws = {.seed = seed ^ 0x1234};
  test_draw_bytes(&draws, input, IMAGES * image_size(net));
  bool same = true;
  for (int round = 0; round < 2 && same; round++) {
    uint8_t **codes = round == 0 ? NULL : faulty;
    CU_ASSERT_FATAL(bo_net_reference(net, (const uint8_t *const *)codes, input, IMAGES, expected,
                                     NULL) == BO_OK);
    same = all_engines_equal(net, codes, input, expected, seed);
  }
  cover(net, expected, seen);
  random_codes_free(net, faulty);
  free(input);
  free(expected);
  bo_net_free(net);
  return same;
}

static void random_networks_give_the_logits_of_the_reference(void) {
  coverage seen = {0};
  unsigned different = 0;
  for (uint64_t seed = 1; seed <= RANDOM_NETS && different < 5; seed++) {
    different += !random_net_is_equal(seed, &seen);
  }
  CU_ASSERT_EQUAL(different, 0);
  for (size_t op = 0; op < 5; op++) {
    CU_ASSERT(seen.ops[op] > 50);
  }
  for (size_t bits = 1; bits <= 8; bits++) {
    CU_ASSERT(seen.bits[bits] > 20);
  }
  CU_ASSERT(seen.depthwise > 20);
  CU_ASSERT(seen.grouped > 20);
  CU_ASSERT(seen.dilated > 20);
  CU_ASSERT(seen.strided > 20);
  CU_ASSERT(seen.lopsided > 20);
  CU_ASSERT(seen.input_zero > 20);
  CU_ASSERT(seen.sloped > 20);
  CU_ASSERT(seen.offset_binary > 20);
  CU_ASSERT(seen.float_logits > 20);
  CU_ASSERT(seen.distinct > RANDOM_NETS / 2);
}

/* --- a convolution of a chosen shape --- */

/* Caller-owned arrays of a net of one CONV layer with float logits. */
typedef struct one_conv {
  bo_net net;
  bo_layer layer;
  bo_weights weights;
} one_conv;

static void free_one_conv(one_conv *one) {
  free(one->weights.code);
  free(one->weights.zero_point);
  free(one->weights.scale);
  free(one->layer.bias);
  free(one->layer.multiplier);
  free(one->net.input_gain);
  free(one->net.input_offset);
}

/* 3x3 from @p channels to 8 on a map of 4x4, offset binary with zero-point @p zw, all codes @p
 * code. */
static void make_one_conv(one_conv *one, uint32_t channels, int32_t zw, uint8_t code) {
  enum {
    OUTPUTS = 8
  };
  *one = (one_conv){
      .net = {.name = (char *)"one", .input = {4, 4, channels}, .input_quant = {1.0F, 0}},
      .layer = {.op = BO_OP_CONV,
                .name = (char *)"conv",
                .input = {BO_NET_INPUT, BO_NET_INPUT},
                .in = {4, 4, channels},
                .out = {4, 4, OUTPUTS},
                .in_quant = {{1.0F, 0}, {1.0F, 0}},
                .out_quant = {1.0F, 0},
                .hi = 255,
                .window = {3, 3, 1, 1, 1, 1, 1, 1, 1, 1}},
      .weights = {.bits = 8, .groups = 1, .outputs = OUTPUTS, .inputs = channels * 9},
  };
  const size_t codes = (size_t)OUTPUTS * one->weights.inputs;
  one->weights.code = required(malloc(codes + 1));
  one->weights.zero_point = required(calloc(OUTPUTS, sizeof(int32_t)));
  one->weights.scale = required(calloc(OUTPUTS, sizeof(float)));
  one->layer.bias = required(calloc(OUTPUTS, sizeof(int32_t)));
  one->layer.multiplier = required(calloc(OUTPUTS, sizeof(float)));
  one->net.input_gain = required(calloc(channels, sizeof(float)));
  one->net.input_offset = required(calloc(channels, sizeof(float)));
  memset(one->weights.code, code, codes);
  for (size_t n = 0; n < OUTPUTS; n++) {
    one->weights.zero_point[n] = zw;
    one->weights.scale[n] = 1.0F;
    one->layer.bias[n] = -1234567 * (int32_t)n;
    /* A power of two keeps every bit of acc that fits a float: differences are seen. */
    one->layer.multiplier[n] = n % 2 == 0 ? 1.0F : -0.5F;
  }
  one->net.layers = 1;
  one->net.layer = &one->layer;
  one->net.weight_tensors = 1;
  one->net.weights = &one->weights;
  one->net.float_logits = true;
  one->net.classes = 4 * 4 * OUTPUTS;
}

/* All engines against the reference on inputs of @p lowest … 255. */
static bool one_layer_is_equal(const bo_net *net, uint8_t lowest, uint64_t seed) {
  const size_t size = IMAGES * image_size(net);
  uint8_t *input = required(malloc(size + 1));
  float *expected = required(calloc((size_t)IMAGES * net->classes + 1, sizeof *expected));
  test_draws draws = {.seed = seed};
  test_draw_bytes(&draws, input, size);
  for (size_t i = 0; i < size; i++) {
    input[i] = input[i] < lowest ? lowest : input[i];
  }
  CU_ASSERT_EQUAL(bo_net_reference(net, NULL, input, IMAGES, expected, NULL), BO_OK);
  const bool same = all_engines_equal(net, NULL, input, expected, seed);
  free(input);
  free(expected);
  return same;
}

static void sums_at_both_ends_of_what_an_accumulator_holds_are_exact(void) {
  const struct {
    uint32_t channels; /* 201: sums beyond 2^24, 2000: near 2^31 */
    int32_t zw;
    uint8_t code, lowest;
  } extremes[] = {{201, 0, 255, 255},  {201, 255, 0, 255}, {201, 128, 255, 255},
                  {201, 128, 0, 254},  {201, 1, 255, 255}, {2000, 0, 255, 255},
                  {2000, 255, 0, 254}, {2000, 1, 255, 255}};
  for (size_t i = 0; i < sizeof extremes / sizeof extremes[0]; i++) {
    one_conv one;
    make_one_conv(&one, extremes[i].channels, extremes[i].zw, extremes[i].code);
    for (size_t k = 0; k < (size_t)8 * one.weights.inputs; k += 7) {
      one.weights.code[k] ^= 1; /* odd sums, which float32 cannot hold there */
    }
    CU_ASSERT(one_layer_is_equal(&one.net, extremes[i].lowest, i));
    free_one_conv(&one);
  }
}

static uint32_t draw_u32(test_draws *draws, int32_t lo, int32_t hi) {
  return (uint32_t)test_draw_in(draws, lo, hi);
}

/* Places of a window on an axis; 0 if it does not fit. */
static uint32_t axis_places(uint32_t size, uint32_t kernel, uint32_t dilation, uint32_t stride,
                            uint32_t pads) {
  const uint32_t extent = (kernel - 1) * dilation + 1;
  return extent > size + pads ? 0 : (size + pads - extent) / stride + 1;
}

/* One layer with any window: padding beyond the kernel, dilation and stride at once. */
static void draw_one_layer(one_conv *one, test_draws *draws) {
  const bo_op ops[] = {BO_OP_CONV, BO_OP_CONV, BO_OP_MAX_POOL, BO_OP_AVG_POOL};
  make_one_conv(one, draw_u32(draws, 1, 6), test_draw_in(draws, 0, 255), 0);
  test_draw_bytes(draws, one->weights.code, (size_t)8 * one->weights.inputs);
  bo_layer *layer = &one->layer;
  layer->op = ops[draw_u32(draws, 0, 3)];
  layer->in.h = draw_u32(draws, 1, 7);
  layer->in.w = draw_u32(draws, 1, 7);
  layer->in_quant[0].zero_point = (uint8_t)(draw_u32(draws, 0, 1) * draw_u32(draws, 0, 255));
  layer->count_include_pad = draw_u32(draws, 0, 1);
  layer->window = (bo_window){
      .kernel_h = 3,
      .kernel_w = 3,
      .stride_h = draw_u32(draws, 1, 3),
      .stride_w = draw_u32(draws, 1, 3),
      .dilation_h = draw_u32(draws, 1, 3),
      .dilation_w = draw_u32(draws, 1, 3),
      .pad_top = draw_u32(draws, 0, 5),
      .pad_left = draw_u32(draws, 0, 5),
      .pad_bottom = draw_u32(draws, 0, 5),
      .pad_right = draw_u32(draws, 0, 5),
  };
  const bo_window *win = &layer->window;
  layer->out.h =
      axis_places(layer->in.h, 3, win->dilation_h, win->stride_h, win->pad_top + win->pad_bottom);
  layer->out.w =
      axis_places(layer->in.w, 3, win->dilation_w, win->stride_w, win->pad_left + win->pad_right);
  layer->out.c = layer->op == BO_OP_CONV ? 8 : layer->in.c;
  one->net.input = layer->in;
  one->net.float_logits = layer->op == BO_OP_CONV;
  one->net.classes = layer->out.h * layer->out.w * layer->out.c;
}

static void windows_of_any_shape_give_what_the_reference_gives(void) {
  unsigned ran[5] = {0};
  unsigned different = 0;
  test_draws draws = {.seed = 7};
  for (uint64_t i = 0; i < 1500 && different < 3; i++) {
    one_conv one;
    draw_one_layer(&one, &draws);
    if (bo_net_check(&one.net, NULL) == BO_OK) { /* windows that fit; no pool of padding alone */
      different += !one_layer_is_equal(&one.net, 0, i);
      ran[one.layer.op]++;
    }
    free_one_conv(&one);
  }
  CU_ASSERT_EQUAL(different, 0);
  CU_ASSERT(ran[BO_OP_CONV] > 300);
  CU_ASSERT(ran[BO_OP_MAX_POOL] > 50);
  CU_ASSERT(ran[BO_OP_AVG_POOL] > 50);
}

static void onednn_proves_itself_on_sums_beyond_24_bits(void) {
  if (!onednn_is_exact_here()) {
    return;
  }
  const bo_conv_kernel *kernel = bo_onednn_kernel();
  const bo_conv_shape shape = {
      .images = 2,
      .in = {7, 7, 128},
      .out = {7, 7, 128},
      .window = {3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
      .groups = 1,
  };
  void *state = NULL;
  CU_ASSERT_EQUAL(kernel->create(&state, &shape, NULL), BO_OK); /* what makes it worth having */
  kernel->destroy(state);
}

/* --- kernels against each other --- */

/* One convolution without padding and its operands. */
typedef struct operands {
  bo_conv_shape shape;
  size_t in, out, weights; /* elements */
  uint8_t *input;          /* and BO_CONV_SLACK bytes */
  int8_t *weight;
} operands;

static operands make_operands(uint32_t kernel, uint32_t side, uint32_t channels, uint32_t outputs) {
  operands all = {.shape = {.images = 3,
                            .in = {side + kernel - 1, side + kernel - 1, channels},
                            .out = {side, side, outputs},
                            .window = {kernel, kernel, 1, 1, 1, 1, 0, 0, 0, 0},
                            .groups = 1}};
  const bo_shape in = all.shape.in;
  all.in = (size_t)3 * in.h * in.w * in.c;
  all.out = (size_t)3 * side * side * outputs;
  all.weights = (size_t)outputs * bo_conv_inputs(&all.shape);
  all.input = required(malloc(all.in + BO_CONV_SLACK));
  all.weight = required(malloc(all.weights));
  return all;
}

static void free_operands(operands all) {
  free(all.input);
  free(all.weight);
}

/* What a kernel, already loaded with other weights once, makes of the operands. */
static int32_t *sums_of(const operands *all, bool vectors) {
  void *state = NULL;
  const bo_conv_kernel *own = bo_own_kernel(vectors);
  int32_t *acc = required(malloc((all->out + 1) * sizeof *acc));
  int8_t *other = required(malloc(all->weights));
  memset(other, -128, all->weights);
  CU_ASSERT_EQUAL_FATAL(own->create(&state, &all->shape, NULL), BO_OK);
  CU_ASSERT_EQUAL(own->load(state, other, NULL), BO_OK);
  CU_ASSERT_EQUAL(own->load(state, all->weight, NULL), BO_OK);
  CU_ASSERT_EQUAL(own->run(state, all->input, acc, NULL), BO_OK);
  own->destroy(state);
  free(other);
  return acc;
}

static bool plain_and_vectors_agree(const operands *all) {
  int32_t *plain = sums_of(all, false);
  int32_t *vectors = sums_of(all, true);
  const bool same = memcmp(plain, vectors, all->out * sizeof *plain) == 0;
  free(plain);
  free(vectors);
  return same;
}

static void plain_c_and_vector_code_of_the_own_kernel_give_the_same_sums(void) {
  test_draws draws = {.seed = 99};
  for (unsigned i = 0; i < 100; i++) {
    const uint32_t kernel = draw_u32(&draws, 1, 4);
    const uint32_t side = draw_u32(&draws, 1, 5);
    const uint32_t channels = draw_u32(&draws, 1, 70);
    const operands all = make_operands(kernel, side, channels, draw_u32(&draws, 1, 70));
    test_draw_bytes(&draws, all.input, all.in + BO_CONV_SLACK);
    test_draw_bytes(&draws, (uint8_t *)all.weight, all.weights);
    CU_ASSERT(plain_and_vectors_agree(&all));
    free_operands(all);
  }
}

static void weights_of_any_range_give_the_sums_of_plain_c(void) {
  const int32_t ranges[] = {1, 7, 8, 15, 16, 31, 32, 63, 64, 127};
  test_draws draws = {.seed = 5};
  for (unsigned i = 0; i < 200; i++) {
    const int32_t range = ranges[i % 10];
    const operands all =
        make_operands(draw_u32(&draws, 1, 3), 3, draw_u32(&draws, 1, 40), draw_u32(&draws, 1, 40));
    for (size_t k = 0; k < all.in + BO_CONV_SLACK; k++) {
      all.input[k] = (uint8_t)test_draw_in(&draws, i % 2 == 0 ? 250 : 0, 255);
    }
    for (size_t k = 0; k < all.weights; k++) { /* ends of the range, so that sums are large */
      all.weight[k] = (int8_t)(test_draw_in(&draws, 0, 9) == 0 ? -range : range);
    }
    CU_ASSERT(plain_and_vectors_agree(&all));
    const int32_t place = test_draw_in(&draws, 0, (int32_t)all.weights - 1);
    all.weight[place] = (int8_t)(-range - 1); /* one weight beyond */
    CU_ASSERT(plain_and_vectors_agree(&all));
    free_operands(all);
  }
}

/* All inputs 255, all weights the same: sums that every intermediate width must hold. */
static void largest_inputs_and_weights_give_the_product_worked_out_by_hand(void) {
  const int8_t weights[] = {-128, -127, -65, -64, -33, -32, -17, -16, -9, -8, -1,
                            0,    1,    8,   9,   16,  17,  32,  33,  64, 65, 127};
  for (size_t i = 0; i < sizeof weights; i++) {
    for (uint32_t channels = 1; channels <= 37; channels++) {
      const operands all = make_operands(2, 3, channels, channels); /* odd and even blocks */
      memset(all.input, 255, all.in + BO_CONV_SLACK);
      memset(all.weight, weights[i], all.weights);
      for (int vectors = 0; vectors < 2; vectors++) {
        int32_t *acc = sums_of(&all, vectors);
        size_t wrong = 0;
        for (size_t n = 0; n < all.out; n++) {
          wrong += acc[n] != 255 * 4 * (int32_t)channels * weights[i];
        }
        CU_ASSERT_EQUAL(wrong, 0);
        free(acc);
      }
      free_operands(all);
    }
  }
}

/* --- the engine's life --- */

static void any_number_of_images_gives_what_single_images_give(void) {
  bo_net *net = required(random_net(3, small_limits));
  enum {
    MANY = 150
  }; /* more than two batches, and not a multiple of one */
  uint8_t *input = required(malloc(MANY * image_size(net)));
  float *together = required(malloc((size_t)MANY * net->classes * sizeof *together));
  float *single = required(malloc((size_t)MANY * net->classes * sizeof *single));
  bo_engine *engine = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_engine_new(&engine, net, BO_ENGINE_AUTO, NULL), BO_OK);
  test_draws draws = {.seed = 3};
  test_draw_bytes(&draws, input, MANY * image_size(net));
  CU_ASSERT_EQUAL(bo_engine_run(engine, input, MANY, together, NULL), BO_OK);
  for (size_t i = 0; i < MANY; i++) {
    CU_ASSERT_EQUAL(
        bo_engine_run(engine, input + i * image_size(net), 1, single + i * net->classes, NULL),
        BO_OK);
  }
  CU_ASSERT(same_bits("one by one", 3, single, together, (size_t)MANY * net->classes));
  CU_ASSERT_EQUAL(bo_engine_run(engine, input, 0, NULL, NULL), BO_OK);
  bo_engine_free(engine);
  free(input);
  free(together);
  free(single);
  bo_net_free(net);
}

/* Engines that run at the same time, one a worker. */
typedef struct workers {
  const bo_net *net;
  const uint8_t *input;
  bo_engine *engine[2];
  float *logits[8]; /* of each job */
} workers;

static bo_status run_job(void *context, uint32_t worker, uint64_t job, bo_diag *diag) {
  const workers *all = context;
  return bo_engine_run(all->engine[worker], all->input, IMAGES, all->logits[job], diag);
}

static void two_threads_give_the_logits_of_one(void) {
  bo_net *net = required(random_net(11, small_limits));
  uint8_t *input = required(calloc(IMAGES, image_size(net)));
  const size_t size = (size_t)IMAGES * net->classes * sizeof(float);
  workers all = {.net = net, .input = input};
  test_draws draws = {.seed = 11};
  test_draw_bytes(&draws, input, IMAGES * image_size(net));
  for (int i = 0; i < 2; i++) {
    CU_ASSERT_EQUAL_FATAL(bo_engine_new(&all.engine[i], net, BO_ENGINE_AUTO, NULL), BO_OK);
  }
  for (int i = 0; i < 8; i++) {
    all.logits[i] = required(calloc(1, size));
  }
  CU_ASSERT_EQUAL(bo_pool_run(2, 8, run_job, &all, NULL), BO_OK);
  float *expected = required(calloc(1, size));
  CU_ASSERT_EQUAL(bo_net_reference(net, NULL, input, IMAGES, expected, NULL), BO_OK);
  for (int i = 0; i < 8; i++) {
    CU_ASSERT(same_bits("job", 11, all.logits[i], expected, (size_t)IMAGES * net->classes));
    free(all.logits[i]);
  }
  for (int i = 0; i < 2; i++) {
    bo_engine_free(all.engine[i]);
  }
  free(expected);
  free(input);
  bo_net_free(net);
}

/* Also run with an instruction set that oneDNN is not exact on: see accel.cmake. */
static void onednn_is_taken_where_it_is_exact_and_refused_elsewhere(void) {
  bo_net *net = required(random_net(5, small_limits));
  bo_engine *engine = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_engine_new(&engine, net, BO_ENGINE_AUTO, &diag), BO_OK);
  const bool is_onednn = strncmp(bo_engine_kernel_name(engine), "oneDNN ", 7) == 0;
  CU_ASSERT_EQUAL(is_onednn, onednn_is_exact_here());
  bo_engine_free(engine);
  const bo_status status = bo_engine_new(&engine, net, BO_ENGINE_ONEDNN, &diag);
  CU_ASSERT_EQUAL(status, onednn_is_exact_here() ? BO_OK : BO_E_INVALID);
  if (status != BO_OK) {
    CU_ASSERT_PTR_NULL(engine);
    CU_ASSERT_STRING_EQUAL(diag.text,
                           "kernel: oneDNN is not exact on this processor (needs VNNI or AMX)");
  }
  bo_engine_free(engine);
  bo_net_free(net);
}

static void a_network_that_breaks_its_rules_is_refused(void) {
  one_conv one;
  bo_engine *engine = NULL;
  bo_diag diag = {""};
  make_one_conv(&one, 3, 0, 1);
  one.layer.out.c = 9;
  CU_ASSERT_EQUAL(bo_engine_new(&engine, &one.net, BO_ENGINE_AUTO, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(engine);
  CU_ASSERT(strncmp(diag.text, "conv: ", 6) == 0);
  free_one_conv(&one);
}

static void padding_without_end_is_refused_instead_of_allocated(void) {
  one_conv one;
  bo_engine *engine = NULL;
  bo_diag diag = {""};
  make_one_conv(&one, 3, 0, 1);
  one.layer.window.pad_bottom = one.layer.window.stride_h = 1000000000;
  one.layer.window.pad_right = one.layer.window.stride_w = 1000000000;
  one.layer.out.h = 2;
  one.layer.out.w = 2;
  one.net.classes = 2 * 2 * 8;
  CU_ASSERT_EQUAL(bo_engine_new(&engine, &one.net, BO_ENGINE_OWN, &diag), BO_E_INVALID);
  CU_ASSERT_STRING_EQUAL(diag.text, "conv: a padded input of 1000000005x1000000005x3 is too large");
  free_one_conv(&one);
}

static void fail_each_allocation(bo_engine_kernel kernel) {
  bo_net *net = required(random_net(5, small_limits));
  unsigned k = 0;
  for (;; k++) {
    bo_engine *engine = NULL;
    fail_alloc_arm(k);
    const bo_status status = bo_engine_new(&engine, net, kernel, NULL);
    const bool failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    CU_ASSERT_EQUAL(engine == NULL, failed);
    bo_engine_free(engine);
    if (!failed) {
      break;
    }
  }
  CU_ASSERT(k > 10);
  bo_net_free(net);
}

static void every_failing_allocation_is_noticed(void) {
  fail_each_allocation(BO_ENGINE_OWN);
  if (onednn_is_exact_here()) {
    fail_each_allocation(BO_ENGINE_ONEDNN);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(random_networks_give_the_logits_of_the_reference),
    BO_TEST(sums_at_both_ends_of_what_an_accumulator_holds_are_exact),
    BO_TEST(windows_of_any_shape_give_what_the_reference_gives),
    BO_TEST(onednn_proves_itself_on_sums_beyond_24_bits),
    BO_TEST(plain_c_and_vector_code_of_the_own_kernel_give_the_same_sums),
    BO_TEST(weights_of_any_range_give_the_sums_of_plain_c),
    BO_TEST(largest_inputs_and_weights_give_the_product_worked_out_by_hand),
    BO_TEST(any_number_of_images_gives_what_single_images_give),
    BO_TEST(two_threads_give_the_logits_of_one),
    BO_TEST(onednn_is_taken_where_it_is_exact_and_refused_elsewhere),
    BO_TEST(a_network_that_breaks_its_rules_is_refused),
    BO_TEST(padding_without_end_is_refused_instead_of_allocated),
    BO_TEST(every_failing_allocation_is_noticed),
    CU_TEST_INFO_NULL,
};
