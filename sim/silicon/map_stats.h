/**
 * @file map_stats.h
 * What is published of the cells of real memories, computed of any cells: how many fail, how sure
 * they are, how they crowd in columns, rows and arrays.
 *
 * A cell counts as faulty if the sum of its two rates is above a limit. A column, row or
 * neighbourhood is of one array: with several arrays the counts are of all their columns and rows.
 * A dispersion is variance / mean of the counts, about 1 where faults are independent.
 */
#ifndef BO_SILICON_MAP_STATS_H
#define BO_SILICON_MAP_STATS_H

#include "base/status.h"
#include "silicon/cell_rates.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_map_stat {
#define BO_MAP_STAT(id, name, meaning) BO_STAT_##id,
#include "silicon/map_stats.def"
#undef BO_MAP_STAT
  BO_MAP_STATS
} bo_map_stat;

/** "column_dispersion": the name in files and tables. */
const char *bo_map_stat_name(bo_map_stat statistic);

/** Which cells are looked at, and how. */
typedef struct bo_map_scope {
  uint32_t voltage;                  /**< index */
  uint32_t lower_voltage;            /**< index; for BO_STAT_NESTING */
  bool without[BO_FAULT_DIRECTIONS]; /**< rates of this direction count as 0 */
  double faulty_above;               /**< 0 … 1 */
} bo_map_scope;

/**
 * All statistics of @p rates into @p value; NAN where one is not defined (no faulty cell, a count
 * without variance, no pair). BO_OK or BO_E_NOMEM.
 */
bo_status bo_map_stats(double value[BO_MAP_STATS], const bo_cell_rates *rates,
                       const bo_map_scope *scope, bo_diag *diag);

/** A cell whose rate rises with the voltage: not nested. */
typedef struct bo_rising_cell {
  uint32_t voltage; /**< index of the higher voltage */
  bo_fault_direction direction;
  size_t cell; /**< in the sequence of all cells of a voltage */
} bo_rising_cell;

/** How many there are at all pairs of neighbouring voltages; the first @p room into @p first. */
uint64_t bo_map_rising_cells(const bo_cell_rates *rates, bo_rising_cell *first, size_t room);

#ifdef __cplusplus
}
#endif

#endif
