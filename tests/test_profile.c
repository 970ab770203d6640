/* The published curve and energies, the interpolation, its inverse, and bad files. */
#include "fail_alloc.h"
#include "silicon/profile.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const ibm14_path = BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml";

static const char *const good_head = "name: p\ntechnology: t\nsource: s\nlicence: l\n";

static bo_profile load_ibm14(void) {
  bo_profile profile;
  bo_diag diag = {""};
  const bo_status status = bo_profile_load(&profile, ibm14_path, &diag);
  if (status != BO_OK) {
    (void)printf("%s\n", diag.text);
  }
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  return profile;
}

static double ber_at(const bo_profile *profile, double vdd_ratio) {
  double ber = -1.0;
  CU_ASSERT_EQUAL(bo_profile_ber(profile, vdd_ratio, &ber, NULL), BO_OK);
  return ber;
}

static double vdd_for(const bo_profile *profile, double ber) {
  double vdd_ratio = -1.0;
  CU_ASSERT_EQUAL(bo_profile_vdd_for_ber(profile, ber, &vdd_ratio, NULL), BO_OK);
  return vdd_ratio;
}

static bo_status parse(bo_profile *profile, const char *head, const char *rest, bo_diag *diag) {
  char text[1024];
  (void)snprintf(text, sizeof text, "%s%s", head, rest);
  return bo_profile_parse(profile, "p.yaml", text, strlen(text), diag);
}

/* Stutz et al., MLSys 2021, figure 1: V/Vmin = numerator/24, rate in per cent, energy. */
static const struct {
  int numerator;
  double ber_pct, energy;
} published[] = {
    {18, 20.56, 0.5625},   {19, 5.573, 0.626736111},      {20, 1.115, 0.694444444},
    {21, 0.129, 0.765625}, {22, 0.00686646, 0.840277778}, {23, 0.000190735, 0.918402778},
    {24, 0.0, 1.0},
};
enum {
  PUBLISHED = sizeof published / sizeof published[0]
};

static void the_shipped_profile_has_the_published_points_and_energies(void) {
  const bo_profile profile = load_ibm14();
  CU_ASSERT_STRING_EQUAL(profile.name, "ibm14");
  CU_ASSERT_EQUAL(profile.vmin_mv, 0.0);
  CU_ASSERT_EQUAL_FATAL(profile.points, PUBLISHED);
  for (uint32_t i = 0; i < PUBLISHED; i++) {
    const double vdd_ratio = published[i].numerator / 24.0;
    CU_ASSERT_EQUAL(profile.point[i].vdd_ratio, vdd_ratio);
    CU_ASSERT_EQUAL(profile.point[i].ber, published[i].ber_pct / 100.0);
    CU_ASSERT_EQUAL(ber_at(&profile, vdd_ratio), published[i].ber_pct / 100.0);
    CU_ASSERT_EQUAL(vdd_for(&profile, published[i].ber_pct / 100.0), vdd_ratio);
    CU_ASSERT_DOUBLE_EQUAL(bo_profile_energy_ratio(vdd_ratio), published[i].energy, 5e-10);
  }
}

/* The rates are counts of the 2^20 cells that were measured. */
static void the_lowest_rates_are_whole_numbers_of_measured_cells(void) {
  const bo_profile profile = load_ibm14();
  CU_ASSERT_DOUBLE_EQUAL(profile.point[4].ber * 0x1p20, 72.0, 1e-4);
  CU_ASSERT_DOUBLE_EQUAL(profile.point[5].ber * 0x1p20, 2.0, 1e-4);
}

typedef struct interpolated {
  double ber_pct, vdd_ratio, saving_pct;
} interpolated;

static void expect_table(const bo_profile *profile, const interpolated *table, size_t rows,
                         double vdd_tolerance, double saving_tolerance) {
  for (size_t i = 0; i < rows; i++) {
    const double vdd_ratio = vdd_for(profile, table[i].ber_pct / 100.0);
    const double saving_pct = 100.0 * (1.0 - bo_profile_energy_ratio(vdd_ratio));
    CU_ASSERT_DOUBLE_EQUAL(vdd_ratio, table[i].vdd_ratio, vdd_tolerance);
    CU_ASSERT_DOUBLE_EQUAL(saving_pct, table[i].saving_pct, saving_tolerance);
  }
}

/* numpy.interp of -ln(rate) over the exact voltages k/24. */
static void the_voltage_and_the_saving_of_a_rate_are_log_linear(void) {
  static const interpolated table[] = {
      {0.001, 0.939068, 11.815}, {0.005, 0.920355, 15.295}, {0.01, 0.911326, 16.948},
      {0.025, 0.898310, 19.304}, {0.05, 0.888464, 21.063},  {0.1, 0.878617, 22.803},
      {0.25, 0.862218, 25.658},  {0.5, 0.848827, 27.949},   {1, 0.835436, 30.205},
      {1.5, 0.825653, 31.830},   {2, 0.818203, 33.054},     {2.5, 0.812425, 33.997},
      {5, 0.794476, 36.881},     {10, 0.773006, 40.246},    {15, 0.760064, 42.230},
      {20, 0.750881, 43.618},
  };
  const bo_profile profile = load_ibm14();
  expect_table(&profile, table, sizeof table / sizeof table[0], 5.1e-7, 5.1e-4);
}

/* The same curve with voltages to three digits, as the figure is plotted. */
static void a_curve_with_rounded_voltages_moves_the_fourth_digit(void) {
  static const interpolated table[] = {
      {0.001, .9390, 11.8}, {0.005, .9206, 15.2}, {0.01, .9116, 16.9}, {0.025, .8985, 19.3},
      {0.05, .8886, 21.0},  {0.1, .8786, 22.8},   {0.25, .8621, 25.7}, {0.5, .8486, 28.0},
      {1, .8351, 30.3},     {1.5, .8254, 31.9},   {2, .8181, 33.1},    {2.5, .8124, 34.0},
      {5, .7948, 36.8},     {10, .7732, 40.2},    {15, .7601, 42.2},   {20, .7509, 43.6},
  };
  bo_profile profile;
  CU_ASSERT_EQUAL_FATAL(parse(&profile, good_head,
                              "curve:\n  - {vdd_ratio: 0.75, ber_pct: 20.56}\n"
                              "  - {vdd_ratio: 0.792, ber_pct: 5.573}\n"
                              "  - {vdd_ratio: 0.833, ber_pct: 1.115}\n"
                              "  - {vdd_ratio: 0.875, ber_pct: 0.129}\n"
                              "  - {vdd_ratio: 0.917, ber_pct: 0.00686646}\n"
                              "  - {vdd_ratio: 0.958, ber_pct: 0.000190735}\n"
                              "  - {vdd_ratio: 1.0, ber_pct: 0}\n",
                              NULL),
                        BO_OK);
  expect_table(&profile, table, sizeof table / sizeof table[0], 5.1e-5, 0.051);
}

/* Halfway between two points the rate is their geometric mean. */
static void the_middle_of_an_interval_is_the_geometric_mean_of_its_ends(void) {
  const bo_profile profile = load_ibm14();
  for (uint32_t i = 0; i + 2 < PUBLISHED; i++) {
    const double mean = sqrt(profile.point[i].ber * profile.point[i + 1].ber);
    const double middle = (profile.point[i].vdd_ratio + profile.point[i + 1].vdd_ratio) / 2.0;
    CU_ASSERT_DOUBLE_EQUAL(ber_at(&profile, middle) / mean, 1.0, 1e-12);
  }
}

/* 2 cells at 23/24 and 72 at 22/24: one interval up is 2 * 2/72, in the limit. At Vmin it is 0. */
static void below_vmin_the_last_slope_goes_on_and_from_vmin_up_nothing_fails(void) {
  const bo_profile profile = load_ibm14();
  const double before_vmin = profile.point[5].ber * profile.point[5].ber / profile.point[4].ber;
  CU_ASSERT_DOUBLE_EQUAL(ber_at(&profile, nextafter(1.0, 0.0)) / before_vmin, 1.0, 1e-10);
  CU_ASSERT_EQUAL(ber_at(&profile, 1.0), 0.0);
  CU_ASSERT_EQUAL(ber_at(&profile, 1.25), 0.0);
  CU_ASSERT_EQUAL(vdd_for(&profile, 0.0), 1.0);
  CU_ASSERT_EQUAL(vdd_for(&profile, before_vmin / 2.0), 1.0);
}

static void the_rate_falls_with_every_step_of_voltage(void) {
  const bo_profile profile = load_ibm14();
  double before = 1.0;
  for (int i = 0; i <= 25000; i++) {
    const double vdd_ratio = 0.75 + i * 1e-5;
    const double ber = ber_at(&profile, vdd_ratio);
    CU_ASSERT_TRUE(vdd_ratio < 1.0 ? ber < before && ber > 0.0 : ber == 0.0);
    before = ber;
  }
}

static void voltage_of_rate_is_the_inverse_of_rate_of_voltage(void) {
  const bo_profile profile = load_ibm14();
  for (int i = 0; i < 2499; i++) {
    const double vdd_ratio = 0.75 + i * 1e-4;
    CU_ASSERT_DOUBLE_EQUAL(vdd_for(&profile, ber_at(&profile, vdd_ratio)), vdd_ratio, 1e-14);
  }
  for (int i = 0; i < 1400; i++) { /* down to 1.6e-7 */
    const double ber = profile.point[0].ber * pow(0.99, i);
    CU_ASSERT_DOUBLE_EQUAL(ber_at(&profile, vdd_for(&profile, ber)) / ber, 1.0, 1e-12);
  }
}

static void what_lies_outside_the_curve_is_refused_by_name_range_and_value(void) {
  const bo_profile profile = load_ibm14();
  double value = 5.0;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_profile_ber(&profile, 0.74, &value, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "profile ibm14: vdd_ratio: expected 0.75..1.25, got 0.74"));
  CU_ASSERT_EQUAL(bo_profile_ber(&profile, 1.2500001, &value, NULL), BO_E_INVALID);
  CU_ASSERT_EQUAL(bo_profile_ber(&profile, (double)NAN, &value, NULL), BO_E_INVALID);
  CU_ASSERT_EQUAL(bo_profile_vdd_for_ber(&profile, 0.3, &value, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "profile ibm14: bit error rate: expected 0..20.56 %, got 30 %"));
  CU_ASSERT_EQUAL(bo_profile_vdd_for_ber(&profile, -1e-9, &value, NULL), BO_E_INVALID);
  CU_ASSERT_EQUAL(bo_profile_vdd_for_ber(&profile, (double)NAN, &value, NULL), BO_E_INVALID);
  CU_ASSERT_EQUAL(value, 5.0);
}

static void a_voltage_may_be_a_decimal_number_or_a_fraction(void) {
  bo_profile profile;
  const bo_status status = parse(&profile, good_head,
                                 "vmin_mv: 480.5\ncurve:\n"
                                 "  - {vdd_ratio: 0.5, ber_pct: 50}\n"
                                 "  - {vdd_ratio: 3/4, ber_pct: 1e-3}\n"
                                 "  - {vdd_ratio: 1, ber_pct: 0}\n",
                                 NULL);
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  CU_ASSERT_EQUAL(profile.vmin_mv, 480.5);
  CU_ASSERT_EQUAL(profile.points, 3);
  CU_ASSERT_EQUAL(profile.point[0].vdd_ratio, 0.5);
  CU_ASSERT_EQUAL(profile.point[0].ber, 0.5);
  CU_ASSERT_EQUAL(profile.point[1].vdd_ratio, 0.75);
  CU_ASSERT_EQUAL(profile.point[1].ber, 1e-5);
}

static void expect_refused(const char *head, const char *rest, const char *message) {
  bo_profile profile = {.points = 77};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse(&profile, head, rest, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, message));
  CU_ASSERT_EQUAL(profile.points, 77);
}

/* A curve of three points whose second one is (vdd_ratio, ber_pct). */
static void expect_point_refused(const char *vdd_ratio, const char *ber_pct, const char *reason) {
  char curve[256];
  char message[256];
  (void)snprintf(curve, sizeof curve,
                 "curve:\n  - {vdd_ratio: 0.8, ber_pct: 1}\n"
                 "  - {vdd_ratio: %s, ber_pct: %s}\n  - {vdd_ratio: 1, ber_pct: 0}\n",
                 vdd_ratio, ber_pct);
  (void)snprintf(message, sizeof message, "p.yaml: point 2 of the curve: %s", reason);
  expect_refused(good_head, curve, message);
}

static void a_point_that_is_no_number_or_out_of_order_is_refused(void) {
  static const char *const no_number[] = {"high", "-0.9", "nan", "inf",   "0x1",  "0",    "0.9v",
                                          "9/0",  "9/",   "/9",  "9//10", "9/-1", "1e999"};
  for (size_t i = 0; i < sizeof no_number / sizeof no_number[0]; i++) {
    char reason[128];
    (void)snprintf(reason, sizeof reason,
                   "vdd_ratio: expected a number above 0 or a fraction like 18/24, got \"%s\"",
                   no_number[i]);
    expect_point_refused(no_number[i], "0.5", reason);
  }
  expect_point_refused("0.9", "51", "ber_pct: expected 0..50, got 51");
  expect_point_refused("0.9", "-1", "ber_pct: expected 0..50, got -1");
  expect_point_refused("0.9", "1", "ber_pct: expected below 1 of the point before, got 1");
  expect_point_refused("0.8", "0.5", "vdd_ratio: expected above 0.8 of the point before, got 0.8");
}

static void a_bad_file_is_refused_in_one_line(void) {
  expect_refused(good_head,
                 "curve:\n  - {vdd_ratio: 0.8, ber_pct: 2}\n  - {vdd_ratio: 0.9, ber_pct: 1}\n"
                 "  - {vdd_ratio: 1, ber_pct: 0.5}\n",
                 "p.yaml: curve: expected to end at vdd_ratio 1 with ber_pct 0, got 1 with 0.5");
  expect_refused(good_head,
                 "curve:\n  - {vdd_ratio: 0.8, ber_pct: 2}\n  - {vdd_ratio: 0.9, ber_pct: 1}\n"
                 "  - {vdd_ratio: 1.1, ber_pct: 0}\n",
                 "p.yaml: curve: expected to end at vdd_ratio 1 with ber_pct 0, got 1.1 with 0");
  expect_refused(good_head,
                 "curve:\n  - {vdd_ratio: 0.8, ber_pct: 2}\n  - {vdd_ratio: 1, ber_pct: 0}\n",
                 "p.yaml: curve: expected at least 3 points, got 2");
  expect_refused(good_head,
                 "vmin_mv: -3\ncurve:\n  - {vdd_ratio: 0.8, ber_pct: 2}\n"
                 "  - {vdd_ratio: 0.9, ber_pct: 1}\n  - {vdd_ratio: 1, ber_pct: 0}\n",
                 "p.yaml: vmin_mv: expected 0 (not published)..10000, got -3");
  expect_refused("name: p\nsource: s\nlicence: l\n",
                 "curve:\n  - {vdd_ratio: 0.8, ber_pct: 2}\n  - {vdd_ratio: 0.9, ber_pct: 1}\n"
                 "  - {vdd_ratio: 1, ber_pct: 0}\n",
                 "p.yaml:1: document: missing key 'technology'");
}

static void a_missing_file_is_an_input_output_error_that_names_it(void) {
  bo_profile profile;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_profile_load(&profile, "/no/such/profile.yaml", &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/no/such/profile.yaml"));
}

static void the_hash_tells_two_files_apart(void) {
  const char *rest = "curve:\n  - {vdd_ratio: 0.8, ber_pct: 2}\n"
                     "  - {vdd_ratio: 0.9, ber_pct: 1}\n  - {vdd_ratio: 1, ber_pct: 0}\n";
  bo_profile one;
  bo_profile other;
  CU_ASSERT_EQUAL(parse(&one, good_head, rest, NULL), BO_OK);
  CU_ASSERT_EQUAL(parse(&other, good_head, rest, NULL), BO_OK);
  CU_ASSERT_EQUAL(one.hash, other.hash);
  CU_ASSERT_EQUAL(parse(&other, "name: q\ntechnology: t\nsource: s\nlicence: l\n", rest, NULL),
                  BO_OK);
  CU_ASSERT_NOT_EQUAL(one.hash, other.hash);
}

static void each_failed_allocation_is_reported(void) {
  for (unsigned k = 0;; k++) {
    bo_profile profile;
    fail_alloc_arm(k);
    const bo_status status = bo_profile_load(&profile, ibm14_path, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_TRUE(k > 1);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
  }
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_shipped_profile_has_the_published_points_and_energies),
    BO_TEST(the_lowest_rates_are_whole_numbers_of_measured_cells),
    BO_TEST(the_voltage_and_the_saving_of_a_rate_are_log_linear),
    BO_TEST(a_curve_with_rounded_voltages_moves_the_fourth_digit),
    BO_TEST(the_middle_of_an_interval_is_the_geometric_mean_of_its_ends),
    BO_TEST(below_vmin_the_last_slope_goes_on_and_from_vmin_up_nothing_fails),
    BO_TEST(the_rate_falls_with_every_step_of_voltage),
    BO_TEST(voltage_of_rate_is_the_inverse_of_rate_of_voltage),
    BO_TEST(what_lies_outside_the_curve_is_refused_by_name_range_and_value),
    BO_TEST(a_voltage_may_be_a_decimal_number_or_a_fraction),
    BO_TEST(a_point_that_is_no_number_or_out_of_order_is_refused),
    BO_TEST(a_bad_file_is_refused_in_one_line),
    BO_TEST(a_missing_file_is_an_input_output_error_that_names_it),
    BO_TEST(the_hash_tells_two_files_apart),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
