/* brownout inspect: what the machine makes of a network, before any error. */
#include "cli/commands.h"
#include "cli/machine.h"
#include "report/inspect.h"

#include <stdio.h>

typedef struct inspect_settings {
  bo_machine_settings machine;
  bool json;
} inspect_settings;

static const bo_option inspect_options[] = {
    {"json", NULL, BO_OPTION_FLAG, offsetof(inspect_settings, json), 0, 0, "print one JSON object"},
    BO_MACHINE_OPTIONS,
};

static bo_status inspect(const char *model, const void *context, bo_diag *diag) {
  const inspect_settings *const settings = context;
  bo_workload *workload = NULL;
  bo_bytes text = {0};
  bo_status status = bo_machine_workload(&workload, &settings->machine, model, diag);
  if (status == BO_OK) {
    status = settings->json ? bo_report_inspect_json(&text, workload, diag)
                            : bo_report_inspect_text(&text, workload, diag);
  }
  if (status == BO_OK) {
    (void)fputs((const char *)text.data, stdout);
  }
  bo_bytes_free(&text);
  bo_workload_free(workload);
  return status;
}

static const inspect_settings defaults = {.machine = BO_MACHINE_DEFAULTS};

const bo_command bo_command_inspect = {
    .name = "inspect",
    .operand = "MODEL.onnx",
    .summary = "layers, placement, cycles and energy of a network",
    .details =
        "Layers with shapes, codes and bits; where the weights lie; cycles and stalls of one\n"
        "inference on the machine; its energy at Vmin.",
    .options = inspect_options,
    .option_count = sizeof inspect_options / sizeof inspect_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = inspect,
};
