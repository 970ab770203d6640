#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/machine.h"
#include "silicon/chip_rates.h"
#include "silicon/profile_save.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
  MAX_NAME = 40,    /* bytes of the model's name in that of a chip, which has a number as well */
  MAX_SOURCE = 300, /* and of its source */
};

typedef struct generate_settings {
  uint64_t seed;
  uint32_t arrays, rows, columns;
  const char *out;
} generate_settings;

static const bo_option generate_options[] = {
    {"seed", "N", BO_OPTION_U64, offsetof(generate_settings, seed), 0, 0, "which chip"},
    {"arrays", "N", BO_OPTION_U32, offsetof(generate_settings, arrays), 1, 65536, "its arrays"},
    {"rows", "N", BO_OPTION_U32, offsetof(generate_settings, rows), 1, 65536, "rows of an array"},
    {"columns", "N", BO_OPTION_U32, offsetof(generate_settings, columns), 1, 65536,
     "columns of an array"},
    {"out", "FILE.yaml", BO_OPTION_TEXT, offsetof(generate_settings, out), 0, 0,
     "the profile to write, and FILE.npz beside it"},
};

/* As if every cell had been read so often: finer rates would make a file ten times as large. */
static const float reads_a_cell = 1024.0F;

static void round_rates(bo_cell_rates *rates) {
  const size_t values = rates->voltages * bo_cell_count(&rates->shape);
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    for (size_t i = 0; i < values; i++) {
      rates->p[d][i] = nearbyintf(rates->p[d][i] * reads_a_cell) / reads_a_cell;
    }
  }
}

/* Of every voltage of the curve but Vmin. */
static bo_status rates_of(bo_cell_rates *rates, const bo_profile *profile, uint64_t seed,
                          const bo_cell_shape *shape, bo_diag *diag) {
  double vdd_ratio[BO_PROFILE_MAX_POINTS];
  const uint32_t voltages = profile->points - 1;
  for (uint32_t v = 0; v < voltages; v++) {
    vdd_ratio[v] = bo_profile_vdd_of_point(profile, v);
  }
  const bo_status status = bo_chip_rates(rates, profile, seed, vdd_ratio, voltages, shape, diag);
  if (status == BO_OK) {
    round_rates(rates);
  }
  return status;
}

static bo_status save(const generate_settings *settings, const bo_profile *profile,
                      const bo_cell_rates *rates, bo_diag *diag) {
  char name[sizeof profile->name + 32];
  char source[sizeof profile->source];
  (void)snprintf(name, sizeof name, "%.*s-%" PRIu64, (int)bo_utf8_fit(profile->name, MAX_NAME),
                 profile->name, settings->seed);
  (void)snprintf(source, sizeof source, "synthetic: chip %" PRIu64 " of the model %s. %.*s",
                 settings->seed, profile->name, (int)bo_utf8_fit(profile->source, MAX_SOURCE),
                 profile->source);
  const bo_profile_about about = {.name = name,
                                  .technology = profile->technology,
                                  .source = source,
                                  .licence = profile->licence,
                                  .vmin_mv = profile->vmin_mv};
  return bo_profile_save(settings->out, &about, rates, diag);
}

static bo_status generate_from(const bo_profile *profile, const generate_settings *settings,
                               bo_diag *diag) {
  const bo_cell_shape shape = {settings->arrays, settings->rows, settings->columns};
  bo_cell_rates rates;
  if (profile->source_of_cells != BO_CELLS_MODEL) {
    return bo_fail(diag, BO_E_INVALID, "profile %s: expected one with a cell model", profile->name);
  }
  bo_status status = rates_of(&rates, profile, settings->seed, &shape, diag);
  if (status == BO_OK) {
    status = save(settings, profile, &rates, diag);
  }
  if (status == BO_OK) {
    (void)printf(
        "%s: chip %" PRIu64 " of %s, %" PRIu32 " arrays of %" PRIu32 " x %" PRIu32 " cells\n",
        settings->out, settings->seed, profile->name, shape.arrays, shape.rows, shape.columns);
  }
  bo_cell_rates_free(&rates);
  return status;
}

static bo_status generate(const char *operand, const void *context, bo_diag *diag) {
  const generate_settings *const settings = context;
  bo_profile profile = {0};
  if (settings->out == NULL) {
    return bo_fail(diag, BO_E_INVALID, "--out: expected a file to write, ending in .yaml");
  }
  bo_status status = bo_profile_named(&profile, operand, diag);
  if (status == BO_OK) {
    status = generate_from(&profile, settings, diag);
  }
  bo_profile_free(&profile);
  return status;
}

static const generate_settings defaults = {.arrays = 32, .rows = 512, .columns = 64};

const bo_command bo_command_profile_generate = {
    .name = "profile generate",
    .operand = "PROFILE",
    .summary = "one chip of a cell model, as a map of every cell",
    .details = "Writes a profile with the map of one chip: how often every cell fails at every\n"
               "voltage of the curve, to 1/1024. The default is the size of the default machine.",
    .options = generate_options,
    .option_count = sizeof generate_options / sizeof generate_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = generate,
};
