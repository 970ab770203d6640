#include "campaign/sweep_config.h"

#include "base/yaml.h"
#include "campaign/settings.h"
#include "campaign/sweep_axes.h"
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

static bo_status fill_profiles(bo_sweep_config *config, const search_folders *folders,
                               const bo_sweep_yaml *yaml, bo_diag *diag) {
  static const char *const by_default = BO_DEFAULT_PROFILE;
  if (yaml->profile != NULL && yaml->profiles != NULL) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most one of profile and profiles, got both",
                   folders->file);
  }
  const char *const *name = (const char *const *)yaml->profiles;
  uint32_t count = yaml->profiles_count;
  if (name == NULL) {
    name = yaml->profile == NULL ? &by_default : (const char *const *)&yaml->profile;
    count = 1;
  }
  config->profile = calloc(count, sizeof *config->profile);
  if (config->profile == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  config->profiles = count;
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < count && status == BO_OK; i++) {
    status = shipped_path(&config->profile[i], folders, "silicon", name[i], diag);
  }
  return status;
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
  const uint64_t points =
      (uint64_t)config->models * config->profiles * config->placements * config->steps;
  if (points > BO_SWEEP_MAX_POINTS) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %d points, got %llu", file,
                   BO_SWEEP_MAX_POINTS, (unsigned long long)points);
  }
  const uint64_t trials = chips * points;
  if (trials > BO_SWEEP_MAX_TRIALS) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %llu trials, got %llu", file,
                   (unsigned long long)BO_SWEEP_MAX_TRIALS, (unsigned long long)trials);
  }
  return BO_OK;
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
    status = fill_profiles(config, folders, yaml, diag);
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
    status = bo_sweep_fill_steps(config, folders->file, yaml, diag);
  }
  if (status == BO_OK) {
    status = bo_sweep_fill_placements(config, folders->file, yaml, diag);
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

static void free_texts(char **text, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    free(text[i]);
  }
  free(text);
}

void bo_sweep_config_free(bo_sweep_config *config) {
  if (config == NULL) {
    return;
  }
  free_texts(config->model, config->models);
  free_texts(config->profile, config->profiles);
  free(config->placement);
  free(config->step);
  free(config->dataset);
  free(config->data);
  free(config->arch);
  free(config->energy);
  free(config);
}
