#include "report/plot.h"

#include "report/text.h"
#include "silicon/chip_rates.h"

#include <math.h>

enum {
  CURVE_STEPS = 250, /* of the interpolated curve, from the lowest voltage to Vmin */
};

static const bo_figure figures[] = {
    {"voltage_curve", BO_FIGURE_OF_PROFILE, "bit error rate and energy per access over voltage"},
    {"error_over_ber", BO_FIGURE_OF_SWEEP, "robust error over bit error rate"},
    {"error_over_voltage", BO_FIGURE_OF_SWEEP, "robust error over voltage"},
    {"pareto", BO_FIGURE_OF_SWEEP, "robust error over energy saving"},
};

static const bo_figure chip_figures[] = {
    {"cell_map", BO_FIGURE_OF_CELLS, "how often every cell fails, and in which direction"},
    {"chip_curve", BO_FIGURE_OF_CHIP, "bit error rate over voltage, of the curve and of the chip"},
    {"faulty_lines", BO_FIGURE_OF_LINES, "faulty cells a column and a row"},
};

const bo_figure *bo_plot_figures(size_t *count) {
  *count = sizeof figures / sizeof figures[0];
  return figures;
}

const bo_figure *bo_plot_chip_figures(size_t *count) {
  *count = sizeof chip_figures / sizeof chip_figures[0];
  return chip_figures;
}

static void write_curve_row(FILE *out, const char *kind, double vdd_ratio, double ber) {
  (void)fprintf(out, "%s,", kind);
  bo_text_real(out, vdd_ratio);
  (void)fputc(',', out);
  bo_text_real(out, ber > 0 ? 100 * ber : NAN);
  (void)fputc(',', out);
  bo_text_real(out, bo_profile_energy_ratio(vdd_ratio));
  (void)fputc('\n', out);
}

static bo_status write_curve(FILE *out, const bo_profile *profile, bo_diag *diag) {
  (void)fputs("kind,vdd_ratio,ber_pct,energy_ratio\n", out);
  for (uint32_t i = 0; i < profile->points; i++) {
    write_curve_row(out, "measured", bo_profile_vdd_of_point(profile, i), profile->point[i].ber);
  }
  const double lowest = bo_profile_vdd_of_point(profile, 0);
  const double vmin = bo_profile_vdd_of_point(profile, profile->points - 1);
  for (int i = 0; i <= CURVE_STEPS; i++) {
    const double vdd_ratio = lowest + (vmin - lowest) * i / CURVE_STEPS;
    double ber = 0; /* a map has none between its points */
    const bo_status status =
        profile->map == NULL ? bo_profile_ber(profile, vdd_ratio, &ber, diag) : BO_OK;
    if (status != BO_OK) {
      return status;
    }
    write_curve_row(out, "interpolated", vdd_ratio, ber);
  }
  return BO_OK;
}

bo_status bo_plot_curve_csv(bo_bytes *out, const bo_profile *profile, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  status = write_curve(text.out, profile, diag);
  return bo_text_close(&text, out, status, diag);
}

/* One voltage after the other: all of a long curve may be more than bo_cell_rates holds. */
static bo_status write_chip(FILE *out, const bo_profile *profile, uint64_t seed,
                            const bo_cell_shape *shape, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < profile->points && status == BO_OK; i++) {
    const double vdd_ratio = bo_profile_vdd_of_point(profile, i);
    bo_cell_rates rates;
    bo_rates_summary summary;
    status = bo_chip_rates(&rates, profile, seed, &vdd_ratio, 1, shape, diag);
    if (status == BO_OK) {
      status = bo_rates_summarise(&summary, &rates, 0, diag);
    }
    if (status == BO_OK) {
      write_curve_row(out, "chip", vdd_ratio, summary.mean_of_both);
      write_curve_row(out, "chip_0to1", vdd_ratio, summary.mean[BO_FAULT_0TO1]);
      write_curve_row(out, "chip_1to0", vdd_ratio, summary.mean[BO_FAULT_1TO0]);
    }
    bo_cell_rates_free(&rates);
  }
  return status;
}

bo_status bo_plot_chip_curve_csv(bo_bytes *out, const bo_profile *profile, uint64_t seed,
                                 const bo_cell_shape *shape, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  status = write_curve(text.out, profile, diag);
  if (status == BO_OK) {
    status = write_chip(text.out, profile, seed, shape, diag);
  }
  return bo_text_close(&text, out, status, diag);
}
