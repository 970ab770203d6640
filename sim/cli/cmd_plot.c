/* brownout plot: every figure of a result store, as PNG and SVG. */
#include "cli/commands.h"
#include "cli/folder.h"
#include "cli/machine.h"
#include "cli/paths.h"
#include "report/plot.h"
#include "report/report.h"

#include <stdlib.h>

typedef struct plot_settings {
  const char *out;
  const char *profile;
} plot_settings;

static const bo_option plot_options[] = {
    {"out", "DIR", BO_OPTION_TEXT, offsetof(plot_settings, out), 0, 0,
     "folder for figures and their data, made if need be (default: .)"},
    {"profile", "FILE", BO_OPTION_TEXT, offsetof(plot_settings, profile), 0, 0,
     "silicon whose curve is drawn (default: ibm14)"},
};

/* Data of the figures: one CSV of the sweep, one of the profile, kept beside the pictures. */
typedef struct plot_data {
  char csv[2][BO_PATH_SIZE]; /* by bo_figure_data */
} plot_data;

/* Figures of nothing have no axes. */
static bo_status check_results(bo_store *store, const char *store_path, bo_diag *diag) {
  uint32_t points = 0;
  (void)bo_store_points(store, &points);
  for (uint32_t i = 0; i < points; i++) {
    bo_trial *trials = NULL;
    uint32_t count = 0;
    const bo_status status = bo_store_trials(store, i, &trials, &count, diag);
    free(trials);
    if (status != BO_OK || count > 0) {
      return status;
    }
  }
  return bo_fail(diag, BO_E_INVALID, "%s: expected the results of a sweep, got none yet",
                 store_path);
}

static bo_status write_points(plot_data *data, const char *store_path, const char *dir,
                              bo_diag *diag) {
  bo_store *store = NULL;
  bo_bytes text = {0};
  bo_status status = bo_store_open(&store, store_path, diag);
  if (status == BO_OK) {
    status = check_results(store, store_path, diag);
  }
  if (status == BO_OK) {
    status = bo_report_points_csv(&text, store, diag);
  }
  if (status == BO_OK) {
    status = bo_folder_write(data->csv[BO_FIGURE_OF_SWEEP], dir, "points.csv", &text, diag);
  }
  bo_bytes_free(&text);
  bo_store_free(store);
  return status;
}

static bo_status write_curve(plot_data *data, const char *profile_name, const char *dir,
                             bo_diag *diag) {
  bo_profile profile = {0};
  bo_bytes text = {0};
  bo_status status = bo_profile_named(&profile, profile_name, diag);
  if (status == BO_OK) {
    status = bo_plot_curve_csv(&text, &profile, diag);
  }
  if (status == BO_OK) {
    status = bo_folder_write(data->csv[BO_FIGURE_OF_PROFILE], dir, "curve.csv", &text, diag);
  }
  bo_bytes_free(&text);
  bo_profile_free(&profile);
  return status;
}

static bo_status plot_store(const char *store_path, const void *context, bo_diag *diag) {
  const plot_settings *const settings = context;
  char scripts[BO_PATH_SIZE];
  plot_data data;
  bo_status status = bo_folder_make(settings->out, diag);
  if (status == BO_OK) {
    status = bo_path_shipped(scripts, "plots", diag);
  }
  if (status == BO_OK) {
    status = write_points(&data, store_path, settings->out, diag);
  }
  if (status == BO_OK) {
    status = write_curve(&data, settings->profile, settings->out, diag);
  }
  size_t count = 0;
  const bo_figure *const figures = bo_plot_figures(&count);
  for (size_t i = 0; status == BO_OK && i < count; i++) {
    status = bo_plot_draw(&figures[i], scripts, data.csv[figures[i].data], settings->out, diag);
  }
  return status;
}

static const plot_settings defaults = {.out = ".", .profile = BO_DEFAULT_PROFILE};

const bo_command bo_command_plot = {
    .name = "plot",
    .operand = "RESULTS.db",
    .summary = "figures of a sweep, PNG and SVG",
    .details = "Draws with gnuplot: voltage_curve, error_over_ber, error_over_voltage, pareto.\n"
               "Beside them points.csv and curve.csv, the data, to draw them otherwise.",
    .options = plot_options,
    .option_count = sizeof plot_options / sizeof plot_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = plot_store,
};
