#include "report/json.h"

#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

bo_json bo_json_object(void) {
  json_t *const object = json_object();
  return (bo_json){object, object != NULL};
}

bo_json bo_json_array(void) {
  json_t *const array = json_array();
  return (bo_json){array, array != NULL};
}

static void set(bo_json *json, const char *key, json_t *value) {
  json->complete = json_object_set_new(json->value, key, value) == 0 && json->complete;
}

void bo_json_real(bo_json *json, const char *key, double value) {
  set(json, key, isnan(value) ? json_null() : json_real(value));
}

void bo_json_count(bo_json *json, const char *key, uint64_t value) {
  if (value <= INT64_MAX) {
    set(json, key, json_integer((json_int_t)value));
    return;
  }
  char text[32];
  (void)snprintf(text, sizeof text, "%" PRIu64, value);
  set(json, key, json_string(text));
}

void bo_json_flag(bo_json *json, const char *key, bool value) {
  set(json, key, json_boolean(value));
}

void bo_json_text(bo_json *json, const char *key, const char *text) {
  json_t *const value = json_string(text);
  set(json, key, value != NULL ? value : json_string("(not UTF-8)"));
}

void bo_json_put(bo_json *json, const char *key, bo_json value) {
  json->complete = json->complete && value.complete;
  set(json, key, value.value);
}

void bo_json_append(bo_json *array, bo_json value) {
  const bool appended = json_array_append_new(array->value, value.value) == 0;
  array->complete = array->complete && value.complete && appended;
}

bo_json bo_json_energy(const bo_energy *energy) {
  bo_json json = bo_json_object();
  bo_json_real(&json, "weight_sram", energy->weight_sram_pj);
  bo_json_real(&json, "activation_sram", energy->activation_sram_pj);
  bo_json_real(&json, "accumulator", energy->accumulator_pj);
  bo_json_real(&json, "mac", energy->mac_pj);
  bo_json_real(&json, "dram", energy->dram_pj);
  bo_json_real(&json, "leakage", energy->leakage_pj);
  bo_json_real(&json, "total", energy->total_pj);
  return json;
}

bo_status bo_json_finish(bo_json *json, bo_bytes *out, bo_diag *diag) {
  bo_text text = {0};
  *out = (bo_bytes){0};
  bo_status status = json->complete ? bo_text_open(&text, diag)
                                    : bo_fail(diag, BO_E_NOMEM, "out of memory for a report");
  if (status == BO_OK) {
    if (json_dumpf(json->value, text.out, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) != 0) {
      status = bo_fail(diag, BO_E_NOMEM, "out of memory for a report");
    }
    (void)fputc('\n', text.out);
    status = bo_text_close(&text, out, status, diag);
  }
  json_decref(json->value);
  return status;
}
