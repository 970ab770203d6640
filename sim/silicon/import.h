/**
 * @file import.h
 * Measured memories in the forms in which laboratories keep them, as the rates of every cell.
 *
 * A tester log is one file. The other formats are one file or two for each voltage and a list that
 * names them: CSV, a header, then a line a voltage in any order,
 *
 *   voltage,0to1,1to0
 *   0.54,low_0to1.csv,low_1to0.csv
 *   0.56,high_0to1.csv,high_1to0.csv
 *
 * `voltage` comes first, then any of the format's columns; a direction whose column is left out
 * never fails. Voltages are V/Vmin, "0.875" or "21/24", or volts that are divided by Vmin. Files
 * without a leading slash lie beside the list.
 *
 *   format  columns                 a file
 *   csv     0to1, 1to0              a matrix [rows][columns] of rates 0 … 1, a line a row
 *   npy     0to1, 1to0              the same, or [arrays][rows][columns], of integers or floats
 *   npz     file                    two of these, p_0to1 and p_1to0
 *   stuck   stuck_at_1, stuck_at_0  the same as CSV or NPY, 1 where the cell is stuck, 0 elsewhere:
 *                                   stuck at 1 is a rate of 1 for 0->1, at 0 for 1->0
 *   bram    file                    dumps of FPGA block RAMs that were written with ones: hex text,
 *                                   4 characters a row of 16 bits, 1,024 rows a BRAM, BRAM after
 *                                   BRAM, line breaks between rows or none. A BRAM is an array; bit
 *                                   c of a row is column c; a bit that is 0 is a rate of 1 for 1->0
 *                                   (what a stored 0 does cannot be seen). The format of Salami,
 *                                   Unsal, Cristal, "Comprehensive Evaluation of Supply Voltage
 *                                   Underscaling in FPGA on-Chip Memories", MICRO 2018.
 *   log     (no list)               CSV: array,row,column,voltage,reads,fails_0to1,fails_1to0, a
 *                                   line a cell and voltage. `reads` counts the reads of a stored 0
 *                                   and as many of a stored 1: the rate is fails / reads. A cell
 *                                   that is not listed at a voltage never fails there.
 *
 * In some dumps both bytes of a row are the same by the way they were read out: where that holds
 * for every faulty row (one at least that is not 0000), half of the columns are copies, and they
 * are left out, since every statistic but the mean would be wrong with them.
 *
 * Nothing in a file is trusted: memory is bounded by the sizes of the files and by cell_rates.h.
 */
#ifndef BO_SILICON_IMPORT_H
#define BO_SILICON_IMPORT_H

#include "base/status.h"
#include "silicon/cell_rates.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_rates_format {
  BO_RATES_CSV,
  BO_RATES_NPY,
  BO_RATES_NPZ,
  BO_RATES_STUCK,
  BO_RATES_BRAM,
  BO_RATES_LOG,
  BO_RATES_FORMATS
} bo_rates_format;

/** "csv", …; NULL behind the last. */
const char *bo_rates_format_name(unsigned format);

typedef struct bo_rates_options {
  bo_rates_format format;
  double vmin_v;       /**< 0: voltages are ratios; else they are volts */
  bo_cell_shape shape; /**< of a log; a 0 stands for as many as its largest index says */
  bool keep_copies;    /**< of BRAM dumps: all 16 columns, come what may */
} bo_rates_options;

/** What a person should be told about the cells. */
typedef struct bo_rates_facts {
  uint64_t copied_rows;  /**< faulty rows with equal bytes, if all are; 0: no copies, or kept */
  uint64_t rising_cells; /**< of bo_map_rising_cells: not nested */
} bo_rates_facts;

/**
 * Reads @p path: the list, or the log. The rates are rising in voltage and in 0 … 1; whether they
 * make a profile is for bo_profile_save to say.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID naming file and line, or file, array and index.
 *         On failure @p rates is empty.
 */
bo_status bo_rates_import(bo_cell_rates *rates, bo_rates_facts *facts, const char *path,
                          const bo_rates_options *options, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
