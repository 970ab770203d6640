/* The fast engine against the plain reference: every logit, bit for bit. */
#include "accel/engine.h"
#include "accel/onednn_conv.h"
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

static bool onednn_is_exact_here(void) {
  return bo_onednn_kernel() != NULL;
}

static size_t image_size(const bo_net *net) {
  return (size_t)net->input.h * net->input.w * net->input.c;
}

/** What the random networks contained: a test that never met a feature proves nothing of it. */
typedef struct coverage {
  unsigned ops[5];
  unsigned depthwise, grouped, dilated, strided, lopsided, input_zero, sloped, offset_binary,
      bits[9];
  unsigned float_logits, wide; /* wide: sums beyond 2^24 */
  size_t distinct;             /* networks whose logits are not all the same */
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

static bool same_bits(const char *what, uint64_t seed, const float *got, const float *expected,
                      size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (memcmp(&got[i], &expected[i], sizeof got[i]) != 0) {
      (void)printf("%s, seed %llu: logit %zu is %.9g, expected %.9g\n", what,
                   (unsigned long long)seed, i, (double)got[i], (double)expected[i]);
      return false;
    }
  }
  return true;
}

/** Runs @p codes (NULL: what the engine was made with) and compares. */
static bool engine_equals(const bo_net *net, bo_engine_kernel kernel, uint8_t *const *codes,
                          const uint8_t *input, const float *expected, uint64_t seed) {
  const size_t count = (size_t)IMAGES * net->classes;
  bo_diag diag;
  bo_engine *engine = NULL;
  float *logits = malloc(count * sizeof *logits);
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
  const bool same = status == BO_OK && logits != NULL &&
                    same_bits(bo_engine_kernel_name(engine), seed, logits, expected, count);
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

/** Clean weights, then random ones, of one random network. */
static bool random_net_is_equal(uint64_t seed, coverage *seen) {
  bo_net *net = random_net(seed, small_limits);
  CU_ASSERT_PTR_NOT_NULL_FATAL(net);
  uint8_t **faulty = random_codes(net, seed);
  uint8_t *input = malloc(IMAGES * image_size(net));
  float *expected = malloc((size_t)IMAGES * net->classes * sizeof *expected);
  CU_ASSERT_FATAL(faulty != NULL && input != NULL && expected != NULL);
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

CU_TestInfo suite_tests[] = {
    BO_TEST(random_networks_give_the_logits_of_the_reference),
    CU_TEST_INFO_NULL,
};
