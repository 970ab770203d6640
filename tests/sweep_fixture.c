#include "sweep_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bo_manifest sample_manifest(void) {
  bo_manifest manifest = {0};
  if (bo_manifest_add(&manifest, NULL, "seed", "%d", 5) != BO_OK ||
      bo_manifest_add(&manifest, NULL, "model", "m") != BO_OK) {
    abort();
  }
  return manifest;
}

void sample_points(bo_point points[SAMPLE_POINTS]) {
  memset(points, 0, SAMPLE_POINTS * sizeof points[0]);
  for (int i = 0; i < SAMPLE_POINTS; i++) {
    (void)snprintf(points[i].model, sizeof points[i].model, "m");
    (void)snprintf(points[i].profile, sizeof points[i].profile, "p");
    (void)snprintf(points[i].placement, sizeof points[i].placement, "tile+rotate");
    points[i].cycles = 1000;
    points[i].energy = (bo_energy){1.0 / 3, 5e-324, 1.2345678901234567e300, 0.1, 2.0 / 7, 1e-30, 8};
    points[i].energy_vmin = (bo_energy){1, 2, 3, 4, 5, 6, 10};
  }
  points[0].vdd_ratio = 0.75;
  points[0].ber = 0.2056;
  points[1].vdd_ratio = 0.8;
  points[1].ber = 0.1 + 0.2 - 0.29;
}

bo_trial sample_trial(uint32_t point, uint32_t chip, uint64_t wrong) {
  return (bo_trial){.point = point,
                    .chip = chip,
                    .seed = UINT64_MAX - 1 + chip,
                    .vdd_ratio = point == 0 ? 0.75 : 0.8,
                    .images = 100,
                    .clean_wrong = 10,
                    .wrong = wrong,
                    .wrong_or_clean = wrong > 10 ? wrong + 2 : 10 + chip,
                    .faults = {.cells_faulty = 40 + chip,
                               .bits_requested = 30,
                               .bits_effective = 20,
                               .weights_changed = 10}};
}

static bool same_faults(const bo_fault_count *a, const bo_fault_count *b) {
  return a->cells_faulty == b->cells_faulty && a->bits_requested == b->bits_requested &&
         a->bits_effective == b->bits_effective && a->weights_changed == b->weights_changed;
}

bool same_trials(const bo_trial *a, const bo_trial *b, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (a[i].point != b[i].point || a[i].chip != b[i].chip || a[i].seed != b[i].seed ||
        a[i].vdd_ratio != b[i].vdd_ratio || a[i].images != b[i].images ||
        a[i].clean_wrong != b[i].clean_wrong || a[i].wrong != b[i].wrong ||
        a[i].wrong_or_clean != b[i].wrong_or_clean || !same_faults(&a[i].faults, &b[i].faults)) {
      return false;
    }
  }
  return true;
}

static bool same_energy(const bo_energy *a, const bo_energy *b) {
  return a->weight_sram_pj == b->weight_sram_pj && a->activation_sram_pj == b->activation_sram_pj &&
         a->accumulator_pj == b->accumulator_pj && a->mac_pj == b->mac_pj &&
         a->dram_pj == b->dram_pj && a->leakage_pj == b->leakage_pj && a->total_pj == b->total_pj;
}

bool same_points(const bo_point *a, const bo_point *b, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(a[i].model, b[i].model) != 0 || strcmp(a[i].profile, b[i].profile) != 0 ||
        strcmp(a[i].placement, b[i].placement) != 0 || a[i].vdd_ratio != b[i].vdd_ratio ||
        a[i].ber != b[i].ber || a[i].cycles != b[i].cycles ||
        !same_energy(&a[i].energy, &b[i].energy) ||
        !same_energy(&a[i].energy_vmin, &b[i].energy_vmin)) {
      return false;
    }
  }
  return true;
}
