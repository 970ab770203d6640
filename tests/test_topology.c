/* The readers of SCALE-Sim's topology and configuration: what they make of a file, and refuse. */
#include "accel/scalesim_cfg.h"
#include "accel/scalesim_topology.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RESNET18 BO_SOURCE_DIR "/tests/golden/scalesim/resnet18.csv"
#define ARRAY32  BO_SOURCE_DIR "/tests/golden/scalesim/array32.cfg"
#define HEADER   "name, ih, iw, fh, fw, c, n, s,\n"

static bo_status parse(bo_scalesim_topology *topology, const char *text, bo_scalesim_format format,
                       bo_diag *diag) {
  return bo_scalesim_topology_parse(topology, "t.csv", text, strlen(text), format, diag);
}

/* Whether layer @p index is @p name with this product. */
static bool is_layer(const bo_scalesim_topology *topology, size_t index, const char *name,
                     uint64_t m, uint64_t k, uint64_t n) {
  if (index >= topology->layers) {
    (void)printf("layer %zu: there are only %zu\n", index, topology->layers);
    return false;
  }
  const bo_scalesim_layer *const layer = &topology->layer[index];
  const bo_scalesim_product got = layer->product;
  if (got.m != m || got.k != k || got.n != n) {
    (void)printf("%s: got m %" PRIu64 ", k %" PRIu64 ", n %" PRIu64 "\n", layer->name, got.m, got.k,
                 got.n);
    return false;
  }
  return layer->groups == 1 && same_text(layer->name, name);
}

/* The only layer of a conv (gemm) file with this line. */
static bool reads_as(bo_scalesim_format format, const char *line, uint64_t m, uint64_t k,
                     uint64_t n) {
  bo_scalesim_topology topology;
  bo_diag diag = {""};
  char text[256];
  (void)snprintf(text, sizeof text, HEADER "%s", line);
  if (parse(&topology, text, format, &diag) != BO_OK) {
    (void)printf("'%s': %s\n", line, diag.text);
    return false;
  }
  const bool good = topology.layers == 1 && is_layer(&topology, 0, "a", m, k, n);
  bo_scalesim_topology_free(&topology);
  return good;
}

static void a_convolution_becomes_places_window_and_filters(void) {
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,10,8,3,2,5,7,1,\n", 56, 30, 7));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, " a , 10 ,8,3,\t2,5,7,1, \r\n", 56, 30, 7));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "\n\na,1,1,1,1,512,1000,1,\n\n", 1, 512, 1000));
}

static void a_stride_that_does_not_divide_rounds_up(void) {
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,34,224,3,11,1,1,4,", 9UL * 55, 33, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,34,34,3,3,1,1,2,", 17UL * 17, 9, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,33,33,3,3,1,1,2,", 16UL * 16, 9, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,3,3,3,3,1,1,5,", 1, 9, 1));
}

static void what_is_behind_the_last_comma_counts_only_where_the_line_would_be_short(void) {
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,9,9,1,1,1,1,2", 25, 1, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,9,9,1,1,1,1,2,", 25, 1, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,9,9,1,1,1,1,2,#dw", 25, 1, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,9,9,1,1,1,1,2,3", 25, 1, 1)); /* as SCALE-Sim drops it */
  CU_ASSERT(reads_as(BO_SCALESIM_GEMM, "a,3,7,5", 3, 5, 7));
  CU_ASSERT(reads_as(BO_SCALESIM_GEMM, "a,3,7,5,8", 3, 5, 7));
}

static void a_ninth_field_is_the_stride_of_the_width_or_a_sparsity(void) {
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,9,9,1,1,1,1,2,4,", 15, 1, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_CONV, "a,9,9,1,1,1,1,2,2:4,", 25, 1, 1));
  CU_ASSERT(reads_as(BO_SCALESIM_GEMM, "a,3,7,5,1:1,", 3, 5, 7));
}

static void a_matrix_product_is_m_n_k(void) {
  CU_ASSERT(reads_as(BO_SCALESIM_GEMM, "a,3,7,5,", 3, 5, 7));
  CU_ASSERT(reads_as(BO_SCALESIM_GEMM, "a,16777216,1,2,", 16777216, 2, 1));
}

static void dp_in_a_name_makes_a_layer_of_each_channel(void) {
  bo_scalesim_topology topology;
  const char *const text = HEADER "xDPy,5,5,3,3,3,2,1,\nDp,5,5,3,3,3,2,1,\n";
  CU_ASSERT_EQUAL_FATAL(parse(&topology, text, BO_SCALESIM_CONV, NULL), BO_OK);
  CU_ASSERT_EQUAL(topology.layers, 4);
  CU_ASSERT(is_layer(&topology, 0, "xDPyChannel_0", 9, 9, 2));
  CU_ASSERT(is_layer(&topology, 2, "xDPyChannel_2", 9, 9, 2));
  CU_ASSERT(is_layer(&topology, 3, "Dp", 9, 27, 2));
  bo_scalesim_topology_free(&topology);
  CU_ASSERT_EQUAL_FATAL(parse(&topology, HEADER "DP,5,6,7,", BO_SCALESIM_GEMM, NULL), BO_OK);
  CU_ASSERT(is_layer(&topology, 0, "DP", 5, 7, 6)); /* only convolutions have channels */
  bo_scalesim_topology_free(&topology);
}

static void resnet_18_has_21_layers_and_its_published_macs(void) {
  bo_scalesim_topology topology;
  bo_diag diag = {""};
  bo_status status = bo_scalesim_topology_load(&topology, RESNET18, BO_SCALESIM_CONV, &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  CU_ASSERT_EQUAL(topology.layers, 21);
  uint64_t macs = 0;
  for (size_t i = 0; i < topology.layers; i++) {
    const bo_scalesim_product product = topology.layer[i].product;
    macs += product.m * product.k * product.n;
  }
  CU_ASSERT_EQUAL(macs, 1814073344); /* 1.814 G multiply-accumulates */
  CU_ASSERT(is_layer(&topology, 0, "conv1", 112UL * 112, 147, 64));
  CU_ASSERT(is_layer(&topology, 20, "fc", 1, 512, 1000));
  bo_scalesim_topology_free(&topology);
}

static double milliseconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static double time_resnet_18(void) {
  bo_scalesim_topology topology;
  bo_scalesim_array array;
  bo_scalesim_counts sum = {0};
  const double start = milliseconds();
  CU_ASSERT_EQUAL_FATAL(bo_scalesim_cfg_load(&array, ARRAY32, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_scalesim_topology_load(&topology, RESNET18, BO_SCALESIM_CONV, NULL),
                        BO_OK);
  for (size_t i = 0; i < topology.layers; i++) {
    bo_scalesim_counts one;
    bo_scalesim_count(&array, &topology.layer[i].product, 1, &one);
    bo_scalesim_add(&sum, &one);
  }
  const double taken = milliseconds() - start;
  CU_ASSERT_EQUAL(sum.cycles, sum.total_cycles + 21);
  bo_scalesim_topology_free(&topology);
  return taken;
}

static void resnet_18_takes_less_than_ten_milliseconds(void) {
  double best = time_resnet_18();
  for (int i = 0; i < 9; i++) {
    const double taken = time_resnet_18();
    best = taken < best ? taken : best;
  }
  (void)printf("ResNet-18, files and counts: %.3f ms\n", best);
  CU_ASSERT(best < 10);
}

/* --- refusals -------------------------------------------------------------------------------- */

static void refuses(bo_scalesim_format format, const char *text, const char *message) {
  bo_scalesim_topology topology;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse(&topology, text, format, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, message));
  CU_ASSERT_EQUAL(topology.layers, 0);
  CU_ASSERT_PTR_NULL(topology.layer);
}

static void bad_convolutions_are_refused_by_line_and_field(void) {
  static const char *const good = HEADER "a,9,9,1,1,1,1,2,\n";
  static const struct {
    const char *line, *message;
  } bad[] = {
      {"b,9,9,1,1,1,1,", "t.csv:3: expected 8 or 9 fields (layer name, ... stride), got 7"},
      {"b,9,9,1,1,1,1,1,1,1,", "t.csv:3: expected 8 or 9 fields (layer name, ... stride), got 10"},
      {"b", "t.csv:3: expected 8 or 9 fields (layer name, ... stride), got 1"},
      {"b,0,9,1,1,1,1,1,", "t.csv:3: IFMAP height: expected 1..16777216, got '0'"},
      {"b,9,9,1,1,-1,1,1,", "t.csv:3: channels: expected 1..16777216, got '-1'"},
      {"b,9,9,1,1,1,3.5,1,", "t.csv:3: filters: expected 1..16777216, got '3.5'"},
      {"b,9,9,1,1,1,1,16777217,", "t.csv:3: stride: expected 1..16777216, got '16777217'"},
      {"b,9,9,1,1,1,1,,", "t.csv:3: stride: expected 1..16777216, got ''"},
      {"b,9,9,1,1,1,1,1,x,", "t.csv:3: stride of the width: expected 1..16777216, got 'x'"},
      {"b,9,9,1,1,1,1,1,1:,", "t.csv:3: stride of the width: expected 1..16777216, got '1:'"},
      {"b,2,9,3,9,1,1,1,", "t.csv:3: filter: expected at most the IFMAP, 2 x 9, got 3 x 9"},
      {"b,9,2,9,3,1,1,1,", "t.csv:3: filter: expected at most the IFMAP, 9 x 2, got 9 x 3"},
      {",9,9,1,1,1,1,1,", "t.csv:3: layer name: expected 1..128 bytes of printable text, got ''"},
      {"b\x1b[31m,9,9,1,1,1,1,1,",
       "t.csv:3: layer name: expected 1..128 bytes of printable text, got 'b?[31m'"},
      {"b,16777216,16777216,16777216,16777216,16777216,1,1,",
       "t.csv:3: expected at most 2^60 MACs, got more"},
      {"b,16777216,16777216,1,1,16777216,2,1,", "t.csv:3: expected at most 2^60 MACs, got more"},
      {"bDP,9,9,1,1,65536,1,2,",
       "t.csv:3: expected at most 65536 layers (a DP layer is one a channel), got more"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    char text[512];
    (void)snprintf(text, sizeof text, "%s%s\n", good, bad[i].line);
    refuses(BO_SCALESIM_CONV, text, bad[i].message);
  }
}

static void bad_products_and_empty_files_are_refused(void) {
  refuses(BO_SCALESIM_GEMM, HEADER "b,3,7,",
          "t.csv:2: expected 4 or 5 fields (layer name, ... K), got 3");
  refuses(BO_SCALESIM_GEMM, HEADER "b,3,x,7,", "t.csv:2: N: expected 1..16777216, got 'x'");
  refuses(BO_SCALESIM_GEMM, HEADER "b,3,7,5,8,",
          "t.csv:2: field behind K: expected a sparsity N:M, got '8'");
  refuses(BO_SCALESIM_GEMM, HEADER "b,16777216,16777216,16777216,",
          "t.csv:2: expected at most 2^60 MACs, got more");
  refuses(BO_SCALESIM_GEMM, "", "t.csv: expected layers below a header, got none");
  refuses(BO_SCALESIM_CONV, HEADER "\n \n", "t.csv: expected layers below a header, got none");
  refuses(BO_SCALESIM_GEMM, "b,3,7,5,\nc,3,7,5,\n",
          "t.csv:1: expected a header (it is skipped), got a layer: 'b'");
}

static void a_missing_file_is_an_input_output_error(void) {
  bo_scalesim_topology topology;
  bo_scalesim_array array;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_scalesim_topology_load(&topology, "/no/t.csv", BO_SCALESIM_CONV, &diag),
                  BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/no/t.csv"));
  CU_ASSERT_EQUAL(bo_scalesim_cfg_load(&array, "/no/s.cfg", &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/no/s.cfg"));
}

/* --- configuration --------------------------------------------------------------------------- */

static bo_status parse_cfg(bo_scalesim_array *array, const char *text, bo_diag *diag) {
  return bo_scalesim_cfg_parse(array, "s.cfg", text, strlen(text), diag);
}

static bool is_array(const char *text, uint32_t rows, uint32_t cols,
                     bo_scalesim_dataflow dataflow) {
  bo_scalesim_array array = {0};
  bo_diag diag = {""};
  const bo_status status = parse_cfg(&array, text, &diag);
  if (status != BO_OK || array.rows != rows || array.cols != cols || array.dataflow != dataflow) {
    (void)printf("got %u x %u %s (%s)\n", array.rows, array.cols,
                 bo_scalesim_dataflow_name(array.dataflow), diag.text);
    return false;
  }
  return true;
}

#define PRESETS "[architecture_presets]\n"
#define SIDES   PRESETS "ArrayHeight : 12\nArrayWidth: 14\n"

static void a_configuration_gives_rows_columns_and_dataflow(void) {
  CU_ASSERT(is_array(SIDES "Dataflow : ws\n", 12, 14, BO_SCALESIM_WS));
  CU_ASSERT(is_array(SIDES "dataflow=os", 12, 14, BO_SCALESIM_OS));
  CU_ASSERT(is_array("  [architecture_presets]\r\nARRAYHEIGHT=1\r\narraywidth =65536\r\n"
                     "\r\nDataflow\t:\tis\r\n",
                     1, 65536, BO_SCALESIM_IS));
  bo_scalesim_array array = {0};
  CU_ASSERT_EQUAL(bo_scalesim_cfg_load(&array, ARRAY32, NULL), BO_OK);
  CU_ASSERT(array.rows == 32 && array.cols == 32 && array.dataflow == BO_SCALESIM_WS);
}

static void what_has_no_effect_on_the_count_is_ignored(void) {
  CU_ASSERT(is_array("# remark\nstray\n[general]\nrun_name = x\n  ArrayHeight: 99\n[sparsity]\n"
                     "SparsitySupport : False\nBlockSize : 8\n" SIDES
                     "; Dataflow : os\nOfmapSramSzkB: 1\nDataflow : is\n[layout]\nany thing\n"
                     "Dataflow: os\n",
                     12, 14, BO_SCALESIM_IS));
  CU_ASSERT(
      is_array(PRESETS "  ArrayHeight: 1\n  ArrayWidth: 2\n Dataflow: ws\n", 1, 2, BO_SCALESIM_WS));
}

static void bad_configurations_are_refused_by_line(void) {
  static const struct {
    const char *text, *message;
  } bad[] = {
      {"", "s.cfg: [architecture_presets]: expected ArrayHeight, got none"},
      {SIDES, "s.cfg: [architecture_presets]: expected Dataflow, got none"},
      {"[Architecture_Presets]\nArrayHeight: 1\n",
       "s.cfg: [architecture_presets]: expected ArrayHeight, got none"},
      {PRESETS "ArrayHeight: 0\n", "s.cfg:2: ArrayHeight: expected 1..65536, got '0'"},
      {PRESETS "arraywidth: 65537\n", "s.cfg:2: ArrayWidth: expected 1..65536, got '65537'"},
      {PRESETS "ArrayWidth: 32 ; wide\n",
       "s.cfg:2: ArrayWidth: expected 1..65536, got '32 ; wide'"},
      {PRESETS "ArrayWidth:\n", "s.cfg:2: ArrayWidth: expected 1..65536, got ''"},
      {PRESETS "Dataflow: WS\n", "s.cfg:2: Dataflow: expected ws, os or is, got 'WS'"},
      {SIDES "ArrayHeight = 12\n", "s.cfg:4: ArrayHeight: expected once, got it again"},
      {PRESETS "ArrayHeight 12\n", "s.cfg:2: expected KEY : VALUE, got 'ArrayHeight 12'"},
      {SIDES " Dataflow: ws\n", "s.cfg:4: expected a key no further right than the one above (it "
                                "would continue that), got 'Dataflow: ws'"},
      {"[architecture_presets\n", "s.cfg:1: expected [section], got '[architecture_presets'"},
      {"[sparsity]\nSparsitySupport: TRUE\n",
       "s.cfg:2: SparsitySupport: expected false (sparse layers are not counted), got true"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    bo_scalesim_array array = {.dataflow = BO_SCALESIM_OS, .rows = 5, .cols = 6};
    bo_diag diag = {""};
    CU_ASSERT_EQUAL(parse_cfg(&array, bad[i].text, &diag), BO_E_INVALID);
    CU_ASSERT(same_text(diag.text, bad[i].message));
    CU_ASSERT(array.dataflow == BO_SCALESIM_OS && array.rows == 5 && array.cols == 6);
  }
}

/* --- our own networks ------------------------------------------------------------------------ */

static void a_network_gives_its_convolutions_with_groups_and_padding(void) {
  bo_layer layers[2] = {
      {.op = BO_OP_MAX_POOL, .name = (char *)"pool", .out = {8, 6, 4}},
      {.op = BO_OP_CONV, .name = (char *)"dw", .in = {8, 6, 4}, .out = {8, 6, 8}},
  };
  bo_weights weights = {.groups = 4, .outputs = 2, .inputs = 9};
  const bo_net net = {.layers = 2, .layer = layers, .weight_tensors = 1, .weights = &weights};
  bo_scalesim_topology topology;
  CU_ASSERT_EQUAL_FATAL(bo_scalesim_topology_of_net(&topology, &net, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(topology.layers, 1);
  const bo_scalesim_layer *const layer = &topology.layer[0];
  CU_ASSERT(same_text(layer->name, "dw"));
  CU_ASSERT_EQUAL(layer->groups, 4);
  CU_ASSERT(layer->product.m == 48 && layer->product.k == 9 && layer->product.n == 2);
  bo_scalesim_topology_free(&topology);
}

static void every_failing_allocation_is_noticed(void) {
  unsigned k = 0;
  for (;; k++) {
    bo_scalesim_topology topology;
    fail_alloc_arm(k);
    const bo_status status = bo_scalesim_topology_load(&topology, RESNET18, BO_SCALESIM_CONV, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      bo_scalesim_topology_free(&topology);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(topology.layer);
  }
  CU_ASSERT(k >= 22);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_convolution_becomes_places_window_and_filters),
    BO_TEST(a_stride_that_does_not_divide_rounds_up),
    BO_TEST(what_is_behind_the_last_comma_counts_only_where_the_line_would_be_short),
    BO_TEST(a_ninth_field_is_the_stride_of_the_width_or_a_sparsity),
    BO_TEST(a_matrix_product_is_m_n_k),
    BO_TEST(dp_in_a_name_makes_a_layer_of_each_channel),
    BO_TEST(resnet_18_has_21_layers_and_its_published_macs),
    BO_TEST(resnet_18_takes_less_than_ten_milliseconds),
    BO_TEST(bad_convolutions_are_refused_by_line_and_field),
    BO_TEST(bad_products_and_empty_files_are_refused),
    BO_TEST(a_missing_file_is_an_input_output_error),
    BO_TEST(a_configuration_gives_rows_columns_and_dataflow),
    BO_TEST(what_has_no_effect_on_the_count_is_ignored),
    BO_TEST(bad_configurations_are_refused_by_line),
    BO_TEST(a_network_gives_its_convolutions_with_groups_and_padding),
    BO_TEST(every_failing_allocation_is_noticed),
    CU_TEST_INFO_NULL,
};
