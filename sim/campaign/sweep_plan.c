#include "campaign/sweep_plan.h"

#include "base/file.h"
#include "campaign/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t bo_sweep_variants(const bo_sweep_config *config) {
  return config->models * config->profiles * config->placements;
}

bo_sweep_variant bo_sweep_variant_at(const bo_sweep_config *config, uint32_t index) {
  const uint32_t of_model = config->profiles * config->placements;
  return (bo_sweep_variant){
      .model = index / of_model,
      .profile = index % of_model / config->placements,
      .placement = index % config->placements,
  };
}

bo_status bo_sweep_plan_workload(bo_workload **out, const bo_sweep_plan *plan,
                                 bo_sweep_variant variant, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  const bo_workload_config workload = {
      .model = config->model[variant.model],
      .arch = config->arch,
      .profile = config->profile[variant.profile],
      .energy = config->energy,
      .placement = config->placement[variant.placement],
  };
  return bo_workload_new(out, &workload, diag);
}

uint64_t bo_sweep_hash_images(const bo_dataset *dataset, uint64_t images) {
  const size_t count = images == 0 ? dataset->images : images;
  const size_t pixels = (size_t)dataset->c * dataset->h * dataset->w * count;
  const uint64_t parts[2] = {
      dataset->pixels_u8 != NULL ? bo_hash(dataset->pixels_u8, pixels)
                                 : bo_hash(dataset->pixels_f32, pixels * sizeof(float)),
      bo_hash(dataset->label, count * sizeof *dataset->label),
  };
  return bo_hash(parts, sizeof parts);
}

/* Adds entries until one fails. */
#define ADD(status, plan, diag, ...)                                                               \
  ((status) == BO_OK ? bo_manifest_add(&(plan)->manifest, diag, __VA_ARGS__) : (status))

/* "model.3.hash": the key of entry @p index on an axis; without a part "placement.3". */
typedef struct axis_key {
  char text[64];
} axis_key;

static axis_key key_of(const char *axis, uint32_t index, const char *part) {
  axis_key key;
  (void)snprintf(key.text, sizeof key.text, "%s.%" PRIu32 "%s%s", axis, index,
                 part[0] == '\0' ? "" : ".", part);
  return key;
}

static bo_status add_settings(bo_sweep_plan *plan, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_energy_table energy;
  bo_status status = bo_energy_table_load(&energy, config->energy, diag);
  plan->energy_hash = status == BO_OK ? energy.hash : 0;
  status = ADD(status, plan, diag, "version", "%s", bo_version());
  status = ADD(status, plan, diag, "seed", "%" PRIu64, config->seed);
  status = ADD(status, plan, diag, "chips", "%" PRIu32, config->chips);
  status = ADD(status, plan, diag, "energy", "%s", energy.name);
  status = ADD(status, plan, diag, "energy_hash", "%016" PRIx64, energy.hash);
  for (uint32_t i = 0; i < config->placements && status == BO_OK; i++) {
    char text[BO_PLACEMENT_TEXT_SIZE];
    bo_placement_setting_text(text, &config->placement[i]);
    status = ADD(status, plan, diag, key_of("placement", i, "").text, "%s", text);
  }
  return status;
}

/* Two profiles, or models, of one name could not be told apart in any table or figure. */
static bo_status fail_same_name(const char *file, const char *other, bo_diag *diag) {
  return bo_fail(diag, BO_E_INVALID, "%s: expected different names, but %s has the same", file,
                 other);
}

static bo_status plan_profile(bo_sweep_plan *plan, uint32_t index, bo_diag *diag) {
  char *const *const file = plan->config->profile;
  bo_sweep_silicon *const silicon = &plan->silicon[index];
  bo_profile profile = {0};
  bo_status status = bo_profile_load(&profile, file[index], diag);
  if (status == BO_OK) {
    (void)snprintf(silicon->name, sizeof silicon->name, "%s", profile.name);
    silicon->hash = profile.hash;
  }
  bo_profile_free(&profile);
  for (uint32_t i = 0; i < index && status == BO_OK; i++) {
    if (strcmp(plan->silicon[i].name, silicon->name) == 0) {
      status = fail_same_name(file[index], file[i], diag);
    }
  }
  status = ADD(status, plan, diag, key_of("profile", index, "name").text, "%s", silicon->name);
  return ADD(status, plan, diag, key_of("profile", index, "hash").text, "%016" PRIx64,
             silicon->hash);
}

static bo_status add_arch(bo_sweep_plan *plan, bo_diag *diag) {
  bo_arch arch = bo_arch_default();
  bo_status status =
      plan->config->arch == NULL ? BO_OK : bo_arch_load(&arch, plan->config->arch, diag);
  size_t count = 0;
  const bo_arch_param *const params = bo_arch_params(&count);
  for (size_t i = 0; i < count && status == BO_OK; i++) {
    char key[64];
    uint32_t value = 0;
    (void)snprintf(key, sizeof key, "arch.%s", params[i].name);
    memcpy(&value, (const char *)&arch + params[i].offset, sizeof value);
    status = bo_manifest_add(&plan->manifest, diag, key, "%" PRIu32, value);
  }
  return status;
}

static bo_status add_steps(bo_sweep_plan *plan, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  const char *const axis = config->axis == BO_SWEEP_BER_PCT ? "ber_pct" : "vdd_ratio";
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < config->steps && status == BO_OK; i++) {
    status =
        bo_manifest_add(&plan->manifest, diag, key_of(axis, i, "").text, "%.17g", config->step[i]);
  }
  return status;
}

static bo_status add_model(bo_sweep_plan *plan, uint32_t model, const bo_workload *workload,
                           const bo_dataset *dataset, bo_diag *diag) {
  const uint64_t images = plan->config->images == 0 ? dataset->images : plan->config->images;
  bo_status status = BO_OK;
  status = ADD(status, plan, diag, key_of("model", model, "name").text, "%s", workload->net->name);
  status = ADD(status, plan, diag, key_of("model", model, "hash").text, "%016" PRIx64,
               workload->net->hash);
  status = ADD(status, plan, diag, key_of("model", model, "dataset").text, "%s", dataset->name);
  status = ADD(status, plan, diag, key_of("model", model, "images").text, "%" PRIu64, images);
  return ADD(status, plan, diag, key_of("model", model, "dataset_hash").text, "%016" PRIx64,
             plan->images_hash[model]);
}

/* Points are told apart by their voltage; a map has few, and the lowest with a rate is Vmin. */
static bo_status check_voltage(const bo_sweep_plan *plan, uint32_t step, const char *profile,
                               bo_diag *diag) {
  const double *const pct = plan->config->step;
  const bo_point *const first = &plan->point[plan->points - step];
  for (uint32_t i = 0; i < step; i++) {
    if (first[i].vdd_ratio == first[step].vdd_ratio) {
      return bo_fail(
          diag, BO_E_INVALID,
          "ber_pct: expected a voltage of its own for each rate, but on profile %.64s %g "
          "and %g are the same, V/Vmin %.9g",
          profile, pct[i], pct[step], first[step].vdd_ratio);
    }
  }
  return BO_OK;
}

static bo_status add_points(bo_sweep_plan *plan, const bo_workload *workload, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < config->steps && status == BO_OK; i++) {
    double vdd_ratio = config->step[i];
    if (config->axis == BO_SWEEP_BER_PCT) {
      status = bo_profile_vdd_for_ber(&workload->profile, config->step[i] / 100, &vdd_ratio, diag);
    }
    if (status == BO_OK) {
      status = bo_point_init(&plan->point[plan->points], workload, vdd_ratio, diag);
    }
    if (status == BO_OK) {
      status = check_voltage(plan, i, workload->profile.name, diag);
    }
    if (status == BO_OK) {
      plan->points++;
    }
  }
  return status;
}

static bo_status check_name(const bo_sweep_plan *plan, uint32_t model, const char *name,
                            bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  if (strlen(name) >= sizeof plan->point->model) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a model name below %zu characters",
                   config->model[model], sizeof plan->point->model);
  }
  const size_t points_of_model = (size_t)config->profiles * config->placements * config->steps;
  for (uint32_t i = 0; i < model; i++) {
    if (strcmp(plan->point[i * points_of_model].model, name) == 0) {
      return fail_same_name(config->model[model], config->model[i], diag);
    }
  }
  return BO_OK;
}

/* What is the same for all variants of a model. */
static bo_status plan_model(bo_sweep_plan *plan, uint32_t model, const bo_workload *workload,
                            bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_dataset *dataset = NULL;
  plan->model_hash[model] = workload->net->hash;
  bo_status status = check_name(plan, model, workload->net->name, diag);
  if (status == BO_OK) {
    status = bo_workload_dataset(&dataset, workload, config->dataset, config->data, diag);
  }
  if (status == BO_OK) {
    status = bo_workload_check_images(workload, dataset, config->images, diag);
  }
  if (status == BO_OK) {
    plan->images_hash[model] = bo_sweep_hash_images(dataset, config->images);
    status = add_model(plan, model, workload, dataset, diag);
  }
  bo_dataset_free(dataset);
  return status;
}

static bo_status plan_variant(bo_sweep_plan *plan, uint32_t index, bo_diag *diag) {
  const bo_sweep_variant variant = bo_sweep_variant_at(plan->config, index);
  bo_workload *workload = NULL;
  bo_status status = bo_sweep_plan_workload(&workload, plan, variant, diag);
  if (status == BO_OK && variant.profile == 0 && variant.placement == 0) {
    status = plan_model(plan, variant.model, workload, diag);
  }
  if (status == BO_OK) {
    plan->machine[index] = workload->arch;
    status = add_points(plan, workload, diag);
  }
  bo_workload_free(workload);
  return status;
}

static bo_status fill(bo_sweep_plan *plan, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_status status = add_settings(plan, diag);
  for (uint32_t i = 0; i < config->profiles && status == BO_OK; i++) {
    status = plan_profile(plan, i, diag);
  }
  for (uint32_t i = 0; i < bo_sweep_variants(config) && status == BO_OK; i++) {
    status = plan_variant(plan, i, diag);
  }
  if (status == BO_OK) {
    status = add_steps(plan, diag);
  }
  return status == BO_OK ? add_arch(plan, diag) : status;
}

bo_status bo_sweep_plan_init(bo_sweep_plan *plan, const bo_sweep_config *config, bo_diag *diag) {
  *plan = (bo_sweep_plan){.config = config};
  plan->point = calloc((size_t)bo_sweep_variants(config) * config->steps, sizeof *plan->point);
  plan->model_hash = calloc(config->models, sizeof *plan->model_hash);
  plan->images_hash = calloc(config->models, sizeof *plan->images_hash);
  plan->silicon = calloc(config->profiles, sizeof *plan->silicon);
  plan->machine = calloc(bo_sweep_variants(config), sizeof *plan->machine);
  const bool allocated = plan->point != NULL && plan->model_hash != NULL &&
                         plan->images_hash != NULL && plan->silicon != NULL &&
                         plan->machine != NULL;
  const bo_status status =
      allocated ? fill(plan, diag) : bo_fail(diag, BO_E_NOMEM, "out of memory");
  if (status != BO_OK) {
    bo_sweep_plan_free(plan);
  }
  return status;
}

void bo_sweep_plan_free(bo_sweep_plan *plan) {
  bo_manifest_free(&plan->manifest);
  free(plan->point);
  free(plan->model_hash);
  free(plan->images_hash);
  free(plan->silicon);
  free(plan->machine);
  *plan = (bo_sweep_plan){0};
}
