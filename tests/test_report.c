#include "campaign/campaign.h"
#include "fail_alloc.h"
#include "report/plot.h"
#include "report/report.h"
#include "sweep_fixture.h"
#include "temp_dir.h"
#include "test_suite.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A store with three chips at the second point, and one at the first if @p both. */
static bo_store *open_filled(const temp_dir *temp, bool both) {
  bo_manifest manifest = sample_manifest();
  bo_point points[SAMPLE_POINTS];
  sample_points(points);
  bo_store *store = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(
      bo_store_open_sweep(&store, temp->file, &manifest, points, SAMPLE_POINTS, &diag), BO_OK);
  bo_manifest_free(&manifest);
  for (uint32_t chip = 0; chip < 3; chip++) {
    const bo_trial trial = sample_trial(1, chip, 20 + 10 * chip);
    CU_ASSERT_EQUAL_FATAL(bo_store_add(store, &trial, &diag), BO_OK);
  }
  if (both) {
    const bo_trial trial = sample_trial(0, 0, 90);
    CU_ASSERT_EQUAL_FATAL(bo_store_add(store, &trial, &diag), BO_OK);
  }
  return store;
}

/* By hand: errors 20, 30, 40 % have mean 30, std 10, and a 95 % interval of 30 +- t 10 / sqrt(3)
 * with t = 4.30265 (two degrees of freedom): 24.84138. (V/Vmin)^2 = 0.64 saves 36 %; the energies
 * are those of sweep_fixture.c, total 8 of 10. */
static void a_summary_is_what_a_hand_computes(void) {
  bo_point points[SAMPLE_POINTS];
  sample_points(points);
  bo_trial trials[3];
  for (uint32_t chip = 0; chip < 3; chip++) {
    trials[chip] = sample_trial(1, chip, 20 + 10 * chip);
  }
  bo_point_summary summary;
  CU_ASSERT_EQUAL_FATAL(bo_point_summarise(&summary, &points[1], trials, 3, NULL), BO_OK);
  CU_ASSERT_EQUAL(summary.n_chips, 3);
  CU_ASSERT_EQUAL(summary.images, 100);
  CU_ASSERT_DOUBLE_EQUAL(summary.clean_error_pct, 10, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(summary.robust_error_pct.mean, 30, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(summary.robust_error_pct.std, 10, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(summary.robust_error_pct.ci95_low, 5.15862, 1e-5);
  CU_ASSERT_DOUBLE_EQUAL(summary.robust_error_pct.ci95_high, 54.84138, 1e-5);
  CU_ASSERT_DOUBLE_EQUAL(summary.robust_error_or_clean_pct.mean, 32, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(summary.cells_faulty, 41, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(summary.sram_energy_saving_pct, 36, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(summary.total_energy_saving_pct, 20, 1e-12);
  CU_ASSERT_EQUAL_FATAL(bo_point_summarise(&summary, &points[1], trials, 1, NULL), BO_OK);
  CU_ASSERT_EQUAL(summary.robust_error_pct.mean, 20);
  CU_ASSERT(isnan(summary.robust_error_pct.std));
  CU_ASSERT(isnan(summary.robust_error_pct.ci95_low));
}

static void points_csv_has_a_row_a_point_and_nothing_for_what_does_not_exist(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *const store = open_filled(&temp, true);
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_points_csv(&csv, store, NULL), BO_OK);
  CU_ASSERT_EQUAL(csv.size, strlen((const char *)csv.data));
  CU_ASSERT(same_text(
      (const char *)csv.data,
      "model,profile,placement,vdd_ratio,ber_pct,n_chips,images,clean_error_pct,robust_error_pct_"
      "mean,"
      "robust_error_pct_std,robust_error_pct_ci95_low,robust_error_pct_ci95_high,"
      "robust_error_or_clean_pct_mean,robust_error_or_clean_pct_std,"
      "robust_error_or_clean_pct_ci95_low,robust_error_or_clean_pct_ci95_high,cells_faulty,"
      "bits_requested,bits_effective,weights_changed,sram_energy_saving_pct,"
      "total_energy_saving_pct,cycles_per_inference,energy_pj_per_inference_weight_sram,"
      "energy_pj_per_inference_activation_sram,energy_pj_per_inference_accumulator,"
      "energy_pj_per_inference_mac,energy_pj_per_inference_dram,"
      "energy_pj_per_inference_leakage,energy_pj_per_inference_total\n"
      "m,p,tile+rotate,0.75,20.56,1,100,10,90,,,,92,,,,40,30,20,10,43.75,20,1000,0.3333333333,4."
      "940656458e-324,"
      "1.23456789e+300,0.1,0.2857142857,1e-30,8\n"
      "m,p,tile+rotate,0.8,1,3,100,10,30,10,5.158622882,54.84137712,32,10,7.158622882,56.84137712,"
      "41,30,20,10,36,"
      "20,1000,0.3333333333,4.940656458e-324,1.23456789e+300,0.1,0.2857142857,1e-30,8\n"));
  bo_bytes_free(&csv);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

static void trials_csv_has_a_row_a_trial(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *const store = open_filled(&temp, false);
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_trials_csv(&csv, store, NULL), BO_OK);
  CU_ASSERT(same_text(
      (const char *)csv.data,
      "model,profile,placement,vdd_ratio,ber_pct,chip,seed,images,clean_wrong,wrong,wrong_or_clean,"
      "cells_faulty,bits_requested,bits_effective,weights_changed\n"
      "m,p,tile+rotate,0.8,1,0,18446744073709551614,100,10,20,22,40,30,20,10\n"
      "m,p,tile+rotate,0.8,1,1,18446744073709551615,100,10,30,32,41,30,20,10\n"
      "m,p,tile+rotate,0.8,1,2,0,100,10,40,42,42,30,20,10\n"));
  bo_bytes_free(&csv);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

static void a_name_with_commas_and_quotes_stays_one_csv_field(void) {
  const temp_dir temp = temp_dir_make();
  bo_manifest manifest = sample_manifest();
  bo_point points[SAMPLE_POINTS];
  sample_points(points);
  (void)snprintf(points[0].model, sizeof points[0].model, "a,\"b\"");
  bo_store *store = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_store_open_sweep(&store, temp.file, &manifest, points, 1, NULL), BO_OK);
  bo_manifest_free(&manifest);
  const bo_trial trial = sample_trial(0, 0, 90);
  CU_ASSERT_EQUAL_FATAL(bo_store_add(store, &trial, NULL), BO_OK);
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_trials_csv(&csv, store, NULL), BO_OK);
  CU_ASSERT(has_text((const char *)csv.data, "\n\"a,\"\"b\"\"\",p,tile+rotate,0.75,20.56,0,"));
  bo_bytes_free(&csv);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

static void the_table_has_a_block_a_model_and_says_what_the_saving_is_of(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *const store = open_filled(&temp, true);
  bo_bytes table = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_table(&table, store, NULL), BO_OK);
  CU_ASSERT(same_text(
      (const char *)table.data,
      "m on p, tile+rotate: clean error 10.00 %, 100 images\n"
      "  V/Vmin       BER %  chips  robust error %        weight-SRAM      total\n"
      "                             (mean ± std)            saving %   saving %\n"
      "  0.7500       20.56      1   90.00                      43.75      20.00\n"
      "  0.8000           1      3   30.00 ± 10.00              36.00      20.00\n"
      "\n"
      "The weight-SRAM saving is of its access energy only, (V/Vmin)^2, as is the published "
      "30 % at\n"
      "a BER of 1 %. The total has activations, accumulators, MACs, DRAM and leakage as "
      "well.\n"));
  bo_bytes_free(&table);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

/* Two points of one model and voltage axis, on different silicon or placed differently. */
static void points_of_another_profile_or_placement_have_a_block_of_their_own(void) {
  for (int axis = 0; axis < 2; axis++) {
    const temp_dir temp = temp_dir_make();
    bo_manifest manifest = sample_manifest();
    bo_point points[SAMPLE_POINTS];
    sample_points(points);
    (void)snprintf(axis == 0 ? points[1].profile : points[1].placement, sizeof points[1].profile,
                   "other");
    bo_store *store = NULL;
    bo_bytes table = {0};
    CU_ASSERT_EQUAL_FATAL(
        bo_store_open_sweep(&store, temp.file, &manifest, points, SAMPLE_POINTS, NULL), BO_OK);
    for (uint32_t point = 0; point < SAMPLE_POINTS; point++) {
      const bo_trial trial = sample_trial(point, 0, 90);
      CU_ASSERT_EQUAL_FATAL(bo_store_add(store, &trial, NULL), BO_OK);
    }
    CU_ASSERT_EQUAL_FATAL(bo_report_table(&table, store, NULL), BO_OK);
    CU_ASSERT(has_text((const char *)table.data, "m on p, tile+rotate: clean error 10.00 %"));
    CU_ASSERT(has_text((const char *)table.data, axis == 0
                                                     ? "\n\nm on other, tile+rotate: clean error"
                                                     : "\n\nm on p, other: clean error"));
    bo_bytes_free(&table);
    bo_manifest_free(&manifest);
    bo_store_free(store);
    temp_dir_remove(&temp);
  }
}

/* A workload that only has the names a report wants. */
static bo_workload named_workload(void) {
  bo_workload workload = {.dataset = "fmnist"};
  (void)snprintf(workload.energy_table.name, sizeof workload.energy_table.name, "cmos14");
  return workload;
}

static bo_point_summary sample_summary(uint32_t chips) {
  bo_point points[SAMPLE_POINTS];
  sample_points(points);
  bo_trial trials[3];
  for (uint32_t chip = 0; chip < 3; chip++) {
    trials[chip] = sample_trial(1, chip, 20 + 10 * chip);
  }
  bo_point_summary summary;
  CU_ASSERT_EQUAL_FATAL(bo_point_summarise(&summary, &points[1], trials, chips, NULL), BO_OK);
  return summary;
}

static double number_at(const json_t *object, const char *key) {
  const json_t *const value = json_object_get(object, key);
  CU_ASSERT_FATAL(json_is_number(value));
  return json_number_value(value);
}

static void the_json_of_a_run_reads_back_as_its_summary(void) {
  const bo_workload workload = named_workload();
  const bo_point_summary summary = sample_summary(3);
  bo_bytes text = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_run_json(&text, &workload, &summary, 7, NULL), BO_OK);
  json_t *const root = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(root);
  CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "model")), "m");
  CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "profile")), "p");
  CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "placement")), "tile+rotate");
  CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "version")), bo_version());
  CU_ASSERT_EQUAL(number_at(root, "vdd_ratio"), 0.8);
  CU_ASSERT_EQUAL(number_at(root, "ber_pct"), 1);
  CU_ASSERT_EQUAL(number_at(root, "clean_error_pct"), 10);
  const json_t *const robust = json_object_get(root, "robust_error_pct");
  CU_ASSERT_EQUAL(number_at(robust, "mean"), 30);
  CU_ASSERT_EQUAL(number_at(robust, "std"), 10);
  CU_ASSERT_DOUBLE_EQUAL(number_at(robust, "ci95_low"), 5.15862, 1e-5);
  CU_ASSERT_DOUBLE_EQUAL(number_at(robust, "ci95_high"), 54.84138, 1e-5);
  CU_ASSERT_EQUAL(number_at(robust, "n_chips"), 3);
  CU_ASSERT_EQUAL(number_at(json_object_get(root, "robust_error_or_clean_pct"), "mean"), 32);
  CU_ASSERT_EQUAL(number_at(root, "cells_faulty"), 41);
  CU_ASSERT_EQUAL(number_at(root, "bits_effective"), 20);
  CU_ASSERT_EQUAL(number_at(root, "weights_changed"), 10);
  CU_ASSERT_EQUAL(number_at(root, "sram_energy_saving_pct"), 36);
  CU_ASSERT_EQUAL(number_at(root, "total_energy_saving_pct"), 20);
  const json_t *const energy = json_object_get(root, "energy_pj_per_inference");
  CU_ASSERT_EQUAL(number_at(energy, "mac"), 0.1);
  CU_ASSERT_EQUAL(number_at(energy, "total"), 8);
  CU_ASSERT_EQUAL(json_object_size(energy), 7);
  CU_ASSERT_EQUAL(number_at(root, "cycles_per_inference"), 1000);
  CU_ASSERT_EQUAL(number_at(root, "images"), 100);
  CU_ASSERT_EQUAL(number_at(root, "seed"), 7);
  json_decref(root);
  bo_bytes_free(&text);
}

static void what_one_chip_cannot_tell_is_null_and_a_huge_seed_a_string(void) {
  const bo_workload workload = named_workload();
  const bo_point_summary summary = sample_summary(1);
  bo_bytes text = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_run_json(&text, &workload, &summary, UINT64_MAX, NULL), BO_OK);
  json_t *const root = json_loadb((const char *)text.data, text.size, 0, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(root);
  const json_t *const robust = json_object_get(root, "robust_error_pct");
  CU_ASSERT_EQUAL(number_at(robust, "mean"), 20);
  CU_ASSERT(json_is_null(json_object_get(robust, "std")));
  CU_ASSERT(json_is_null(json_object_get(robust, "ci95_high")));
  CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "seed")), "18446744073709551615");
  json_decref(root);
  bo_bytes_free(&text);
}

static void the_text_of_a_run_has_its_numbers(void) {
  const bo_workload workload = named_workload();
  const bo_point_summary summary = sample_summary(3);
  bo_bytes text = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_run_text(&text, &workload, &summary, 7, NULL), BO_OK);
  const char *const words = (const char *)text.data;
  CU_ASSERT(has_text(words, "30.000 ± 10.000 % (95 % interval of the mean 5.159 to 54.841)\n"));
  CU_ASSERT(has_text(words, "36.00 %\n"));
  CU_ASSERT(has_text(words, "seeds from 7"));
  CU_ASSERT(has_text(words, bo_report_energy_note));
  bo_bytes_free(&text);
}

static void the_manifest_is_an_object_of_strings(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *const store = open_filled(&temp, false);
  bo_bytes text = {0};
  CU_ASSERT_EQUAL_FATAL(bo_report_manifest_json(&text, store, NULL), BO_OK);
  CU_ASSERT(same_text((const char *)text.data, "{\n  \"seed\": \"5\",\n  \"model\": \"m\"\n}\n"));
  bo_bytes_free(&text);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

/* 1 % at 0.8, 0.01 % at 0.9, none at 1; steps of 1 / 250 of the range. */
static void the_curve_has_measured_and_interpolated_rows(void) {
  const bo_profile profile = {.points = 3, .point = {{0.8, 0.01}, {0.9, 0.0001}, {1.0, 0}}};
  bo_bytes csv = {0};
  CU_ASSERT_EQUAL_FATAL(bo_plot_curve_csv(&csv, &profile, NULL), BO_OK);
  const char *const text = (const char *)csv.data;
  CU_ASSERT_EQUAL(strncmp(text,
                          "kind,vdd_ratio,ber_pct,energy_ratio\n"
                          "measured,0.8,1,0.64\n"
                          "measured,0.9,0.01,0.81\n"
                          "measured,1,,1\n"
                          "interpolated,0.8,1,0.64\n",
                          strlen("kind,vdd_ratio,ber_pct,energy_ratio\n") + 80),
                  0);
  CU_ASSERT(has_text(text, "\ninterpolated,0.84,0.158489")); /* 10^-0.8 */
  CU_ASSERT(has_text(text, "\ninterpolated,1,,1\n"));
  size_t lines = 0;
  for (const char *c = text; *c != '\0'; c++) {
    lines += *c == '\n';
  }
  CU_ASSERT_EQUAL(lines, 1 + 3 + 251);
  bo_bytes_free(&csv);
}

static bool have_gnuplot(void) {
  return system("command -v gnuplot >/dev/null 2>&1") == 0; /* NOLINT(cert-env33-c): a test */
}

static void expect_picture(const temp_dir *temp, const char *name, const char *magic) {
  char path[256];
  (void)snprintf(path, sizeof path, "%s/%s", temp->dir, name);
  bo_bytes bytes = {0};
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, path, 10 << 20, NULL), BO_OK);
  CU_ASSERT(bytes.size > 5000);
  CU_ASSERT_EQUAL(memcmp(bytes.data, magic, strlen(magic)), 0);
  bo_bytes_free(&bytes);
}

static void every_figure_is_drawn_as_png_and_svg(void) {
  if (!have_gnuplot()) {
    (void)fprintf(stderr, "(no gnuplot: not drawn) ");
    return;
  }
  const temp_dir temp = temp_dir_make();
  bo_store *const store = open_filled(&temp, true);
  const bo_profile profile = {.points = 3, .point = {{0.8, 0.01}, {0.9, 0.0001}, {1.0, 0}}};
  bo_bytes csv[2] = {{0}, {0}};
  CU_ASSERT_EQUAL_FATAL(bo_plot_curve_csv(&csv[BO_FIGURE_OF_PROFILE], &profile, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_report_points_csv(&csv[BO_FIGURE_OF_SWEEP], store, NULL), BO_OK);
  size_t count = 0;
  const bo_figure *const figures = bo_plot_figures(&count);
  CU_ASSERT_EQUAL(count, 4);
  for (size_t i = 0; i < count; i++) {
    char path[256];
    char name[64];
    bo_diag diag = {""};
    (void)snprintf(path, sizeof path, "%s/it's %s.csv", temp.dir, figures[i].name);
    const bo_bytes *const data = &csv[figures[i].data];
    CU_ASSERT_EQUAL_FATAL(bo_file_write(path, data->data, data->size, NULL), BO_OK);
    const bo_status status =
        bo_plot_draw(&figures[i], BO_SOURCE_DIR "/plots", path, temp.dir, &diag);
    CU_ASSERT_EQUAL(status, BO_OK);
    CU_ASSERT(same_text(diag.text, ""));
    (void)snprintf(name, sizeof name, "%s.png", figures[i].name);
    expect_picture(&temp, name, "\x89PNG");
    (void)snprintf(name, sizeof name, "%s.svg", figures[i].name);
    expect_picture(&temp, name, "<?xml");
  }
  bo_bytes_free(&csv[0]);
  bo_bytes_free(&csv[1]);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

static void what_keeps_a_figure_from_being_drawn_is_told(void) {
  size_t count = 0;
  const bo_figure *const figures = bo_plot_figures(&count);
  bo_diag diag = {""};
  if (have_gnuplot()) {
    CU_ASSERT_EQUAL(
        bo_plot_draw(&figures[0], BO_SOURCE_DIR "/plots", "/nonexistent.csv", "/tmp", &diag),
        BO_E_IO);
    CU_ASSERT(has_text(diag.text, "gnuplot: "));
    CU_ASSERT(has_text(diag.text, "plots/voltage_curve.gp: "));
  }
  const char *const path = getenv("PATH");
  char *const saved = strdup(path == NULL ? "" : path);
  CU_ASSERT_EQUAL_FATAL(setenv("PATH", "/nonexistent", 1), 0);
  CU_ASSERT_EQUAL(bo_plot_draw(&figures[0], "plots", "x.csv", "/tmp", &diag), BO_E_IO);
  CU_ASSERT(same_text(diag.text, "gnuplot: cannot be started: No such file or directory"));
  CU_ASSERT_EQUAL_FATAL(setenv("PATH", saved, 1), 0);
  free(saved);
}

static void every_failed_allocation_is_reported(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *const store = open_filled(&temp, true);
  unsigned k = 0;
  for (;; k++) {
    bo_bytes table = {0};
    fail_alloc_arm(k);
    const bo_status status = bo_report_table(&table, store, NULL);
    const bool failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    CU_ASSERT_EQUAL(table.data == NULL, failed);
    bo_bytes_free(&table);
    if (!failed) {
      break;
    }
  }
  CU_ASSERT(k >= 4); /* trials and values of two points */
  bo_store_free(store);
  temp_dir_remove(&temp);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_summary_is_what_a_hand_computes),
    BO_TEST(points_csv_has_a_row_a_point_and_nothing_for_what_does_not_exist),
    BO_TEST(trials_csv_has_a_row_a_trial),
    BO_TEST(a_name_with_commas_and_quotes_stays_one_csv_field),
    BO_TEST(the_table_has_a_block_a_model_and_says_what_the_saving_is_of),
    BO_TEST(points_of_another_profile_or_placement_have_a_block_of_their_own),
    BO_TEST(the_json_of_a_run_reads_back_as_its_summary),
    BO_TEST(what_one_chip_cannot_tell_is_null_and_a_huge_seed_a_string),
    BO_TEST(the_text_of_a_run_has_its_numbers),
    BO_TEST(the_manifest_is_an_object_of_strings),
    BO_TEST(the_curve_has_measured_and_interpolated_rows),
    BO_TEST(every_figure_is_drawn_as_png_and_svg),
    BO_TEST(what_keeps_a_figure_from_being_drawn_is_told),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
