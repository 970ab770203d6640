#include "base/file.h"
#include "fail_alloc.h"
#include "net/onnx_export.h"
#include "net/onnx_import.h"
#include "net/onnx_run.h"
#include "random_onnx.h"
#include "test_suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const source_path = "test_onnx_export_source.onnx";
static const char *const target_path = "test_onnx_export_target.onnx";

static void must(bo_status status, const bo_diag *diag) {
  if (status != BO_OK) {
    (void)printf("%s\n", diag->text);
  }
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
}

static void write_source(const onnx_builder *builder) {
  bo_diag diag = {""};
  bo_bytes bytes = onnx_builder_bytes(builder);
  must(bo_file_write(source_path, bytes.data, bytes.size, &diag), &diag);
  bo_bytes_free(&bytes);
}

/* The logits of the exported file by the ONNX interpreter are those of the faulty codes. */
static void expect_same_logits(const bo_net *net, const uint8_t *const *codes,
                               const random_onnx_graph *graph) {
  bo_diag diag = {""};
  bo_onnx_model *model = NULL;
  bo_tensor input;
  bo_tensor output = {0};
  const int64_t dims[] = {1, graph->c, graph->h, graph->w};
  must(bo_onnx_model_load(&model, target_path, &diag), &diag);
  must(bo_tensor_init(&input, BO_F32, 4, dims, &diag), &diag);
  test_draws draws = {.seed = 3};
  for (size_t i = 0; i < input.count; i++) {
    ((float *)input.data)[i] = (float)test_draw_in(&draws, 0, 255) / 256.0F;
  }
  must(bo_onnx_run(model, &input, &output, &diag), &diag);
  CU_ASSERT_EQUAL_FATAL(output.count, net->classes);
  uint8_t *pixels = malloc(input.count + 1);
  float *logits = calloc(net->classes, sizeof *logits);
  if (pixels == NULL || logits == NULL) {
    abort();
  }
  bo_net_quantize_f32(net, input.data, 1, pixels);
  must(bo_net_reference(net, codes, pixels, 1, logits, &diag), &diag);
  for (uint32_t n = 0; n < net->classes; n++) {
    CU_ASSERT_EQUAL(((float *)output.data)[n], logits[n]);
  }
  free(logits);
  free(pixels);
  bo_tensor_free(&output);
  bo_tensor_free(&input);
  bo_onnx_model_free(model);
}

static void expect_same_codes(const bo_net *net, const uint8_t *const *codes) {
  bo_diag diag = {""};
  bo_net *again = NULL;
  must(bo_net_load(&again, target_path, &diag), &diag);
  CU_ASSERT_EQUAL_FATAL(again->weight_tensors, net->weight_tensors);
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    CU_ASSERT_EQUAL(again->weights[t].bits, net->weights[t].bits);
    CU_ASSERT_EQUAL_FATAL(bo_weights_count(&again->weights[t]), bo_weights_count(&net->weights[t]));
    CU_ASSERT_EQUAL(memcmp(again->weights[t].code, codes[t], bo_weights_count(&net->weights[t])),
                    0);
  }
  bo_net_free(again);
}

static void exported_files_hold_and_compute_what_the_array_read(random_onnx_style style) {
  size_t changed = 0;
  size_t narrow = 0;
  for (uint64_t seed = 0; seed < 60; seed++) {
    bo_diag diag = {""};
    bo_net *net = NULL;
    const random_onnx_graph graph = random_onnx(seed, style);
    write_source(graph.builder);
    must(bo_net_load(&net, source_path, &diag), &diag);
    uint8_t **codes = random_codes(net, seed);
    const uint8_t *const *faulty = (const uint8_t *const *)codes;
    must(bo_onnx_export(target_path, source_path, net, faulty, &diag), &diag);
    expect_same_codes(net, faulty);
    expect_same_logits(net, faulty, &graph);
    for (uint32_t t = 0; t < net->weight_tensors; t++) {
      changed += memcmp(codes[t], net->weights[t].code, bo_weights_count(&net->weights[t])) != 0;
      narrow += net->weights[t].bits < 8;
    }
    random_codes_free(net, codes);
    bo_net_free(net);
    onnx_builder_free(graph.builder);
  }
  CU_ASSERT_TRUE(changed > 60);
  CU_ASSERT_TRUE(narrow > 20);
  (void)unlink(source_path);
  (void)unlink(target_path);
}

static void integer_files_hold_and_compute_what_the_array_read(void) {
  exported_files_hold_and_compute_what_the_array_read(RANDOM_QOPERATOR);
}

static void float_files_hold_and_compute_what_the_array_read(void) {
  exported_files_hold_and_compute_what_the_array_read(RANDOM_QDQ_EXACT);
}

static void clean_codes_leave_an_integer_file_as_it_was(void) {
  bo_diag diag = {""};
  bo_net *net = NULL;
  const random_onnx_graph graph = random_onnx(4, RANDOM_QOPERATOR);
  write_source(graph.builder);
  must(bo_net_load(&net, source_path, &diag), &diag);
  const uint8_t **codes = calloc(net->weight_tensors, sizeof *codes);
  if (codes == NULL) {
    abort();
  }
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    CU_ASSERT_EQUAL(net->weights[t].bits, 8); /* Clip could make a code of the file another */
    codes[t] = net->weights[t].code;
  }
  must(bo_onnx_export(target_path, source_path, net, codes, &diag), &diag);
  bo_bytes before = {0};
  bo_bytes after = {0};
  must(bo_file_read(&before, source_path, 1 << 20, &diag), &diag);
  must(bo_file_read(&after, target_path, 1 << 20, &diag), &diag);
  CU_ASSERT_EQUAL_FATAL(before.size, after.size);
  CU_ASSERT_EQUAL(memcmp(before.data, after.data, before.size), 0);
  bo_bytes_free(&before);
  bo_bytes_free(&after);
  free((void *)codes);
  bo_net_free(net);
  onnx_builder_free(graph.builder);
  (void)unlink(source_path);
  (void)unlink(target_path);
}

static void another_file_is_refused(void) {
  bo_diag diag = {""};
  bo_net *net = NULL;
  const random_onnx_graph graph = random_onnx(1, RANDOM_QDQ);
  const random_onnx_graph other = random_onnx(2, RANDOM_QDQ);
  write_source(graph.builder);
  must(bo_net_load(&net, source_path, &diag), &diag);
  uint8_t **codes = random_codes(net, 1);
  write_source(other.builder);
  CU_ASSERT_EQUAL(
      bo_onnx_export(target_path, source_path, net, (const uint8_t *const *)codes, &diag),
      BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "test_onnx_export_source.onnx: is not the file that "
                                 "'test_onnx_export_source' was read from"));
  CU_ASSERT_NOT_EQUAL(access(target_path, F_OK), 0);
  random_codes_free(net, codes);
  bo_net_free(net);
  onnx_builder_free(graph.builder);
  onnx_builder_free(other.builder);
  (void)unlink(source_path);
}

static void every_failed_allocation_is_reported(void) {
  bo_diag diag = {""};
  bo_net *net = NULL;
  const random_onnx_graph graph = random_onnx(7, RANDOM_QDQ_EXACT);
  write_source(graph.builder);
  must(bo_net_load(&net, source_path, &diag), &diag);
  uint8_t **codes = random_codes(net, 1);
  unsigned failures = 0;
  for (bool failed = true; failed && failures < 10000;) {
    fail_alloc_arm(failures);
    const bo_status status =
        bo_onnx_export(target_path, source_path, net, (const uint8_t *const *)codes, &diag);
    failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    failures += failed;
  }
  CU_ASSERT_TRUE(failures > 50 && failures < 10000);
  random_codes_free(net, codes);
  bo_net_free(net);
  onnx_builder_free(graph.builder);
  (void)unlink(source_path);
  (void)unlink(target_path);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(integer_files_hold_and_compute_what_the_array_read),
    BO_TEST(float_files_hold_and_compute_what_the_array_read),
    BO_TEST(clean_codes_leave_an_integer_file_as_it_was),
    BO_TEST(another_file_is_refused),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
