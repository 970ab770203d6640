#include "silicon/targets.h"

#include "base/file.h"
#include "base/yaml.h"

#include <inttypes.h>
#include <math.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const cyaml_strval_t statistic_words[] = {
#define BO_MAP_STAT(id, name, meaning) {name, BO_STAT_##id},
#include "silicon/map_stats.def"
#undef BO_MAP_STAT
};

static const cyaml_strval_t direction_words[] = {
    {"both", BO_TARGET_BOTH}, {"0to1", BO_TARGET_0TO1}, {"1to0", BO_TARGET_1TO0}};

static const cyaml_strval_t parameter_words[] = {{"prefers_1", BO_TARGET_PREFERS_1},
                                                 {"array", BO_TARGET_ARRAY},
                                                 {"column", BO_TARGET_COLUMN},
                                                 {"row", BO_TARGET_ROW},
                                                 {"read", BO_TARGET_READ}};

static const cyaml_schema_field_t value_fields[] = {
    CYAML_FIELD_ENUM("statistic", CYAML_FLAG_STRICT, bo_target_value, statistic, statistic_words,
                     COUNT(statistic_words)),
    CYAML_FIELD_FLOAT("published", CYAML_FLAG_DEFAULT, bo_target_value, published),
    CYAML_FIELD_STRING("reported", CYAML_FLAG_OPTIONAL, bo_target_value, reported, 1),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t value_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, bo_target_value, value_fields)};

static const cyaml_schema_field_t segment_fields[] = {
    CYAML_FIELD_STRING("name", CYAML_FLAG_DEFAULT, bo_target_segment, name, 1),
    CYAML_FIELD_STRING("source", CYAML_FLAG_DEFAULT, bo_target_segment, source, 1),
    CYAML_FIELD_UINT("arrays", CYAML_FLAG_DEFAULT, bo_target_segment, arrays),
    CYAML_FIELD_UINT("rows", CYAML_FLAG_DEFAULT, bo_target_segment, rows),
    CYAML_FIELD_UINT("columns", CYAML_FLAG_DEFAULT, bo_target_segment, columns),
    CYAML_FIELD_ENUM("directions", CYAML_FLAG_STRICT, bo_target_segment, directions,
                     direction_words, COUNT(direction_words)),
    CYAML_FIELD_FLOAT("mean_pct", CYAML_FLAG_DEFAULT, bo_target_segment, mean_pct),
    CYAML_FIELD_FLOAT("lower_mean_pct", CYAML_FLAG_OPTIONAL, bo_target_segment, lower_mean_pct),
    CYAML_FIELD_BOOL("single_read", CYAML_FLAG_OPTIONAL, bo_target_segment, single_read),
    CYAML_FIELD_FLOAT("faulty_above", CYAML_FLAG_DEFAULT, bo_target_segment, faulty_above),
    CYAML_FIELD_UINT("segments", CYAML_FLAG_DEFAULT, bo_target_segment, segments),
    CYAML_FIELD_SEQUENCE("values", CYAML_FLAG_POINTER, bo_target_segment, values, &value_schema, 1,
                         BO_TARGETS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t segment_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, bo_target_segment, segment_fields)};

static const cyaml_schema_field_t chip_fields[] = {
    CYAML_FIELD_STRING("source", CYAML_FLAG_DEFAULT, bo_target_chip, source, 1),
    CYAML_FIELD_FLOAT("ber_pct", CYAML_FLAG_DEFAULT, bo_target_chip, ber_pct),
    CYAML_FIELD_FLOAT("mean_0to1_pct", CYAML_FLAG_DEFAULT, bo_target_chip, mean_0to1_pct),
    CYAML_FIELD_FLOAT("mean_1to0_pct", CYAML_FLAG_DEFAULT, bo_target_chip, mean_1to0_pct),
    CYAML_FIELD_FLOAT("persistent_0to1_pct", CYAML_FLAG_DEFAULT, bo_target_chip,
                      persistent_0to1_pct),
    CYAML_FIELD_STRING("persistent_reported", CYAML_FLAG_OPTIONAL, bo_target_chip,
                       persistent_reported, 1),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t chip_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, bo_target_chip, chip_fields)};

static const cyaml_schema_field_t model_fields[] = {
    CYAML_FIELD_FLOAT("prefers_1", CYAML_FLAG_DEFAULT, bo_target_model, prefers_1),
    CYAML_FIELD_FLOAT("array", CYAML_FLAG_DEFAULT, bo_target_model, array),
    CYAML_FIELD_FLOAT("column", CYAML_FLAG_DEFAULT, bo_target_model, column),
    CYAML_FIELD_FLOAT("row", CYAML_FLAG_DEFAULT, bo_target_model, row),
    CYAML_FIELD_FLOAT("read", CYAML_FLAG_DEFAULT, bo_target_model, read),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t parameter_schema = {CYAML_VALUE_ENUM(
    CYAML_FLAG_STRICT, bo_target_parameter, parameter_words, COUNT(parameter_words))};

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING("name", CYAML_FLAG_DEFAULT, bo_targets, name, 1),
    CYAML_FIELD_STRING("source", CYAML_FLAG_DEFAULT, bo_targets, source, 1),
    CYAML_FIELD_STRING("curve_of", CYAML_FLAG_DEFAULT, bo_targets, curve_of, 1),
    CYAML_FIELD_MAPPING("start", CYAML_FLAG_DEFAULT, bo_targets, start, model_fields),
    CYAML_FIELD_SEQUENCE("free", CYAML_FLAG_POINTER, bo_targets, free, &parameter_schema, 1,
                         BO_TARGET_PARAMETERS),
    CYAML_FIELD_SEQUENCE("chips", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, bo_targets, chips,
                         &chip_schema, 1, BO_TARGETS_MAX),
    CYAML_FIELD_SEQUENCE("segments", CYAML_FLAG_POINTER, bo_targets, segments, &segment_schema, 1,
                         BO_TARGETS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, bo_targets, fields)};

static bo_status check_range(const char *key, double value, double low, double high,
                             bo_diag *diag) {
  if (!(value >= low && value <= high)) { /* NaN is not */
    return bo_fail(diag, BO_E_INVALID, "%s: expected %.9g..%.9g, got %.9g", key, low, high, value);
  }
  return BO_OK;
}

typedef struct ranged {
  const char *key;
  double value, low, high;
} ranged;

static bo_status check_ranges(const ranged *list, size_t count, bo_diag *diag) {
  bo_status status = BO_OK;
  for (size_t i = 0; i < count && status == BO_OK; i++) {
    status = check_range(list[i].key, list[i].value, list[i].low, list[i].high, diag);
  }
  return status;
}

#define CHECK_RANGES(list, diag) check_ranges(list, COUNT(list), diag)

static bo_status check_chip(const bo_target_chip *chip, bo_diag *diag) {
  const ranged list[] = {
      {"ber_pct", chip->ber_pct, 0, 50},
      {"mean_0to1_pct", chip->mean_0to1_pct, 0, 50},
      {"mean_1to0_pct", chip->mean_1to0_pct, 0, 50},
      {"persistent_0to1_pct", chip->persistent_0to1_pct, 0, 50},
  };
  return CHECK_RANGES(list, diag);
}

static bo_status check_values(const bo_target_segment *segment, bo_diag *diag) {
  for (uint32_t i = 0; i < segment->values_count; i++) {
    const bo_target_value *const value = &segment->values[i];
    if (value->statistic == BO_STAT_NESTING && segment->lower_mean_pct == 0.0) {
      return bo_fail(diag, BO_E_INVALID, "nesting: expected a lower_mean_pct, got none");
    }
    if (!isfinite(value->published)) {
      return bo_fail(diag, BO_E_INVALID, "%s: expected a finite number, got %g",
                     bo_map_stat_name(value->statistic), value->published);
    }
  }
  return BO_OK;
}

static bo_status check_segment(const bo_target_segment *segment, bo_diag *diag) {
  const ranged list[] = {
      {"arrays", segment->arrays, 1, 65536},
      {"rows", segment->rows, 1, 65536},
      {"columns", segment->columns, 1, 65536},
      {"arrays x rows x columns", (double)segment->arrays * segment->rows * segment->columns, 1,
       BO_TARGETS_MAX_CELLS},
      {"columns of a single_read segment", segment->columns, 1, segment->single_read ? 64 : 65536},
      {"mean_pct", segment->mean_pct, 1e-6, 50},
      {"lower_mean_pct", segment->lower_mean_pct,
       segment->lower_mean_pct == 0.0 ? 0.0 : segment->mean_pct, 50},
      {"faulty_above", segment->faulty_above, 0, 1},
      {"segments", segment->segments, 2, 1000},
  };
  const bo_status status = CHECK_RANGES(list, diag);
  return status == BO_OK ? check_values(segment, diag) : status;
}

static bo_status check_start(const bo_target_model *start, bo_diag *diag) {
  const ranged list[] = {
      {"prefers_1", start->prefers_1, 0, 1},
      {"array", start->array, 0, 1},
      {"column", start->column, 0, 1},
      {"row", start->row, 0, 1},
      {"read", start->read, 0, 1},
      {"array + column + row + read", start->array + start->column + start->row + start->read, 0,
       0.95},
  };
  return CHECK_RANGES(list, diag);
}

static bo_status check(const bo_targets *targets, bo_diag *diag) {
  bo_diag reason;
  bo_status status = check_start(&targets->start, &reason);
  if (status != BO_OK) {
    return bo_fail(diag, status, "start: %s", reason.text);
  }
  for (uint32_t i = 0; i < targets->chips_count; i++) {
    status = check_chip(&targets->chips[i], &reason);
    if (status != BO_OK) {
      return bo_fail(diag, status, "chips: entry %" PRIu32 ": %s", i + 1, reason.text);
    }
  }
  for (uint32_t i = 0; i < targets->segments_count; i++) {
    status = check_segment(&targets->segments[i], &reason);
    if (status != BO_OK) {
      return bo_fail(diag, status, "segment %s: %s", targets->segments[i].name, reason.text);
    }
  }
  return BO_OK;
}

bo_status bo_targets_parse(bo_targets **out, const char *name, const void *text, size_t size,
                           bo_diag *diag) {
  void *data = NULL;
  bo_diag reason;
  *out = NULL;
  bo_status status = bo_yaml_parse(&data, name, text, size, &schema, diag);
  if (status != BO_OK) {
    return status;
  }
  status = check(data, &reason);
  if (status != BO_OK) {
    bo_yaml_free(data, &schema);
    return bo_fail(diag, status, "%s: %s", name, reason.text);
  }
  *out = data;
  return BO_OK;
}

bo_status bo_targets_load(bo_targets **out, const char *path, bo_diag *diag) {
  bo_bytes text;
  *out = NULL;
  bo_status status = bo_yaml_read(&text, path, diag);
  if (status == BO_OK) {
    status = bo_targets_parse(out, path, text.data, text.size, diag);
    bo_bytes_free(&text);
  }
  return status;
}

void bo_targets_free(bo_targets *targets) {
  if (targets != NULL) {
    bo_yaml_free(targets, &schema);
  }
}
