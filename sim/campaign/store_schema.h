/**
 * @file store_schema.h
 * The columns of a store, once: they expand to the CREATE TABLE, INSERT and SELECT statements and
 * to where each column goes in bo_point and bo_trial. Private to store*.c.
 */
#ifndef BO_CAMPAIGN_STORE_SCHEMA_H
#define BO_CAMPAIGN_STORE_SCHEMA_H

#include "base/status.h"

#include <sqlite3.h>
#include <stdbool.h>

/** "brwn": tells SQLite files that are stores from those that are not. */
#define BO_STORE_APPLICATION_ID 0x6272776e
/** Changes with every change below. */
#define BO_STORE_SCHEMA_VERSION 2

/** BO_COLUMN(column, member): reals of a bo_point. */
#define BO_POINT_REALS(BO_COLUMN)                                                                  \
  BO_COLUMN(vdd_ratio, vdd_ratio)                                                                  \
  BO_COLUMN(ber, ber)                                                                              \
  BO_COLUMN(weight_sram_pj, energy.weight_sram_pj)                                                 \
  BO_COLUMN(activation_sram_pj, energy.activation_sram_pj)                                         \
  BO_COLUMN(accumulator_pj, energy.accumulator_pj)                                                 \
  BO_COLUMN(mac_pj, energy.mac_pj)                                                                 \
  BO_COLUMN(dram_pj, energy.dram_pj)                                                               \
  BO_COLUMN(leakage_pj, energy.leakage_pj)                                                         \
  BO_COLUMN(total_pj, energy.total_pj)                                                             \
  BO_COLUMN(vmin_weight_sram_pj, energy_vmin.weight_sram_pj)                                       \
  BO_COLUMN(vmin_activation_sram_pj, energy_vmin.activation_sram_pj)                               \
  BO_COLUMN(vmin_accumulator_pj, energy_vmin.accumulator_pj)                                       \
  BO_COLUMN(vmin_mac_pj, energy_vmin.mac_pj)                                                       \
  BO_COLUMN(vmin_dram_pj, energy_vmin.dram_pj)                                                     \
  BO_COLUMN(vmin_leakage_pj, energy_vmin.leakage_pj)                                               \
  BO_COLUMN(vmin_total_pj, energy_vmin.total_pj)

/** BO_COLUMN(column, member): counts of a bo_trial, below 2^63. */
#define BO_TRIAL_COUNTS(BO_COLUMN)                                                                 \
  BO_COLUMN(images, images)                                                                        \
  BO_COLUMN(clean_wrong, clean_wrong)                                                              \
  BO_COLUMN(wrong, wrong)                                                                          \
  BO_COLUMN(wrong_or_clean, wrong_or_clean)                                                        \
  BO_COLUMN(cells_faulty, faults.cells_faulty)                                                     \
  BO_COLUMN(bits_requested, faults.bits_requested)                                                 \
  BO_COLUMN(bits_effective, faults.bits_effective)                                                 \
  BO_COLUMN(weights_changed, faults.weights_changed)

/** What SQLite's @p code, which is no success, means to us. */
bo_status bo_sqlite_status(int code);

/** Creates the tables of an empty database, inside the caller's transaction. SQLite's code. */
int bo_store_schema_create(sqlite3 *db);

/** Whether the database holds no table yet and belongs to nobody. SQLite's code. */
int bo_store_schema_is_empty(sqlite3 *db, bool *empty);

/**
 * Whether the tables are ours to the letter, and whole.
 *
 * @return BO_OK; BO_E_INVALID: not a store, another schema version, damaged; else as
 *         bo_sqlite_status.
 */
bo_status bo_store_schema_check(sqlite3 *db, bo_diag *diag);

#endif
