#include "campaign/campaign.h"
#include "report/report.h"
#include "report/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* An object that is being filled; `complete` ends as false if memory ran out on the way. */
typedef struct json_builder {
  json_t *object;
  bool complete;
} json_builder;

static json_builder new_object(void) {
  json_t *const object = json_object();
  return (json_builder){object, object != NULL};
}

static void put(json_builder *json, const char *key, json_t *value) {
  json->complete = json_object_set_new(json->object, key, value) == 0 && json->complete;
}

static void put_object(json_builder *json, const char *key, json_builder value) {
  json->complete = json->complete && value.complete;
  put(json, key, value.object);
}

/* NAN, what does not exist, is null. */
static void put_real(json_builder *json, const char *key, double value) {
  put(json, key, isnan(value) ? json_null() : json_real(value));
}

static void put_count(json_builder *json, const char *key, uint64_t value) {
  if (value <= INT64_MAX) {
    put(json, key, json_integer((json_int_t)value));
    return;
  }
  char text[32];
  (void)snprintf(text, sizeof text, "%" PRIu64, value);
  put(json, key, json_string(text));
}

/* A file's name need not be UTF-8, a JSON string has to be. */
static void put_text(json_builder *json, const char *key, const char *text) {
  json_t *const value = json_string(text);
  put(json, key, value != NULL ? value : json_string("(not UTF-8)"));
}

static bo_status finish(json_builder *json, bo_bytes *out, bo_diag *diag) {
  bo_text text = {0};
  *out = (bo_bytes){0};
  bo_status status = json->complete ? bo_text_open(&text, diag)
                                    : bo_fail(diag, BO_E_NOMEM, "out of memory for a report");
  if (status == BO_OK) {
    if (json_dumpf(json->object, text.out, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) != 0) {
      status = bo_fail(diag, BO_E_NOMEM, "out of memory for a report");
    }
    (void)fputc('\n', text.out);
    status = bo_text_close(&text, out, status, diag);
  }
  json_decref(json->object);
  return status;
}

static json_builder over_chips(const bo_over_chips *value, uint32_t n_chips) {
  json_builder json = new_object();
  put_real(&json, "mean", value->mean);
  put_real(&json, "std", value->std);
  put_real(&json, "ci95_low", value->ci95_low);
  put_real(&json, "ci95_high", value->ci95_high);
  put_count(&json, "n_chips", n_chips);
  return json;
}

static json_builder energy(const bo_energy *parts) {
  json_builder json = new_object();
  put_real(&json, "weight_sram", parts->weight_sram_pj);
  put_real(&json, "activation_sram", parts->activation_sram_pj);
  put_real(&json, "accumulator", parts->accumulator_pj);
  put_real(&json, "mac", parts->mac_pj);
  put_real(&json, "dram", parts->dram_pj);
  put_real(&json, "leakage", parts->leakage_pj);
  put_real(&json, "total", parts->total_pj);
  return json;
}

bo_status bo_report_run_json(bo_bytes *out, const bo_workload *workload,
                             const bo_point_summary *summary, uint64_t seed, bo_diag *diag) {
  const bo_point *const point = &summary->point;
  const uint32_t chips = summary->n_chips;
  json_builder json = new_object();
  put_text(&json, "model", point->model);
  put_text(&json, "dataset", workload->dataset);
  put_text(&json, "profile", workload->profile.name);
  put_text(&json, "energy_table", workload->energy_table.name);
  put_real(&json, "vdd_ratio", point->vdd_ratio);
  put_real(&json, "ber_pct", 100 * point->ber);
  put_real(&json, "clean_error_pct", summary->clean_error_pct);
  put_object(&json, "robust_error_pct", over_chips(&summary->robust_error_pct, chips));
  put_object(&json, "robust_error_or_clean_pct",
             over_chips(&summary->robust_error_or_clean_pct, chips));
  put_real(&json, "cells_faulty", summary->cells_faulty);
  put_real(&json, "bits_requested", summary->bits_requested);
  put_real(&json, "bits_effective", summary->bits_effective);
  put_real(&json, "weights_changed", summary->weights_changed);
  put_real(&json, "sram_energy_saving_pct", summary->sram_energy_saving_pct);
  put_real(&json, "total_energy_saving_pct", summary->total_energy_saving_pct);
  put_object(&json, "energy_pj_per_inference", energy(&point->energy));
  put_object(&json, "energy_pj_per_inference_at_vmin", energy(&point->energy_vmin));
  put_count(&json, "cycles_per_inference", point->cycles);
  put_count(&json, "images", summary->images);
  put_count(&json, "seed", seed);
  put_text(&json, "version", bo_version());
  return finish(&json, out, diag);
}

bo_status bo_report_manifest_json(bo_bytes *out, const bo_store *store, bo_diag *diag) {
  const bo_manifest *const manifest = bo_store_manifest(store);
  json_builder json = new_object();
  for (uint32_t i = 0; i < manifest->count; i++) {
    put_text(&json, manifest->entry[i].key, manifest->entry[i].value);
  }
  return finish(&json, out, diag);
}
