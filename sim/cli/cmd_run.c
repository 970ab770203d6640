/* brownout run: one operating point, some chips, one object of results. */
#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/trace.h"
#include "cli/watch.h"
#include "report/report.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct run_settings {
  bo_machine_settings machine;
  bo_voltage_settings voltage;
  const char *dataset;
  const char *data;
  uint64_t images;
  uint32_t chips;
  uint64_t seed;
  uint32_t jobs;
  const char *engine;
  const char *trace;
  const char *trace_cycles;
  bool json;
} run_settings;

static const bo_option run_options[] = {
    BO_VOLTAGE_OPTIONS(run_settings),
    {"chips", "N", BO_OPTION_U32, offsetof(run_settings, chips), 1, BO_SWEEP_MAX_CHIPS,
     "chips to average over, each with its own faulty cells (default: 10)"},
    {"seed", "S", BO_OPTION_U64, offsetof(run_settings, seed), 0, 0,
     "chips are S, S+1, ... (default: 0)"},
    {"images", "N", BO_OPTION_U64, offsetof(run_settings, images), 0, 0,
     "only the first N images (default: 0, the whole test set)"},
    {"dataset", "NAME", BO_OPTION_TEXT, offsetof(run_settings, dataset), 0, 0,
     "fmnist, mnist, cifar10, cifar100 or a .npz file\n(default: the model's name up to its first "
     "'-')"},
    {"data", "DIR", BO_OPTION_TEXT, offsetof(run_settings, data), 0, 0,
     "folder of the data set's files (default: where Debian has them)"},
    {"jobs", "N", BO_OPTION_U32, offsetof(run_settings, jobs), 1, 1024,
     "threads (default: one a processor); results do not depend on it"},
    {"engine", "NAME", BO_OPTION_TEXT, offsetof(run_settings, engine), 0, 0,
     "'fast' (default), or 'tick': every register in every cycle, slowly;\n"
     "the same results, and a check of the cycles that 'fast' reports"},
    {"trace", "FILE", BO_OPTION_TEXT, offsetof(run_settings, trace), 0, 0,
     "with --engine tick: waveform (VCD) of every register, with the names of the\n"
     "RTL, for the first image on the first chip"},
    {"trace-cycles", "A:B", BO_OPTION_TEXT, offsetof(run_settings, trace_cycles), 0, 0,
     "cycles of the waveform (default: 1:1000); cycle t: the registers after t\n"
     "clock edges of the array, 0 after reset, as in vectors.vcd"},
    {"json", NULL, BO_OPTION_FLAG, offsetof(run_settings, json), 0, 0, "print one JSON object"},
    BO_MACHINE_OPTIONS,
};

static bo_status parse_engine(bo_trial_engine *engine, const char *text, bo_diag *diag) {
  *engine = strcmp(text, "tick") == 0 ? BO_TRIAL_TICK : BO_TRIAL_FAST;
  return *engine == BO_TRIAL_TICK || strcmp(text, "fast") == 0
             ? BO_OK
             : bo_fail(diag, BO_E_INVALID, "--engine: expected fast or tick, got '%s'", text);
}

/* What of the engine's settings is more than a name. */
typedef struct engine_choice {
  bo_trial_engine engine;
  bo_trace_cycles cycles;
} engine_choice;

static bo_status choose_engine(engine_choice *choice, const run_settings *settings, bo_diag *diag) {
  bo_status status = parse_engine(&choice->engine, settings->engine, diag);
  if (status != BO_OK) {
    return status;
  }
  if (settings->trace != NULL && choice->engine != BO_TRIAL_TICK) {
    return bo_fail(diag, BO_E_INVALID, "--trace: expected --engine tick with it");
  }
  if (settings->trace == NULL && settings->trace_cycles != NULL) {
    return bo_fail(diag, BO_E_INVALID, "--trace-cycles: expected --trace FILE with it");
  }
  const char *const cycles = settings->trace_cycles;
  return bo_trace_parse(&choice->cycles, cycles == NULL ? "1:1000" : cycles, diag);
}

static bo_status run_point(const char *model, const void *context, bo_diag *diag) {
  const run_settings *const settings = context;
  bo_workload *workload = NULL;
  bo_bytes text = {0};
  bo_point_summary summary;
  bo_watch watch;
  double vdd_ratio = 0;
  engine_choice choice = {BO_TRIAL_FAST, {0}};
  bo_status status = choose_engine(&choice, settings, diag);
  if (status == BO_OK) {
    status = bo_machine_workload(&workload, &settings->machine, model, diag);
  }
  if (status == BO_OK) {
    status = bo_voltage_of(&vdd_ratio, &settings->voltage, &workload->profile, diag);
  }
  if (status == BO_OK) {
    status = bo_workload_load_images(workload, settings->dataset, settings->data, settings->images,
                                     diag);
  }
  /* Before the chips, which may take hours: a file that cannot be written is found at once. */
  if (status == BO_OK && settings->trace != NULL) {
    status =
        bo_trace_write(settings->trace, workload, vdd_ratio, settings->seed, choice.cycles, diag);
  }
  if (status == BO_OK) {
    bo_watch_begin(&watch);
    bo_campaign_control control = bo_watch_control(&watch, settings->jobs);
    control.engine = choice.engine;
    status = bo_point_run(&summary, workload, vdd_ratio, settings->seed, settings->chips, &control,
                          diag);
    bo_watch_end(&watch);
  }
  if (status == BO_OK) {
    status = settings->json ? bo_report_run_json(&text, workload, &summary, settings->seed, diag)
                            : bo_report_run_text(&text, workload, &summary, settings->seed, diag);
  }
  if (status == BO_OK) {
    (void)fputs((const char *)text.data, stdout);
  }
  bo_bytes_free(&text);
  bo_workload_free(workload);
  return status;
}

static const run_settings defaults = {
    .machine = BO_MACHINE_DEFAULTS, .voltage = BO_VOLTAGE_DEFAULTS, .chips = 10, .engine = "fast"};

const bo_command bo_command_run = {
    .name = "run",
    .operand = "MODEL.onnx",
    .summary = "error and energy of a network at one voltage",
    .details = "Without options: the whole test set of the model's data set, the default machine,\n"
               "the 14 nm profile, a bit error rate of 1 %, ten chips.",
    .options = run_options,
    .option_count = sizeof run_options / sizeof run_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = run_point,
};
