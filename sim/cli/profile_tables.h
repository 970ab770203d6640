/**
 * @file profile_tables.h
 * The tables of profile check: what a profile's chips are like, beside what they should be.
 */
#ifndef BO_CLI_PROFILE_TABLES_H
#define BO_CLI_PROFILE_TABLES_H

#include "base/status.h"
#include "silicon/profile.h"
#include "silicon/targets.h"

#include <stdint.h>

/** What came of all bars; {0} to begin with. */
typedef struct bo_verdict {
  uint32_t bars, failed;
  char names[320]; /**< of those that failed, as many as fit */
} bo_verdict;

/**
 * Mean rate of generated chips against the curve, and nesting. Not for a map. It holds within 5 %,
 * or, where the chips do not tell as much, within the interval of their mean (Student's t, 99.7 %).
 */
bo_status bo_table_curve(bo_verdict *verdict, const bo_profile *profile, uint32_t chips,
                         bo_diag *diag);

/** Rates of generated chips against those published of a whole chip. */
bo_status bo_table_chips(bo_verdict *verdict, const bo_profile *profile, const bo_targets *targets,
                         uint32_t chips, bo_diag *diag);

/** Statistics of generated segments against the published ones. */
bo_status bo_table_segments(bo_verdict *verdict, const bo_profile *profile,
                            const bo_targets *targets, bo_diag *diag);

/** Curve, cells that are not nested and statistics of a map. */
bo_status bo_table_map(bo_verdict *verdict, const bo_profile *profile, bo_diag *diag);

#endif
