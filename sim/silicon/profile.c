#include "silicon/profile.h"

#include "base/file.h"
#include "base/number.h"
#include "base/yaml.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
  MIN_POINTS = 3, /* two with errors give the slope of the last interval */
};

static const double max_vdd_ratio = 1.25;
static const double max_ber_pct = 50.0;
static const double max_vmin_mv = 10000.0;

/* What the YAML file holds. A voltage is text because "19/24" is exact and "0.792" is not. */
typedef struct file_point {
  char vdd_ratio[32];
  double ber_pct;
} file_point;

typedef struct file_profile {
  char name[sizeof((bo_profile *)NULL)->name];
  char technology[sizeof((bo_profile *)NULL)->technology];
  char source[sizeof((bo_profile *)NULL)->source];
  char licence[sizeof((bo_profile *)NULL)->licence];
  double vmin_mv;
  file_point *curve;
  uint32_t curve_count;
} file_profile;

static const cyaml_schema_field_t point_fields[] = {
    CYAML_FIELD_STRING("vdd_ratio", CYAML_FLAG_DEFAULT, file_point, vdd_ratio, 1),
    CYAML_FIELD_FLOAT("ber_pct", CYAML_FLAG_DEFAULT, file_point, ber_pct),
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
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, file_profile, fields)};

/* NaN is in no range. */
static bool in_range(double value, double low, double high) {
  return value >= low && value <= high;
}

static bo_status read_point(bo_profile_point *point, const file_point *file, bo_diag *diag) {
  if (!bo_number_ratio(&point->vdd_ratio, file->vdd_ratio) || !(point->vdd_ratio > 0.0)) {
    return bo_fail(diag, BO_E_INVALID,
                   "vdd_ratio: expected a number above 0 or a fraction like 18/24, got \"%s\"",
                   file->vdd_ratio);
  }
  if (!in_range(file->ber_pct, 0.0, max_ber_pct)) {
    return bo_fail(diag, BO_E_INVALID, "ber_pct: expected 0..%g, got %g", max_ber_pct,
                   file->ber_pct);
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

static bo_status from_file(bo_profile *profile, const file_profile *file, bo_diag *diag) {
  *profile = (bo_profile){.vmin_mv = file->vmin_mv};
  memcpy(profile->name, file->name, sizeof profile->name);
  memcpy(profile->technology, file->technology, sizeof profile->technology);
  memcpy(profile->source, file->source, sizeof profile->source);
  memcpy(profile->licence, file->licence, sizeof profile->licence);
  if (!in_range(file->vmin_mv, 0.0, max_vmin_mv)) {
    return bo_fail(diag, BO_E_INVALID, "vmin_mv: expected 0 (not published)..%g, got %g",
                   max_vmin_mv, file->vmin_mv);
  }
  return read_curve(profile, file, diag);
}

bo_status bo_profile_parse(bo_profile *profile, const char *name, const void *text, size_t size,
                           bo_diag *diag) {
  void *data = NULL;
  bo_status status = bo_yaml_parse(&data, name, text, size, &schema, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_profile read;
  bo_diag reason;
  status = from_file(&read, data, &reason);
  bo_yaml_free(data, &schema);
  if (status != BO_OK) {
    return bo_fail(diag, status, "%s: %s", name, reason.text);
  }
  read.hash = bo_hash(text, size);
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

/*
 * The two points whose logarithms span the line that holds at and below profile->point[upper]:
 * the interval that ends at Vmin has no logarithm at its end and takes the line below.
 */
static const bo_profile_point *line_below(const bo_profile *profile, uint32_t upper) {
  const uint32_t last_line = profile->points - 2;
  return &profile->point[(upper < last_line ? upper : last_line) - 1];
}

bo_status bo_profile_ber(const bo_profile *profile, double vdd_ratio, double *ber, bo_diag *diag) {
  if (!in_range(vdd_ratio, profile->point[0].vdd_ratio, max_vdd_ratio)) {
    return bo_fail(diag, BO_E_INVALID, "profile %s: vdd_ratio: expected %.9g..%.9g, got %.9g",
                   profile->name, profile->point[0].vdd_ratio, max_vdd_ratio, vdd_ratio);
  }
  uint32_t upper = 0;
  while (upper < profile->points && profile->point[upper].vdd_ratio < vdd_ratio) {
    upper++;
  }
  if (upper == profile->points || profile->point[upper].vdd_ratio == vdd_ratio) {
    *ber = upper == profile->points ? 0.0 : profile->point[upper].ber;
    return BO_OK;
  }
  const bo_profile_point *line = line_below(profile, upper);
  const double position = (vdd_ratio - line[0].vdd_ratio) / (line[1].vdd_ratio - line[0].vdd_ratio);
  *ber = line[0].ber * exp(position * log(line[1].ber / line[0].ber));
  return BO_OK;
}

bo_status bo_profile_vdd_for_ber(const bo_profile *profile, double ber, double *vdd_ratio,
                                 bo_diag *diag) {
  if (!in_range(ber, 0.0, profile->point[0].ber)) {
    return bo_fail(diag, BO_E_INVALID,
                   "profile %s: bit error rate: expected 0..%.9g %%, got %.9g %%", profile->name,
                   profile->point[0].ber * 100.0, ber * 100.0);
  }
  uint32_t upper = 0;
  while (profile->point[upper].ber > ber) {
    upper++;
  }
  if (profile->point[upper].ber == ber) {
    *vdd_ratio = profile->point[upper].vdd_ratio;
    return BO_OK;
  }
  const bo_profile_point *line = line_below(profile, upper);
  const double position = log(ber / line[0].ber) / log(line[1].ber / line[0].ber);
  const double on_line = line[0].vdd_ratio + position * (line[1].vdd_ratio - line[0].vdd_ratio);
  *vdd_ratio = fmin(on_line, 1.0);
  return BO_OK;
}

double bo_profile_energy_ratio(double vdd_ratio) {
  return vdd_ratio * vdd_ratio;
}
