/* Profiles with cells: the keys of models, maps and temperature, and what chips they give. */
#include "fail_alloc.h"
#include "silicon/chip.h"
#include "silicon/profile_save.h"
#include "silicon/sample.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "name: p\ntechnology: t\nsource: s\nlicence: l\n";
static const char curve[] = "curve:\n  - {vdd_ratio: 0.8, ber_pct: 10, share_0to1: 0.6}\n"
                            "  - {vdd_ratio: 0.9, ber_pct: 1}\n  - {vdd_ratio: 1, ber_pct: 0}\n";

static char folder[64];
static char yaml_path[96];

static bo_status parse(bo_profile *profile, const char *curve_text, const char *cells,
                       bo_diag *diag) {
  char text[2048];
  (void)snprintf(text, sizeof text, "%s%s%s", head, curve_text, cells);
  return bo_profile_parse(profile, yaml_path, text, strlen(text), diag);
}

static void expect_refused(const char *curve_text, const char *cells, const char *reason) {
  bo_profile profile = {.points = 77};
  bo_diag diag = {""};
  char message[768];
  CU_ASSERT_EQUAL(parse(&profile, curve_text, cells, &diag), BO_E_INVALID);
  (void)snprintf(message, sizeof message, "%s: %s", yaml_path, reason);
  CU_ASSERT(same_text(diag.text, message));
  CU_ASSERT_EQUAL(profile.points, 77);
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

/* --- models -------------------------------------------------------------------------------------
 */

#define MODEL(prefers_1, up)                                                                       \
  "cells:\n  persistent_only: true\n  model:\n    prefers_1: " prefers_1 "\n    effects_0to1: " up \
  "\n    effects_1to0: {array: 0.01, column: 0.02, row: 0.03, read: 0.04}\n"

static void a_model_is_read_with_all_its_shares(void) {
  bo_profile profile;
  bo_diag diag = {""};
  const bo_status status = parse(
      &profile, curve, MODEL("0.75", "{array: 0.1, column: 0.2, row: 0.3, read: 0.25}"), &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  CU_ASSERT_EQUAL(profile.source_of_cells, BO_CELLS_MODEL);
  CU_ASSERT(profile.persistent_only);
  CU_ASSERT_EQUAL(profile.model.prefers_1, 0.75);
  const bo_cell_effects up = profile.model.effects[BO_FAULT_0TO1];
  const bo_cell_effects down = profile.model.effects[BO_FAULT_1TO0];
  CU_ASSERT(up.array == 0.1 && up.column == 0.2 && up.row == 0.3 && up.read == 0.25);
  CU_ASSERT(down.array == 0.01 && down.column == 0.02 && down.row == 0.03 && down.read == 0.04);
  /* Linear between 0.6 and the model's own 0.75, constant beyond. */
  CU_ASSERT_DOUBLE_EQUAL(bo_profile_share_0to1(&profile, 0.8), 0.6, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(bo_profile_share_0to1(&profile, 0.85), 0.675, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(bo_profile_share_0to1(&profile, 1.1), 0.75, 1e-12);
}

static void a_chip_of_a_model_has_the_rates_of_the_curve(void) {
  bo_profile profile;
  bo_chip chip;
  CU_ASSERT_EQUAL_FATAL(
      parse(&profile, curve, MODEL("0.75", "{array: 0, column: 0, row: 0, read: 0}"), NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_chip_at(&chip, &profile, 3, 0.8, NULL), BO_OK);
  CU_ASSERT_EQUAL(chip.source, BO_CELLS_MODEL);
  CU_ASSERT_EQUAL(chip.ber, 0.1);
  /* 0.6 of 10 % over 75 % of the cells, the rest over 25 %: P(Z > t) = 0.08 and 0.16. */
  CU_ASSERT_DOUBLE_EQUAL(chip.cells.model.threshold[BO_FAULT_0TO1], 1.4050715603, 1e-9);
  CU_ASSERT_DOUBLE_EQUAL(chip.cells.model.threshold[BO_FAULT_1TO0], 0.9944578832, 1e-9);
}

static void a_bad_model_is_refused_by_key_and_range(void) {
  expect_refused(curve, MODEL("1.5", "{array: 0, column: 0, row: 0, read: 0}"),
                 "cells: model: prefers_1: expected 0..1, got 1.5");
  expect_refused(curve, MODEL("0.5", "{array: 0, column: -0.5, row: 0, read: 0}"),
                 "cells: model: effects_0to1: column: expected 0..1, got -0.5");
  expect_refused(
      curve, MODEL("0.5", "{array: 0.5, column: 0.5, row: 0, read: 0}"),
      "cells: model: effects_0to1: expected shares of at most 0.999 together, the rest is "
      "the cell's own; got 1");
  expect_refused(curve, MODEL("0.05", "{array: 0, column: 0, row: 0, read: 0}"),
                 "point 1 of the curve: 6 % of the cells fail 0->1, but only 5 % can");
  expect_refused("curve:\n  - {vdd_ratio: 0.8, ber_pct: 10, share_0to1: 1.01}\n"
                 "  - {vdd_ratio: 0.9, ber_pct: 1}\n  - {vdd_ratio: 1, ber_pct: 0}\n",
                 "", "point 1 of the curve: share_0to1: expected 0..1, got 1.01");
  expect_refused(curve, "cells: {persistent_only: true}\n",
                 "cells: expected a map or a model, got none");
}

static bo_status parse_shares(bo_profile *profile, double first, double second, double third,
                              bo_diag *diag) {
  char text[512];
  (void)snprintf(text, sizeof text,
                 "curve:\n  - {vdd_ratio: 0.8, ber_pct: 10, share_0to1: %.17g}\n"
                 "  - {vdd_ratio: 0.9, ber_pct: 5, share_0to1: %.17g}\n"
                 "  - {vdd_ratio: 1, ber_pct: 0, share_0to1: %.17g}\n",
                 first, second, third);
  return parse(profile, text, MODEL("0.5", "{array: 0, column: 0, row: 0, read: 0}"), diag);
}

static void expect_shares_refused(double first, double second, double third, const char *reason) {
  bo_profile profile;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse_shares(&profile, first, second, third, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, reason));
}

/* The rate halves from point to point, so a share s may become s (1 + ln 2) and no more: at the
 * first point the slope of the product would be above 0. */
static void a_direction_that_fails_more_at_a_higher_voltage_is_refused(void) {
  expect_shares_refused(0.1, 0.9, 0.9,
                        "p.yaml: point 2 of the curve: share_0to1: expected failures 0->1 that "
                        "fall with the voltage, got a part of 0.9 behind 0.1");
  expect_shares_refused(0.6, 0.1, 0.1,
                        "p.yaml: point 2 of the curve: share_0to1: expected failures 1->0 that "
                        "fall with the voltage, got a part of 0.9 behind 0.4");
  expect_shares_refused(0.4, 0.4, 0.7, "p.yaml: point 3 of the curve: share_0to1: expected");
  expect_shares_refused(0.0, 0.01, 0.01, "got a part of 0.01 behind 0");
  const double least = 0.3 * (1.0 + log(2.0));
  expect_shares_refused(0.3, least + 1e-9, least, "failures 0->1");
  bo_profile profile;
  CU_ASSERT_EQUAL(parse_shares(&profile, 0.0, 0.0, 0.0, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(parse_shares(&profile, 0.3, least - 1e-9, least, NULL), BO_OK);
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) { /* what was taken falls all the way */
    double before = 1.0;
    for (unsigned i = 0; i < 2000; i++) {
      const double vdd_ratio = 0.8 + 1e-4 * i;
      const double to_1 = bo_profile_share_0to1(&profile, vdd_ratio);
      const double rate = ber_at(&profile, vdd_ratio) * (d == 0 ? to_1 : 1.0 - to_1);
      CU_ASSERT(rate < before);
      before = rate;
    }
  }
}

/* --- maps ---------------------------------------------------------------------------------------
 */

/* One array of 4 rows x 8 columns at 0.8 and 0.9: row 1 column 3 reads 1, row 2 column 0 reads 0.
 */
static bo_cell_rates two_bad_cells(void) {
  const bo_cell_shape shape = {1, 4, 8};
  bo_cell_rates rates;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, 2, &shape, NULL), BO_OK);
  rates.vdd_ratio[0] = 0.8;
  rates.vdd_ratio[1] = 0.9;
  rates.p[BO_FAULT_0TO1][11] = 1;
  rates.p[BO_FAULT_1TO0][16] = 1;
  rates.p[BO_FAULT_0TO1][32 + 11] = 1;
  return rates;
}

static const bo_profile_about about = {.name = "made \"here\"",
                                       .technology = "t",
                                       .source = "a \\ and\na tab\t",
                                       .licence = "l",
                                       .vmin_mv = 600};

static void save(const bo_cell_rates *rates) {
  bo_diag diag = {""};
  const bo_status status = bo_profile_save(yaml_path, &about, rates, &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
}

static void a_saved_map_is_a_profile(void) {
  bo_cell_rates rates = two_bad_cells();
  bo_profile profile;
  bo_diag diag = {""};
  save(&rates);
  const bo_status status = bo_profile_load(&profile, yaml_path, &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  CU_ASSERT_STRING_EQUAL(profile.name, "made \"here\"");
  CU_ASSERT_STRING_EQUAL(profile.source, "a \\ and a tab ");
  CU_ASSERT_EQUAL(profile.vmin_mv, 600);
  CU_ASSERT_EQUAL(profile.points, 3);
  CU_ASSERT_EQUAL(profile.point[0].ber, 2.0 / 32);
  CU_ASSERT_EQUAL(profile.point[0].share_0to1, 0.5);
  CU_ASSERT_EQUAL(profile.point[1].ber, 1.0 / 32);
  CU_ASSERT_EQUAL(profile.point[2].ber, 0);
  bo_profile_free(&profile);
  bo_cell_rates_free(&rates);
}

static void a_map_has_its_voltages_and_no_others(void) {
  bo_cell_rates rates = two_bad_cells();
  bo_profile profile;
  bo_diag diag = {""};
  double ber = 0;
  save(&rates);
  CU_ASSERT_EQUAL_FATAL(bo_profile_load(&profile, yaml_path, NULL), BO_OK);
  CU_ASSERT_EQUAL(ber_at(&profile, 0.8), 2.0 / 32);
  CU_ASSERT_EQUAL(ber_at(&profile, 1.0), 0);
  CU_ASSERT_EQUAL(bo_profile_ber(&profile, 0.85, &ber, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "profile made \"here\": vdd_ratio: expected one of its maps, 0.8, "
                                 "0.9, or from 1 up, got 0.85"));
  CU_ASSERT_EQUAL(vdd_for(&profile, 0.05), 0.9); /* the lowest with at most that rate */
  CU_ASSERT_EQUAL(vdd_for(&profile, 0.01), 1.0);
  bo_profile_free(&profile);
  bo_cell_rates_free(&rates);
}

static bo_fault_word row_of(const bo_profile *profile, uint64_t seed, double vdd_ratio,
                            uint32_t row) {
  bo_chip chip;
  bo_fault_word fault[4];
  CU_ASSERT_EQUAL_FATAL(bo_chip_at(&chip, profile, seed, vdd_ratio, NULL), BO_OK);
  bo_chip_bank_faults(&chip, 0, 4, 8, fault);
  return fault[row];
}

static void a_voltage_of_a_map_is_met_within_a_millionth(void) {
  bo_cell_rates rates = two_bad_cells();
  bo_profile profile;
  bo_chip chip;
  rates.vdd_ratio[0] = 0.54 / 0.6 - 0.1 + 0x1p-50; /* just above 0.8, and written as 0.8 */
  CU_ASSERT(rates.vdd_ratio[0] > 0.8);
  save(&rates);
  CU_ASSERT_EQUAL_FATAL(bo_profile_load(&profile, yaml_path, NULL), BO_OK);
  CU_ASSERT_EQUAL(ber_at(&profile, 0.8), 2.0 / 32);
  CU_ASSERT_EQUAL(row_of(&profile, 0, 0.8, 1).or_mask, 1U << 3);
  CU_ASSERT_EQUAL(row_of(&profile, 0, 0.8 + 0.9e-6, 2).and_mask, UINT64_MAX - 1);
  CU_ASSERT_EQUAL(bo_chip_at(&chip, &profile, 0, 0.8 + 1.1e-6, NULL), BO_E_INVALID);
  CU_ASSERT_EQUAL(bo_chip_at(&chip, &profile, 0, 0.8 - 1.1e-6, NULL), BO_E_INVALID);
  bo_profile_free(&profile);
  bo_cell_rates_free(&rates);
}

static void chip_0_of_a_map_begins_at_its_first_cell_and_others_at_a_row(void) {
  bo_cell_rates rates = two_bad_cells();
  bo_profile profile;
  save(&rates);
  CU_ASSERT_EQUAL_FATAL(bo_profile_load(&profile, yaml_path, NULL), BO_OK);
  CU_ASSERT_EQUAL(row_of(&profile, 0, 0.8, 1).or_mask, 1U << 3);
  CU_ASSERT_EQUAL(row_of(&profile, 0, 0.8, 2).and_mask, ~(uint64_t)1);
  CU_ASSERT_EQUAL(row_of(&profile, 0, 0.9, 2).and_mask, UINT64_MAX);
  CU_ASSERT_EQUAL(bo_fault_word_cells(row_of(&profile, 0, 1.0, 1)), 0);
  unsigned begins_at[4] = {0};
  for (uint64_t seed = 1; seed <= 80; seed++) {
    for (uint32_t row = 0; row < 4; row++) {
      const uint64_t mask = row_of(&profile, seed, 0.9, row).or_mask;
      CU_ASSERT(mask == 0 || mask == 1U << 3);
      begins_at[(5 - row) % 4] += mask != 0;
    }
  }
  for (unsigned row = 0; row < 4; row++) { /* of 80; five standard deviations are 19 */
    CU_ASSERT(begins_at[row] > 1 && begins_at[row] < 39);
  }
  CU_ASSERT_EQUAL(begins_at[0] + begins_at[1] + begins_at[2] + begins_at[3], 80);
  bo_profile_free(&profile);
  bo_cell_rates_free(&rates);
}

/* The archive alone, which has no curve to be in order. */
static void save_unordered(const bo_cell_rates *rates) {
  char npz[96];
  (void)snprintf(npz, sizeof npz, "%s/p.npz", folder);
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_save(rates, npz, NULL), BO_OK);
}

static void a_curve_that_is_not_that_of_its_map_is_refused(void) {
  bo_cell_rates rates = two_bad_cells();
  save(&rates);
  static const char map[] = "cells: {map: p.npz}\n";
  expect_refused(
      "curve:\n  - {vdd_ratio: 0.8, ber_pct: 6.4}\n  - {vdd_ratio: 0.9, ber_pct: 3.125}\n"
      "  - {vdd_ratio: 1, ber_pct: 0}\n",
      map, "point 1 of the curve: ber_pct: expected 6.25 of the map's cells, got 6.4");
  expect_refused(
      "curve:\n  - {vdd_ratio: 0.8, ber_pct: 6.25}\n  - {vdd_ratio: 0.91, ber_pct: 3.125}\n"
      "  - {vdd_ratio: 1, ber_pct: 0}\n",
      map, "point 2 of the curve: vdd_ratio: expected 0.9 of the map, got 0.91");
  expect_refused("curve:\n  - {vdd_ratio: 0.8, ber_pct: 6.25}\n  - {vdd_ratio: 1, ber_pct: 0}\n",
                 map,
                 "cells: map: expected a voltage for each point of the curve below Vmin, 1, got 2");
  expect_refused(curve, "cells: {map: ../p.npz}\n",
                 "cells: map: expected the name of a file beside this one, got \"../p.npz\"");
  expect_refused(curve,
                 "cells: {map: p.npz, model: {prefers_1: 0.5, effects_0to1: {array: 0, "
                 "column: 0, row: 0, read: 0}, effects_1to0: {array: 0, column: 0, row: 0, "
                 "read: 0}}}\n",
                 "cells: expected a map or a model, got both");
  /* Within 1 % of its cells each, but the cells are in another order. */
  rates.p[BO_FAULT_1TO0][16] = 0;
  rates.p[BO_FAULT_0TO1][32 + 11] = 1;
  rates.p[BO_FAULT_0TO1][32 + 12] = 0.001F;
  save_unordered(&rates);
  expect_refused(
      "curve:\n  - {vdd_ratio: 0.8, ber_pct: 3.13}\n  - {vdd_ratio: 0.9, ber_pct: 3.12}\n"
      "  - {vdd_ratio: 1, ber_pct: 0}\n",
      map, "cells: map: point 2: ber_pct: expected below 3.125 of the point before, got 3.128125");
  bo_profile profile = {0};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse(&profile, curve, "cells: {map: none.npz}\n", &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "none.npz: cannot open"));
  bo_cell_rates_free(&rates);
}

static void rates_that_make_no_curve_are_not_saved(void) {
  bo_cell_rates rates = two_bad_cells();
  bo_diag diag = {""};
  (void)unlink(yaml_path);
  rates.p[BO_FAULT_0TO1][32] = 1;
  CU_ASSERT_EQUAL(bo_profile_save(yaml_path, &about, &rates, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "mean rate at vdd_ratio 0.9: expected below 6.25 % of the voltage "
                                 "before, got 6.25 %"));
  memset(rates.p[0], 0, 64 * sizeof(float));
  memset(rates.p[1], 0, 64 * sizeof(float));
  CU_ASSERT_EQUAL(bo_profile_save(yaml_path, &about, &rates, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "expected cells that fail, got none"));
  rates.p[0][0] = 1;
  rates.vdd_ratio[0] = 1.0;
  rates.vdd_ratio[1] = 1.1;
  CU_ASSERT_EQUAL(bo_profile_save(yaml_path, &about, &rates, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "vdd_ratio 1: expected no errors at Vmin and above, got 3.125 %"));
  CU_ASSERT_EQUAL(bo_profile_save("map.txt", &about, &rates, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "map.txt: expected a file name that ends in .yaml"));
  /* Names that the YAML file could not say: nothing is written. */
  char path[256];
  (void)snprintf(path, sizeof path, "%s/%0124d.yaml", folder, 0);
  CU_ASSERT_EQUAL(bo_profile_save(path, &about, &rates, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "map: expected 1..127 bytes, got 128"));
  (void)snprintf(path, sizeof path, "%s/%0124d.npz", folder, 0);
  CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
  (void)snprintf(path, sizeof path, "%s/\xa9.yaml", folder);
  CU_ASSERT_EQUAL(bo_profile_save(path, &about, &rates, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "map: expected UTF-8, got 0xa9 at byte 1"));
  bo_profile_about latin1 = about;
  latin1.licence = "\xa9 me";
  CU_ASSERT_EQUAL(bo_profile_save(yaml_path, &latin1, &rates, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "licence: expected UTF-8, got 0xa9 at byte 1"));
  CU_ASSERT_NOT_EQUAL(access(yaml_path, F_OK), 0);
  bo_cell_rates_free(&rates);
}

/* --- temperature --------------------------------------------------------------------------------
 */

static void heat_moves_the_curve_and_not_the_energy(void) {
  bo_profile cold;
  bo_profile hot;
  static const char temperature[] =
      "temperature: {operating_c: 75, reference_c: 25, vdd_ratio_per_k: 0.001}\n";
  CU_ASSERT_EQUAL_FATAL(parse(&cold, curve, "", NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(parse(&hot, curve, temperature, NULL), BO_OK);
  /* 50 K are 0.05 of Vmin. */
  CU_ASSERT_DOUBLE_EQUAL(ber_at(&hot, 0.75), 0.1, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(ber_at(&hot, 0.83), ber_at(&cold, 0.88), 1e-12);
  CU_ASSERT_EQUAL(ber_at(&hot, 0.97), 0);
  CU_ASSERT_DOUBLE_EQUAL(vdd_for(&hot, 0.01), 0.85, 1e-12);
  double cold_vdd = 0;
  double hot_vdd = 0; /* with as many failures 0->1 */
  CU_ASSERT_EQUAL(bo_sample_vdd(&cold_vdd, &cold, BO_TARGET_0TO1, 0.05, NULL), BO_OK);
  CU_ASSERT_EQUAL(bo_sample_vdd(&hot_vdd, &hot, BO_TARGET_0TO1, 0.05, NULL), BO_OK);
  CU_ASSERT(cold_vdd > 0.8 && cold_vdd < 0.9);
  CU_ASSERT_DOUBLE_EQUAL(hot_vdd, cold_vdd - 0.05, 1e-9);
  double ber = 0;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_profile_ber(&hot, 0.74, &ber, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "profile p: vdd_ratio: expected 0.75..1.25, got 0.74"));
}

/* (V - shift) + shift is not V for some shifts: the lowest point must not fall off the curve. */
static void a_point_of_the_curve_is_met_at_every_temperature(void) {
  bo_profile profile;
  size_t rounded = 0;
  CU_ASSERT_EQUAL_FATAL(parse(&profile, curve, "", NULL), BO_OK);
  for (int per_k = 1; per_k < 60; per_k++) {
    for (int kelvin = -60; kelvin <= 60; kelvin++) {
      profile.vdd_ratio_per_k = 1e-4 * per_k;
      profile.temperature_c = kelvin;
      const double shift = profile.vdd_ratio_per_k * kelvin;
      rounded += (0.8 - shift) + shift < 0.8;
      CU_ASSERT_EQUAL_FATAL(ber_at(&profile, bo_profile_vdd_of_point(&profile, 0)), 0.1);
      CU_ASSERT_EQUAL_FATAL(ber_at(&profile, vdd_for(&profile, 0.1)), 0.1);
    }
  }
  CU_ASSERT(rounded > 0);
}

static void a_bad_temperature_is_refused(void) {
  expect_refused(curve, "temperature: {operating_c: 400, reference_c: 25, vdd_ratio_per_k: 0}\n",
                 "temperature: expected -273.15..300 degrees, got 400");
  expect_refused(curve, "temperature: {operating_c: 40, reference_c: 25, vdd_ratio_per_k: 1}\n",
                 "temperature: vdd_ratio_per_k: expected -0.01..0.01, got 1");
  expect_refused(curve, "temperature: {operating_c: 85, reference_c: 25, vdd_ratio_per_k: 0.005}\n",
                 "temperature: expected to move the curve by at most 0.2 of Vmin, got 0.3");
  bo_cell_rates rates = two_bad_cells();
  save(&rates);
  expect_refused(
      "curve:\n  - {vdd_ratio: 0.8, ber_pct: 6.25}\n  - {vdd_ratio: 0.9, ber_pct: 3.125}\n"
      "  - {vdd_ratio: 1, ber_pct: 0}\n",
      "cells: {map: p.npz}\n"
      "temperature: {operating_c: 40, reference_c: 25, vdd_ratio_per_k: 0.001}\n",
      "temperature: expected that of the map, 25, got 40");
  bo_cell_rates_free(&rates);
}

static void each_failed_allocation_is_reported(void) {
  bo_cell_rates rates = two_bad_cells();
  save(&rates);
  bo_cell_rates_free(&rates);
  for (unsigned k = 0;; k++) {
    bo_profile profile = {0};
    fail_alloc_arm(k);
    const bo_status status = bo_profile_load(&profile, yaml_path, NULL);
    const bool reached = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, reached ? BO_E_NOMEM : BO_OK);
    bo_profile_free(&profile);
    if (!reached) {
      CU_ASSERT(k > 10);
      break;
    }
  }
}

static void remove_files(void) {
  char npz[96];
  (void)snprintf(npz, sizeof npz, "%s/p.npz", folder);
  (void)unlink(yaml_path);
  (void)unlink(npz);
  (void)rmdir(folder);
}

static void a_place_for_files(void) {
  (void)snprintf(folder, sizeof folder, "/tmp/brownout-profile-XXXXXX");
  CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
  (void)snprintf(yaml_path, sizeof yaml_path, "%s/p.yaml", folder);
  CU_ASSERT_EQUAL(atexit(remove_files), 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_place_for_files),
    BO_TEST(a_model_is_read_with_all_its_shares),
    BO_TEST(a_chip_of_a_model_has_the_rates_of_the_curve),
    BO_TEST(a_bad_model_is_refused_by_key_and_range),
    BO_TEST(a_direction_that_fails_more_at_a_higher_voltage_is_refused),
    BO_TEST(a_saved_map_is_a_profile),
    BO_TEST(a_map_has_its_voltages_and_no_others),
    BO_TEST(a_voltage_of_a_map_is_met_within_a_millionth),
    BO_TEST(chip_0_of_a_map_begins_at_its_first_cell_and_others_at_a_row),
    BO_TEST(a_curve_that_is_not_that_of_its_map_is_refused),
    BO_TEST(rates_that_make_no_curve_are_not_saved),
    BO_TEST(heat_moves_the_curve_and_not_the_energy),
    BO_TEST(a_point_of_the_curve_is_met_at_every_temperature),
    BO_TEST(a_bad_temperature_is_refused),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
