#include "campaign/sweep_config.h"

#include "base/number.h"
#include "base/yaml.h"
#include "campaign/settings.h"
#include "campaign/sweep_schema.h"
#include "campaign/workload.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  DEFAULT_CHIPS = 10,
};

/* Where names in the file are looked for. */
typedef struct search_folders {
  const char *file;         /* the sweep file: its folder is the base of relative paths */
  const char *profiles_dir; /* of the shipped profiles */
} search_folders;

static bo_status join(char **out, const char *dir, size_t dir_length, const char *rest,
                      bo_diag *diag) {
  const size_t size = dir_length + strlen(rest) + 1;
  *out = malloc(size);
  if (*out == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  (void)snprintf(*out, size, "%.*s%s", (int)dir_length, dir, rest);
  return BO_OK;
}

static bo_status copy_text(char **out, const char *text, bo_diag *diag) {
  return text == NULL ? BO_OK : join(out, "", 0, text, diag);
}

/* A path in the file is relative to the file's folder. */
static bo_status relative_path(char **out, const search_folders *folders, const char *path,
                               bo_diag *diag) {
  if (path == NULL) {
    return BO_OK;
  }
  const char *const slash = path[0] == '/' ? NULL : strrchr(folders->file, '/');
  const size_t dir_length = slash == NULL ? 0 : (size_t)(slash - folders->file) + 1;
  return join(out, folders->file, dir_length, path, diag);
}

/* "ibm14" stands for a shipped file; a name with '/' or ending in ".yaml" is a path. */
static bo_status shipped_path(char **out, const search_folders *folders, const char *kind,
                              const char *name, bo_diag *diag) {
  if (bo_setting_is_path(name, ".yaml")) {
    return relative_path(out, folders, name, diag);
  }
  char tail[BO_SWEEP_MAX_TEXT + 32];
  (void)snprintf(tail, sizeof tail, "/%s/%s.yaml", kind, name);
  return join(out, folders->profiles_dir, strlen(folders->profiles_dir), tail, diag);
}

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

static bo_status fill_steps(bo_sweep_config *config, const char *file, const bo_sweep_yaml *yaml,
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

static bo_status fill_models(bo_sweep_config *config, const search_folders *folders,
                             const bo_sweep_yaml *yaml, bo_diag *diag) {
  config->model = calloc(yaml->models_count, sizeof *config->model);
  if (config->model == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  config->models = yaml->models_count;
  for (uint32_t i = 0; i < config->models; i++) {
    const bo_status status = relative_path(&config->model[i], folders, yaml->models[i], diag);
    if (status != BO_OK) {
      return status;
    }
  }
  return BO_OK;
}

static bo_status fill_placement(bo_sweep_config *config, const char *file,
                                const bo_sweep_placement_yaml *yaml, bo_diag *diag) {
  config->policy = BO_PLACEMENT_TILE;
  config->banks = BO_BANKS_OF_ARCH;
  config->interleave = 1;
  if (yaml == NULL) {
    return BO_OK;
  }
  config->policy = yaml->policy == NULL ? BO_PLACEMENT_TILE : *yaml->policy;
  config->start_row = yaml->start_row == NULL ? 0 : *yaml->start_row;
  config->rotate = yaml->rotate;
  config->sets_storage = yaml->storage != NULL;
  if (config->sets_storage) {
    config->storage = *yaml->storage;
  }
  if (yaml->interleave != NULL) {
    if (*yaml->interleave < 1 || *yaml->interleave > BO_SETTING_MAX_BANKS) {
      return bo_fail(diag, BO_E_INVALID, "%s: interleave: expected 1..%d, got %llu", file,
                     BO_SETTING_MAX_BANKS, (unsigned long long)*yaml->interleave);
    }
    config->interleave = (uint32_t)*yaml->interleave;
  }
  if (yaml->banks == NULL) {
    return BO_OK;
  }
  char where[BO_SWEEP_MAX_TEXT];
  (void)snprintf(where, sizeof where, "%s: banks", file);
  return bo_setting_banks(&config->banks, where, yaml->banks, diag);
}

static bo_status fill_numbers(bo_sweep_config *config, const char *file, const bo_sweep_yaml *yaml,
                              bo_diag *diag) {
  const uint64_t chips = yaml->chips == NULL ? DEFAULT_CHIPS : *yaml->chips;
  if (chips < 1 || chips > BO_SWEEP_MAX_CHIPS) {
    return bo_fail(diag, BO_E_INVALID, "%s: chips: expected 1..%d, got %llu", file,
                   BO_SWEEP_MAX_CHIPS, (unsigned long long)chips);
  }
  config->chips = (uint32_t)chips;
  config->seed = yaml->seed == NULL ? 0 : *yaml->seed;
  config->images = yaml->images == NULL ? 0 : *yaml->images;
  const uint64_t trials = chips * config->models * config->steps;
  if (trials > BO_SWEEP_MAX_TRIALS) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %llu trials, got %llu", file,
                   (unsigned long long)BO_SWEEP_MAX_TRIALS, (unsigned long long)trials);
  }
  return fill_placement(config, file, yaml->placement, diag);
}

static bo_status fill_files(bo_sweep_config *config, const search_folders *folders,
                            const bo_sweep_yaml *yaml, bo_diag *diag) {
  bo_status status = fill_models(config, folders, yaml, diag);
  if (status == BO_OK) {
    const bool is_file = yaml->dataset != NULL && bo_setting_is_path(yaml->dataset, ".npz");
    status = is_file ? relative_path(&config->dataset, folders, yaml->dataset, diag)
                     : copy_text(&config->dataset, yaml->dataset, diag);
  }
  if (status == BO_OK) {
    status = relative_path(&config->data, folders, yaml->data, diag);
  }
  if (status == BO_OK && yaml->arch != NULL) {
    status = shipped_path(&config->arch, folders, "arch", yaml->arch, diag);
  }
  if (status == BO_OK) {
    status = shipped_path(&config->profile, folders, "silicon",
                          yaml->profile == NULL ? BO_DEFAULT_PROFILE : yaml->profile, diag);
  }
  if (status == BO_OK) {
    status = shipped_path(&config->energy, folders, "energy",
                          yaml->energy == NULL ? BO_DEFAULT_ENERGY : yaml->energy, diag);
  }
  return status;
}

static bo_status fill(bo_sweep_config *config, const search_folders *folders,
                      const bo_sweep_yaml *yaml, bo_diag *diag) {
  bo_status status = fill_files(config, folders, yaml, diag);
  if (status == BO_OK) {
    status = fill_steps(config, folders->file, yaml, diag);
  }
  if (status == BO_OK) {
    status = fill_numbers(config, folders->file, yaml, diag);
  }
  return status;
}

bo_status bo_sweep_config_parse(bo_sweep_config **out, const char *name, const void *text,
                                size_t size, const char *profiles_dir, bo_diag *diag) {
  *out = NULL;
  const search_folders folders = {name, profiles_dir};
  void *yaml = NULL;
  bo_status status = bo_yaml_parse(&yaml, name, text, size, &bo_sweep_schema, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_sweep_config *const config = calloc(1, sizeof *config);
  status = config == NULL ? bo_fail(diag, BO_E_NOMEM, "out of memory")
                          : fill(config, &folders, yaml, diag);
  bo_yaml_free(yaml, &bo_sweep_schema);
  if (status != BO_OK) {
    bo_sweep_config_free(config);
    return status;
  }
  *out = config;
  return BO_OK;
}

bo_status bo_sweep_config_load(bo_sweep_config **out, const char *path, const char *profiles_dir,
                               bo_diag *diag) {
  *out = NULL;
  bo_bytes bytes = {0};
  bo_status status = bo_yaml_read(&bytes, path, diag);
  if (status == BO_OK) {
    status = bo_sweep_config_parse(out, path, bytes.data, bytes.size, profiles_dir, diag);
  }
  bo_bytes_free(&bytes);
  return status;
}

void bo_sweep_config_free(bo_sweep_config *config) {
  if (config == NULL) {
    return;
  }
  for (uint32_t i = 0; i < config->models; i++) {
    free(config->model[i]);
  }
  free(config->model);
  free(config->step);
  free(config->dataset);
  free(config->data);
  free(config->arch);
  free(config->profile);
  free(config->energy);
  free(config);
}
