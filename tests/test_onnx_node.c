/* The reference operators against the test data that ONNX publishes (Debian: libonnx-testdata). */
#include "base/file.h"
#include "net/onnx_ops.h"
#include "net/onnx_run.h"
#include "test_suite.h"

#include <dirent.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PB_BYTES ((size_t)64 << 20)

/*
 * How many tests there are of each operator (a model counts for its first node), counted by hand in
 * the data of ONNX 1.12: missing data or a reader that refuses a model cannot pass unnoticed.
 */
static const struct {
  const char *op;
  unsigned tests;
} expected_tests[] = {
    {"Add", 4},
    {"ArgMax", 16},
    {"AveragePool", 13},
    {"BatchNormalization", 7},
    {"Clip", 12},
    {"Constant", 1},
    {"Conv", 18},
    {"ConvInteger", 3},
    {"DequantizeLinear", 2},
    {"Div", 4},
    {"Dropout", 4},
    {"DynamicQuantizeLinear", 3},
    {"Flatten", 11},
    {"Gemm", 14},
    {"GlobalAveragePool", 2},
    {"Identity", 1},
    {"MatMul", 3},
    {"MatMulInteger", 1},
    {"MaxPool", 13},
    {"Mul", 4},
    {"QLinearConv", 1},
    {"QLinearMatMul", 2},
    {"QuantizeLinear", 2},
    {"Relu", 3},
    {"Reshape", 10},
    {"Softmax", 10},
    {"Sub", 4},
};

enum {
  OPERATORS = sizeof expected_tests / sizeof *expected_tests,
};

/* What is not supported on purpose, and the words with which it is refused. */
static const struct {
  const char *pattern, *refusal;
} excluded_tests[] = {
    {"test_AvgPool3d*", "expected 2-D images"},
    {"test_averagepool_[13]d_default", "expected 2-D images"},
    {"test_batchnorm_*_training_mode", "output 1 is not computed"},
    {"test_cast_FLOAT_to_*", "element type: expected"},
    {"test_Conv[13]d*", "weights: expected rank 4"},
    {"test_dropout_default_mask*", "output 1 is not computed"},
    {"test_MaxPool[13]d*", "expected 2-D images"},
    {"test_maxpool_[13]d_default", "expected 2-D images"},
    {"test_operator_maxpool", "expected 2-D images"},
    {"test_maxpool_with_argmax_*", "output 1 is not computed"},
};

enum {
  EXCLUSIONS = sizeof excluded_tests / sizeof *excluded_tests,
};

typedef struct tally {
  unsigned passed[OPERATORS];
  unsigned refused[EXCLUSIONS];
  unsigned failures;
} tally;

static bo_status load_tensor(bo_tensor *out, const char *folder, const char *kind, uint32_t index,
                             bo_diag *diag) {
  char path[512];
  bo_bytes bytes = {0};
  *out = (bo_tensor){0};
  (void)snprintf(path, sizeof path, "%s/test_data_set_0/%s_%u.pb", folder, kind, index);
  bo_status status = bo_file_read(&bytes, path, MAX_PB_BYTES, diag);
  if (status == BO_OK) {
    status = bo_onnx_tensor_parse(out, path, bytes.data, bytes.size, diag);
  }
  bo_bytes_free(&bytes);
  return status;
}

static bool close_enough(const bo_tensor *got, const bo_tensor *expected, size_t i) {
  if (expected->dtype != BO_F32) {
    return bo_tensor_int(got, i) == bo_tensor_int(expected, i);
  }
  const double e = bo_tensor_real(expected, i);
  return fabs(bo_tensor_real(got, i) - e) <= 1e-5 * fmax(1, fabs(e));
}

static bo_status compare(const bo_tensor *got, const bo_tensor *expected, bo_diag *diag) {
  if (got->dtype != expected->dtype || got->rank != expected->rank ||
      memcmp(got->dims, expected->dims, got->rank * sizeof *got->dims) != 0) {
    return bo_fail(diag, BO_E_MISMATCH, "type or shape differs");
  }
  for (size_t i = 0; i < expected->count; i++) {
    if (!close_enough(got, expected, i)) {
      return bo_fail(diag, BO_E_MISMATCH, "element %zu: expected %g, got %g", i,
                     bo_tensor_real(expected, i), bo_tensor_real(got, i));
    }
  }
  return BO_OK;
}

static bo_status compare_outputs(const char *folder, const bo_tensor *outputs, uint32_t count,
                                 bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < count && status == BO_OK; i++) {
    bo_tensor expected;
    status = load_tensor(&expected, folder, "output", i, diag);
    status = status == BO_OK ? compare(&outputs[i], &expected, diag) : status;
    bo_tensor_free(&expected);
  }
  return status;
}

/* Runs the model of a folder on its inputs and compares all outputs. */
static bo_status run_test(const bo_onnx_model *model, const char *folder, bo_diag *diag) {
  bo_tensor *inputs = calloc((size_t)model->inputs + 1, sizeof *inputs);
  bo_tensor *outputs = calloc((size_t)model->outputs + 1, sizeof *outputs);
  bo_status status = inputs != NULL && outputs != NULL ? BO_OK : BO_E_NOMEM;
  for (uint32_t i = 0; i < model->inputs && status == BO_OK; i++) {
    status = load_tensor(&inputs[i], folder, "input", i, diag);
  }
  if (status == BO_OK) {
    status = bo_onnx_run(model, inputs, outputs, diag);
    status = status == BO_OK ? compare_outputs(folder, outputs, model->outputs, diag) : status;
  }
  for (uint32_t i = 0; inputs != NULL && i < model->inputs; i++) {
    bo_tensor_free(&inputs[i]);
  }
  for (uint32_t i = 0; outputs != NULL && i < model->outputs; i++) {
    bo_tensor_free(&outputs[i]);
  }
  free(inputs);
  free(outputs);
  return status;
}

static bool has_known_operators_only(const bo_onnx_model *model) {
  for (uint32_t n = 0; n < model->nodes; n++) {
    if (!bo_onnx_op_known(model->node[n].domain, model->node[n].op)) {
      return false;
    }
  }
  return true;
}

static unsigned exclusion_of(const char *name) {
  unsigned e = 0;
  while (e < EXCLUSIONS && fnmatch(excluded_tests[e].pattern, name, 0) != 0) {
    e++;
  }
  return e;
}

static void count_pass(tally *t, const bo_onnx_model *model, const char *folder) {
  const char *op = model->nodes == 0 ? "Constant" : model->node[0].op;
  for (unsigned i = 0; i < OPERATORS; i++) {
    if (strcmp(expected_tests[i].op, op) == 0) {
      t->passed[i]++;
      return;
    }
  }
  (void)fprintf(stderr, "%s: operator %s is not in the table\n", folder, op);
  t->failures++;
}

static void judge(tally *t, const bo_onnx_model *model, const char *folder, const char *name) {
  bo_diag diag = {{0}};
  const unsigned exclusion = exclusion_of(name);
  const bo_status status = run_test(model, folder, &diag);
  if (exclusion < EXCLUSIONS) {
    if (status == BO_E_INVALID && strstr(diag.text, excluded_tests[exclusion].refusal) != NULL) {
      t->refused[exclusion]++;
      return;
    }
    (void)fprintf(stderr, "%s: expected \"%s\", got \"%s\"\n", folder,
                  excluded_tests[exclusion].refusal, diag.text);
    t->failures++;
  } else if (status == BO_OK) {
    count_pass(t, model, folder);
  } else {
    (void)fprintf(stderr, "%s: %s\n", folder, diag.text);
    t->failures++;
  }
}

static void visit(tally *t, const char *group, const char *name) {
  char folder[384];
  char path[512];
  (void)snprintf(folder, sizeof folder, "%s/%s/%s", BO_ONNX_TESTDATA, group, name);
  (void)snprintf(path, sizeof path, "%s/model.onnx", folder);
  bo_onnx_model *model = NULL;
  /* Models with types or subgraphs that are not supported: hundreds, all of other operators. */
  if (bo_onnx_model_load(&model, path, NULL) == BO_OK && has_known_operators_only(model)) {
    judge(t, model, folder, name);
  }
  bo_onnx_model_free(model);
}

static void visit_group(tally *t, const char *group) {
  char path[384];
  (void)snprintf(path, sizeof path, "%s/%s", BO_ONNX_TESTDATA, group);
  DIR *dir = opendir(path);
  if (dir == NULL) {
    (void)fprintf(stderr, "%s: cannot be read: install the package libonnx-testdata\n", path);
    t->failures++;
    return;
  }
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    if (strncmp(entry->d_name, "test_", 5) == 0) {
      visit(t, group, entry->d_name);
    }
  }
  (void)closedir(dir);
}

static void operators_reproduce_the_published_outputs_and_refuse_what_is_excluded(void) {
  tally t = {0};
  visit_group(&t, "node");
  visit_group(&t, "pytorch-converted");
  visit_group(&t, "pytorch-operator");
  visit_group(&t, "simple");
  unsigned passed = 0;
  unsigned refused = 0;
  for (unsigned i = 0; i < OPERATORS; i++) {
    if (t.passed[i] != expected_tests[i].tests) {
      (void)fprintf(stderr, "%s: expected %u tests, passed %u\n", expected_tests[i].op,
                    expected_tests[i].tests, t.passed[i]);
      t.failures++;
    }
    passed += t.passed[i];
  }
  for (unsigned i = 0; i < EXCLUSIONS; i++) {
    CU_ASSERT_TRUE(t.refused[i] > 0);
    refused += t.refused[i];
  }
  (void)printf("%u models equal, %u refused as stated: ", passed, refused);
  CU_ASSERT_EQUAL(t.failures, 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(operators_reproduce_the_published_outputs_and_refuse_what_is_excluded),
    CU_TEST_INFO_NULL,
};
