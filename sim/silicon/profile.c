#include "silicon/profile.h"

#include "silicon/profile_private.h"

#include <math.h>
#include <stdio.h>

static const double max_vdd_ratio = 1.25;

void bo_profile_free(bo_profile *profile) {
  bo_cell_map_free(profile->map);
  *profile = (bo_profile){0};
}

const bo_profile_point *bo_profile_line_below(const bo_profile *profile, uint32_t upper) {
  const uint32_t last_line = profile->points - 2;
  return &profile->point[(upper < last_line ? upper : last_line) - 1];
}

double bo_profile_shift(const bo_profile *profile) {
  return profile->vdd_ratio_per_k * (profile->temperature_c - profile->reference_c);
}

double bo_profile_vdd_of_point(const bo_profile *profile, uint32_t index) {
  return profile->point[index].vdd_ratio - bo_profile_shift(profile);
}

/* Where on the curve the machine is. There and back again rounds: a point is met all the same. */
static double on_curve_of(const bo_profile *profile, double vdd_ratio) {
  const double shift = bo_profile_shift(profile);
  for (uint32_t i = 0; i < profile->points && shift != 0.0; i++) {
    if (bo_profile_vdd_of_point(profile, i) == vdd_ratio) {
      return profile->point[i].vdd_ratio;
    }
  }
  return vdd_ratio + shift;
}

static bo_status no_map(const bo_profile *profile, double vdd_ratio, bo_diag *diag) {
  char list[256] = "";
  size_t at = 0;
  for (uint32_t i = 0; i < profile->points - 1 && at + 24 < sizeof list; i++) {
    at += (size_t)snprintf(list + at, sizeof list - at, "%.9g, ", profile->point[i].vdd_ratio);
  }
  return bo_fail(diag, BO_E_INVALID,
                 "profile %s: vdd_ratio: expected one of its maps, %sor from 1 up, got %.9g",
                 profile->name, list, vdd_ratio);
}

/* First point at or above. Precondition: not below the lowest. */
static uint32_t point_from(const bo_profile *profile, double on_curve) {
  uint32_t upper = 0;
  while (upper < profile->points && profile->point[upper].vdd_ratio < on_curve) {
    upper++;
  }
  return upper;
}

bo_status bo_profile_ber(const bo_profile *profile, double vdd_ratio, double *ber, bo_diag *diag) {
  const double shift = bo_profile_shift(profile);
  const double on_curve = on_curve_of(profile, vdd_ratio);
  uint32_t measured = 0;
  if (profile->map != NULL && bo_cell_map_find(profile->map, on_curve, &measured)) {
    *ber = profile->point[measured].ber;
    return BO_OK;
  }
  if (!bo_in_range(on_curve, profile->point[0].vdd_ratio, max_vdd_ratio + shift)) {
    return bo_fail(diag, BO_E_INVALID, "profile %s: vdd_ratio: expected %.9g..%.9g, got %.9g",
                   profile->name, profile->point[0].vdd_ratio - shift, max_vdd_ratio, vdd_ratio);
  }
  const uint32_t upper = point_from(profile, on_curve);
  if (upper == profile->points || profile->point[upper].vdd_ratio == on_curve) {
    *ber = upper == profile->points ? 0.0 : profile->point[upper].ber;
    return BO_OK;
  }
  if (profile->map != NULL) {
    return no_map(profile, vdd_ratio, diag);
  }
  const bo_profile_point *line = bo_profile_line_below(profile, upper);
  const double position = (on_curve - line[0].vdd_ratio) / (line[1].vdd_ratio - line[0].vdd_ratio);
  *ber = line[0].ber * exp(position * log(line[1].ber / line[0].ber));
  return BO_OK;
}

bo_status bo_profile_vdd_for_ber(const bo_profile *profile, double ber, double *vdd_ratio,
                                 bo_diag *diag) {
  if (!bo_in_range(ber, 0.0, profile->point[0].ber)) {
    return bo_fail(diag, BO_E_INVALID,
                   "profile %s: bit error rate: expected 0..%.9g %%, got %.9g %%", profile->name,
                   profile->point[0].ber * 100.0, ber * 100.0);
  }
  uint32_t upper = 0;
  while (profile->point[upper].ber > ber) {
    upper++;
  }
  if (profile->point[upper].ber == ber || profile->map != NULL) {
    *vdd_ratio = bo_profile_vdd_of_point(profile, upper);
    return BO_OK;
  }
  const bo_profile_point *line = bo_profile_line_below(profile, upper);
  const double position = log(ber / line[0].ber) / log(line[1].ber / line[0].ber);
  const double on_line = line[0].vdd_ratio + position * (line[1].vdd_ratio - line[0].vdd_ratio);
  *vdd_ratio = fmin(on_line, 1.0) - bo_profile_shift(profile);
  return BO_OK;
}

double bo_profile_share_0to1(const bo_profile *profile, double vdd_ratio) {
  const double on_curve = on_curve_of(profile, vdd_ratio);
  const uint32_t last = profile->points - 1;
  const uint32_t upper = point_from(profile, on_curve);
  if (upper == 0 || upper > last) {
    return profile->point[upper == 0 ? 0 : last].share_0to1;
  }
  const bo_profile_point *const line = &profile->point[upper - 1];
  const double position = (on_curve - line[0].vdd_ratio) / (line[1].vdd_ratio - line[0].vdd_ratio);
  return line[0].share_0to1 + position * (line[1].share_0to1 - line[0].share_0to1);
}

double bo_profile_energy_ratio(double vdd_ratio) {
  return vdd_ratio * vdd_ratio;
}
