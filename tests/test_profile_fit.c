/* Target files, scores of generated segments, and that a fit finds what the targets were made with.
 */
#include "silicon/profile_fit.h"

#include "silicon/sample.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define START "name: t\nsource: s\ncurve_of: ibm14\n"
#define MODEL "start: { prefers_1: 0.5, array: 0, column: 0.2, row: 0, read: 0.01 }\n"
#define SEGMENT                                                                                    \
  "segments:\n  - { name: a, source: s, arrays: 1, rows: 64, columns: 128, directions: both,"      \
  " mean_pct: 3, faulty_above: 0.02, segments: 8, values: ["

static bo_status parse(bo_targets **targets, const char *text, bo_diag *diag) {
  return bo_targets_parse(targets, "t.yaml", text, strlen(text), diag);
}

static void expect_refusal(const char *text, const char *message) {
  bo_targets *targets = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse(&targets, text, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(targets);
  CU_ASSERT_TRUE(has_text(diag.text, message));
}

static void a_target_file_that_makes_no_sense_is_refused_in_one_line(void) {
  expect_refusal(START MODEL "free: [colum]\n" SEGMENT
                             "{ statistic: faulty_pct, published: 1 }] }\n",
                 "'colum'");
  expect_refusal(START MODEL "free: [read]\n" SEGMENT "{ statistic: faulty, published: 1 }] }\n",
                 "'faulty'");
  expect_refusal(START MODEL "free: [read]\n" SEGMENT "{ statistic: nesting, published: 1 }] }\n",
                 "t.yaml: segment a: nesting: expected a lower_mean_pct, got none");
  expect_refusal(START "start: { prefers_1: 0.5, array: 0.5, column: 0.5, row: 0, read: 0 }\n"
                       "free: [read]\n" SEGMENT "{ statistic: faulty_pct, published: 1 }] }\n",
                 "t.yaml: start: array + column + row + read: expected 0..0.95, got 1");
  expect_refusal(START MODEL "free: [read]\nchips:\n  - { source: s, ber_pct: 51, mean_0to1_pct: 1,"
                             " mean_1to0_pct: 1, persistent_0to1_pct: 1 }\n" SEGMENT
                             "{ statistic: faulty_pct, published: 1 }] }\n",
                 "t.yaml: chips: entry 1: ber_pct: expected 0..50, got 51");
}

static void a_score_is_of_the_segments_that_have_the_statistic(void) {
  double value[4][BO_MAP_STATS] = {{0}};
  const double given[] = {1, 3, (double)NAN, 5};
  for (int i = 0; i < 4; i++) {
    value[i][BO_STAT_ROW_DISPERSION] = given[i];
    value[i][BO_STAT_NESTING] = 1;
    value[i][BO_STAT_VERTICAL_LIFT] = (double)NAN;
  }
  const bo_target_value inside = {.statistic = BO_STAT_ROW_DISPERSION, .published = 5};
  bo_target_score score = bo_sample_score((const double(*)[BO_MAP_STATS])value, 4, &inside);
  CU_ASSERT_EQUAL(score.defined, 3);
  CU_ASSERT_DOUBLE_EQUAL(score.mean, 3, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(score.std, 2, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(score.z, 1, 1e-12);
  CU_ASSERT_TRUE(score.brackets);
  const bo_target_value outside = {.statistic = BO_STAT_ROW_DISPERSION, .published = 5.01};
  CU_ASSERT_FALSE(bo_sample_score((const double(*)[BO_MAP_STATS])value, 4, &outside).brackets);
  const bo_target_value exact = {.statistic = BO_STAT_NESTING, .published = 0.9};
  score = bo_sample_score((const double(*)[BO_MAP_STATS])value, 4, &exact);
  CU_ASSERT_DOUBLE_EQUAL(score.z, -0.1 / (0.005 * 0.9 + 0.001), 1e-9);
  const bo_target_value none = {.statistic = BO_STAT_VERTICAL_LIFT, .published = 1};
  score = bo_sample_score((const double(*)[BO_MAP_STATS])value, 4, &none);
  CU_ASSERT_TRUE(score.defined == 0 && isnan(score.z) && !score.brackets);
}

static bo_profile load_ibm14(void) {
  bo_profile profile = {0};
  bo_diag diag;
  CU_ASSERT_EQUAL_FATAL(
      bo_profile_load(&profile, BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml", &diag), BO_OK);
  return profile;
}

static void the_voltage_of_a_rate_of_one_direction_has_that_rate(void) {
  bo_profile profile = load_ibm14();
  bo_diag diag;
  double vdd_ratio = 0;
  double ber = 0;
  for (uint32_t i = 0; i < profile.points; i++) {
    profile.point[i].share_0to1 = 0.6 + 0.04 * i;
  }
  CU_ASSERT_EQUAL_FATAL(bo_sample_vdd(&vdd_ratio, &profile, BO_TARGET_1TO0, 0.01, &diag), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_profile_ber(&profile, vdd_ratio, &ber, &diag), BO_OK);
  CU_ASSERT_DOUBLE_EQUAL(ber * (1 - bo_profile_share_0to1(&profile, vdd_ratio)), 0.01, 1e-9);
  CU_ASSERT_EQUAL(bo_sample_vdd(&vdd_ratio, &profile, BO_TARGET_1TO0, 0.1, &diag), BO_E_INVALID);
  CU_ASSERT_TRUE(has_text(diag.text, "no voltage with 10 % of cells failing 1->0"));
}

/* The statistics of a model with known shares, its own segments' means, are the published ones. */
static void a_fit_finds_the_shares_that_the_targets_were_made_with(void) {
  static const bo_map_stat used[] = {BO_STAT_COLUMN_DISPERSION, BO_STAT_WORST_10_COLUMNS,
                                     BO_STAT_RATE_FROM_97, BO_STAT_RATE_10_25};
  bo_profile truth = load_ibm14();
  bo_diag diag = {""};
  bo_targets *targets = NULL;
  bo_fit_result result;
  CU_ASSERT_EQUAL_FATAL(parse(&targets,
                              START MODEL "free: [column, read]\n" SEGMENT
                                          "{ statistic: column_dispersion, published: 1 }, "
                                          "{ statistic: worst_10_columns, published: 1 }, "
                                          "{ statistic: rate_from_97, published: 1 }, "
                                          "{ statistic: rate_10_25, published: 1 }] }\n",
                              &diag),
                        BO_OK);
  truth.source_of_cells = BO_CELLS_MODEL;
  truth.model = (bo_cell_model){0.5, {{0, 0.4, 0, 0.03}, {0, 0.4, 0, 0.03}}};
  for (uint32_t i = 0; i < truth.points; i++) {
    truth.point[i].share_0to1 = 0.5;
  }
  double value[8][BO_MAP_STATS];
  CU_ASSERT_EQUAL_FATAL(bo_sample_segments(value, &truth, &targets->segments[0], &diag), BO_OK);
  for (uint32_t i = 0; i < 4; i++) {
    bo_target_value *const target = &targets->segments[0].values[i];
    CU_ASSERT_EQUAL(target->statistic, used[i]);
    target->published = bo_sample_score((const double(*)[BO_MAP_STATS])value, 8, target).mean;
  }
  bo_profile fitted = {0};
  const bo_profile curve = load_ibm14();
  const bo_status status = bo_profile_fit(&fitted, &result, &curve, targets, &diag);
  if (status == BO_E_INVALID && strstr(diag.text, "NLopt") != NULL) {
    CU_ASSERT_TRUE(same_text(diag.text, "built without NLopt, which finds the fit: install "
                                        "libnlopt-dev, then build again"));
  } else {
    CU_ASSERT_EQUAL_FATAL(status, BO_OK);
    CU_ASSERT_DOUBLE_EQUAL(fitted.model.effects[0].column, 0.4, 0.02);
    CU_ASSERT_DOUBLE_EQUAL(fitted.model.effects[1].read, 0.03, 0.005);
    CU_ASSERT_EQUAL(fitted.model.effects[0].array, 0);
    CU_ASSERT_EQUAL(result.values, 4);
    CU_ASSERT_TRUE(result.squares < 0.1);
  }
  bo_targets_free(targets);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_target_file_that_makes_no_sense_is_refused_in_one_line),
    BO_TEST(a_score_is_of_the_segments_that_have_the_statistic),
    BO_TEST(the_voltage_of_a_rate_of_one_direction_has_that_rate),
    BO_TEST(a_fit_finds_the_shares_that_the_targets_were_made_with),
    CU_TEST_INFO_NULL,
};
