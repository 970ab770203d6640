/**
 * @file plot.h
 * Figures: the data files that the gnuplot scripts read, and running gnuplot.
 *
 * Each script (plots/NAME.gp) is called as `gnuplot -c NAME.gp CSV OUT` and writes OUT.png and
 * OUT.svg.
 */
#ifndef BO_REPORT_PLOT_H
#define BO_REPORT_PLOT_H

#include "base/file.h"
#include "base/status.h"
#include "silicon/cell_rates.h"
#include "silicon/profile.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_figure_data {
  BO_FIGURE_OF_PROFILE, /**< reads bo_plot_curve_csv */
  BO_FIGURE_OF_SWEEP,   /**< reads bo_report_points_csv */
  BO_FIGURE_OF_CHIP,    /**< reads bo_plot_chip_curve_csv */
  BO_FIGURE_OF_CELLS,   /**< reads bo_report_cells_csv */
  BO_FIGURE_OF_LINES,   /**< reads bo_report_faulty_lines_csv */
} bo_figure_data;

typedef struct bo_figure {
  const char *name; /**< of the script without .gp, and of the pictures */
  bo_figure_data data;
  const char *doc;
} bo_figure;

/** All figures of a sweep, or of a chip; @p *count rows. Borrowed, static. */
const bo_figure *bo_plot_figures(size_t *count);
const bo_figure *bo_plot_chip_figures(size_t *count);

/**
 * CSV of a profile's curve: columns kind ("measured" or "interpolated"), vdd_ratio, ber_pct (empty
 * where it is 0 and, with a map, between its points) and energy_ratio, energy per access over that
 * at Vmin.
 */
bo_status bo_plot_curve_csv(bo_bytes *out, const bo_profile *profile, bo_diag *diag);

/**
 * The same, and of chip @p seed with arrays of @p shape at the measured points the mean rate of its
 * cells: kinds "chip", "chip_0to1", "chip_1to0". Statuses as bo_chip_rates.
 */
bo_status bo_plot_chip_curve_csv(bo_bytes *out, const bo_profile *profile, uint64_t seed,
                                 const bo_cell_shape *shape, bo_diag *diag);

/**
 * Draws @p figure: scripts_dir/NAME.gp on @p csv into out_dir/NAME.png and .svg. gnuplot is found
 * in PATH and started without a shell.
 *
 * @return BO_OK, BO_E_IO (no gnuplot, or it failed: @p diag has the first line it said),
 *         BO_E_NOMEM.
 */
bo_status bo_plot_draw(const bo_figure *figure, const char *scripts_dir, const char *csv,
                       const char *out_dir, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
