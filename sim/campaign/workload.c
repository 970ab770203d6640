#include "campaign/workload.h"

#include "accel/engine.h"
#include "accel/place_net.h"
#include "campaign/classify.h"
#include "net/onnx_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bo_status place_weights(bo_workload *workload, bo_diag *diag) {
  const bo_placement_setting *const setting = &workload->setting;
  const bo_net *const net = workload->net;
  workload->clean_codes = calloc(net->weight_tensors + 1ULL, sizeof *workload->clean_codes);
  if (workload->clean_codes == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    workload->clean_codes[t] = net->weights[t].code;
  }
  bo_arch *const arch = &workload->arch;
  const bo_placement_config placement = {
      .policy = setting->policy,
      .tile_cols = arch->array_cols,
      .banks = setting->banks == BO_BANKS_OF_ARCH ? arch->weight_banks : setting->banks,
      .bank_rows = arch->bank_rows,
      .bank_width_bits = arch->bank_width_bits,
      .start_row = setting->start_row,
      .interleave = setting->interleave,
      .rotate = setting->rotate,
  };
  const bo_status status = bo_place_net(&workload->placement, &placement, net, diag);
  if (status == BO_OK) {
    arch->weight_banks = bo_placement_banks(workload->placement);
  }
  return status;
}

static bo_status load_machine(bo_workload *workload, const bo_workload_config *config,
                              bo_diag *diag) {
  workload->arch = bo_arch_default();
  bo_status status =
      config->arch == NULL ? BO_OK : bo_arch_load(&workload->arch, config->arch, diag);
  if (status == BO_OK && workload->arch.timing != BO_TIMING_NATIVE && !config->any_timing) {
    status = bo_fail(diag, BO_E_INVALID,
                     "timing: expected native here, got scalesim: only inspect counts as SCALE-Sim "
                     "does");
  }
  if (status == BO_OK) {
    status = bo_profile_load(&workload->profile, config->profile, diag);
  }
  if (status == BO_OK) {
    status = bo_energy_table_load(&workload->energy_table, config->energy, diag);
  }
  return status;
}

static bo_status load_network(bo_workload *workload, const bo_workload_config *config,
                              bo_diag *diag) {
  bo_status status = bo_net_load(&workload->net, config->model, diag);
  if (status != BO_OK) {
    return status;
  }
  if (workload->net->classes > UINT16_MAX) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %d classes, got %u", config->model,
                   UINT16_MAX, workload->net->classes);
  }
  workload->setting = config->placement;
  if (workload->setting.sets_storage) {
    bo_net_store_as(workload->net, workload->setting.storage);
  }
  bo_diag inner = {""};
  status = place_weights(workload, &inner);
  if (status != BO_OK) {
    return bo_fail(diag, status, "%s: %.300s", config->model, inner.text);
  }
  bo_schedule_net(&workload->arch, workload->net, workload->placement, &workload->events);
  workload->energy_vmin = bo_energy_of(&workload->energy_table, &workload->arch,
                                       workload->arch.weight_banks, &workload->events, 1.0);
  return BO_OK;
}

bo_status bo_workload_new(bo_workload **out, const bo_workload_config *config, bo_diag *diag) {
  *out = NULL;
  bo_workload *const workload = calloc(1, sizeof *workload);
  if (workload == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  bo_status status = load_machine(workload, config, diag);
  if (status == BO_OK) {
    status = load_network(workload, config, diag);
  }
  if (status != BO_OK) {
    bo_workload_free(workload);
    return status;
  }
  *out = workload;
  return BO_OK;
}

static void free_images(bo_workload *workload) {
  free(workload->input);
  free(workload->label);
  free(workload->clean_class);
  workload->input = NULL;
  workload->label = NULL;
  workload->clean_class = NULL;
  workload->images = 0;
}

void bo_workload_free(bo_workload *workload) {
  if (workload == NULL) {
    return;
  }
  free_images(workload);
  bo_placement_free(workload->placement);
  bo_net_free(workload->net);
  free(workload->clean_codes);
  bo_profile_free(&workload->profile);
  free(workload);
}

static uint64_t images_in_use(const bo_dataset *dataset, uint64_t images) {
  return images == 0 ? dataset->images : images;
}

bo_status bo_workload_check_images(const bo_workload *workload, const bo_dataset *dataset,
                                   uint64_t images, bo_diag *diag) {
  const bo_net *const net = workload->net;
  const bo_shape want = net->input;
  if (dataset->c != want.c || dataset->h != want.h || dataset->w != want.w) {
    return bo_fail(
        diag, BO_E_INVALID, "%s: %.128s: expected images of %ux%ux%u (c x h x w), got %ux%ux%u",
        dataset->name, net->name, want.c, want.h, want.w, dataset->c, dataset->h, dataset->w);
  }
  const uint64_t count = images_in_use(dataset, images);
  if (count < 1 || count > dataset->images) {
    return bo_fail(diag, BO_E_INVALID, "%s: images: expected 1..%zu, got %llu", dataset->name,
                   dataset->images, (unsigned long long)count);
  }
  for (size_t i = 0; i < count; i++) {
    if (dataset->label[i] >= net->classes) {
      return bo_fail(diag, BO_E_INVALID, "%s: label of image %zu: expected 0..%u, got %u",
                     dataset->name, i, net->classes - 1, dataset->label[i]);
    }
  }
  return BO_OK;
}

static bo_status classify_clean(bo_workload *workload, bo_diag *diag) {
  const bo_net *const net = workload->net;
  bo_engine *engine = NULL;
  bo_status status = bo_engine_new(&engine, net, BO_ENGINE_AUTO, diag);
  float *const logits = calloc((size_t)BO_CLASSIFY_SLICE * net->classes, sizeof *logits);
  if (status == BO_OK && logits == NULL) {
    status = bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  if (status == BO_OK) {
    status = bo_classify((bo_either_engine){.fast = engine}, net, workload->input, workload->images,
                         logits, workload->clean_class, (bo_stop){0}, diag);
  }
  for (size_t i = 0; i < workload->images && status == BO_OK; i++) {
    workload->clean_wrong += workload->clean_class[i] != workload->label[i];
  }
  free(logits);
  bo_engine_free(engine);
  return status;
}

static void quantize(const bo_net *net, const bo_dataset *dataset, size_t images, uint8_t *codes) {
  if (dataset->pixels_u8 != NULL) {
    bo_net_quantize_u8(net, dataset->pixels_u8, images, codes);
  } else {
    bo_net_quantize_f32(net, dataset->pixels_f32, images, codes);
  }
}

bo_status bo_workload_set_images(bo_workload *workload, const bo_dataset *dataset, uint64_t images,
                                 bo_diag *diag) {
  bo_status status = bo_workload_check_images(workload, dataset, images, diag);
  if (status != BO_OK) {
    return status;
  }
  const size_t count = images_in_use(dataset, images);
  workload->images = count;
  workload->clean_wrong = 0;
  workload->input = malloc(count * bo_image_size(workload->net));
  workload->label = malloc(count * sizeof *workload->label);
  workload->clean_class = malloc(count * sizeof *workload->clean_class);
  if (workload->input == NULL || workload->label == NULL || workload->clean_class == NULL) {
    free_images(workload);
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", dataset->name);
  }
  quantize(workload->net, dataset, count, workload->input);
  memcpy(workload->label, dataset->label, count * sizeof *workload->label);
  (void)snprintf(workload->dataset, sizeof workload->dataset, "%s", dataset->name);
  status = classify_clean(workload, diag);
  if (status != BO_OK) {
    free_images(workload);
  }
  return status;
}

bo_status bo_workload_dataset(bo_dataset **out, const bo_workload *workload, const char *name,
                              const char *dir, bo_diag *diag) {
  char prefix[64];
  const char *const model = workload->net->name;
  (void)snprintf(prefix, sizeof prefix, "%.*s", (int)strcspn(model, "-"), model);
  return bo_dataset_load(out, name == NULL ? prefix : name, dir, diag);
}

bo_status bo_workload_load_images(bo_workload *workload, const char *name, const char *dir,
                                  uint64_t images, bo_diag *diag) {
  bo_dataset *dataset = NULL;
  bo_status status = bo_workload_dataset(&dataset, workload, name, dir, diag);
  if (status == BO_OK) {
    status = bo_workload_set_images(workload, dataset, images, diag);
  }
  bo_dataset_free(dataset);
  return status;
}
