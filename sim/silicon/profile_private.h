/**
 * @file profile_private.h
 * What reading a profile (profile_read.c) and looking it up (profile.c) share.
 */
#ifndef BO_SILICON_PROFILE_PRIVATE_H
#define BO_SILICON_PROFILE_PRIVATE_H

#include "silicon/profile.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** NaN is in no range. */
static inline bool bo_in_range(double value, double low, double high) {
  return value >= low && value <= high;
}

/**
 * The two points whose logarithms span the line that holds at and below profile->point[upper]:
 * the interval that ends at Vmin has no logarithm at its end and takes the line below.
 */
const bo_profile_point *bo_profile_line_below(const bo_profile *profile, uint32_t upper);

/** Voltage on the curve, which is at the reference temperature, less that of the machine. */
double bo_profile_shift(const bo_profile *profile);

#ifdef __cplusplus
}
#endif

#endif
