/* Operators beyond ONNX's node tests: worked by hand, or by NumPy (tests/golden/onnx_ops.py). */
#include "fail_alloc.h"
#include "net/onnx_ops.h"
#include "net/onnx_run.h"
#include "net/requant.h"
#include "onnx_writer.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of TensorProto.DataType. */
enum {
  ONNX_FLOAT = 1,
  ONNX_UINT8 = 2,
  ONNX_INT8 = 3,
  ONNX_INT32 = 6,
  ONNX_INT64 = 7,
};

/* A constant of the graph as a row of numbers, or with a shape. */
static void add_constant(wire *graph, const char *name, int32_t type, uint32_t rank,
                         const int64_t *dims, const double *values) {
  uint8_t raw[256];
  size_t size = 0;
  size_t count = 1;
  for (uint32_t d = 0; d < rank; d++) {
    count *= (size_t)dims[d];
  }
  for (size_t i = 0; i < count; i++) {
    const float real = (float)values[i];
    const int64_t integer = type == ONNX_FLOAT ? 0 : (int64_t)values[i];
    const size_t width = type == ONNX_INT64 ? 8 : type == ONNX_FLOAT || type == ONNX_INT32 ? 4 : 1;
    if (size + width > sizeof raw) {
      abort();
    }
    memcpy(raw + size, type == ONNX_FLOAT ? (const void *)&real : (const void *)&integer, width);
    size += width;
  }
  graph_add_constant(graph, onnx_tensor(name, type, rank, dims, raw, size));
}

static void add_row(wire *graph, const char *name, int32_t type, int64_t count,
                    const double *values) {
  add_constant(graph, name, type, 1, &count, values);
}

static void add_scalar(wire *graph, const char *name, int32_t type, double value) {
  add_constant(graph, name, type, 0, NULL, &value);
}

/* Runs a graph of constants and one node, whose output is y. */
static bo_status run_graph(bo_tensor *y, wire graph, wire node, int64_t opset, bo_diag *diag) {
  graph_add_node(&graph, node);
  graph_add_output(&graph, "y");
  const wire file = onnx_model_of(&graph, opset);
  bo_onnx_model *model = NULL;
  *y = (bo_tensor){0};
  bo_status status = bo_onnx_model_parse(&model, "m", file.data, file.size, diag);
  status = status == BO_OK ? bo_onnx_run(model, NULL, y, diag) : status;
  bo_onnx_model_free(model);
  return status;
}

static void check_values(const wire *graph, wire node, int64_t opset, bo_dtype dtype, size_t count,
                         const double *expected) {
  bo_tensor y;
  bo_diag diag = {{0}};
  if (run_graph(&y, *graph, node, opset, &diag) != BO_OK) {
    (void)fprintf(stderr, "%s\n", diag.text);
    CU_FAIL("refused");
    return;
  }
  CU_ASSERT_EQUAL(y.dtype, dtype);
  CU_ASSERT_EQUAL(y.count, count);
  for (size_t i = 0; i < count && i < y.count; i++) {
    if (bo_tensor_real(&y, i) != expected[i]) {
      (void)fprintf(stderr, "element %zu: expected %g, got %g\n", i, expected[i],
                    bo_tensor_real(&y, i));
      CU_FAIL("another value");
    }
  }
  bo_tensor_free(&y);
}

static void check_refused(const wire *graph, wire node, int64_t opset, const char *text) {
  bo_tensor y;
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL(run_graph(&y, *graph, node, opset, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, text));
  CU_ASSERT_PTR_NULL(y.data);
}

static void codes_round_halves_to_even_and_saturate(void) {
  CU_ASSERT_EQUAL(bo_requant(1, 0.5F, 0, -128, 127), 0);
  CU_ASSERT_EQUAL(bo_requant(3, 0.5F, 0, -128, 127), 2);
  CU_ASSERT_EQUAL(bo_requant(5, 0.5F, 0, -128, 127), 2);
  CU_ASSERT_EQUAL(bo_requant(-1, 0.5F, 0, -128, 127), 0);
  CU_ASSERT_EQUAL(bo_requant(-3, 0.5F, 0, -128, 127), -2);
  CU_ASSERT_EQUAL(bo_requant(3, 0.5F, 1, -128, 127), 3); /* rounds before the zero-point: 1.5 */
  CU_ASSERT_EQUAL(bo_requant(254, 0.5F, 128, 0, 255), 255);
  CU_ASSERT_EQUAL(bo_requant(253, 0.5F, 128, 0, 255), 254); /* 126.5: to even */
  CU_ASSERT_EQUAL(bo_requant(-256, 0.5F, 128, 0, 255), 0);
  CU_ASSERT_EQUAL(bo_requant(-254, 0.5F, 128, 0, 255), 1);
}

static void codes_of_numbers_beyond_int32_are_the_limits(void) {
  CU_ASSERT_EQUAL(bo_requant(INT32_MAX, 1e30F, 3, 0, 255), 255);
  CU_ASSERT_EQUAL(bo_requant(INT32_MIN, 1e30F, 3, 0, 255), 0);
  CU_ASSERT_EQUAL(bo_requant(INT32_MAX, 1, 127, -128, 127), 127);
  CU_ASSERT_EQUAL(bo_requant(INT32_MIN, 1, -128, -128, 127), -128);
  CU_ASSERT_EQUAL(bo_requant(1, INFINITY, 0, -128, 127), 127);
  CU_ASSERT_EQUAL(bo_requant(-1, INFINITY, 0, -128, 127), -128);
  CU_ASSERT_EQUAL(bo_requant(0, INFINITY, 0, -128, 127), -128); /* NaN */
  CU_ASSERT_EQUAL(bo_requant(1, NAN, 7, 0, 255), 0);
}

/* Each file computes y, and holds what NumPy made of the same constants. */
static void quantised_operators_equal_numpy(void) {
  static const char *const names[] = {
      "conv_integer_per_channel",
      "dequantize_linear_int32",
      "max_pool_int8",
      "qgemm_codes",
      "qgemm_float",
      "qlinear_add_int8",
      "qlinear_add_uint8",
      "qlinear_average_pool_exclude_pad",
      "qlinear_average_pool_include_pad",
      "qlinear_conv_depthwise",
      "qlinear_conv_dilated",
      "qlinear_conv_grouped",
      "qlinear_conv_per_channel",
      "qlinear_global_average_pool",
      "qlinear_matmul_per_column",
      "quantize_linear_int8_axis",
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[512];
    bo_diag diag = {{0}};
    bo_onnx_model *model = NULL;
    bo_tensor out[2] = {{0}, {0}};
    (void)snprintf(path, sizeof path, "%s/tests/golden/onnx_%s.onnx", BO_SOURCE_DIR, names[i]);
    bo_status status = bo_onnx_model_load(&model, path, &diag);
    status = status == BO_OK ? bo_onnx_run(model, NULL, out, &diag) : status;
    const bool equal =
        status == BO_OK && out[0].dtype == out[1].dtype && out[0].rank == out[1].rank &&
        out[0].count > 0 && memcmp(out[0].dims, out[1].dims, sizeof out[0].dims) == 0 &&
        memcmp(out[0].data, out[1].data, out[0].count * bo_dtype_size(out[0].dtype)) == 0;
    if (!equal) {
      (void)fprintf(stderr, "%s: differs %s\n", names[i], diag.text);
    }
    CU_ASSERT_TRUE(equal);
    bo_tensor_free(&out[0]);
    bo_tensor_free(&out[1]);
    bo_onnx_model_free(model);
  }
}

/* 1x1 weights of 1, scales that make the multiplier 0.5: acc 1, 3, 5, -1, -3 are halves. */
static void qlinear_conv_rounds_halves_to_even(void) {
  wire graph = {.size = 0};
  add_constant(&graph, "x", ONNX_INT8, 4, (const int64_t[]){1, 1, 1, 5},
               (const double[]){1, 3, 5, -1, -3});
  add_constant(&graph, "w", ONNX_INT8, 4, (const int64_t[]){1, 1, 1, 1}, (const double[]){1});
  add_scalar(&graph, "s", ONNX_FLOAT, 1);
  add_scalar(&graph, "sy", ONNX_FLOAT, 2);
  add_scalar(&graph, "z", ONNX_INT8, 0);
  const wire node = onnx_node("QLinearConv", "", "n", "x s z w s z sy z", "y");
  check_values(&graph, node, 13, BO_I8, 5, (const double[]){0, 2, 2, 0, -2});
}

/* Input 1 2 3 4, kernel [1 10] (height 1): SAME pads one zero, in front for LOWER. */
static void same_padding_goes_to_the_end_or_to_the_beginning(void) {
  wire graph = {.size = 0};
  add_constant(&graph, "x", ONNX_FLOAT, 4, (const int64_t[]){1, 1, 1, 4},
               (const double[]){1, 2, 3, 4});
  add_constant(&graph, "w", ONNX_FLOAT, 4, (const int64_t[]){1, 1, 1, 2}, (const double[]){1, 10});
  wire upper = onnx_node("Conv", "", "n", "x w", "y");
  wire lower = upper;
  wire valid = upper;
  wire wrong = upper;
  onnx_node_add_attr(&upper, onnx_attr_text("auto_pad", "SAME_UPPER"));
  check_values(&graph, upper, 11, BO_F32, 4, (const double[]){21, 32, 43, 4});
  onnx_node_add_attr(&lower, onnx_attr_text("auto_pad", "SAME_LOWER"));
  check_values(&graph, lower, 11, BO_F32, 4, (const double[]){10, 21, 32, 43});
  onnx_node_add_attr(&valid, onnx_attr_text("auto_pad", "VALID"));
  check_values(&graph, valid, 11, BO_F32, 3, (const double[]){21, 32, 43});
  onnx_node_add_attr(&wrong, onnx_attr_text("auto_pad", "SAME"));
  check_refused(&graph, wrong, 11,
                "node 'n' (Conv): auto_pad: expected NOTSET, SAME_UPPER, SAME_LOWER or VALID, got "
                "'SAME'");
}

/* 1 2 3 4 5 in windows of 2 every 3rd (and a padding of 2 behind): 1 2 | 4 5 | only padding. */
static void ceil_mode_adds_no_window_that_starts_behind_the_input(void) {
  wire graph = {.size = 0};
  add_constant(&graph, "x", ONNX_FLOAT, 4, (const int64_t[]){1, 1, 1, 5},
               (const double[]){1, 2, 3, 4, 5});
  wire node = onnx_node("MaxPool", "", "n", "x", "y");
  onnx_node_add_attr(&node, onnx_attr_ints("kernel_shape", 2, (const int64_t[]){1, 2}));
  onnx_node_add_attr(&node, onnx_attr_ints("strides", 2, (const int64_t[]){1, 3}));
  onnx_node_add_attr(&node, onnx_attr_int("ceil_mode", 1));
  wire padded = node;
  check_values(&graph, node, 12, BO_F32, 2, (const double[]){2, 5});
  onnx_node_add_attr(&padded, onnx_attr_ints("pads", 4, (const int64_t[]){0, 0, 0, 2}));
  check_values(&graph, padded, 12, BO_F32, 2, (const double[]){2, 5});
}

/* 1 2 3 in windows of 2 every 2nd, ceil: the second holds 3 alone, and divides by 1 either way. */
static void what_ceil_mode_adds_does_not_count_in_the_mean(void) {
  wire graph = {.size = 0};
  add_constant(&graph, "x", ONNX_FLOAT, 4, (const int64_t[]){1, 1, 1, 3},
               (const double[]){1, 2, 3});
  wire node = onnx_node("AveragePool", "", "n", "x", "y");
  onnx_node_add_attr(&node, onnx_attr_ints("kernel_shape", 2, (const int64_t[]){1, 2}));
  onnx_node_add_attr(&node, onnx_attr_ints("strides", 2, (const int64_t[]){1, 2}));
  onnx_node_add_attr(&node, onnx_attr_int("ceil_mode", 1));
  onnx_node_add_attr(&node, onnx_attr_int("count_include_pad", 1));
  check_values(&graph, node, 11, BO_F32, 2, (const double[]){1.5, 3});
}

static void integers_wrap_and_divide_towards_zero(void) {
  wire graph = {.size = 0};
  add_row(&graph, "a", ONNX_INT8, 4, (const double[]){127, -128, -7, 100});
  add_row(&graph, "b", ONNX_INT8, 4, (const double[]){1, -1, 2, 3});
  add_scalar(&graph, "zero", ONNX_INT8, 0);
  check_values(&graph, onnx_node("Add", "", "n", "a b", "y"), 14, BO_I8, 4,
               (const double[]){-128, 127, -5, 103});
  check_values(&graph, onnx_node("Sub", "", "n", "b a", "y"), 14, BO_I8, 4,
               (const double[]){-126, 127, 9, -97});
  check_values(&graph, onnx_node("Mul", "", "n", "a b", "y"), 14, BO_I8, 4,
               (const double[]){127, -128, -14, 44}); /* 128 and 300 modulo 256 */
  check_values(&graph, onnx_node("Div", "", "n", "a b", "y"), 14, BO_I8, 4,
               (const double[]){127, -128, -3, 33});
  check_refused(&graph, onnx_node("Div", "", "n", "a zero", "y"), 14,
                "node 'n' (Div): integer division by zero, element 0");
  check_values(&graph, onnx_node("Relu", "", "n", "a", "y"), 14, BO_I8, 4,
               (const double[]){127, 0, 0, 100});
}

static void clip_takes_its_limits_from_attributes_before_opset_11(void) {
  wire graph = {.size = 0};
  add_row(&graph, "x", ONNX_FLOAT, 3, (const double[]){-2, 0.5, 9});
  add_scalar(&graph, "lo", ONNX_FLOAT, -1);
  wire node = onnx_node("Clip", "", "n", "x", "y");
  onnx_node_add_attr(&node, onnx_attr_float("min", 0));
  onnx_node_add_attr(&node, onnx_attr_float("max", 6));
  check_values(&graph, node, 10, BO_F32, 3, (const double[]){0, 0.5, 6});
  check_refused(&graph, node, 11, "node 'n' (Clip): unknown attribute 'min'");
  check_values(&graph, onnx_node("Clip", "", "n", "x lo", "y"), 11, BO_F32, 3,
               (const double[]){-1, 0.5, 9});
  check_refused(&graph, onnx_node("Clip", "", "n", "x lo", "y"), 10,
                "node 'n' (Clip): before opset 11: expected one float32 input");
}

/* exp(0) in every place: 1/n of the axes that are summed over. */
static void softmax_sums_over_all_later_axes_before_opset_13(void) {
  wire graph = {.size = 0};
  add_constant(&graph, "x", ONNX_FLOAT, 3, (const int64_t[]){1, 2, 2},
               (const double[]){0, 0, 0, 0});
  wire node = onnx_node("Softmax", "", "n", "x", "y");
  check_values(&graph, node, 12, BO_F32, 4, (const double[]){0.25, 0.25, 0.25, 0.25});
  check_values(&graph, node, 13, BO_F32, 4, (const double[]){0.5, 0.5, 0.5, 0.5});
}

static void casts_cut_floats_and_refuse_what_does_not_fit(void) {
  wire graph = {.size = 0};
  add_row(&graph, "x", ONNX_FLOAT, 3, (const double[]){-1.9, 2.9, 127.5});
  add_row(&graph, "big", ONNX_FLOAT, 2, (const double[]){1, 128});
  add_row(&graph, "i", ONNX_INT32, 2, (const double[]){300, -1});
  wire to_int8 = onnx_node("Cast", "", "n", "x", "y");
  onnx_node_add_attr(&to_int8, onnx_attr_int("to", ONNX_INT8));
  check_values(&graph, to_int8, 13, BO_I8, 3, (const double[]){-1, 2, 127});
  wire too_big = onnx_node("Cast", "", "n", "big", "y");
  onnx_node_add_attr(&too_big, onnx_attr_int("to", ONNX_INT8));
  check_refused(&graph, too_big, 13, "node 'n' (Cast): element 1: 128 does not fit into int8");
  wire to_uint8 = onnx_node("Cast", "", "n", "i", "y");
  onnx_node_add_attr(&to_uint8, onnx_attr_int("to", ONNX_UINT8));
  check_values(&graph, to_uint8, 13, BO_U8, 2, (const double[]){44, 255});
}

static void all_zeros_quantise_dynamically_to_the_zero_point(void) {
  wire graph = {.size = 0};
  add_row(&graph, "x", ONNX_FLOAT, 3, (const double[]){0, 0, 0});
  check_values(&graph, onnx_node("DynamicQuantizeLinear", "", "n", "x", "y s z"), 11, BO_U8, 3,
               (const double[]){0, 0, 0});
}

static void wrong_calls_are_refused_naming_the_node(void) {
  wire graph = {.size = 0};
  add_row(&graph, "x", ONNX_FLOAT, 3, (const double[]){1, 2, 3});
  add_row(&graph, "two", ONNX_FLOAT, 2, (const double[]){1, 2});
  add_row(&graph, "q", ONNX_UINT8, 3, (const double[]){1, 2, 3});
  add_row(&graph, "zi8", ONNX_INT8, 1, (const double[]){0});
  add_row(&graph, "shape", ONNX_INT64, 2, (const double[]){-1, -1});
  add_constant(&graph, "image", ONNX_FLOAT, 4, (const int64_t[]){1, 2, 1, 1},
               (const double[]){1, 2});
  add_constant(&graph, "w", ONNX_FLOAT, 4, (const int64_t[]){1, 3, 1, 1},
               (const double[]){1, 2, 3});
  wire odd = onnx_node("Relu", "", "n", "x", "y");
  onnx_node_add_attr(&odd, onnx_attr_int("speed", 9));
  wire scaled = onnx_node("Flatten", "", "n", "x", "y");
  onnx_node_add_attr(&scaled, onnx_attr_int("axis", 2));
  const struct {
    wire node;
    const char *text;
  } cases[] = {
      {onnx_node("Elu", "", "n", "x", "y"), "node 'n' (Elu): unknown operator of domain ''"},
      {onnx_node("Relu", "com.acme", "n", "x", "y"),
       "node 'n' (Relu): unknown operator of domain 'com.acme'"},
      {odd, "node 'n' (Relu): unknown attribute 'speed'"},
      {onnx_node("Relu", "", "n", "", "y"), "node 'n' (Relu): input 0 is missing"},
      {onnx_node("Relu", "", "n", "x x", "y"), "node 'n' (Relu): expected at most 1 inputs, got 2"},
      {onnx_node("MatMul", "", "n", "x q", "y"),
       "node 'n' (MatMul): input 1: expected float32, got uint8"},
      {onnx_node("MatMulInteger", "", "n", "x q", "y"),
       "node 'n' (MatMulInteger): input 0: expected uint8 int8, got float32"},
      {onnx_node("MatMulInteger", "", "n", "q q zi8", "y"),
       "node 'n' (MatMulInteger): a zero point: expected uint8 as its tensor, got int8"},
      {onnx_node("MatMul", "", "n", "x two", "y"),
       "node 'n' (MatMul): 3 columns do not fit 2 rows"},
      {onnx_node("Add", "", "n", "x two", "y"), "node 'n' (Add): axis 0: 3 and 2 do not broadcast"},
      {onnx_node("Add", "", "n", "x q", "y"),
       "node 'n' (Add): expected operands of one type, got float32 and uint8"},
      {onnx_node("Dropout", "", "n", "x", "y mask"),
       "node 'n' (Dropout): output 1 is not computed"},
      {onnx_node("Reshape", "", "n", "x shape", "y"),
       "node 'n' (Reshape): shape: more than one -1"},
      {scaled, "node 'n' (Flatten): axis: expected -1..1, got 2"},
      {onnx_node("Conv", "", "n", "image w", "y"),
       "node 'n' (Conv): weights of 1 outputs and 3 inputs do not fit 2 channels in 1 groups"},
      {onnx_node("Conv", "", "n", "x w", "y"),
       "node 'n' (Conv): expected 2-D images, rank 4, got rank 1"},
      {onnx_node("MaxPool", "", "n", "image", "y"),
       "node 'n' (MaxPool): kernel_shape: expected 2 integers"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    check_refused(&graph, cases[i].node, 13, cases[i].text);
  }
}

/* h and x are used twice, by different nodes; x is an output, too. */
static void every_failing_allocation_of_a_run_is_noticed(void) {
  wire graph = {.size = 0};
  add_row(&graph, "w", ONNX_FLOAT, 3, (const double[]){1, 2, 3});
  graph_add_input(&graph, "x", ONNX_FLOAT, 1, (const int64_t[]){3});
  graph_add_node(&graph, onnx_node("Mul", "", "", "x w", "h"));
  graph_add_node(&graph, onnx_node("Add", "", "", "h x", "a"));
  graph_add_node(&graph, onnx_node("Add", "", "", "a h", "y"));
  graph_add_output(&graph, "y");
  graph_add_output(&graph, "x");
  const wire file = onnx_model_of(&graph, 13);
  const int64_t dims[] = {3};
  bo_onnx_model *model = NULL;
  bo_tensor x;
  CU_ASSERT_EQUAL_FATAL(bo_onnx_model_parse(&model, "m", file.data, file.size, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_tensor_init(&x, BO_F32, 1, dims, NULL), BO_OK);
  ((float *)x.data)[2] = 5;
  unsigned k = 0;
  for (;; k++) {
    bo_tensor out[2];
    fail_alloc_arm(k);
    const bo_status status = bo_onnx_run(model, &x, out, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(bo_tensor_real(&out[0], 2), (5 * 3 + 5) + 5 * 3);
      CU_ASSERT_EQUAL(bo_tensor_real(&out[1], 2), 5);
      bo_tensor_free(&out[0]);
      bo_tensor_free(&out[1]);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(out[0].data);
    CU_ASSERT_PTR_NULL(out[1].data);
  }
  CU_ASSERT_EQUAL(k, 3 + 3 * 3 + 2); /* the run, inputs + outputs + result of each node, copies */
  bo_tensor_free(&x);
  bo_onnx_model_free(model);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(codes_round_halves_to_even_and_saturate),
    BO_TEST(codes_of_numbers_beyond_int32_are_the_limits),
    BO_TEST(quantised_operators_equal_numpy),
    BO_TEST(qlinear_conv_rounds_halves_to_even),
    BO_TEST(same_padding_goes_to_the_end_or_to_the_beginning),
    BO_TEST(ceil_mode_adds_no_window_that_starts_behind_the_input),
    BO_TEST(what_ceil_mode_adds_does_not_count_in_the_mean),
    BO_TEST(integers_wrap_and_divide_towards_zero),
    BO_TEST(clip_takes_its_limits_from_attributes_before_opset_11),
    BO_TEST(softmax_sums_over_all_later_axes_before_opset_13),
    BO_TEST(casts_cut_floats_and_refuse_what_does_not_fit),
    BO_TEST(all_zeros_quantise_dynamically_to_the_zero_point),
    BO_TEST(wrong_calls_are_refused_naming_the_node),
    BO_TEST(every_failing_allocation_of_a_run_is_noticed),
    CU_TEST_INFO_NULL,
};
