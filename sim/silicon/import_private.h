/**
 * @file import_private.h
 * The parts of bo_rates_import, for its files and for the fuzzer. Names stand for files in
 * diagnostics; what fails leaves its result empty.
 */
#ifndef BO_SILICON_IMPORT_PRIVATE_H
#define BO_SILICON_IMPORT_PRIVATE_H

#include "base/file.h"
#include "base/npy.h"
#include "base/span.h"
#include "silicon/import.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One voltage: its line and its files, one for each column of the format. */
typedef struct bo_rates_line {
  size_t number;
  double vdd_ratio;
  bo_span file[BO_FAULT_DIRECTIONS]; /**< borrowed from the text; data NULL: left out */
} bo_rates_line;

/** The voltages of a list, rising. */
typedef struct bo_rates_list {
  const char *name; /**< borrowed */
  uint32_t lines;   /**< 1 … BO_CELL_RATES_MAX_VOLTAGES */
  bo_rates_line line[BO_CELL_RATES_MAX_VOLTAGES];
} bo_rates_list;

/** The columns that a list of @p format may have behind `voltage`; the second may be NULL. */
const char *const *bo_rates_columns(bo_rates_format format);

/** BO_OK, BO_E_INVALID ("name:line: …"; a voltage that is out of range or there twice). */
bo_status bo_rates_list_parse(bo_rates_list *list, const char *name, bo_span text,
                              const bo_rates_options *options, bo_diag *diag);

/** Where a file of the list is. */
typedef struct bo_rates_path {
  char text[4096];
} bo_rates_path;

/** BO_OK; BO_E_INVALID: too long. */
bo_status bo_rates_list_path(bo_rates_path *path, const bo_rates_list *list, bo_span file,
                             bo_diag *diag);

/** Rates for the voltages of the list. As bo_cell_rates_new; the diagnostic names the list. */
bo_status bo_rates_list_begin(bo_cell_rates *rates, const bo_rates_list *list,
                              const bo_cell_shape *shape, bo_diag *diag);

/** A voltage as it is written, over Vmin. False: no number, or not in 0 (excluded) … 1.25. */
bool bo_rates_voltage(double *vdd_ratio, bo_span text, double vmin_v);

/** Rates of one voltage and direction; owns p, [arrays][rows][columns]. */
typedef struct bo_rates_matrix {
  bo_cell_shape shape;
  float *p;
} bo_rates_matrix;

bo_status bo_rates_matrix_from_csv(bo_rates_matrix *matrix, const char *name, bo_span text,
                                   bo_diag *diag);

/** Takes @p array over. */
bo_status bo_rates_matrix_from_npy(bo_rates_matrix *matrix, const char *name, bo_npy *array,
                                   bo_diag *diag);

/** The formats of matrices: csv, npy, npz, stuck. */
bo_status bo_rates_import_matrices(bo_cell_rates *rates, const bo_rates_list *list,
                                   bo_rates_format format, bo_diag *diag);

bo_status bo_rates_import_log(bo_cell_rates *rates, const char *name, bo_span text,
                              const bo_rates_options *options, bo_diag *diag);

/** Rows of all BRAMs of a dump; owns row, bit c of each being column c. */
typedef struct bo_rates_dump {
  uint32_t brams;
  uint16_t *row; /**< [brams][1024] */
} bo_rates_dump;

bo_status bo_rates_dump_parse(bo_rates_dump *dump, const char *name, bo_span text, bo_diag *diag);
bo_status bo_rates_import_bram(bo_cell_rates *rates, bo_rates_facts *facts,
                               const bo_rates_list *list, const bo_rates_options *options,
                               bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
