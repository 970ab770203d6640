/**
 * @file profile.h
 * A silicon profile: bit error rate and access energy of an SRAM over its supply voltage.
 *
 * Voltage is V/Vmin everywhere (vdd_ratio), Vmin being the lowest voltage without bit errors.
 * The default, profiles/silicon/ibm14.yaml, is the published curve of a 14 nm FinFET accelerator
 * chip: Stutz, Chandramoorthy, Hein, Schiele, "Bit Error Robustness for Energy-Efficient DNN
 * Accelerators", MLSys 2021, figure 1.
 */
#ifndef BO_SILICON_PROFILE_H
#define BO_SILICON_PROFILE_H

#include "base/status.h"
#include "silicon/cell_map.h"
#include "silicon/cell_model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_PROFILE_MAX_POINTS = 64,
  BO_PROFILE_MAX_MAP_NAME = 127, /**< bytes of `cells: map` */
};

/** One measured point. */
typedef struct bo_profile_point {
  double vdd_ratio;
  double ber;        /**< fraction of failing cells, 0 … 0.5, not per cent */
  double share_0to1; /**< part of the failures that read 1 where 0 is stored; used by a model */
} bo_profile_point;

/** Where a profile's cells come from. */
typedef enum bo_cell_source {
  BO_CELLS_RANDOM, /**< cell_random.h: the curve alone */
  BO_CELLS_MODEL,  /**< cell_model.h */
  BO_CELLS_MAP,    /**< cell_map.h */
} bo_cell_source;

/** Owns its map; free with bo_profile_free, however it came to be. {0} is empty. */
typedef struct bo_profile {
  char name[64];
  char technology[128];
  char source[512];
  char licence[128];
  double vmin_mv; /**< 0: not published */
  uint32_t points;
  bo_profile_point point[BO_PROFILE_MAX_POINTS]; /**< vdd_ratio rising, ber falling, last ber 0 */
  bo_cell_source source_of_cells;
  bool persistent_only; /**< cells fail always or never: as BO_PERSISTENT_RATE says */
  bo_cell_model model;  /**< BO_CELLS_MODEL */
  bo_cell_map *map;     /**< BO_CELLS_MAP, else NULL */
  double temperature_c, reference_c;
  double vdd_ratio_per_k; /**< a kelvin above reference_c helps as so much more voltage does */
  uint64_t hash;          /**< of the file's bytes, and those of its map */
} bo_profile;

/**
 * Reads a profile from YAML (profiles/README.md). BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (schema,
 * or a curve that is not strictly monotone, has a rate outside 0 … 0.5, fewer than 3 or more than
 * BO_PROFILE_MAX_POINTS points, or does not end at 1.0 with 0; cells of a model of which more would
 * fail in a direction at a higher voltage). On failure @p profile is as before.
 */
bo_status bo_profile_load(bo_profile *profile, const char *path, bo_diag *diag);

/** The same from memory; @p name stands for the file in diagnostics, maps lie in its folder. */
bo_status bo_profile_parse(bo_profile *profile, const char *name, const void *text, size_t size,
                           bo_diag *diag);

void bo_profile_free(bo_profile *profile);

/**
 * Bit error rate at @p vdd_ratio: log-linear between points; between the last two (the last has
 * rate 0, which has no logarithm) the slope of the segment below goes on, and from Vmin up it is 0.
 *
 * At another temperature it is the rate of the voltage that is that much higher. A map has no rate
 * between its points.
 *
 * @return BO_OK; BO_E_INVALID below the lowest point or above 1.25, naming the range.
 */
bo_status bo_profile_ber(const bo_profile *profile, double vdd_ratio, double *ber, bo_diag *diag);

/**
 * Lowest voltage on the curve with at most @p ber; inverse of bo_profile_ber. The curve jumps to 0
 * at Vmin, so 0 and every rate below that jump give 1.
 *
 * @return BO_OK; BO_E_INVALID for a rate above that of the lowest point, naming the range.
 */
bo_status bo_profile_vdd_for_ber(const bo_profile *profile, double ber, double *vdd_ratio,
                                 bo_diag *diag);

/** Voltage at which the machine has the rate of point @p index: another one at another temperature.
 */
double bo_profile_vdd_of_point(const bo_profile *profile, uint32_t index);

/** Part of the failures at @p vdd_ratio that are 0->1: linear between points, constant beyond. */
double bo_profile_share_0to1(const bo_profile *profile, double vdd_ratio);

/** Energy of one access at @p vdd_ratio over that at Vmin: exactly vdd_ratio^2, as published. */
double bo_profile_energy_ratio(double vdd_ratio);

#ifdef __cplusplus
}
#endif

#endif
