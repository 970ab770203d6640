/* A profile and a chip of it, for people and as JSON. */
#include "report/profile.h"

#include "campaign/campaign.h"
#include "report/json.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>

static const char *const source_names[] = {
    [BO_CELLS_RANDOM] = "random", [BO_CELLS_MODEL] = "model", [BO_CELLS_MAP] = "map"};
static const char *const line_names[BO_CELL_LINES] = {"column", "row"};

bo_status bo_chip_shown_new(bo_chip_shown *shown, const bo_profile *profile, uint64_t seed,
                            double vdd_ratio, const bo_cell_shape *shape, bo_diag *diag) {
  *shown = (bo_chip_shown){.profile = profile, .seed = seed, .vdd_ratio = vdd_ratio};
  bo_status status = bo_profile_ber(profile, vdd_ratio, &shown->ber, diag);
  if (status == BO_OK) {
    status = bo_chip_rates(&shown->rates, profile, seed, &vdd_ratio, 1, shape, diag);
  }
  if (status == BO_OK) {
    status = bo_rates_summarise(&shown->summary, &shown->rates, 0, diag);
  }
  if (status != BO_OK) {
    bo_chip_shown_free(shown);
  }
  return status;
}

void bo_chip_shown_free(bo_chip_shown *shown) {
  bo_cell_rates_free(&shown->rates);
  *shown = (bo_chip_shown){0};
}

static double saving_pct(double vdd_ratio) {
  return 100 * (1 - bo_profile_energy_ratio(vdd_ratio));
}

/* --- text ---------------------------------------------------------------------------------------
 */

static void write_name(FILE *out, const char *name) {
  (void)fprintf(out, "%-12s ", name);
}

static void write_line(FILE *out, const char *name, const char *text) {
  write_name(out, name);
  bo_text_line(out, text);
  (void)fputc('\n', out);
}

static void write_effects(FILE *out, const char *direction, double cells,
                          const bo_cell_effects *effects) {
  (void)fprintf(out,
                "             %s: %g %% of the cells; variance of array %g, column %g, row %g, "
                "read %g, cell %.4g\n",
                direction, 100 * cells, effects->array, effects->column, effects->row,
                effects->read, 1 - effects->array - effects->column - effects->row - effects->read);
}

static void write_cells(FILE *out, const bo_profile *profile) {
  write_name(out, "cells");
  (void)fputs(source_names[profile->source_of_cells], out);
  if (profile->source_of_cells == BO_CELLS_RANDOM) {
    (void)fputs(": the curve alone; a faulty cell flips what is stored\n", out);
  } else if (profile->source_of_cells == BO_CELLS_MODEL) {
    (void)fputs(": a cell fails in one direction\n", out);
    write_effects(out, "0->1", profile->model.prefers_1, &profile->model.effects[BO_FAULT_0TO1]);
    write_effects(out, "1->0", 1 - profile->model.prefers_1,
                  &profile->model.effects[BO_FAULT_1TO0]);
  } else {
    uint32_t voltages = 0;
    const bo_cell_shape *const shape = bo_cell_map_shape(profile->map);
    (void)bo_cell_map_voltages(profile->map, &voltages);
    (void)fprintf(
        out, ": %" PRIu32 " arrays of %" PRIu32 " x %" PRIu32 " cells at %" PRIu32 " voltages\n",
        shape->arrays, shape->rows, shape->columns, voltages);
  }
  if (profile->persistent_only) {
    (void)fprintf(out, "             always or never: always from a rate of %g %% up, else never\n",
                  100 * BO_PERSISTENT_RATE);
  }
}

static void write_about(FILE *out, const bo_profile *profile) {
  bo_text_line(out, profile->name);
  (void)fputc('\n', out);
  write_line(out, "technology", profile->technology);
  write_line(out, "source", profile->source);
  write_line(out, "licence", profile->licence);
  write_name(out, "Vmin");
  if (profile->vmin_mv > 0) {
    (void)fprintf(out, "%g mV\n", profile->vmin_mv);
  } else {
    (void)fputs("not published\n", out);
  }
  if (profile->temperature_c != profile->reference_c) {
    write_name(out, "temperature");
    (void)fprintf(out, "%g degrees; the curve, of %g degrees, moved by %+.4g of Vmin\n",
                  profile->temperature_c, profile->reference_c,
                  bo_profile_vdd_of_point(profile, 0) - profile->point[0].vdd_ratio);
  }
  write_cells(out, profile);
}

static void write_curve(FILE *out, const bo_profile *profile) {
  (void)fprintf(out, "\n  %6s  %10s  %6s  %13s  %8s\n", "V/Vmin", "BER %", "0->1", "access energy",
                "saving %");
  (void)fprintf(out, "  %6s  %10s  %6s  %13s\n", "", "", "share", "(V/Vmin)^2");
  for (uint32_t i = 0; i < profile->points; i++) {
    const bo_profile_point *const point = &profile->point[i];
    const double vdd_ratio = bo_profile_vdd_of_point(profile, i);
    char share[16] = "-";
    if (profile->source_of_cells != BO_CELLS_RANDOM && point->ber > 0) {
      (void)snprintf(share, sizeof share, "%.3f", point->share_0to1);
    }
    (void)fprintf(out, "  %6.4f  %10.4g  %6s  %13.4f  %8.2f\n", vdd_ratio, 100 * point->ber, share,
                  bo_profile_energy_ratio(vdd_ratio), saving_pct(vdd_ratio));
  }
}

static void write_faults(FILE *out, const bo_line_faults *faults, const char *line) {
  char name[32];
  (void)snprintf(name, sizeof name, "faulty cells a %s", line);
  (void)fprintf(
      out, "  %-23s min %" PRIu32 ", median %g, max %" PRIu32 "; none in %zu of %zu %ss\n", name,
      faults->min, faults->median, faults->max, faults->without, faults->lines, line);
}

static void write_count(FILE *out, const char *name, size_t count, size_t cells) {
  (void)fprintf(out, "  %-23s %zu (%.4g %%)", name, count, 100 * (double)count / (double)cells);
}

static void write_chip(FILE *out, const bo_chip_shown *shown) {
  const bo_cell_shape *const shape = &shown->rates.shape;
  const bo_rates_summary *const summary = &shown->summary;
  (void)fprintf(out,
                "\nchip %" PRIu64 " at V/Vmin %.4f (BER %.4g %%, saving %.2f %%): %" PRIu32
                " arrays of %" PRIu32 " x %" PRIu32 " cells\n",
                shown->seed, shown->vdd_ratio, 100 * shown->ber, saving_pct(shown->vdd_ratio),
                shape->arrays, shape->rows, shape->columns);
  (void)fprintf(out, "  %-23s %.4g %% (0->1 %.4g %%, 1->0 %.4g %%)\n", "mean rate",
                100 * summary->mean_of_both, 100 * summary->mean[BO_FAULT_0TO1],
                100 * summary->mean[BO_FAULT_1TO0]);
  write_count(out, "persistent cells", summary->persistent, summary->cells);
  (void)fprintf(out, ", fail in at least %g %% of the reads\n", 100 * BO_PERSISTENT_RATE);
  write_count(out, "cells between", summary->between, summary->cells);
  (void)fprintf(out, ", in more than %g %%\n", 100 * BO_FAULTY_RATE);
  write_count(out, "faulty cells", summary->persistent + summary->between, summary->cells);
  (void)fputs(", both of these\n", out);
  for (int line = 0; line < BO_CELL_LINES; line++) {
    write_faults(out, &summary->faults[line], line_names[line]);
  }
}

bo_status bo_report_profile_text(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  const bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  write_about(text.out, shown->profile);
  write_curve(text.out, shown->profile);
  write_chip(text.out, shown);
  return bo_text_close(&text, out, status, diag);
}

/* --- JSON ---------------------------------------------------------------------------------------
 */

static bo_json effects_json(const bo_cell_effects *effects) {
  bo_json json = bo_json_object();
  bo_json_real(&json, "array", effects->array);
  bo_json_real(&json, "column", effects->column);
  bo_json_real(&json, "row", effects->row);
  bo_json_real(&json, "read", effects->read);
  return json;
}

static bo_json shape_json(const bo_cell_shape *shape) {
  bo_json json = bo_json_object();
  bo_json_count(&json, "arrays", shape->arrays);
  bo_json_count(&json, "rows", shape->rows);
  bo_json_count(&json, "columns", shape->columns);
  return json;
}

static bo_json cells_json(const bo_profile *profile) {
  bo_json json = bo_json_object();
  bo_json_text(&json, "source", source_names[profile->source_of_cells]);
  bo_json_flag(&json, "persistent_only", profile->persistent_only);
  if (profile->source_of_cells == BO_CELLS_MODEL) {
    bo_json_real(&json, "prefers_1", profile->model.prefers_1);
    bo_json_put(&json, "effects_0to1", effects_json(&profile->model.effects[BO_FAULT_0TO1]));
    bo_json_put(&json, "effects_1to0", effects_json(&profile->model.effects[BO_FAULT_1TO0]));
  } else if (profile->source_of_cells == BO_CELLS_MAP) {
    bo_json_put(&json, "shape", shape_json(bo_cell_map_shape(profile->map)));
  }
  return json;
}

static bo_json curve_json(const bo_profile *profile) {
  bo_json curve = bo_json_array();
  for (uint32_t i = 0; i < profile->points; i++) {
    const bool has_share = profile->source_of_cells != BO_CELLS_RANDOM && profile->point[i].ber > 0;
    const double vdd_ratio = bo_profile_vdd_of_point(profile, i);
    bo_json point = bo_json_object();
    bo_json_real(&point, "vdd_ratio", vdd_ratio);
    bo_json_real(&point, "ber_pct", 100 * profile->point[i].ber);
    bo_json_real(&point, "share_0to1", has_share ? profile->point[i].share_0to1 : NAN);
    bo_json_real(&point, "energy_ratio", bo_profile_energy_ratio(vdd_ratio));
    bo_json_real(&point, "sram_energy_saving_pct", saving_pct(vdd_ratio));
    bo_json_append(&curve, point);
  }
  return curve;
}

static bo_json faults_json(const bo_line_faults *faults) {
  bo_json json = bo_json_object();
  bo_json_count(&json, "lines", faults->lines);
  bo_json_count(&json, "without", faults->without);
  bo_json_count(&json, "min", faults->min);
  bo_json_real(&json, "median", faults->median);
  bo_json_count(&json, "max", faults->max);
  return json;
}

static bo_json chip_json(const bo_chip_shown *shown) {
  const bo_rates_summary *const summary = &shown->summary;
  bo_json json = bo_json_object();
  bo_json_count(&json, "seed", shown->seed);
  bo_json_real(&json, "vdd_ratio", shown->vdd_ratio);
  bo_json_real(&json, "ber_pct", 100 * shown->ber);
  bo_json_real(&json, "sram_energy_saving_pct", saving_pct(shown->vdd_ratio));
  bo_json_put(&json, "shape", shape_json(&shown->rates.shape));
  bo_json_real(&json, "rate_pct", 100 * summary->mean_of_both);
  bo_json_real(&json, "rate_0to1_pct", 100 * summary->mean[BO_FAULT_0TO1]);
  bo_json_real(&json, "rate_1to0_pct", 100 * summary->mean[BO_FAULT_1TO0]);
  bo_json_count(&json, "cells_persistent", summary->persistent);
  bo_json_count(&json, "cells_between", summary->between);
  bo_json_put(&json, "faulty_cells_a_column", faults_json(&summary->faults[BO_LINE_COLUMN]));
  bo_json_put(&json, "faulty_cells_a_row", faults_json(&summary->faults[BO_LINE_ROW]));
  return json;
}

bo_status bo_report_profile_json(bo_bytes *out, const bo_chip_shown *shown, bo_diag *diag) {
  const bo_profile *const profile = shown->profile;
  bo_json json = bo_json_object();
  bo_json_text(&json, "name", profile->name);
  bo_json_text(&json, "technology", profile->technology);
  bo_json_text(&json, "source", profile->source);
  bo_json_text(&json, "licence", profile->licence);
  bo_json_real(&json, "vmin_mv", profile->vmin_mv > 0 ? profile->vmin_mv : NAN);
  bo_json_real(&json, "temperature_c",
               profile->temperature_c != profile->reference_c ? profile->temperature_c : NAN);
  bo_json_put(&json, "cells", cells_json(profile));
  bo_json_put(&json, "curve", curve_json(profile));
  bo_json_put(&json, "chip", chip_json(shown));
  bo_json_text(&json, "version", bo_version());
  return bo_json_finish(&json, out, diag);
}
