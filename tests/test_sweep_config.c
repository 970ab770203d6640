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
  CU_ASSERT_EQUAL_FATAL(config->profiles, 1);
  CU_ASSERT_STRING_EQUAL(config->profile[0], "dir/mine.yaml");
  CU_ASSERT_STRING_EQUAL(config->energy, "dir/../e/mine");
  CU_ASSERT_EQUAL_FATAL(config->placements, 1);
  CU_ASSERT_EQUAL(config->placement[0].policy, BO_PLACEMENT_LINEAR);
  CU_ASSERT_EQUAL(config->placement[0].start_row, 7);
  CU_ASSERT_EQUAL(config->placement[0].interleave, 4);
  CU_ASSERT_EQUAL(config->placement[0].banks, 0);
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
  CU_ASSERT_EQUAL_FATAL(config->profiles, 1);
  CU_ASSERT_STRING_EQUAL(config->profile[0], "/shipped/profiles/silicon/ibm14.yaml");
  CU_ASSERT_STRING_EQUAL(config->energy, "/shipped/profiles/energy/cmos14.yaml");
  CU_ASSERT_EQUAL_FATAL(config->placements, 1);
  CU_ASSERT_EQUAL(config->placement[0].policy, BO_PLACEMENT_TILE);
  CU_ASSERT_EQUAL(config->placement[0].banks, BO_BANKS_OF_ARCH);
  CU_ASSERT_EQUAL(config->placement[0].interleave, 1);
  bo_sweep_config_free(config);
}

static const char lists[] =
    "models: [m.onnx]\n"
    "vdd_ratio: [0.8]\n"
    "profiles: [ibm14-chip2, mine.yaml, ibm14]\n"
    "placements: [{policy: tile}, {policy: tile, rotate: true},\n"
    "  {policy: linear, start_row: 7, interleave: 4}, {banks: 5, storage: offset_binary}]\n";

static void lists_of_profiles_and_placements_are_read_in_their_order(void) {
  static const char *const placements[] = {"tile", "tile+rotate", "linear+start_row=7+interleave=4",
                                           "tile+banks=5+storage=offset_binary"};
  bo_sweep_config *config = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(parse(&config, lists, &diag), BO_OK);
  CU_ASSERT_EQUAL_FATAL(config->profiles, 3);
  CU_ASSERT_STRING_EQUAL(config->profile[0], "/shipped/profiles/silicon/ibm14-chip2.yaml");
  CU_ASSERT_STRING_EQUAL(config->profile[1], "dir/mine.yaml");
  CU_ASSERT_STRING_EQUAL(config->profile[2], "/shipped/profiles/silicon/ibm14.yaml");
  CU_ASSERT_EQUAL_FATAL(config->placements, 4);
  for (uint32_t i = 0; i < config->placements; i++) {
    char text[BO_PLACEMENT_TEXT_SIZE];
    bo_placement_setting_text(text, &config->placement[i]);
    CU_ASSERT(same_text(text, placements[i]));
  }
  bo_sweep_config_free(config);
}

/* A list of @p count entries under @p key, each @p entry with its number in it. */
static void add_list(char *text, size_t size, const char *key, const char *entry, unsigned count) {
  size_t length = strlen(text);
  length += (size_t)snprintf(text + length, size - length, "%s:\n", key);
  for (unsigned i = 0; i < count; i++) {
    CU_ASSERT_FATAL(length + 40 < size);
    length += (size_t)snprintf(text + length, size - length, entry, i);
  }
}

/* 5 x 16 x 16 x 1024 points are 1310720; without the fifth model they are 1048576, the most. */
static void a_grid_of_too_many_points_is_refused(void) {
  static char text[65536];
  for (unsigned models = 4; models <= 5; models++) {
    bo_sweep_config *config = NULL;
    bo_diag diag = {""};
    (void)snprintf(text, sizeof text, "chips: 1\n");
    add_list(text, sizeof text, "models", "- m%u.onnx\n", models);
    add_list(text, sizeof text, "profiles", "- p%u\n", 16);
    add_list(text, sizeof text, "placements", "- start_row: %u\n", 16);
    add_list(text, sizeof text, "vdd_ratio", "- 1.0%u5\n", 1024);
    CU_ASSERT_EQUAL(parse(&config, text, &diag), models == 4 ? BO_OK : BO_E_INVALID);
    CU_ASSERT(same_text(diag.text, models == 4 ? ""
                                               : "dir/s.yaml: expected at most 1048576 points, got "
                                                 "1310720"));
    bo_sweep_config_free(config);
  }
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
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nprofile: a\nprofiles: [a]\n",
       "dir/s.yaml: expected at most one of profile and profiles, got both"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacement: {policy: tile}\nplacements: [{rotate: "
       "true}]\n",
       "dir/s.yaml: expected at most one of placement and placements, got both"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nprofiles: []\n",
       "dir/s.yaml:3: profiles: expected at least 1 entries, got 0"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacements: []\n",
       "dir/s.yaml:3: placements: expected at least 1 entries, got 0"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nprofiles: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,\nq]\n",
       "dir/s.yaml:4: profiles: expected at most 16 entries, got more"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacements:\n- start_row: 0\n- start_row: 1\n"
       "- start_row: 2\n- start_row: 3\n- start_row: 4\n- start_row: 5\n- start_row: 6\n"
       "- start_row: 7\n- start_row: 8\n- start_row: 9\n- start_row: 10\n- start_row: 11\n"
       "- start_row: 12\n- start_row: 13\n- start_row: 14\n- start_row: 15\n- start_row: 16\n",
       "dir/s.yaml:20: placements: expected at most 16 entries, got more"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacements:\n- policy: tile\n- row: 3\n",
       "dir/s.yaml:5: "},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacements: [tile]\n", "dir/s.yaml:3: "},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacements: [{}, {interleave: 65537}]\n",
       "dir/s.yaml: interleave: expected 1..65536, got 65537"},
      {"models: [m.onnx]\nvdd_ratio: [0.8]\nplacements: [{rotate: true}, {}, {policy: tile}]\n",
       "dir/s.yaml: placements: tile is there twice"},
      {"models: [m.onnx]\nvdd_ratio: [.71, .72, .73]\nprofiles: [a, b]\n"
       "placements: [{}, {rotate: true}]\nchips: 1000000\n",
       "dir/s.yaml: expected at most 10000000 trials, got 12000000"},
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

static unsigned fail_every_allocation(const char *text) {
  unsigned k = 0;
  for (;; k++) {
    bo_sweep_config *config = NULL;
    bo_diag diag = {""};
    fail_alloc_arm(k);
    const bo_status status = parse(&config, text, &diag);
    const bool failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    CU_ASSERT_EQUAL(config == NULL, failed);
    bo_sweep_config_free(config);
    if (!failed) {
      break;
    }
  }
  return k;
}

static void every_failed_allocation_is_reported(void) {
  CU_ASSERT(fail_every_allocation(everything) >= 12); /* the config, four arrays, seven strings */
  CU_ASSERT(fail_every_allocation(lists) >= 10);      /* the config, four arrays, five strings */
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_file_with_every_key_is_read_as_it_says),
    BO_TEST(two_keys_are_enough),
    BO_TEST(lists_of_profiles_and_placements_are_read_in_their_order),
    BO_TEST(a_grid_of_too_many_points_is_refused),
    BO_TEST(a_mistake_is_told_in_one_line),
    BO_TEST(a_file_that_is_not_there_is_named),
    BO_TEST(the_quickstart_sweep_is_valid),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
