/* What is said and drawn of a profile and a chip: text, JSON, data of the figures. */
#include "fail_alloc.h"
#include "report/plot.h"
#include "report/profile.h"
#include "test_suite.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const bo_profile model = {
    .name = "p",
    .technology = "t",
    .source = "s",
    .licence = "l",
    .vmin_mv = 600,
    .points = 3,
    .point = {{0.8, 0.5, 0.75}, {0.9, 0.01, 0.5}, {1.0, 0, 0.75}},
    .source_of_cells = BO_CELLS_MODEL,
    .model = {.prefers_1 = 0.75,
              .effects = {{0.125, 0.5, 0.0625, 0.0625}, {0, 0.25, 0.125, 0.125}}},
};

/* Two arrays of 2 x 2 cells, rates by hand: faulty are 2, 0, 1, 1 a column and one a row. */
static bo_chip_shown eight_cells(void) {
  static const float up[] = {0.9375F, 0, 0.5F, 0.0078125F, 1, 0.015625F, 0, 0.5F};
  static const float down[] = {0, 0, 0, 0, 1, 0, 0, 0.4375F};
  const bo_cell_shape shape = {.arrays = 2, .rows = 2, .columns = 2};
  bo_chip_shown shown = {.profile = &model, .seed = 7, .vdd_ratio = 0.8, .ber = 0.5};
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&shown.rates, 1, &shape, NULL), BO_OK);
  memcpy(shown.rates.p[0], up, sizeof up);
  memcpy(shown.rates.p[1], down, sizeof down);
  CU_ASSERT_EQUAL_FATAL(bo_rates_summarise(&shown.summary, &shown.rates, 0, NULL), BO_OK);
  return shown;
}

/* The first @p faulty of the cells of one array always fail. */
static bo_chip_shown one_array(uint32_t rows, uint32_t columns, size_t faulty) {
  const bo_cell_shape shape = {.arrays = 1, .rows = rows, .columns = columns};
  bo_chip_shown shown = {.profile = &model, .vdd_ratio = 0.8, .ber = 0.5};
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&shown.rates, 1, &shape, NULL), BO_OK);
  for (size_t i = 0; i < faulty; i++) {
    shown.rates.p[0][i] = 1;
  }
  CU_ASSERT_EQUAL_FATAL(bo_rates_summarise(&shown.summary, &shown.rates, 0, NULL), BO_OK);
  return shown;
}

static void the_text_says_where_numbers_are_from_the_curve_and_the_chip(void) {
  bo_chip_shown shown = eight_cells();
  bo_bytes text = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_profile_text(&text, &shown, NULL), BO_OK);
  CU_ASSERT(same_text(
      (const char *)text.data,
      "p\n"
      "technology   t\n"
      "source       s\n"
      "licence      l\n"
      "Vmin         600 mV\n"
      "cells        model: a cell fails in one direction\n"
      "             0->1: 75 % of the cells; variance of array 0.125, column 0.5, row 0.0625, "
      "read 0.0625, cell 0.25\n"
      "             1->0: 25 % of the cells; variance of array 0, column 0.25, row 0.125, "
      "read 0.125, cell 0.5\n"
      "\n"
      "  V/Vmin       BER %    0->1  access energy  saving %\n"
      "                       share     (V/Vmin)^2\n"
      "  0.8000          50   0.750         0.6400     36.00\n"
      "  0.9000           1   0.500         0.8100     19.00\n"
      "  1.0000           0       -         1.0000      0.00\n"
      "\n"
      "chip 7 at V/Vmin 0.8000 (BER 50 %, saving 36.00 %): 2 arrays of 2 x 2 cells\n"
      "  mean rate               42.48 % (0->1 37.01 %, 1->0 17.97 %)\n"
      "  persistent cells        3 (37.5 %), fail in at least 90 % of the reads\n"
      "  cells between           1 (12.5 %), in more than 2 %\n"
      "  faulty cells            4 (50 %), both of these\n"
      "  faulty cells a column   min 0, median 1, max 2; none in 1 of 4 columns\n"
      "  faulty cells a row      min 1, median 1, max 1; none in 0 of 4 rows\n"));
  bo_bytes_free(&text);
  bo_chip_shown_free(&shown);
}

static void at_another_temperature_the_curve_is_the_machines(void) {
  bo_profile warm = model;
  bo_chip_shown shown = eight_cells();
  bo_bytes text = {0};
  warm.temperature_c = 85;
  warm.reference_c = 25;
  warm.vdd_ratio_per_k = 0.001;
  shown.profile = &warm;
  CU_ASSERT_EQUAL_FATAL(bo_report_profile_text(&text, &shown, NULL), BO_OK);
  const char *const words = (const char *)text.data;
  CU_ASSERT(has_text(words, "\ntemperature  85 degrees; the curve, of 25 degrees, moved by -0.06 "
                            "of Vmin\n"));
  CU_ASSERT(has_text(words, "\n  0.7400          50   0.750         0.5476     45.24\n"));
  CU_ASSERT(has_text(words, "\n  0.9400           0       -         0.8836     11.64\n"));
  bo_bytes_free(&text);
  bo_chip_shown_free(&shown);
}

static double number(const json_t *object, const char *key) {
  const json_t *const value = json_object_get(object, key);
  CU_ASSERT_PTR_NOT_NULL_FATAL(value);
  return json_number_value(value);
}

static void the_json_has_the_same_numbers(void) {
  bo_chip_shown shown = eight_cells();
  bo_bytes text = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_profile_json(&text, &shown, NULL), BO_OK);
  json_t *const json = json_loads((const char *)text.data, 0, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(json);
  CU_ASSERT(same_text(json_string_value(json_object_get(json, "licence")), "l"));
  const json_t *const cells = json_object_get(json, "cells");
  CU_ASSERT(same_text(json_string_value(json_object_get(cells, "source")), "model"));
  CU_ASSERT_EQUAL(number(json_object_get(cells, "effects_1to0"), "column"), 0.25);
  const json_t *const curve = json_object_get(json, "curve");
  CU_ASSERT_EQUAL(json_array_size(curve), 3);
  CU_ASSERT_EQUAL(number(json_array_get(curve, 1), "sram_energy_saving_pct"), 19);
  CU_ASSERT(json_is_null(json_object_get(json_array_get(curve, 2), "share_0to1")));
  const json_t *const chip = json_object_get(json, "chip");
  CU_ASSERT_EQUAL(number(chip, "cells_persistent"), 3);
  CU_ASSERT_DOUBLE_EQUAL(number(chip, "rate_1to0_pct"), 17.96875, 1e-9);
  CU_ASSERT_EQUAL(number(json_object_get(chip, "faulty_cells_a_column"), "max"), 2);
  json_decref(json);
  bo_bytes_free(&text);
  bo_chip_shown_free(&shown);
}

static void the_cells_stand_row_by_row_arrays_side_by_side(void) {
  bo_chip_shown shown = eight_cells();
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_cells_csv(&csv, &shown, NULL), BO_OK);
  CU_ASSERT(same_text((const char *)csv.data,
                      "vdd_ratio,array,row,column,rate_pct,rate_0to1_pct,rate_1to0_pct\n"
                      "0.8,0,0,0,93.75,93.75,0\n"
                      "0.8,0,0,1,0,0,0\n"
                      "0.8,1,0,0,100,100,100\n"
                      "0.8,1,0,1,1.5625,1.5625,0\n"
                      "0.8,0,1,0,50,50,0\n"
                      "0.8,0,1,1,0.78125,0.78125,0\n"
                      "0.8,1,1,0,0,0,0\n"
                      "0.8,1,1,1,93.75,50,43.75\n"));
  bo_bytes_free(&csv);
  bo_chip_shown_free(&shown);
}

static size_t count_lines(const bo_bytes *text) {
  size_t lines = 0;
  for (size_t i = 0; i < text->size; i++) {
    lines += text->data[i] == '\n';
  }
  return lines;
}

static void of_a_large_chip_256_rows_and_128_columns_are_shown(void) {
  const struct {
    bo_cell_shape shape;
    size_t cells;
  } cases[] = {{{3, 300, 50}, 25600}, {{1, 300, 200}, 32768}, {{9, 2, 64}, 256}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bo_chip_shown shown;
    bo_bytes csv = {0};
    CU_ASSERT_EQUAL_FATAL(bo_chip_shown_new(&shown, &model, 1, 0.9, &cases[i].shape, NULL), BO_OK);
    CU_ASSERT_EQUAL_FATAL(bo_report_cells_csv(&csv, &shown, NULL), BO_OK);
    CU_ASSERT_EQUAL(count_lines(&csv), 1 + cases[i].cells);
    bo_bytes_free(&csv);
    bo_chip_shown_free(&shown);
  }
}

/* Half of the cells: of 4 lines of 2 cells, 1, 2 and 1 are expected to have 0, 1 and 2. */
static void lines_are_counted_beside_the_binomial_distribution(void) {
  bo_chip_shown shown = eight_cells();
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_faulty_lines_csv(&csv, &shown, NULL), BO_OK);
  CU_ASSERT(same_text((const char *)csv.data,
                      "vdd_ratio,line,cells,faulty_min,faulty_max,lines,lines_expected\n"
                      "0.8,column,2,0,0,1,1\n"
                      "0.8,column,2,1,1,2,2\n"
                      "0.8,column,2,2,2,1,1\n"
                      "0.8,row,2,0,0,0,1\n"
                      "0.8,row,2,1,1,4,2\n"
                      "0.8,row,2,2,2,0,1\n"));
  bo_bytes_free(&csv);
  bo_chip_shown_free(&shown);
}

static void expect_lines(uint32_t rows, size_t faulty, const char *part) {
  bo_chip_shown shown = one_array(rows, 1, faulty);
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_faulty_lines_csv(&csv, &shown, NULL), BO_OK);
  CU_ASSERT(has_text((const char *)csv.data, part));
  bo_bytes_free(&csv);
  bo_chip_shown_free(&shown);
}

/*
 * 123 of 200: 123 + 4 sqrt(200 0.615 0.385) = 150.5, so 0 … 151 in bins of 4. Expected in the bin
 * of 120 to 123, by Python's math.comb: 0.2226183871.
 */
static void many_counts_share_bins_and_no_and_all_cells_are_exact(void) {
  expect_lines(200, 123, "\n0.8,column,200,116,119,0,");
  expect_lines(200, 123, "\n0.8,column,200,120,123,1,0.2226183871\n");
  expect_lines(200, 123, "\n0.8,column,200,148,151,0,");
  expect_lines(5, 0, "\n0.8,column,5,0,0,1,1\n0.8,row,1,0,0,5,5\n");
  expect_lines(5, 5, "\n0.8,column,5,5,5,1,1\n0.8,row,1,0,0,0,0\n0.8,row,1,1,1,5,5\n");
}

static void a_map_has_no_rate_between_its_points_on_the_curve(void) {
  bo_profile map = model;
  bo_cell_rates rates;
  const bo_cell_shape shape = {.arrays = 1, .rows = 1, .columns = 4};
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, 2, &shape, NULL), BO_OK);
  rates.vdd_ratio[0] = 0.8;
  rates.vdd_ratio[1] = 0.9;
  rates.p[0][2] = rates.p[1][3] = 1;
  rates.p[1][4] = 0.5F;
  map.source_of_cells = BO_CELLS_MAP;
  CU_ASSERT_EQUAL_FATAL(bo_cell_map_new(&map.map, &rates, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_plot_chip_curve_csv(&csv, &map, 0, &shape, NULL), BO_OK);
  const char *const text = (const char *)csv.data;
  CU_ASSERT(has_text(text, "\nmeasured,0.9,1,0.81\n"));
  CU_ASSERT(has_text(text, "\ninterpolated,0.8,,0.64\n"));
  CU_ASSERT(has_text(text, "\nchip,0.8,50,0.64\nchip_0to1,0.8,25,0.64\nchip_1to0,0.8,25,0.64\n"
                           "chip,0.9,12.5,0.81\nchip_0to1,0.9,,0.81\nchip_1to0,0.9,12.5,0.81\n"
                           "chip,1,,1\n"));
  CU_ASSERT_EQUAL(count_lines(&csv), 1 + 3 + 251 + 9);
  bo_bytes_free(&csv);
  bo_cell_rates_free(&rates);
  bo_profile_free(&map);
}

typedef bo_status (*write_report)(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag);

static void every_failed_allocation_is_reported(void) {
  static const write_report reports[] = {bo_report_profile_text, bo_report_cells_csv,
                                         bo_report_faulty_lines_csv};
  bo_chip_shown shown = eight_cells();
  for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
    for (unsigned k = 0;; k++) {
      bo_bytes out = {0};
      fail_alloc_arm(k);
      const bo_status status = reports[i](&out, &shown, NULL);
      const bool failed = fail_alloc_disarm();
      CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
      CU_ASSERT(!failed || out.data == NULL);
      bo_bytes_free(&out);
      if (!failed) {
        break;
      }
    }
  }
  bo_chip_shown_free(&shown);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_text_says_where_numbers_are_from_the_curve_and_the_chip),
    BO_TEST(at_another_temperature_the_curve_is_the_machines),
    BO_TEST(the_json_has_the_same_numbers),
    BO_TEST(the_cells_stand_row_by_row_arrays_side_by_side),
    BO_TEST(of_a_large_chip_256_rows_and_128_columns_are_shown),
    BO_TEST(lines_are_counted_beside_the_binomial_distribution),
    BO_TEST(many_counts_share_bins_and_no_and_all_cells_are_exact),
    BO_TEST(a_map_has_no_rate_between_its_points_on_the_curve),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
