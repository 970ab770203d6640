/* brownout profile show: what a silicon profile says, and what one of its chips looks like. */
#include "cli/commands.h"
#include "cli/folder.h"
#include "cli/machine.h"
#include "cli/paths.h"
#include "report/plot.h"
#include "report/profile.h"

#include <math.h>
#include <stdio.h>

typedef struct show_settings {
  bo_voltage_settings voltage;
  uint64_t seed;
  uint32_t arrays, rows, columns; /* 0: as the map, or the default machine, has it */
  bool json;
  const char *out;
} show_settings;

static const bo_option show_options[] = {
    {"vdd", "RATIO", BO_OPTION_REAL, offsetof(show_settings, voltage.vdd_ratio), 0.01, 1.25,
     "voltage that the chip is shown at, over Vmin"},
    {"ber", "PERCENT", BO_OPTION_PERCENT, offsetof(show_settings, voltage.ber_pct), 0, 50,
     "bit error rate in per cent instead: the lowest voltage with at\n"
     "most so many (default: 1, of a map the voltage nearest to that)"},
    {"seed", "N", BO_OPTION_U64, offsetof(show_settings, seed), 0, 0, "which chip (default: 0)"},
    {"arrays", "N", BO_OPTION_U32, offsetof(show_settings, arrays), 1, 65536,
     "its arrays (default: those of the map, or 32)"},
    {"rows", "N", BO_OPTION_U32, offsetof(show_settings, rows), 1, 65536,
     "rows of an array (default: those of the map, or 512)"},
    {"columns", "N", BO_OPTION_U32, offsetof(show_settings, columns), 1, 65536,
     "columns of an array (default: those of the map, or 64)"},
    {"json", NULL, BO_OPTION_FLAG, offsetof(show_settings, json), 0, 0, "print a JSON object"},
    {"out", "DIR", BO_OPTION_TEXT, offsetof(show_settings, out), 0, 0,
     "also draw: folder for figures and their data, made if need be"},
};

/* Point of the curve whose rate is nearest to @p ber, as a ratio: not Vmin, where nothing fails. */
static double nearest_point(const bo_profile *profile, double ber) {
  uint32_t nearest = 0;
  for (uint32_t i = 1; i < profile->points - 1; i++) {
    if (fabs(log(profile->point[i].ber / ber)) < fabs(log(profile->point[nearest].ber / ber))) {
      nearest = i;
    }
  }
  return bo_profile_vdd_of_point(profile, nearest);
}

static bo_status find_voltage(double *vdd_ratio, const bo_voltage_settings *settings,
                              const bo_profile *profile, bo_diag *diag) {
  const double usual = BO_DEFAULT_BER_PCT / 100;
  const bool asked = settings->vdd_ratio > 0 || settings->ber_pct >= 0;
  if (!asked && (profile->map != NULL || profile->point[0].ber < usual)) {
    *vdd_ratio = nearest_point(profile, usual);
    return BO_OK;
  }
  return bo_voltage_of(vdd_ratio, settings, profile, diag);
}

static bo_cell_shape find_shape(const show_settings *settings, const bo_profile *profile) {
  bo_cell_shape shape =
      profile->map != NULL ? *bo_cell_map_shape(profile->map) : BO_CHIP_SHAPE_DEFAULT;
  shape.arrays = settings->arrays > 0 ? settings->arrays : shape.arrays;
  shape.rows = settings->rows > 0 ? settings->rows : shape.rows;
  shape.columns = settings->columns > 0 ? settings->columns : shape.columns;
  return shape;
}

/* Writes the data that figures of this kind read. */
static bo_status write_data(char *path, bo_figure_data data, const bo_chip_shown *shown,
                            const char *dir, bo_diag *diag) {
  static const char *const names[] = {[BO_FIGURE_OF_CHIP] = "chip_curve.csv",
                                      [BO_FIGURE_OF_CELLS] = "cells.csv",
                                      [BO_FIGURE_OF_LINES] = "faulty_lines.csv"};
  bo_bytes text = {0};
  bo_status status = BO_OK;
  if (data == BO_FIGURE_OF_CELLS) {
    status = bo_report_cells_csv(&text, shown, diag);
  } else if (data == BO_FIGURE_OF_LINES) {
    status = bo_report_faulty_lines_csv(&text, shown, diag);
  } else {
    status = bo_plot_chip_curve_csv(&text, shown->profile, shown->seed, &shown->rates.shape, diag);
  }
  if (status == BO_OK) {
    status = bo_folder_write(path, dir, names[data], &text, diag);
  }
  bo_bytes_free(&text);
  return status;
}

static bo_status draw(const bo_chip_shown *shown, const char *dir, bo_diag *diag) {
  char scripts[BO_PATH_SIZE];
  size_t count = 0;
  const bo_figure *const figures = bo_plot_chip_figures(&count);
  bo_status status = bo_folder_make(dir, diag);
  if (status == BO_OK) {
    status = bo_path_shipped(scripts, "plots", diag);
  }
  for (size_t i = 0; status == BO_OK && i < count; i++) {
    char csv[BO_PATH_SIZE];
    status = write_data(csv, figures[i].data, shown, dir, diag);
    if (status == BO_OK) {
      status = bo_plot_draw(&figures[i], scripts, csv, dir, diag);
    }
  }
  return status;
}

static bo_status show_chip(const bo_chip_shown *shown, const show_settings *settings,
                           bo_diag *diag) {
  bo_bytes text = {0};
  bo_status status = settings->json ? bo_report_profile_json(&text, shown, diag)
                                    : bo_report_profile_text(&text, shown, diag);
  if (status == BO_OK && settings->out != NULL) {
    status = draw(shown, settings->out, diag);
  }
  if (status == BO_OK) {
    (void)fputs((const char *)text.data, stdout);
  }
  bo_bytes_free(&text);
  return status;
}

static bo_status show(const char *operand, const void *context, bo_diag *diag) {
  const show_settings *const settings = context;
  bo_profile profile = {0};
  bo_chip_shown shown = {0};
  double vdd_ratio = 0;
  bo_status status = bo_profile_named(&profile, operand, diag);
  if (status == BO_OK) {
    status = find_voltage(&vdd_ratio, &settings->voltage, &profile, diag);
  }
  if (status == BO_OK) {
    const bo_cell_shape shape = find_shape(settings, &profile);
    status = bo_chip_shown_new(&shown, &profile, settings->seed, vdd_ratio, &shape, diag);
  }
  if (status == BO_OK) {
    status = show_chip(&shown, settings, diag);
  }
  bo_chip_shown_free(&shown);
  bo_profile_free(&profile);
  return status;
}

static const show_settings defaults = {.voltage = BO_VOLTAGE_DEFAULTS};

const bo_command bo_command_profile_show = {
    .name = "profile show",
    .operand = "PROFILE",
    .summary = "curve and cells of a silicon profile, as text and figures",
    .details =
        "PROFILE is a YAML file, or a name in profiles/silicon. Prints where its numbers are\n"
        "from, its curve, and what one chip looks like at one voltage. With --out, draws with\n"
        "gnuplot, each figure as PNG and SVG beside its data:\n"
        "  cell_map      cells.csv         how often every cell fails, and in which direction\n"
        "  chip_curve    chip_curve.csv    the curve, and the mean rate of the chip's cells\n"
        "  faulty_lines  faulty_lines.csv  faulty cells a column and a row, beside a chip\n"
        "                                  whose cells fail independently",
    .options = show_options,
    .option_count = sizeof show_options / sizeof show_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = show,
};
