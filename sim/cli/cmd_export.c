/* brownout export: a result store as CSV, or its manifest as JSON. */
#include "cli/commands.h"
#include "report/report.h"

#include <stdio.h>

typedef struct export_settings {
  const char *out;
  bool trials;
  bool manifest;
} export_settings;

static const bo_option export_options[] = {
    {"out", "FILE", BO_OPTION_TEXT, offsetof(export_settings, out), 0, 0,
     "write there instead of to the terminal"},
    {"trials", NULL, BO_OPTION_FLAG, offsetof(export_settings, trials), 0, 0,
     "a row a trial (default: a row a point, over its chips)"},
    {"manifest", NULL, BO_OPTION_FLAG, offsetof(export_settings, manifest), 0, 0,
     "what the results depend on, as JSON"},
};

static bo_status format_store(bo_bytes *text, bo_store *store, const export_settings *settings,
                              bo_diag *diag) {
  if (settings->manifest) {
    return bo_report_manifest_json(text, store, diag);
  }
  return settings->trials ? bo_report_trials_csv(text, store, diag)
                          : bo_report_points_csv(text, store, diag);
}

static bo_status export_store(const char *path, const void *context, bo_diag *diag) {
  const export_settings *const settings = context;
  bo_store *store = NULL;
  bo_bytes text = {0};
  if (settings->manifest && settings->trials) {
    return bo_fail(diag, BO_E_INVALID, "--trials and --manifest: expected one of them, got both");
  }
  bo_status status = bo_store_open(&store, path, diag);
  if (status == BO_OK) {
    status = format_store(&text, store, settings, diag);
  }
  if (status == BO_OK && settings->out != NULL) {
    status = bo_file_write(settings->out, text.data, text.size, diag);
  } else if (status == BO_OK) {
    (void)fputs((const char *)text.data, stdout);
  }
  bo_bytes_free(&text);
  bo_store_free(store);
  return status;
}

static const export_settings defaults = {0};

const bo_command bo_command_export = {
    .name = "export",
    .operand = "RESULTS.db",
    .summary = "results as CSV",
    .details = "",
    .options = export_options,
    .option_count = sizeof export_options / sizeof export_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = export_store,
};
