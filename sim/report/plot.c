#include "report/plot.h"

#include "report/text.h"

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

const bo_figure *bo_plot_figures(size_t *count) {
  *count = sizeof figures / sizeof figures[0];
  return figures;
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
    write_curve_row(out, "measured", profile->point[i].vdd_ratio, profile->point[i].ber);
  }
  const double lowest = profile->point[0].vdd_ratio;
  for (int i = 0; i <= CURVE_STEPS; i++) {
    const double vdd_ratio = lowest + (1.0 - lowest) * i / CURVE_STEPS;
    double ber = 0;
    const bo_status status = bo_profile_ber(profile, vdd_ratio, &ber, diag);
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
