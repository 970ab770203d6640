#include "campaign/sweep_plan.h"

#include "base/file.h"
#include "campaign/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bo_status bo_sweep_plan_workload(bo_workload **out, const bo_sweep_plan *plan, uint32_t model,
                                 bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  const bo_workload_config workload = {
      .model = config->model[model],
      .arch = config->arch,
      .profile = config->profile,
      .energy = config->energy,
      .policy = config->policy,
      .start_row = config->start_row,
      .banks = config->banks,
      .interleave = config->interleave,
      .rotate = config->rotate,
      .storage = config->sets_storage ? &config->storage : NULL,
  };
  return bo_workload_new(out, &workload, diag);
}

/* Identifies the images in use. */
static uint64_t hash_images(const bo_dataset *dataset, uint64_t images) {
  const size_t pixels = (size_t)dataset->c * dataset->h * dataset->w * images;
  const uint64_t parts[2] = {
      dataset->pixels_u8 != NULL ? bo_hash(dataset->pixels_u8, pixels)
                                 : bo_hash(dataset->pixels_f32, pixels * sizeof(float)),
      bo_hash(dataset->label, images * sizeof *dataset->label),
  };
  return bo_hash(parts, sizeof parts);
}

/* Adds entries until one fails. */
#define ADD(status, plan, diag, ...)                                                               \
  ((status) == BO_OK ? bo_manifest_add(&(plan)->manifest, diag, __VA_ARGS__) : (status))

static bo_status add_machine(bo_sweep_plan *plan, const bo_workload *workload, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_status status = BO_OK;
  status = ADD(status, plan, diag, "version", "%s", bo_version());
  status = ADD(status, plan, diag, "seed", "%" PRIu64, config->seed);
  status = ADD(status, plan, diag, "chips", "%" PRIu32, config->chips);
  status = ADD(status, plan, diag, "profile", "%s", workload->profile.name);
  status = ADD(status, plan, diag, "profile_hash", "%016" PRIx64, workload->profile.hash);
  status = ADD(status, plan, diag, "energy", "%s", workload->energy_table.name);
  status = ADD(status, plan, diag, "energy_hash", "%016" PRIx64, workload->energy_table.hash);
  return status;
}

static bo_status add_placement(bo_sweep_plan *plan, const bo_workload *workload, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_status status = BO_OK;
  status =
      ADD(status, plan, diag, "placement.policy", "%s", bo_placement_policy_name(config->policy));
  status = ADD(status, plan, diag, "placement.start_row", "%" PRIu64, config->start_row);
  if (config->banks == 0) {
    status = ADD(status, plan, diag, "placement.banks", "auto");
  } else if (config->banks != BO_BANKS_OF_ARCH) {
    status = ADD(status, plan, diag, "placement.banks", "%" PRIu32, config->banks);
  }
  status = ADD(status, plan, diag, "placement.interleave", "%" PRIu32,
               bo_placement_get_config(workload->placement)->interleave);
  if (config->sets_storage) {
    status = ADD(status, plan, diag, "placement.storage", "%s", bo_storage_name(config->storage));
  }
  return ADD(status, plan, diag, "placement.rotate", "%s", config->rotate ? "true" : "false");
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
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < config->steps && status == BO_OK; i++) {
    char key[64];
    (void)snprintf(key, sizeof key, "%s.%" PRIu32,
                   config->axis == BO_SWEEP_BER_PCT ? "ber_pct" : "vdd_ratio", i);
    status = bo_manifest_add(&plan->manifest, diag, key, "%.17g", config->step[i]);
  }
  return status;
}

static bo_status add_model(bo_sweep_plan *plan, uint32_t model, const bo_workload *workload,
                           const bo_dataset *dataset, bo_diag *diag) {
  const uint64_t images = plan->config->images == 0 ? dataset->images : plan->config->images;
  char key[5][64];
  const char *const name[5] = {"name", "hash", "dataset", "images", "dataset_hash"};
  for (int i = 0; i < 5; i++) {
    (void)snprintf(key[i], sizeof key[i], "model.%" PRIu32 ".%s", model, name[i]);
  }
  bo_status status = BO_OK;
  status = ADD(status, plan, diag, key[0], "%s", workload->net->name);
  status = ADD(status, plan, diag, key[1], "%016" PRIx64, workload->net->hash);
  status = ADD(status, plan, diag, key[2], "%s", dataset->name);
  status = ADD(status, plan, diag, key[3], "%" PRIu64, images);
  status = ADD(status, plan, diag, key[4], "%016" PRIx64, hash_images(dataset, images));
  return status;
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
      plan->points++;
    }
  }
  return status;
}

/* Two models of one name could not be told apart in any table or figure. */
static bo_status check_name(const bo_sweep_plan *plan, uint32_t model, const char *name,
                            bo_diag *diag) {
  if (strlen(name) >= sizeof plan->point->model) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a model name below %zu characters",
                   plan->config->model[model], sizeof plan->point->model);
  }
  for (uint32_t i = 0; i < model; i++) {
    if (strcmp(plan->point[(size_t)i * plan->config->steps].model, name) == 0) {
      return bo_fail(diag, BO_E_INVALID, "%s: expected different names, but %s has the same",
                     plan->config->model[model], plan->config->model[i]);
    }
  }
  return BO_OK;
}

static bo_status plan_model(bo_sweep_plan *plan, uint32_t model, bo_diag *diag) {
  const bo_sweep_config *const config = plan->config;
  bo_workload *workload = NULL;
  bo_dataset *dataset = NULL;
  bo_status status = bo_sweep_plan_workload(&workload, plan, model, diag);
  if (status == BO_OK) {
    plan->model_hash[model] = workload->net->hash;
    status = check_name(plan, model, workload->net->name, diag);
  }
  if (status == BO_OK && model == 0) {
    status = add_machine(plan, workload, diag);
    status = status == BO_OK ? add_placement(plan, workload, diag) : status;
  }
  if (status == BO_OK) {
    status = bo_workload_dataset(&dataset, workload, config->dataset, config->data, diag);
  }
  if (status == BO_OK) {
    status = bo_workload_check_images(workload, dataset, config->images, diag);
  }
  if (status == BO_OK) {
    status = add_points(plan, workload, diag);
  }
  if (status == BO_OK) {
    status = add_model(plan, model, workload, dataset, diag);
  }
  bo_dataset_free(dataset);
  bo_workload_free(workload);
  return status;
}

static bo_status fill(bo_sweep_plan *plan, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < plan->config->models && status == BO_OK; i++) {
    status = plan_model(plan, i, diag);
  }
  if (status == BO_OK) {
    status = add_steps(plan, diag);
  }
  return status == BO_OK ? add_arch(plan, diag) : status;
}

bo_status bo_sweep_plan_init(bo_sweep_plan *plan, const bo_sweep_config *config, bo_diag *diag) {
  *plan = (bo_sweep_plan){.config = config};
  plan->point = calloc((size_t)config->models * config->steps, sizeof *plan->point);
  plan->model_hash = calloc(config->models, sizeof *plan->model_hash);
  const bo_status status = plan->point == NULL || plan->model_hash == NULL
                               ? bo_fail(diag, BO_E_NOMEM, "out of memory")
                               : fill(plan, diag);
  if (status != BO_OK) {
    bo_sweep_plan_free(plan);
  }
  return status;
}

void bo_sweep_plan_free(bo_sweep_plan *plan) {
  bo_manifest_free(&plan->manifest);
  free(plan->point);
  free(plan->model_hash);
  *plan = (bo_sweep_plan){0};
}
