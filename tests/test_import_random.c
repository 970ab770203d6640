/*
 * Random ONNX graphs, imported and run by the reference network, against the ONNX interpreter on
 * the same graph.
 */
#include "net/net.h"
#include "net/onnx_import.h"
#include "net/onnx_run.h"
#include "random_onnx.h"
#include "test_suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  GRAPHS = 400,
};

/* What a run over many graphs saw. */
typedef struct tally {
  size_t graphs, outputs, different, far; /* far: graphs off by more than a step in some output */
  size_t layers[5], narrow, per_channel, coded_ends, lively;
} tally;

static void *must_alloc(size_t count, size_t size) {
  void *memory = calloc(count == 0 ? 1 : count, size);
  if (memory == NULL) {
    abort();
  }
  return memory;
}

static void count_layers(tally *t, const bo_net *net) {
  for (uint32_t i = 0; i < net->layers; i++) {
    t->layers[net->layer[i].op]++;
  }
  for (uint32_t i = 0; i < net->weight_tensors; i++) {
    const bo_weights *weights = &net->weights[i];
    t->narrow += weights->bits == 4;
    t->per_channel += weights->outputs > 1 && weights->scale[0] != weights->scale[1];
  }
  t->coded_ends += !net->float_logits;
}

/* Smallest step that matters in logit n: a code, or 1 of the accumulator. */
static double step_of(const bo_net *net, uint32_t n) {
  const bo_layer *last = &net->layer[net->layers - 1];
  return fabs((double)(net->float_logits ? last->multiplier[n] : last->out_quant.scale));
}

static void compare(tally *t, const bo_net *net, const float *got, const float *expected,
                    uint64_t seed, bool must_equal) {
  bool lively = false;
  bool far = false;
  for (uint32_t n = 0; n < net->classes; n++) {
    const double difference = fabs((double)got[n] - (double)expected[n]);
    const double steps = difference / step_of(net, n);
    lively = lively || got[n] != got[0];
    t->outputs++;
    t->different += difference != 0.0;
    far = far || steps > 1.01;
    if (difference != 0.0 && must_equal) {
      (void)printf("graph %llu: output %u: expected %.9g, got %.9g (%g steps)\n",
                   (unsigned long long)seed, n, (double)expected[n], (double)got[n], steps);
    }
  }
  t->graphs++;
  t->lively += lively;
  t->far += far;
}

static void run_graph(tally *t, uint64_t seed, random_onnx_style style) {
  const random_onnx_graph graph = random_onnx(seed, style);
  bo_onnx_model *model = onnx_builder_model(graph.builder);
  bo_net *net = NULL;
  bo_diag diag = {""};
  const bo_status status = bo_net_import(&net, model, "random", &diag);
  if (status != BO_OK) {
    (void)printf("graph %llu: %s\n", (unsigned long long)seed, diag.text);
  }
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  count_layers(t, net);

  bo_tensor input;
  bo_tensor output = {0};
  const int64_t dims[] = {1, graph.c, graph.h, graph.w};
  CU_ASSERT_EQUAL_FATAL(bo_tensor_init(&input, BO_F32, 4, dims, &diag), BO_OK);
  test_draws draws = {.seed = seed + 77};
  for (size_t i = 0; i < input.count; i++) {
    ((float *)input.data)[i] = (float)test_draw_in(&draws, 0, 255) / 256.0F;
  }
  const bo_status run = bo_onnx_run(model, &input, &output, &diag);
  if (run != BO_OK) {
    (void)printf("graph %llu: %s\n", (unsigned long long)seed, diag.text);
  }
  CU_ASSERT_EQUAL_FATAL(run, BO_OK);
  CU_ASSERT_EQUAL_FATAL(output.count, net->classes);

  uint8_t *codes = must_alloc(input.count, 1);
  float *logits = must_alloc(net->classes, sizeof *logits);
  bo_net_quantize_f32(net, input.data, 1, codes);
  CU_ASSERT_EQUAL(bo_net_reference(net, NULL, codes, 1, logits, &diag), BO_OK);
  compare(t, net, logits, output.data, seed, style != RANDOM_QDQ);
  free(logits);
  free(codes);
  bo_tensor_free(&output);
  bo_tensor_free(&input);
  bo_net_free(net);
  bo_onnx_model_free(model);
  onnx_builder_free(graph.builder);
}

static tally run_style(random_onnx_style style, const char *name) {
  tally t = {0};
  for (uint64_t seed = 0; seed < GRAPHS; seed++) {
    run_graph(&t, seed, style);
  }
  (void)printf("%s: %d graphs, %zu outputs, %zu differ, %zu graphs by more than a step; "
               "layers: %zu conv %zu add %zu max %zu avg %zu table; ",
               name, GRAPHS, t.outputs, t.different, t.far, t.layers[0], t.layers[1], t.layers[2],
               t.layers[3], t.layers[4]);
  /* Not vacuous: most graphs answer differently in different outputs, and all kinds occur. */
  CU_ASSERT_TRUE(t.lively * 10 > t.graphs * 8);
  CU_ASSERT_TRUE(t.layers[BO_OP_CONV] > 2 * t.graphs);
  for (size_t op = 1; op < 5; op++) {
    CU_ASSERT_TRUE(t.layers[op] > 20);
  }
  CU_ASSERT_TRUE(t.narrow > 50);
  CU_ASSERT_TRUE(t.per_channel > 50);
  return t;
}

static void integer_graphs_give_the_same_codes(void) {
  const tally t = run_style(RANDOM_QOPERATOR, "QOperator");
  CU_ASSERT_EQUAL(t.different, 0);
}

static void float_graphs_give_the_same_codes_where_float32_is_exact(void) {
  const tally t = run_style(RANDOM_QDQ_EXACT, "QDQ, exact");
  CU_ASSERT_EQUAL(t.different, 0);
  CU_ASSERT_TRUE(t.coded_ends > 50 && t.coded_ends < GRAPHS - 50);
}

static void float_graphs_differ_by_rounding_only(void) {
  const tally t = run_style(RANDOM_QDQ, "QDQ");
  /* Where one code inside falls on the other side of a tie, many logits move. */
  CU_ASSERT_TRUE(t.far * 100 <= GRAPHS);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(integer_graphs_give_the_same_codes),
    BO_TEST(float_graphs_give_the_same_codes_where_float32_is_exact),
    BO_TEST(float_graphs_differ_by_rounding_only),
    CU_TEST_INFO_NULL,
};
