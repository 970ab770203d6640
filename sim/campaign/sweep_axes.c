#include "campaign/sweep_axes.h"

#include "base/number.h"
#include "campaign/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Range of each axis; what silicon makes of a value is its own matter. */
static bo_status parse_step(double *step, const char *file, bo_sweep_axis axis, const char *text,
                            bo_diag *diag) {
  const bool is_ber = axis == BO_SWEEP_BER_PCT;
  const double max = is_ber ? 50.0 : 2.0;
  if (!bo_number_ratio(step, text) || *step < 0 || *step > max || (!is_ber && *step == 0)) {
    return bo_fail(diag, BO_E_INVALID, "%s: %s: expected %s, got %.64s", file,
                   is_ber ? "ber_pct" : "vdd_ratio",
                   is_ber ? "per cents from 0 to 50" : "ratios V/Vmin above 0, up to 2", text);
  }
  return BO_OK;
}

bo_status bo_sweep_fill_steps(bo_sweep_config *config, const char *file, const bo_sweep_yaml *yaml,
                              bo_diag *diag) {
  if ((yaml->vdd_ratio == NULL) == (yaml->ber_pct == NULL)) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected exactly one of vdd_ratio and ber_pct, got %s",
                   file, yaml->ber_pct == NULL ? "none" : "both");
  }
  config->axis = yaml->ber_pct == NULL ? BO_SWEEP_VDD_RATIO : BO_SWEEP_BER_PCT;
  config->steps = yaml->ber_pct == NULL ? yaml->vdd_ratio_count : yaml->ber_pct_count;
  char *const *const text = yaml->ber_pct == NULL ? yaml->vdd_ratio : yaml->ber_pct;
  config->step = calloc(config->steps, sizeof *config->step);
  if (config->step == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  for (uint32_t i = 0; i < config->steps; i++) {
    const bo_status status = parse_step(&config->step[i], file, config->axis, text[i], diag);
    if (status != BO_OK) {
      return status;
    }
    for (uint32_t k = 0; k < i; k++) {
      if (config->step[k] == config->step[i]) {
        return bo_fail(diag, BO_E_INVALID, "%s: %s is there twice", file, text[i]);
      }
    }
  }
  return BO_OK;
}

static bo_status read_placement(bo_placement_setting *setting, const char *file,
                                const bo_sweep_placement_yaml *yaml, bo_diag *diag) {
  const uint64_t interleave = yaml->interleave == NULL ? 1 : *yaml->interleave;
  if (interleave < 1 || interleave > BO_SETTING_MAX_BANKS) {
    return bo_fail(diag, BO_E_INVALID, "%s: interleave: expected 1..%d, got %llu", file,
                   BO_SETTING_MAX_BANKS, (unsigned long long)interleave);
  }
  *setting = (bo_placement_setting){
      .policy = yaml->policy == NULL ? BO_PLACEMENT_TILE : *yaml->policy,
      .start_row = yaml->start_row == NULL ? 0 : *yaml->start_row,
      .banks = BO_BANKS_OF_ARCH,
      .interleave = (uint32_t)interleave,
      .rotate = yaml->rotate,
      .sets_storage = yaml->storage != NULL,
      .storage = yaml->storage == NULL ? BO_STORAGE_OFFSET_BINARY : *yaml->storage,
  };
  if (yaml->banks == NULL) {
    return BO_OK;
  }
  char where[BO_SWEEP_MAX_TEXT];
  (void)snprintf(where, sizeof where, "%s: banks", file);
  return bo_setting_banks(&setting->banks, where, yaml->banks, diag);
}

/* Two placements of one text could not be told apart in any table or figure. */
static bo_status check_placement(const bo_sweep_config *config, uint32_t index, const char *file,
                                 bo_diag *diag) {
  char text[BO_PLACEMENT_TEXT_SIZE];
  bo_placement_setting_text(text, &config->placement[index]);
  for (uint32_t i = 0; i < index; i++) {
    char other[BO_PLACEMENT_TEXT_SIZE];
    bo_placement_setting_text(other, &config->placement[i]);
    if (strcmp(text, other) == 0) {
      return bo_fail(diag, BO_E_INVALID, "%s: placements: %s is there twice", file, text);
    }
  }
  return BO_OK;
}

bo_status bo_sweep_fill_placements(bo_sweep_config *config, const char *file,
                                   const bo_sweep_yaml *yaml, bo_diag *diag) {
  static const bo_sweep_placement_yaml nothing_said = {0};
  if (yaml->placement != NULL && yaml->placements != NULL) {
    return bo_fail(diag, BO_E_INVALID,
                   "%s: expected at most one of placement and placements, got both", file);
  }
  const bo_sweep_placement_yaml *entry = yaml->placements;
  config->placements = yaml->placements_count;
  if (entry == NULL) {
    entry = yaml->placement == NULL ? &nothing_said : yaml->placement;
    config->placements = 1;
  }
  config->placement = calloc(config->placements, sizeof *config->placement);
  if (config->placement == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < config->placements && status == BO_OK; i++) {
    status = read_placement(&config->placement[i], file, &entry[i], diag);
    if (status == BO_OK) {
      status = check_placement(config, i, file, diag);
    }
  }
  return status;
}
