#include "campaign/sweep_config.h"
#include "campaign/workload.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <stdio.h>
#include <string.h>

static const char profiles[] = "/shipped/profiles";

static bo_status parse(bo_sweep_config **out, const char *text, bo_diag *diag) {
  return bo_sweep_config_parse(out, "dir/s.yaml", text, strlen(text), profiles, diag);
}

static const char everything[] = "models: [a/x-1.onnx, /abs/y.onnx]\n"
                                 "ber_pct: [1, 0.5, 1/4, 0]\n"
                                 "chips: 3\n"
                                 "seed: 18446744073709551615\n"
                                 "images: 100\n"
                                 "dataset: own.npz\n"
                                 "data: data\n"
                                 "arch: big\n"
                                 "profile: mine.yaml\n"
                                 "energy: ../e/mine\n"
                                 "placement:\n"
                                 "  policy: linear\n"
                                 "  start_row: 7\n"
                                 "  interleave: 4\n"
                                 "  banks: auto\n";

static void a_file_with_every_key_is_read_as_it_says(void) {
  bo_sweep_config *config = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(parse(&config, everything, &diag), BO_OK);
  CU_ASSERT_EQUAL_FATAL(config->models, 2);
  CU_ASSERT_STRING_EQUAL(config->model[0], "dir/a/x-1.onnx");
  CU_ASSERT_STRING_EQUAL(config->model[1], "/abs/y.onnx");
  CU_ASSERT_EQUAL(config->axis, BO_SWEEP_BER_PCT);
  CU_ASSERT_EQUAL_FATAL(config->steps, 4);
  CU_ASSERT_EQUAL(config->step[0], 1.0);
  CU_ASSERT_EQUAL(config->step[1], 0.5);
  CU_ASSERT_EQUAL(config->step[2], 0.25);
  CU_ASSERT_EQUAL(config->step[3], 0.0);
  CU_ASSERT_EQUAL(config->chips, 3);
  CU_ASSERT_EQUAL(config->seed, UINT64_MAX);
  CU_ASSERT_EQUAL(config->images, 100);
  CU_ASSERT_STRING_EQUAL(config->dataset, "dir/own.npz");
  CU_ASSERT_STRING_EQUAL(config->data, "dir/data");
  CU_ASSERT_STRING_EQUAL(config->arch, "/shipped/profiles/arch/big.yaml");
  CU_ASSERT_STRING_EQUAL(config->profile, "dir/mine.yaml");
  CU_ASSERT_STRING_EQUAL(config->energy, "dir/../e/mine");
  CU_ASSERT_EQUAL(config->policy, BO_PLACEMENT_LINEAR);
  CU_ASSERT_EQUAL(config->start_row, 7);
  CU_ASSERT_EQUAL(config->interleave, 4);
  CU_ASSERT_EQUAL(config->banks, 0);
  bo_sweep_config_free(config);
}

static void two_keys_are_enough(void) {
  bo_sweep_config *config = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(parse(&config, "models: [m.onnx]\nvdd_ratio: [20/24]\n", &diag), BO_OK);
  CU_ASSERT_EQUAL(config->axis, BO_SWEEP_VDD_RATIO);
  CU_ASSERT_EQUAL(config->step[0], 20.0 / 24.0);
  CU_ASSERT_EQUAL(config->chips, 10);
  CU_ASSERT_EQUAL(config->seed, 0);
  CU_ASSERT_EQUAL(config->images, 0);
  CU_ASSERT_PTR_NULL(config->dataset);
  CU_ASSERT_PTR_NULL(config->data);
  CU_ASSERT_PTR_NULL(config->arch);
  CU_ASSERT_STRING_EQUAL(config->profile, "/shipped/profiles/silicon/ibm14.yaml");
  CU_ASSERT_STRING_EQUAL(config->energy, "/shipped/profiles/energy/cmos14.yaml");
  CU_ASSERT_EQUAL(config->policy, BO_PLACEMENT_TILE);
  CU_ASSERT_EQUAL(config->banks, BO_BANKS_OF_ARCH);
  CU_ASSERT_EQUAL(config->interleave, 1);
  bo_sweep_config_free(config);
}

static void a_mistake_is_told_in_one_line(void) {
  static const struct {
    const char *text;
    const char *expected; /* the diagnostic begins so */
  } cases[] = {
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nchip: 3\n", "dir/s.yaml:3: "},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement:\n  row: 3\n", "dir/s.yaml:4: "},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nchips: many\n", "dir/s.yaml:3: "},
      {"vdd_ratio: [0.8]\n", "dir/s.yaml:"},
      {"models: []\nvdd_ratio: [0.8]\n", "dir/s.yaml:1: "},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement: {policy: best}\n", "dir/s.yaml:3: "},
      {"models: [m.onnx]\n", "dir/s.yaml: expected exactly one of vdd_ratio and ber_pct, got none"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nber_pct: [1]\n",
       "dir/s.yaml: expected exactly one of vdd_ratio and ber_pct, got both"},
      {"models: [m.onnx]\nvdd_ratio: [high]\n",
       "dir/s.yaml: vdd_ratio: expected ratios V/Vmin above 0, up to 2, got high"},
      {"models: [m.onnx]\nvdd_ratio: [0.8/]\n",
       "dir/s.yaml: vdd_ratio: expected ratios V/Vmin above 0, up to 2, got 0.8/"},
      {"models: [m.onnx]\nvdd_ratio: [18/0]\n",
       "dir/s.yaml: vdd_ratio: expected ratios V/Vmin above 0, up to 2, got 18/0"},
      {"models: [m.onnx]\nvdd_ratio: [nan]\n",
       "dir/s.yaml: vdd_ratio: expected ratios V/Vmin above 0, up to 2, got nan"},
      {"models: [m.onnx]\nvdd_ratio: [0]\n",
       "dir/s.yaml: vdd_ratio: expected ratios V/Vmin above 0, up to 2, got 0"},
      {"models: [m.onnx]\nber_pct: [51]\n",
       "dir/s.yaml: ber_pct: expected per cents from 0 to 50, got 51"},
      {"models: [m.onnx]\nvdd_ratio: [0.75, 18/24]\n", "dir/s.yaml: 18/24 is there twice"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nchips: 0\n",
       "dir/s.yaml: chips: expected 1..1000000, got 0"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nchips: 1000001\n",
       "dir/s.yaml: chips: expected 1..1000000, got 1000001"},
      {"models: [m.onnx]\nvdd_ratio: [.71, .72, .73, .74, .75, .76, .77, .78, .79, .8, .81]\n"
       "chips: 1000000\n",
       "dir/s.yaml: expected at most 10000000 trials, got 11000000"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement: {banks: some}\n",
       "dir/s.yaml: banks: expected auto or 1..65536, got some"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement: {interleave: 0}\n",
       "dir/s.yaml: interleave: expected 1..65536, got 0"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement: {interleave: 65537}\n",
       "dir/s.yaml: interleave: expected 1..65536, got 65537"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement: {banks: -1}\n",
       "dir/s.yaml: banks: expected auto or 1..65536, got -1"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement: {banks: 65537}\n",
       "dir/s.yaml: banks: expected auto or 1..65536, got 65537"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    bo_sweep_config *config = NULL;
    bo_diag diag = {""};
    const bo_status status = parse(&config, cases[i].text, &diag);
    CU_ASSERT_EQUAL(status, BO_E_INVALID);
    CU_ASSERT_PTR_NULL(config);
    if (strncmp(diag.text, cases[i].expected, strlen(cases[i].expected)) != 0) {
      (void)fprintf(stderr, "\nexpected %s\n     got %s\n", cases[i].expected, diag.text);
      CU_FAIL("another diagnostic");
    }
  }
}

static void a_file_that_is_not_there_is_named(void) {
  bo_sweep_config *config = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_sweep_config_load(&config, "/nonexistent/s.yaml", profiles, &diag), BO_E_IO);
  CU_ASSERT_PTR_NULL(config);
  CU_ASSERT(has_text(diag.text, "/nonexistent/s.yaml"));
}

static void the_quickstart_sweep_is_valid(void) {
  bo_sweep_config *config = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_sweep_config_load(&config, BO_SOURCE_DIR "/bench/quickstart.yaml",
                                             BO_SOURCE_DIR "/profiles", &diag),
                        BO_OK);
  CU_ASSERT_STRING_EQUAL(config->model[1],
                         BO_SOURCE_DIR "/bench/../models/fmnist-cnn-8b-rquant.onnx");
  bo_sweep_config_free(config);
}

static void every_failed_allocation_is_reported(void) {
  unsigned k = 0;
  for (;; k++) {
    bo_sweep_config *config = NULL;
    bo_diag diag = {""};
    fail_alloc_arm(k);
    const bo_status status = parse(&config, everything, &diag);
    const bool failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    CU_ASSERT_EQUAL(config == NULL, failed);
    bo_sweep_config_free(config);
    if (!failed) {
      break;
    }
  }
  CU_ASSERT(k >= 10); /* the config, two arrays, seven strings */
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_file_with_every_key_is_read_as_it_says),
    BO_TEST(two_keys_are_enough),
    BO_TEST(a_mistake_is_told_in_one_line),
    BO_TEST(a_file_that_is_not_there_is_named),
    BO_TEST(the_quickstart_sweep_is_valid),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
