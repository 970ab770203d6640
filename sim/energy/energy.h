/**
 * @file energy.h
 * Events x energy table x voltage -> pJ. Only the weight SRAM's rail is lowered, r = V/Vmin:
 *
 *   accesses  rows * width_bits * pj_per_bit * r^2      the published curve: Stutz, Chandramoorthy,
 *                                                       Hein, Schiele, MLSys 2021, figure 1
 *   leakage   mW * r * time                             constant current: the least that it falls;
 *                                                       drain-induced barrier lowering saves more
 *   time      cycles / clock                            the same at every voltage
 *
 * Logic, the other memories and DRAM stay at nominal. At r = 1 everything is as in the table.
 */
#ifndef BO_ENERGY_ENERGY_H
#define BO_ENERGY_ENERGY_H

#include "accel/schedule.h"
#include "arch/arch.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One constant of the table, with where it comes from. */
typedef struct bo_energy_item {
  double value; /**< in the unit of the member's name, 0 … 1e6 */
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
  uint64_t hash;                   /**< of the file's bytes */
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

/**
 * Reads a table from YAML: name, technology, and for each item a mapping of value and source.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (unknown or missing key, value out of range).
 */
bo_status bo_energy_table_load(bo_energy_table *table, const char *path, bo_diag *diag);

/** The same from memory; @p name stands for the file in diagnostics. */
bo_status bo_energy_table_parse(bo_energy_table *table, const char *name, const void *text,
                                size_t size, bo_diag *diag);

/** Energy of @p events on @p arch with the weight SRAM (@p weight_banks banks) at @p vdd_ratio. */
bo_energy bo_energy_of(const bo_energy_table *table, const bo_arch *arch, uint32_t weight_banks,
                       const bo_events *events, double vdd_ratio);

#ifdef __cplusplus
}
#endif

#endif
