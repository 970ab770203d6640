#include "silicon/profile_save.h"

#include "base/file.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
  MAX_PATH = 4096,
};

static bool is_control(char c) {
  return (unsigned char)c < ' ' || c == 0x7f;
}

static bo_status check_text(const char *key, const char *text, size_t room, bo_diag *diag) {
  const size_t length = strlen(text);
  if (length == 0 || length >= room) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected 1..%zu bytes, got %zu", key, room - 1, length);
  }
  for (const char *c = text; *c != '\0';) {
    const size_t bytes = is_control(*c) ? 1 : bo_utf8_printable(c);
    if (bytes == 0) {
      return bo_fail(diag, BO_E_INVALID, "%s: expected UTF-8, got 0x%02x at byte %zu", key,
                     (unsigned)(unsigned char)*c, (size_t)(c - text) + 1);
    }
    c += bytes;
  }
  return BO_OK;
}

static bo_status check_about(const bo_profile_about *about, bo_diag *diag) {
  const bo_profile *const room = NULL;
  bo_status status = check_text("name", about->name, sizeof room->name, diag);
  if (status == BO_OK) {
    status = check_text("technology", about->technology, sizeof room->technology, diag);
  }
  if (status == BO_OK) {
    status = check_text("source", about->source, sizeof room->source, diag);
  }
  return status == BO_OK ? check_text("licence", about->licence, sizeof room->licence, diag)
                         : status;
}

/* The first voltages, those with errors, must make a curve that bo_profile_load takes. */
static bo_status count_voltages(uint32_t *count, double mean[BO_CELL_RATES_MAX_VOLTAGES],
                                const bo_cell_rates *rates, bo_diag *diag) {
  uint32_t v = 0;
  *count = 0;
  for (; v < rates->voltages; v++) {
    mean[v] =
        bo_cell_rates_mean(rates, v, BO_FAULT_0TO1) + bo_cell_rates_mean(rates, v, BO_FAULT_1TO0);
    if (v > 0 && mean[v] >= mean[v - 1] && mean[v] > 0.0) {
      return bo_fail(
          diag, BO_E_INVALID,
          "mean rate at vdd_ratio %.9g: expected below %.9g %% of the voltage before, got "
          "%.9g %%",
          rates->vdd_ratio[v], 100.0 * mean[v - 1], 100.0 * mean[v]);
    }
    *count += mean[v] > 0.0;
  }
  if (*count == 0) {
    return bo_fail(diag, BO_E_INVALID, "expected cells that fail, got none");
  }
  if (mean[0] > 0.5) {
    return bo_fail(diag, BO_E_INVALID,
                   "mean rate at vdd_ratio %.9g: expected at most 50 %%, got "
                   "%.9g %%",
                   rates->vdd_ratio[0], 100.0 * mean[0]);
  }
  if (rates->vdd_ratio[*count - 1] >= 1.0 - 2 * BO_CELL_VDD_TOLERANCE) {
    return bo_fail(diag, BO_E_INVALID,
                   "vdd_ratio %.9g: expected no errors at Vmin and above, got "
                   "%.9g %%",
                   rates->vdd_ratio[*count - 1], 100.0 * mean[*count - 1]);
  }
  return BO_OK;
}

/* As a quoted scalar; control characters have no place in one line. */
static void print_quoted(FILE *out, const char *key, const char *text) {
  (void)fprintf(out, "%s: \"", key);
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\') {
      (void)fputc('\\', out);
    }
    (void)fputc(is_control(*c) ? ' ' : *c, out);
  }
  (void)fputs("\"\n", out);
}

static void print_about(FILE *out, const bo_profile_about *about) {
  print_quoted(out, "name", about->name);
  print_quoted(out, "technology", about->technology);
  print_quoted(out, "source", about->source);
  print_quoted(out, "licence", about->licence);
  if (about->vmin_mv > 0.0) {
    (void)fprintf(out, "vmin_mv: %.9g\n", about->vmin_mv);
  }
}

static void print_profile(FILE *out, const bo_profile_about *about, const bo_cell_rates *rates,
                          uint32_t voltages, const double *mean, const char *map) {
  print_about(out, about);
  (void)fputs("curve:\n", out);
  for (uint32_t v = 0; v < voltages; v++) {
    (void)fprintf(out, "  - { vdd_ratio: %.9g, ber_pct: %.9g }\n", rates->vdd_ratio[v],
                  100.0 * mean[v]);
  }
  (void)fputs("  - { vdd_ratio: 1, ber_pct: 0 }\ncells:\n  ", out);
  print_quoted(out, "map", map);
}

static bo_status write_yaml(const char *path, const bo_profile_about *about,
                            const bo_cell_rates *rates, uint32_t voltages, const double *mean,
                            const char *map, bo_diag *diag) {
  bo_file_writer *writer = NULL;
  const bo_status status = bo_file_begin(&writer, path, diag);
  if (status != BO_OK) {
    return status;
  }
  print_profile(bo_file_stream(writer), about, rates, voltages, mean, map);
  return bo_file_commit(writer, diag);
}

bo_status bo_profile_save(const char *path, const bo_profile_about *about,
                          const bo_cell_rates *rates, bo_diag *diag) {
  static const char ending[] = ".yaml";
  const size_t length = strlen(path);
  const size_t stem = length < sizeof ending ? 0 : length - (sizeof ending - 1);
  char npz[MAX_PATH];
  if (stem == 0 || strcmp(path + stem, ending) != 0 || length >= sizeof npz) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a file name that ends in .yaml", path);
  }
  (void)snprintf(npz, sizeof npz, "%.*s.npz", (int)stem, path);
  const char *const slash = strrchr(npz, '/');
  const char *const map = slash == NULL ? npz : slash + 1;
  bo_cell_rates with_errors = *rates; /* borrows: never freed */
  double mean[BO_CELL_RATES_MAX_VOLTAGES] = {0};
  bo_status status = check_about(about, diag);
  if (status == BO_OK) {
    status = check_text("map", map, BO_PROFILE_MAX_MAP_NAME + 1, diag);
  }
  if (status == BO_OK) {
    status = bo_cell_rates_check(rates, diag);
  }
  if (status == BO_OK) {
    status = count_voltages(&with_errors.voltages, mean, rates, diag);
  }
  if (status == BO_OK) {
    status = bo_cell_rates_save(&with_errors, npz, diag);
  }
  if (status == BO_OK) {
    status = write_yaml(path, about, rates, with_errors.voltages, mean, map, diag);
  }
  return status;
}

static void print_effects(FILE *out, const char *key, const bo_cell_effects *effects) {
  (void)fprintf(out, "    %s: { array: %.6g, column: %.6g, row: %.6g, read: %.6g }\n", key,
                effects->array, effects->column, effects->row, effects->read);
}

static void print_model(FILE *out, const bo_profile *profile, const char *comment) {
  const bo_profile_about about = {.name = profile->name,
                                  .technology = profile->technology,
                                  .source = profile->source,
                                  .licence = profile->licence,
                                  .vmin_mv = profile->vmin_mv};
  (void)fprintf(out, "# %s\n", comment);
  print_about(out, &about);
  (void)fputs("curve:\n", out);
  for (uint32_t i = 0; i < profile->points; i++) {
    const bo_profile_point *const point = &profile->point[i];
    (void)fprintf(out, "  - { vdd_ratio: %.17g, ber_pct: %.9g, share_0to1: %.6g }\n",
                  point->vdd_ratio, 100.0 * point->ber, point->share_0to1);
  }
  (void)fprintf(out, "cells:\n  model:\n    prefers_1: %.6g\n", profile->model.prefers_1);
  print_effects(out, "effects_0to1", &profile->model.effects[BO_FAULT_0TO1]);
  print_effects(out, "effects_1to0", &profile->model.effects[BO_FAULT_1TO0]);
}

bo_status bo_profile_save_model(const char *path, const bo_profile *profile, const char *comment,
                                bo_diag *diag) {
  bo_file_writer *writer = NULL;
  const bo_status status = bo_file_begin(&writer, path, diag);
  if (status != BO_OK) {
    return status;
  }
  print_model(bo_file_stream(writer), profile, comment);
  return bo_file_commit(writer, diag);
}
