#include "cli/machine.h"

#include "campaign/settings.h"
#include "cli/paths.h"

#include <stdlib.h>
#include <string.h>

static bo_status parse_placement(bo_placement_policy *policy, const char *text, bo_diag *diag) {
  for (int i = 0; i < BO_PLACEMENT_POLICIES; i++) {
    if (strcmp(text, bo_placement_policy_name((bo_placement_policy)i)) == 0) {
      *policy = (bo_placement_policy)i;
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID, "--placement: expected tile or linear, got '%s'", text);
}

static bo_status parse_storage(bo_storage *storage, const char *text, bo_diag *diag) {
  for (int i = 0; i < BO_STORAGES; i++) {
    if (strcmp(text, bo_storage_name((bo_storage)i)) == 0) {
      *storage = (bo_storage)i;
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID,
                 "--storage: expected offset_binary or twos_complement, got '%s'", text);
}

bo_status bo_machine_arch(bo_arch *out, const bo_machine_settings *settings, bo_diag *diag) {
  char path[BO_PATH_SIZE];
  if (settings->arch == NULL) {
    *out = bo_arch_default();
    return BO_OK;
  }
  const bo_status status = bo_path_resolve(path, "arch", settings->arch, diag);
  return status == BO_OK ? bo_arch_load(out, path, diag) : status;
}

bo_status bo_profile_named(bo_profile *out, const char *name, bo_diag *diag) {
  char path[BO_PATH_SIZE];
  const bo_status status = bo_path_resolve(path, "silicon", name, diag);
  return status == BO_OK ? bo_profile_load(out, path, diag) : status;
}

bo_status bo_machine_workload(bo_workload **out, const bo_machine_settings *settings,
                              const char *model, bo_diag *diag) {
  char arch[BO_PATH_SIZE];
  char profile[BO_PATH_SIZE];
  char energy[BO_PATH_SIZE];
  bo_workload_config config = {
      .model = model,
      .placement = {.start_row = settings->start_row,
                    .banks = BO_BANKS_OF_ARCH,
                    .interleave = settings->interleave,
                    .rotate = settings->rotate,
                    .sets_storage = settings->storage != NULL},
      .any_timing = settings->any_timing,
  };
  bo_status status = parse_placement(&config.placement.policy, settings->placement, diag);
  if (status == BO_OK && settings->storage != NULL) {
    status = parse_storage(&config.placement.storage, settings->storage, diag);
  }
  if (status == BO_OK && settings->banks != NULL) {
    status = bo_setting_banks(&config.placement.banks, "--banks", settings->banks, diag);
  }
  if (status == BO_OK && settings->arch != NULL) {
    status = bo_path_resolve(arch, "arch", settings->arch, diag);
    config.arch = arch;
  }
  if (status == BO_OK) {
    status = bo_path_resolve(profile, "silicon", settings->profile, diag);
    config.profile = profile;
  }
  if (status == BO_OK) {
    status = bo_path_resolve(energy, "energy", settings->energy, diag);
    config.energy = energy;
  }
  return status == BO_OK ? bo_workload_new(out, &config, diag) : status;
}

bo_status bo_machine_read(uint8_t ***codes, const bo_workload *workload, const bo_chip *chip,
                          bo_fault_count *count, bo_diag *diag) {
  bo_injector *injector = NULL;
  *codes = bo_net_codes_new(workload->net);
  const bo_status status = *codes == NULL ? bo_fail(diag, BO_E_NOMEM, "out of memory for the codes")
                                          : bo_injector_new(&injector, workload->placement, diag);
  if (status == BO_OK) {
    bo_injector_run(injector, chip, workload->clean_codes, *codes, count);
  } else {
    free(*codes);
    *codes = NULL;
  }
  bo_injector_free(injector);
  return status;
}

bo_status bo_voltage_of(double *vdd_ratio, const bo_voltage_settings *settings,
                        const bo_profile *profile, bo_diag *diag) {
  if (settings->vdd_ratio > 0 && settings->ber_pct >= 0) {
    return bo_fail(diag, BO_E_INVALID, "--vdd and --ber: expected one of them, got both");
  }
  if (settings->vdd_ratio > 0) {
    double ber = 0;
    *vdd_ratio = settings->vdd_ratio;
    return bo_profile_ber(profile, *vdd_ratio, &ber, diag);
  }
  const double ber_pct = settings->ber_pct >= 0 ? settings->ber_pct : BO_DEFAULT_BER_PCT;
  return bo_profile_vdd_for_ber(profile, ber_pct / 100, vdd_ratio, diag);
}
