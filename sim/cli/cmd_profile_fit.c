/* brownout profile fit: the profile of a cell model whose chips look like a published one. */
#include "cli/commands.h"
#include "cli/machine.h"
#include "silicon/profile_fit.h"
#include "silicon/profile_save.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct fit_settings {
  const char *out;
} fit_settings;

static const bo_option fit_options[] = {
    {"out", "FILE.yaml", BO_OPTION_TEXT, offsetof(fit_settings, out), 0, 0,
     "the profile to write (default: standard output)"},
};

static bo_status fit_targets(const bo_targets *targets, const char *out, bo_diag *diag) {
  bo_profile curve = {0};
  bo_profile fitted = {0};
  bo_fit_result result = {0};
  bo_status status = bo_profile_named(&curve, targets->curve_of, diag);
  if (status == BO_OK && curve.source_of_cells == BO_CELLS_MAP) {
    status = bo_fail(diag, BO_E_INVALID, "curve_of: expected a profile without a map, got %s",
                     targets->curve_of);
  }
  if (status == BO_OK) {
    status = bo_profile_fit(&fitted, &result, &curve, targets, diag);
  }
  if (status == BO_OK) {
    char comment[160];
    (void)snprintf(comment, sizeof comment,
                   "Written by brownout profile fit; %" PRIu32 " published values, sum of z^2 %.4g",
                   result.values, result.squares);
    status = bo_profile_save_model(out, &fitted, comment, diag);
  }
  bo_profile_free(&curve); /* fitted owns nothing */
  return status;
}

static bo_status fit(const char *operand, const void *context, bo_diag *diag) {
  const fit_settings *const settings = context;
  bo_targets *targets = NULL;
  bo_status status = bo_targets_load(&targets, operand, diag);
  if (status == BO_OK) {
    status = fit_targets(targets, settings->out, diag);
  }
  bo_targets_free(targets);
  return status;
}

static const fit_settings defaults = {.out = "/dev/stdout"};

const bo_command bo_command_profile_fit = {
    .name = "profile fit",
    .operand = "TARGETS.yaml",
    .summary = "a cell model whose chips look like a published one",
    .details =
        "Finds the shares of the variance of array, column, row and read (profiles/README.md)\n"
        "with which generated segments have the published statistics: least sum of z^2.",
    .options = fit_options,
    .option_count = sizeof fit_options / sizeof fit_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = fit,
};
