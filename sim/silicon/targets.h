/**
 * @file targets.h
 * What is published of the cells of one chip, and what a model of it is fitted with: a YAML file
 * (profiles/README.md). The structures are those of the file.
 */
#ifndef BO_SILICON_TARGETS_H
#define BO_SILICON_TARGETS_H

#include "base/status.h"
#include "silicon/cell_rates.h"
#include "silicon/map_stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_TARGETS_MAX = 64,            /**< entries of a list */
  BO_TARGETS_MAX_CELLS = 1 << 24, /**< of a segment */
};

/** Rates of a whole chip at one voltage, in per cent of all cells. */
typedef struct bo_target_chip {
  char source[256];
  double ber_pct;
  double mean_0to1_pct, mean_1to0_pct;
  double persistent_0to1_pct;
  char persistent_reported[256]; /**< why it is printed, but no bar; "": it is one */
} bo_target_chip;

typedef struct bo_target_value {
  bo_map_stat statistic;
  double published;
  char reported[256]; /**< why it is printed, but no bar; "": it is one */
} bo_target_value;

typedef enum bo_target_directions {
  BO_TARGET_BOTH,
  BO_TARGET_0TO1, /**< the rates of 0->1 alone */
  BO_TARGET_1TO0
} bo_target_directions;

/** Part of a chip of which statistics are published. */
typedef struct bo_target_segment {
  char name[64];
  char source[256];
  uint32_t arrays, rows, columns;
  bo_target_directions directions;
  double mean_pct;       /**< of these directions; says at which voltage */
  double lower_mean_pct; /**< at the lower voltage of "nesting"; 0: there is none */
  bool single_read;      /**< every cell was read once: a rate is 0 or 1 */
  double faulty_above;   /**< rate from which a cell counts as faulty */
  uint32_t segments;     /**< to be generated: of chips 1 … segments */
  bo_target_value *values;
  uint32_t values_count;
} bo_target_segment;

/** Parameters of a model; the shares are those of both directions. */
typedef enum bo_target_parameter {
  BO_TARGET_PREFERS_1,
  BO_TARGET_ARRAY,
  BO_TARGET_COLUMN,
  BO_TARGET_ROW,
  BO_TARGET_READ,
  BO_TARGET_PARAMETERS
} bo_target_parameter;

typedef struct bo_target_model {
  double prefers_1, array, column, row, read;
} bo_target_model;

typedef struct bo_targets {
  char name[64];      /**< of the profile that is fitted */
  char source[256];   /**< what it is fitted to */
  char curve_of[128]; /**< profile that the curve is taken from: a name or a path */
  bo_target_model start;
  bo_target_parameter *free; /**< the others stay as they start */
  uint32_t free_count;
  bo_target_chip *chips;
  uint32_t chips_count;
  bo_target_segment *segments;
  uint32_t segments_count;
} bo_targets;

/**
 * Reads a file into @p *out, owned by the caller. BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (schema,
 * or a number out of range: named).
 */
bo_status bo_targets_load(bo_targets **out, const char *path, bo_diag *diag);

/** The same in memory; @p name stands for the file in diagnostics. */
bo_status bo_targets_parse(bo_targets **out, const char *name, const void *text, size_t size,
                           bo_diag *diag);
void bo_targets_free(bo_targets *targets);

#ifdef __cplusplus
}
#endif

#endif
