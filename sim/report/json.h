/** @file json.h  Building a JSON object. Private to sim/report. */
#ifndef BO_REPORT_JSON_H
#define BO_REPORT_JSON_H

#include "base/file.h"
#include "base/status.h"
#include "energy/energy.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** An object or array that is being filled; complete ends as false if memory ran out on the way. */
typedef struct bo_json {
  json_t *value;
  bool complete;
} bo_json;

bo_json bo_json_object(void);
bo_json bo_json_array(void);

/** Each sets a member of an object. NAN, what does not exist, becomes null. */
void bo_json_real(bo_json *json, const char *key, double value);
/** A count beyond 2^63 - 1, which readers would round or refuse, becomes a string. */
void bo_json_count(bo_json *json, const char *key, uint64_t value);
void bo_json_flag(bo_json *json, const char *key, bool value);
/** A text that is not UTF-8 becomes "(not UTF-8)". */
void bo_json_text(bo_json *json, const char *key, const char *text);
/** Moves @p value, an object or array, into the member. */
void bo_json_put(bo_json *json, const char *key, bo_json value);

/** Moves @p value to the end of an array. */
void bo_json_append(bo_json *array, bo_json value);

/** pJ by part. */
bo_json bo_json_energy(const bo_energy *energy);

/** Ends the outermost object: its text goes to @p out. BO_OK, BO_E_NOMEM. */
bo_status bo_json_finish(bo_json *json, bo_bytes *out, bo_diag *diag);

#endif
