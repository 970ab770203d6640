/* brownout sweep: a grid of points into a result store, resumed by the same command. */
#include "cli/commands.h"
#include "cli/paths.h"
#include "cli/watch.h"
#include "report/report.h"

#include <stdint.h>
#include <stdio.h>

typedef struct sweep_settings {
  const char *out;
  uint32_t jobs;
} sweep_settings;

static const bo_option sweep_options[] = {
    {"out", "FILE", BO_OPTION_TEXT, offsetof(sweep_settings, out), 0, 0,
     "result store, SQLite (default: results.db)"},
    {"jobs", "N", BO_OPTION_U32, offsetof(sweep_settings, jobs), 1, 1024,
     "threads (default: one a processor); results do not depend on it"},
};

static bo_status sweep_into(const char *config_path, const sweep_settings *settings,
                            bo_diag *diag) {
  char profiles[BO_PATH_SIZE];
  bo_sweep_config *config = NULL;
  bo_status status = bo_path_shipped(profiles, "profiles", diag);
  if (status == BO_OK) {
    status = bo_sweep_config_load(&config, config_path, profiles, diag);
  }
  if (status == BO_OK) {
    bo_watch watch;
    bo_watch_begin(&watch);
    const bo_campaign_control control = bo_watch_control(&watch, settings->jobs);
    status = bo_sweep_run(config, settings->out, &control, diag);
    bo_watch_end(&watch);
  }
  bo_sweep_config_free(config);
  return status;
}

static bo_status print_table(const char *store_path, bo_diag *diag) {
  bo_store *store = NULL;
  bo_bytes table = {0};
  bo_status status = bo_store_open(&store, store_path, diag);
  if (status == BO_OK) {
    status = bo_report_table(&table, store, diag);
  }
  if (status == BO_OK) {
    (void)fputs((const char *)table.data, stdout);
  }
  bo_bytes_free(&table);
  bo_store_free(store);
  return status;
}

static bo_status run_sweep(const char *config_path, const void *context, bo_diag *diag) {
  const sweep_settings *const settings = context;
  const bo_status status = sweep_into(config_path, settings, diag);
  return status == BO_OK ? print_table(settings->out, diag) : status;
}

static const sweep_settings defaults = {.out = "results.db"};

const bo_command bo_command_sweep = {
    .name = "sweep",
    .operand = "SWEEP.yaml",
    .summary = "a grid of models, silicon, placements and voltages into a result store",
    .details =
        "The same command again resumes: only trials that are not in the store run.\n"
        "SWEEP.yaml needs 'models' and one of 'vdd_ratio' and 'ber_pct':\n\n"
        "  models: [models/fmnist-cnn-8b-rquant.onnx]\n"
        "  ber_pct: [0.1, 1, 2.5]\n"
        "  chips: 10            # these and below may be left out\n"
        "  seed: 0\n"
        "  images: 10000\n"
        "  dataset: fmnist      # with data: DIR where its files are elsewhere\n"
        "  arch: FILE           # also profile: FILE, energy: FILE\n"
        "  placement: {policy: tile, start_row: 0, banks: auto, interleave: 1, rotate: false}\n\n"
        "Instead of 'profile' and 'placement' there may be lists of up to 16, axes of the grid:\n\n"
        "  profiles: [ibm14, ibm14-chip2]\n"
        "  placements: [{policy: tile}, {policy: tile, rotate: true}, {policy: linear}]\n\n"
        "Each model then runs on each profile with each placement; with 'ber_pct' every profile\n"
        "has the voltages of its own curve. Paths are relative to SWEEP.yaml.",
    .options = sweep_options,
    .option_count = sizeof sweep_options / sizeof sweep_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = run_sweep,
};
