/* Any bytes as a configuration with every kind of value that ours have. */
#include "base/yaml.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct point {
  double vdd_ratio;
  float ber;
} point;

typedef struct config {
  uint8_t rows;
  int64_t offset;
  bool enabled;
  int mode;
  char *title;
  char code[4];
  point first;
  point *points;
  uint32_t points_count;
  uint32_t sizes[2];
  char **names;
  uint8_t names_count;
} config;

static const cyaml_strval_t modes[] = {{"fast", 1}, {"tick", 2}};

static const cyaml_schema_field_t point_fields[] = {
    CYAML_FIELD_FLOAT("vdd_ratio", CYAML_FLAG_DEFAULT, point, vdd_ratio),
    CYAML_FIELD_FLOAT("ber", CYAML_FLAG_OPTIONAL, point, ber), CYAML_FIELD_END};

static const cyaml_schema_value_t point_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, point, point_fields)};
static const cyaml_schema_value_t size_schema = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t)};
static const cyaml_schema_value_t name_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};

static const cyaml_schema_field_t config_fields[] = {
    CYAML_FIELD_UINT("rows", CYAML_FLAG_OPTIONAL, config, rows),
    CYAML_FIELD_INT("offset", CYAML_FLAG_OPTIONAL, config, offset),
    CYAML_FIELD_BOOL("enabled", CYAML_FLAG_OPTIONAL, config, enabled),
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_OPTIONAL, config, mode, modes, 2),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, config, title, 0, 9),
    CYAML_FIELD_STRING("code", CYAML_FLAG_OPTIONAL, config, code, 1),
    CYAML_FIELD_MAPPING("first", CYAML_FLAG_OPTIONAL, config, first, point_fields),
    CYAML_FIELD_SEQUENCE("points", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, config, points,
                         &point_schema, 0, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE_FIXED("sizes", CYAML_FLAG_OPTIONAL, config, sizes, &size_schema, 2),
    CYAML_FIELD_SEQUENCE("names", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, config, names,
                         &name_schema, 0, 255),
    CYAML_FIELD_END};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, config, config_fields)};

/* NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  void *out = NULL;
  bo_diag diag = {{0}};
  const bo_status status = bo_yaml_parse(&out, "f", data, size, &schema, &diag);
  /* A document that our check lets pass is one that libcyaml stores. */
  const bool ours = strncmp(diag.text, "f:", 2) == 0 && diag.text[2] != ' ';
  if (status == BO_OK ? out == NULL : out != NULL || !ours || strchr(diag.text, '\n') != NULL) {
    abort();
  }
  bo_yaml_free(out, &schema);
  return 0;
}
