/**
 * @file sample.h
 * Chips of a profile, looked at as published ones are: the statistics of a segment of each of many
 * chips, the failing cells of whole ones.
 */
#ifndef BO_SILICON_SAMPLE_H
#define BO_SILICON_SAMPLE_H

#include "base/status.h"
#include "silicon/map_stats.h"
#include "silicon/profile.h"
#include "silicon/targets.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Voltage with this mean rate in these directions. BO_OK, BO_E_INVALID (not on the curve). */
bo_status bo_sample_vdd(double *vdd_ratio, const bo_profile *profile,
                        bo_target_directions directions, double rate, bo_diag *diag);

/**
 * Statistics of the first cells of chips 1 … target->segments of a profile with a model, into
 * value[0 … segments-1], at the voltage with the segment's mean rate.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (no such rate on the curve).
 */
bo_status bo_sample_segments(double (*value)[BO_MAP_STATS], const bo_profile *profile,
                             const bo_target_segment *target, bo_diag *diag);

/** A published value among those of generated segments. */
typedef struct bo_target_score {
  uint32_t defined; /**< segments with this statistic; the others have no part in what follows */
  double mean, std, min, max;
  double z;      /**< (published - mean) / std, of which at least 0.5 % of the value + 0.001 */
  bool brackets; /**< min <= published <= max */
} bo_target_score;

/** Of @p segments sets of statistics. Nothing defined: all NAN, nothing bracketed. */
bo_target_score bo_sample_score(const double (*value)[BO_MAP_STATS], uint32_t segments,
                                const bo_target_value *target);

/** Cells of one chip at one voltage, as one load of the weights reads them. */
typedef struct bo_chip_count {
  double cells;
  double faulty;
  double toward[BO_FAULT_DIRECTIONS]; /**< cells that flip both ways are not among them */
  double persistent_0to1;             /**< 0->1 at BO_PERSISTENT_RATE or above */
  double not_nested;                  /**< faulty, but not at the voltage before in the list */
} bo_chip_count;

/**
 * Cells of chips 1 … chips of @p arrays arrays of 512 x 64, at voltages that rise, into
 * count[chip * voltages + voltage]; persistent_0to1 is 0 unless @p persistent. Statuses as
 * bo_chip_at, BO_E_NOMEM.
 */
bo_status bo_sample_chips(bo_chip_count *count, const bo_profile *profile, uint32_t chips,
                          uint32_t arrays, const double *vdd_ratio, uint32_t voltages,
                          bool persistent, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
