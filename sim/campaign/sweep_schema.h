/**
 * @file sweep_schema.h
 * The keys of a sweep file as libcyaml reads them. Private to sweep_config.c and sweep_axes.c.
 */
#ifndef BO_CAMPAIGN_SWEEP_SCHEMA_H
#define BO_CAMPAIGN_SWEEP_SCHEMA_H

#include "mem/placement.h"
#include "net/quant.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdint.h>

enum {
  BO_SWEEP_MAX_TEXT = 4000, /**< of a path or name */
  BO_SWEEP_MAX_NUMBER = 64, /**< characters of a number */
};

/** NULL: the key is not there. */
typedef struct bo_sweep_placement_yaml {
  bo_placement_policy *policy;
  uint64_t *start_row, *interleave;
  bool rotate;
  bo_storage *storage;
  char *banks;
} bo_sweep_placement_yaml;

/** NULL: the key is not there. */
typedef struct bo_sweep_yaml {
  char **models;
  uint32_t models_count;
  char **vdd_ratio;
  uint32_t vdd_ratio_count;
  char **ber_pct;
  uint32_t ber_pct_count;
  uint64_t *chips, *seed, *images;
  char *dataset, *data, *arch, *profile, *energy;
  char **profiles;
  uint32_t profiles_count;
  bo_sweep_placement_yaml *placement, *placements;
  uint32_t placements_count;
} bo_sweep_yaml;

extern const cyaml_schema_value_t bo_sweep_schema;

#endif
