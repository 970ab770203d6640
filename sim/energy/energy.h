/**
 * @file energy.h
 * Events x energy table x voltage -> pJ. Only the weight SRAM's rail is lowered: its accesses scale
 * with (V/Vmin)^2 (the published curve), its leakage by the law in the table; logic, the other
 * memories and DRAM stay at nominal.
 */
#ifndef BO_ENERGY_ENERGY_H
#define BO_ENERGY_ENERGY_H

#include "accel/schedule.h"
#include "arch/arch.h"
#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One constant of the table, with where it comes from. */
typedef struct bo_energy_item {
  double value; /**< in the unit of the member's name */
  char source[256];
} bo_energy_item;

typedef struct bo_energy_table {
  char name[64];
  char technology[128];
  bo_energy_item weight_sram_read_pj_per_bit, weight_sram_write_pj_per_bit;
  bo_energy_item activation_sram_pj_per_byte;
  bo_energy_item accumulator_sram_pj_per_access;
  bo_energy_item mac_pj;
  bo_energy_item dram_pj_per_byte;
  bo_energy_item weight_sram_leakage_mw_per_kib;
  bo_energy_item other_leakage_mw; /**< array, activation and accumulator SRAM together */
  uint64_t hash;
} bo_energy_table;

/** pJ of one inference. */
typedef struct bo_energy {
  double weight_sram_pj;
  double activation_sram_pj;
  double accumulator_pj;
  double mac_pj;
  double dram_pj;
  double leakage_pj;
  double total_pj;
} bo_energy;

/** Reads a table from YAML. BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID. */
bo_status bo_energy_table_load(bo_energy_table *table, const char *path, bo_diag *diag);

/** Energy of @p events on @p arch with the weight SRAM (@p weight_banks banks) at @p vdd_ratio. */
bo_energy bo_energy_of(const bo_energy_table *table, const bo_arch *arch, uint32_t weight_banks,
                       const bo_events *events, double vdd_ratio);

#ifdef __cplusplus
}
#endif

#endif
