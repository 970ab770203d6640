/**
 * @file profile.h
 * What a silicon profile says, and one of its chips at one voltage: text to read, JSON, and the
 * data of figures. Text is as report.h has it.
 */
#ifndef BO_REPORT_PROFILE_H
#define BO_REPORT_PROFILE_H

#include "base/file.h"
#include "base/status.h"
#include "silicon/chip_rates.h"
#include "silicon/profile.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_SHOWN_ROWS = 256,   /**< of bo_report_cells_csv, at most */
  BO_SHOWN_COLUMNS = 128 /**< of arrays side by side, at most */
};

/** A chip at a voltage. Free with bo_chip_shown_free; {0} is empty. */
typedef struct bo_chip_shown {
  const bo_profile *profile; /**< borrowed */
  uint64_t seed;
  double vdd_ratio;
  double ber;          /**< of the profile */
  bo_cell_rates rates; /**< of this one voltage */
  bo_rates_summary summary;
} bo_chip_shown;

/** Works it out. Statuses as bo_chip_rates; on failure @p shown is empty. */
bo_status bo_chip_shown_new(bo_chip_shown *shown, const bo_profile *profile, uint64_t seed,
                            double vdd_ratio, const bo_cell_shape *shape, bo_diag *diag);
void bo_chip_shown_free(bo_chip_shown *shown);

/** For people: where the numbers are from, the curve as a table, the chip. BO_OK, BO_E_NOMEM. */
bo_status bo_report_profile_text(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag);

/** The same as a JSON object. BO_OK, BO_E_NOMEM. */
bo_status bo_report_profile_json(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag);

/**
 * CSV, a row a cell of the chip's first BO_SHOWN_ROWS rows and of as many arrays as lie side by
 * side in BO_SHOWN_COLUMNS columns, the first one at least in part: vdd_ratio, array, row, column
 * (in the array), rate_pct, rate_0to1_pct, rate_1to0_pct. BO_OK, BO_E_NOMEM.
 */
bo_status bo_report_cells_csv(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag);

/**
 * CSV, a row a bin of a histogram: vdd_ratio, line ("column" or "row"), cells (of such a line),
 * faulty_min, faulty_max (of the bin, both in it), lines, lines_expected. Expected is the binomial
 * distribution: as many faulty cells, thrown evenly. BO_OK, BO_E_NOMEM.
 */
bo_status bo_report_faulty_lines_csv(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
