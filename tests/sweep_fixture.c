#include "sweep_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

temp_dir temp_dir_make(void) {
  temp_dir temp = {"/tmp/bo_sweep_XXXXXX", ""};
  if (mkdtemp(temp.dir) == NULL) {
    abort();
  }
  (void)snprintf(temp.file, sizeof temp.file, "%s/results.db", temp.dir);
  return temp;
}

void temp_dir_remove(const temp_dir *temp) {
  DIR *const dir = opendir(temp->dir);
  if (dir == NULL) {
    return;
  }
  const struct dirent *entry = NULL;
  while ((entry = readdir(dir)) != NULL) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", temp->dir, entry->d_name);
    (void)unlink(path);
  }
  (void)closedir(dir);
  (void)rmdir(temp->dir);
}

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
