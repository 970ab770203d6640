/* brownout profile check: whether the chips of a profile are those that it speaks of. */
#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/paths.h"
#include "cli/profile_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

typedef struct check_settings {
  const char *targets; /* NULL: those that are shipped for the profile, if any */
  uint32_t chips;
} check_settings;

static const bo_option check_options[] = {
    {"targets", "FILE.yaml", BO_OPTION_TEXT, offsetof(check_settings, targets), 0, 0,
     "published values (default: profiles/silicon/targets/NAME.yaml for\n"
     "the profile's name, if it is there)"},
    {"chips", "N", BO_OPTION_U32, offsetof(check_settings, chips), 2, 1000,
     "whole chips whose rates are averaged (default: 20)"},
};

/* NULL in *out if none are asked for and none are shipped. */
static bo_status find_targets(bo_targets **out, const bo_profile *profile,
                              const check_settings *settings, bo_diag *diag) {
  char name[BO_PATH_SIZE];
  char path[BO_PATH_SIZE];
  *out = NULL;
  if (settings->targets != NULL) {
    return bo_targets_load(out, settings->targets, diag);
  }
  (void)snprintf(name, sizeof name, "targets/%s", profile->name);
  const bo_status status = bo_path_shipped_profile(path, "silicon", name, diag);
  return status == BO_OK && access(path, F_OK) == 0 ? bo_targets_load(out, path, diag) : status;
}

static bo_status print_tables(bo_verdict *verdict, const bo_profile *profile,
                              const bo_targets *targets, uint32_t chips, bo_diag *diag) {
  if (profile->source_of_cells == BO_CELLS_MAP) {
    return bo_table_map(verdict, profile, diag);
  }
  bo_status status = bo_table_curve(verdict, profile, chips, diag);
  if (status == BO_OK && targets != NULL) {
    status = bo_table_chips(verdict, profile, targets, chips, diag);
  }
  if (status == BO_OK && targets != NULL) {
    status = bo_table_segments(verdict, profile, targets, diag);
  }
  return status;
}

static bo_status check_profile(const bo_profile *profile, const check_settings *settings,
                               bo_diag *diag) {
  bo_targets *targets = NULL;
  bo_verdict verdict = {0};
  if (profile->source_of_cells != BO_CELLS_MODEL && settings->targets != NULL) {
    return bo_fail(diag, BO_E_INVALID, "--targets: profile %s: expected one with a cell model",
                   profile->name);
  }
  bo_status status = profile->source_of_cells == BO_CELLS_MODEL
                         ? find_targets(&targets, profile, settings, diag)
                         : BO_OK;
  if (status == BO_OK) {
    status = print_tables(&verdict, profile, targets, settings->chips, diag);
  }
  bo_targets_free(targets);
  if (status == BO_OK && verdict.failed > 0) {
    (void)fflush(stdout);
    return bo_fail(diag, BO_E_MISMATCH, "%s: %" PRIu32 " of %" PRIu32 " do not hold: %s",
                   profile->name, verdict.failed, verdict.bars, verdict.names);
  }
  if (status == BO_OK) {
    (void)printf("\n%s: all %" PRIu32 " hold\n", profile->name, verdict.bars);
  }
  return status;
}

static bo_status check(const char *operand, const void *context, bo_diag *diag) {
  const check_settings *const settings = context;
  bo_profile profile = {0};
  bo_status status = bo_profile_named(&profile, operand, diag);
  if (status == BO_OK) {
    status = check_profile(&profile, settings, diag);
  }
  bo_profile_free(&profile);
  return status;
}

static const check_settings defaults = {.chips = 20};

const bo_command bo_command_profile_check = {
    .name = "profile check",
    .operand = "PROFILE",
    .summary = "whether the chips of a profile are those that it speaks of",
    .details =
        "Mean rates over chips against the curve, nesting over voltage and, with targets, the\n"
        "statistics of generated segments against published ones: a value holds if it lies\n"
        "between the least and the greatest of them. Rates hold within 5 % of the curve, 10 % of\n"
        "a published chip, or in the 99.7 % interval of their mean where that is wider.\n"
        "Exits 1 if something does not hold.",
    .options = check_options,
    .option_count = sizeof check_options / sizeof check_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = check,
};
