/* A profile from its YAML file, and its map from the archive beside it. */
#include "base/file.h"
#include "base/number.h"
#include "base/yaml.h"
#include "silicon/profile_private.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  MIN_POINTS = 2,      /* one with errors and Vmin */
  MIN_LINE_POINTS = 3, /* without a map: two with errors give the slope of the last interval */
  MAX_PATH = 4096,
};

static const double max_ber_pct = 50.0;
static const double max_vmin_mv = 10000.0;
static const double max_shift = 0.2; /* of Vmin, by temperature */

/* What the YAML file holds. A voltage is text because "19/24" is exact and "0.792" is not. */
typedef struct file_point {
  char vdd_ratio[32];
  double ber_pct;
  double *share_0to1;
} file_point;

typedef struct file_model {
  double prefers_1;
  bo_cell_effects effects_0to1, effects_1to0;
} file_model;

typedef struct file_cells {
  bool persistent_only;
  char map[BO_PROFILE_MAX_MAP_NAME + 1];
  file_model *model;
} file_cells;

typedef struct file_temperature {
  double operating_c, reference_c, vdd_ratio_per_k;
} file_temperature;

typedef struct file_profile {
  char name[sizeof((bo_profile *)NULL)->name];
  char technology[sizeof((bo_profile *)NULL)->technology];
  char source[sizeof((bo_profile *)NULL)->source];
  char licence[sizeof((bo_profile *)NULL)->licence];
  double vmin_mv;
  file_point *curve;
  uint32_t curve_count;
  file_cells *cells;
  file_temperature *temperature;
} file_profile;

static const cyaml_schema_field_t point_fields[] = {
    CYAML_FIELD_STRING("vdd_ratio", CYAML_FLAG_DEFAULT, file_point, vdd_ratio, 1),
    CYAML_FIELD_FLOAT("ber_pct", CYAML_FLAG_DEFAULT, file_point, ber_pct),
    CYAML_FIELD_FLOAT_PTR("share_0to1", CYAML_FLAG_OPTIONAL, file_point, share_0to1),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t effect_fields[] = {
    CYAML_FIELD_FLOAT("array", CYAML_FLAG_DEFAULT, bo_cell_effects, array),
    CYAML_FIELD_FLOAT("column", CYAML_FLAG_DEFAULT, bo_cell_effects, column),
    CYAML_FIELD_FLOAT("row", CYAML_FLAG_DEFAULT, bo_cell_effects, row),
    CYAML_FIELD_FLOAT("read", CYAML_FLAG_DEFAULT, bo_cell_effects, read),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t model_fields[] = {
    CYAML_FIELD_FLOAT("prefers_1", CYAML_FLAG_DEFAULT, file_model, prefers_1),
    CYAML_FIELD_MAPPING("effects_0to1", CYAML_FLAG_DEFAULT, file_model, effects_0to1,
                        effect_fields),
    CYAML_FIELD_MAPPING("effects_1to0", CYAML_FLAG_DEFAULT, file_model, effects_1to0,
                        effect_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t cells_fields[] = {
    CYAML_FIELD_BOOL("persistent_only", CYAML_FLAG_OPTIONAL, file_cells, persistent_only),
    CYAML_FIELD_STRING("map", CYAML_FLAG_OPTIONAL, file_cells, map, 1),
    CYAML_FIELD_MAPPING_PTR("model", CYAML_FLAG_OPTIONAL, file_cells, model, model_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t temperature_fields[] = {
    CYAML_FIELD_FLOAT("operating_c", CYAML_FLAG_DEFAULT, file_temperature, operating_c),
    CYAML_FIELD_FLOAT("reference_c", CYAML_FLAG_DEFAULT, file_temperature, reference_c),
    CYAML_FIELD_FLOAT("vdd_ratio_per_k", CYAML_FLAG_DEFAULT, file_temperature, vdd_ratio_per_k),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t point_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, file_point, point_fields)};

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING("name", CYAML_FLAG_DEFAULT, file_profile, name, 1),
    CYAML_FIELD_STRING("technology", CYAML_FLAG_DEFAULT, file_profile, technology, 1),
    CYAML_FIELD_STRING("source", CYAML_FLAG_DEFAULT, file_profile, source, 1),
    CYAML_FIELD_STRING("licence", CYAML_FLAG_DEFAULT, file_profile, licence, 1),
    CYAML_FIELD_FLOAT("vmin_mv", CYAML_FLAG_OPTIONAL, file_profile, vmin_mv),
    CYAML_FIELD_SEQUENCE("curve", CYAML_FLAG_POINTER, file_profile, curve, &point_schema,
                         MIN_POINTS, BO_PROFILE_MAX_POINTS),
    CYAML_FIELD_MAPPING_PTR("cells", CYAML_FLAG_OPTIONAL, file_profile, cells, cells_fields),
    CYAML_FIELD_MAPPING_PTR("temperature", CYAML_FLAG_OPTIONAL, file_profile, temperature,
                            temperature_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, file_profile, fields)};

static bo_status read_point(bo_profile_point *point, const file_point *file, bo_diag *diag) {
  if (!bo_number_ratio(&point->vdd_ratio, file->vdd_ratio) || !(point->vdd_ratio > 0.0)) {
    return bo_fail(diag, BO_E_INVALID,
                   "vdd_ratio: expected a number above 0 or a fraction like 18/24, got \"%s\"",
                   file->vdd_ratio);
  }
  if (!bo_in_range(file->ber_pct, 0.0, max_ber_pct)) {
    return bo_fail(diag, BO_E_INVALID, "ber_pct: expected 0..%g, got %g", max_ber_pct,
                   file->ber_pct);
  }
  point->share_0to1 = file->share_0to1 == NULL ? NAN : *file->share_0to1;
  if (file->share_0to1 != NULL && !bo_in_range(point->share_0to1, 0.0, 1.0)) {
    return bo_fail(diag, BO_E_INVALID, "share_0to1: expected 0..1, got %g", point->share_0to1);
  }
  point->ber = file->ber_pct / 100.0;
  return BO_OK;
}

static bo_status check_order(const bo_profile_point *point, const bo_profile_point *before,
                             bo_diag *diag) {
  if (!(point->vdd_ratio > before->vdd_ratio)) {
    return bo_fail(diag, BO_E_INVALID,
                   "vdd_ratio: expected above %.9g of the point before, got %.9g",
                   before->vdd_ratio, point->vdd_ratio);
  }
  if (!(point->ber < before->ber)) {
    return bo_fail(diag, BO_E_INVALID, "ber_pct: expected below %.9g of the point before, got %.9g",
                   before->ber * 100.0, point->ber * 100.0);
  }
  return BO_OK;
}

static bo_status read_curve(bo_profile *profile, const file_profile *file, bo_diag *diag) {
  for (uint32_t i = 0; i < file->curve_count; i++) {
    bo_profile_point *point = &profile->point[i];
    bo_diag reason;
    bo_status status = read_point(point, &file->curve[i], &reason);
    if (status == BO_OK && i > 0) {
      status = check_order(point, point - 1, &reason);
    }
    if (status != BO_OK) {
      return bo_fail(diag, status, "point %u of the curve: %s", i + 1, reason.text);
    }
  }
  profile->points = file->curve_count;
  const bo_profile_point *last = &profile->point[profile->points - 1];
  if (last->vdd_ratio != 1.0 || last->ber != 0.0) {
    return bo_fail(diag, BO_E_INVALID,
                   "curve: expected to end at vdd_ratio 1 with ber_pct 0, got %.9g with %.9g",
                   last->vdd_ratio, last->ber * 100.0);
  }
  return BO_OK;
}

/* --- cells --------------------------------------------------------------------------------------
 */

static bo_status read_effects(bo_cell_effects *effects, const bo_cell_effects *file,
                              const char *name, bo_diag *diag) {
  const struct {
    const char *name;
    double share;
  } part[] = {
      {"array", file->array}, {"column", file->column}, {"row", file->row}, {"read", file->read}};
  double sum = 0.0;
  for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
    if (!bo_in_range(part[i].share, 0.0, 1.0)) {
      return bo_fail(diag, BO_E_INVALID, "cells: model: %s: %s: expected 0..1, got %g", name,
                     part[i].name, part[i].share);
    }
    sum += part[i].share;
  }
  if (!(sum <= 0.999)) {
    return bo_fail(diag, BO_E_INVALID,
                   "cells: model: %s: expected shares of at most 0.999 together, the rest is the "
                   "cell's own; got %g",
                   name, sum);
  }
  *effects = *file;
  return BO_OK;
}

/*
 * From point[0] to point[1] the rate falls as exp(-decay x), x from 0 to 1, and a share s0 goes to
 * s1 linearly: their product falls all the way iff s1 - s0 <= decay s0. Else cells that fail at a
 * voltage would not at a lower one.
 */
static bo_status check_falling(const bo_profile_point point[2], double decay, bo_diag *diag) {
  static const char *const direction[] = {"0->1", "1->0"};
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    const double before = d == BO_FAULT_0TO1 ? point[0].share_0to1 : 1.0 - point[0].share_0to1;
    const double after = d == BO_FAULT_0TO1 ? point[1].share_0to1 : 1.0 - point[1].share_0to1;
    if (!(after - before <= decay * before)) {
      return bo_fail(diag, BO_E_INVALID,
                     "share_0to1: expected failures %s that fall with the voltage, got a part of "
                     "%.9g behind %.9g",
                     direction[d], after, before);
    }
  }
  return BO_OK;
}

/* What ln(rate) loses from one point to the next; the last interval has the slope of the line. */
static double decay_to(const bo_profile *profile, uint32_t upper) {
  const bo_profile_point *const line = bo_profile_line_below(profile, upper);
  const double width = profile->point[upper].vdd_ratio - profile->point[upper - 1].vdd_ratio;
  return width * log(line[0].ber / line[1].ber) / (line[1].vdd_ratio - line[0].vdd_ratio);
}

/* Cells that prefer a direction must be as many as fail in it, and these fewer at more voltage. */
static bo_status check_directions(const bo_profile *profile, bo_diag *diag) {
  for (uint32_t i = 0; i < profile->points; i++) {
    const bo_profile_point *const point = &profile->point[i];
    const double rate[] = {point->ber * point->share_0to1, point->ber * (1.0 - point->share_0to1)};
    bo_cell_state state;
    bo_diag reason;
    bo_status status = bo_cell_state_at(&state, &profile->model, 0, rate, &reason);
    if (status == BO_OK && i > 0 && profile->points >= MIN_LINE_POINTS) {
      status = check_falling(point - 1, decay_to(profile, i), &reason);
    }
    if (status != BO_OK) {
      return bo_fail(diag, status, "point %" PRIu32 " of the curve: %s", i + 1, reason.text);
    }
  }
  return BO_OK;
}

static bo_status read_model(bo_profile *profile, const file_model *file, bo_diag *diag) {
  profile->source_of_cells = BO_CELLS_MODEL;
  profile->model.prefers_1 = file->prefers_1;
  if (!bo_in_range(file->prefers_1, 0.0, 1.0)) {
    return bo_fail(diag, BO_E_INVALID, "cells: model: prefers_1: expected 0..1, got %g",
                   file->prefers_1);
  }
  bo_status status = read_effects(&profile->model.effects[BO_FAULT_0TO1], &file->effects_0to1,
                                  "effects_0to1", diag);
  if (status == BO_OK) {
    status = read_effects(&profile->model.effects[BO_FAULT_1TO0], &file->effects_1to0,
                          "effects_1to0", diag);
  }
  for (uint32_t i = 0; i < profile->points; i++) {
    if (isnan(profile->point[i].share_0to1)) {
      profile->point[i].share_0to1 = file->prefers_1;
    }
  }
  return status == BO_OK ? check_directions(profile, diag) : status;
}

/* A curve that is a little off the map can be in order where the map is not. */
static bo_status check_mapped_order(const bo_profile *profile, bo_diag *diag) {
  for (uint32_t i = 1; i < profile->points; i++) {
    bo_diag reason;
    const bo_status status = check_order(&profile->point[i], &profile->point[i - 1], &reason);
    if (status != BO_OK) {
      return bo_fail(diag, status, "cells: map: point %" PRIu32 ": %s", i + 1, reason.text);
    }
  }
  return BO_OK;
}

/* The curve is for people and for looking up voltages; it must be that of the cells. */
static bo_status check_map(bo_profile *profile, bo_diag *diag) {
  uint32_t voltages = 0;
  const double *const vdd_ratio = bo_cell_map_voltages(profile->map, &voltages);
  if (voltages != profile->points - 1) {
    return bo_fail(diag, BO_E_INVALID,
                   "cells: map: expected a voltage for each point of the curve below Vmin, %" PRIu32
                   ", got %" PRIu32,
                   profile->points - 1, voltages);
  }
  for (uint32_t v = 0; v < voltages; v++) {
    bo_profile_point *const point = &profile->point[v];
    const double to_1 = bo_cell_map_mean(profile->map, v, BO_FAULT_0TO1);
    const double mean = to_1 + bo_cell_map_mean(profile->map, v, BO_FAULT_1TO0);
    if (!(fabs(vdd_ratio[v] - point->vdd_ratio) <= BO_CELL_VDD_TOLERANCE)) {
      return bo_fail(diag, BO_E_INVALID,
                     "point %" PRIu32
                     " of the curve: vdd_ratio: expected %.9g of the map, got %.9g",
                     v + 1, vdd_ratio[v], point->vdd_ratio);
    }
    if (!(fabs(mean - point->ber) <= 0.01 * mean)) {
      return bo_fail(diag, BO_E_INVALID,
                     "point %" PRIu32
                     " of the curve: ber_pct: expected %.9g of the map's cells, got "
                     "%.9g",
                     v + 1, 100.0 * mean, 100.0 * point->ber);
    }
    point->vdd_ratio = vdd_ratio[v];
    point->ber = mean;
    point->share_0to1 = mean > 0.0 ? to_1 / mean : 0.0;
  }
  return check_mapped_order(profile, diag);
}

/* The file @p map in the folder of the file @p name. */
static bo_status read_map(bo_profile *profile, const char *name, const char *map, bo_diag *diag) {
  const char *const slash = strrchr(name, '/');
  char path[MAX_PATH];
  const int length =
      snprintf(path, sizeof path, "%.*s%s", slash == NULL ? 0 : (int)(slash - name + 1), name, map);
  if (strchr(map, '/') != NULL || length < 0 || (size_t)length >= sizeof path) {
    return bo_fail(diag, BO_E_INVALID,
                   "cells: map: expected the name of a file beside this one, "
                   "got \"%s\"",
                   map);
  }
  bo_bytes bytes;
  bo_cell_rates rates;
  bo_status status = bo_file_read(&bytes, path, BO_CELL_RATES_MAX_FILE, diag);
  if (status != BO_OK) {
    return status;
  }
  profile->source_of_cells = BO_CELLS_MAP;
  profile->hash ^= bo_hash(bytes.data, bytes.size);
  status = bo_cell_rates_parse(&rates, path, bytes.data, bytes.size, diag);
  bo_bytes_free(&bytes);
  if (status == BO_OK) {
    status = bo_cell_map_new(&profile->map, &rates, diag);
    bo_cell_rates_free(&rates);
  }
  return status == BO_OK ? check_map(profile, diag) : status;
}

static bo_status read_cells(bo_profile *profile, const char *name, const file_cells *file,
                            bo_diag *diag) {
  if ((file->map[0] == '\0') == (file->model == NULL)) {
    return bo_fail(diag, BO_E_INVALID, "cells: expected a map or a model, got %s",
                   file->model == NULL ? "none" : "both");
  }
  profile->persistent_only = file->persistent_only;
  return file->model == NULL ? read_map(profile, name, file->map, diag)
                             : read_model(profile, file->model, diag);
}

static bo_status read_temperature(bo_profile *profile, const file_temperature *file,
                                  bo_diag *diag) {
  const double celsius[] = {file->operating_c, file->reference_c};
  for (size_t i = 0; i < 2; i++) {
    if (!bo_in_range(celsius[i], -273.15, 300.0)) {
      return bo_fail(diag, BO_E_INVALID, "temperature: expected -273.15..300 degrees, got %g",
                     celsius[i]);
    }
  }
  if (!bo_in_range(file->vdd_ratio_per_k, -0.01, 0.01)) {
    return bo_fail(diag, BO_E_INVALID, "temperature: vdd_ratio_per_k: expected -0.01..0.01, got %g",
                   file->vdd_ratio_per_k);
  }
  profile->temperature_c = file->operating_c;
  profile->reference_c = file->reference_c;
  profile->vdd_ratio_per_k = file->vdd_ratio_per_k;
  if (!bo_in_range(fabs(bo_profile_shift(profile)), 0.0, max_shift)) {
    return bo_fail(diag, BO_E_INVALID,
                   "temperature: expected to move the curve by at most %g of Vmin, got %g",
                   max_shift, bo_profile_shift(profile));
  }
  if (profile->map != NULL && file->operating_c != file->reference_c) {
    return bo_fail(diag, BO_E_INVALID, "temperature: expected that of the map, %g, got %g",
                   file->reference_c, file->operating_c);
  }
  return BO_OK;
}

static bo_status from_file(bo_profile *profile, const char *name, const file_profile *file,
                           bo_diag *diag) {
  profile->vmin_mv = file->vmin_mv;
  memcpy(profile->name, file->name, sizeof profile->name);
  memcpy(profile->technology, file->technology, sizeof profile->technology);
  memcpy(profile->source, file->source, sizeof profile->source);
  memcpy(profile->licence, file->licence, sizeof profile->licence);
  if (!bo_in_range(file->vmin_mv, 0.0, max_vmin_mv)) {
    return bo_fail(diag, BO_E_INVALID, "vmin_mv: expected 0 (not published)..%g, got %g",
                   max_vmin_mv, file->vmin_mv);
  }
  bo_status status = read_curve(profile, file, diag);
  if (status == BO_OK && file->cells != NULL) {
    status = read_cells(profile, name, file->cells, diag);
  }
  if (status == BO_OK && profile->map == NULL && profile->points < MIN_LINE_POINTS) {
    status = bo_fail(diag, BO_E_INVALID, "curve: expected at least %d points, got %" PRIu32,
                     MIN_LINE_POINTS, profile->points);
  }
  if (status == BO_OK && file->temperature != NULL) {
    status = read_temperature(profile, file->temperature, diag);
  }
  return status;
}

bo_status bo_profile_parse(bo_profile *profile, const char *name, const void *text, size_t size,
                           bo_diag *diag) {
  void *data = NULL;
  bo_status status = bo_yaml_parse(&data, name, text, size, &schema, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_profile read = {.hash = bo_hash(text, size)};
  bo_diag reason;
  status = from_file(&read, name, data, &reason);
  bo_yaml_free(data, &schema);
  if (status != BO_OK) {
    bo_profile_free(&read);
    return bo_fail(diag, status, "%s: %s", name, reason.text);
  }
  *profile = read;
  return BO_OK;
}

bo_status bo_profile_load(bo_profile *profile, const char *path, bo_diag *diag) {
  bo_bytes text;
  bo_status status = bo_yaml_read(&text, path, diag);
  if (status == BO_OK) {
    status = bo_profile_parse(profile, path, text.data, text.size, diag);
    bo_bytes_free(&text);
  }
  return status;
}
