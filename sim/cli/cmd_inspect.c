/* brownout inspect: what the machine makes of a network, before any error. */
#include "accel/scalesim_cfg.h"
#include "accel/scalesim_topology.h"
#include "cli/commands.h"
#include "cli/machine.h"
#include "report/inspect.h"
#include "report/scalesim.h"

#include <stdio.h>
#include <string.h>

typedef struct inspect_settings {
  bo_machine_settings machine;
  bool json;
  const char *topology; /* NULL: a model is inspected */
  bool gemm;
  const char *cfg;
  const char *dataflow; /* NULL: as the machine or the .cfg says */
  bool os_ofmap_quirk;
} inspect_settings;

#define INSPECT_OPTION(name, value_name, kind, member, help)                                       \
  { name, value_name, kind, offsetof(inspect_settings, member), 0, 0, help }

static const bo_option inspect_options[] = {
    INSPECT_OPTION("json", NULL, BO_OPTION_FLAG, json, "print one JSON object"),
    INSPECT_OPTION("topology", "FILE", BO_OPTION_TEXT, topology,
                   "instead of a model: the layers of a SCALE-Sim topology .csv"),
    INSPECT_OPTION("gemm", NULL, BO_OPTION_FLAG, gemm,
                   "its lines are 'name, M, N, K,' (SCALE-Sim's -i gemm), not convolutions"),
    INSPECT_OPTION("cfg", "FILE", BO_OPTION_TEXT, cfg,
                   "array and dataflow for --topology: a SCALE-Sim .cfg (default: --arch)"),
    INSPECT_OPTION("dataflow", "DF", BO_OPTION_TEXT, dataflow,
                   "count for ws, os or is instead (SCALE-Sim's counts only)"),
    INSPECT_OPTION("os-ofmap-quirk", NULL, BO_OPTION_FLAG, os_ofmap_quirk,
                   "os: print the ofmap writes that SCALE-Sim prints, R + C a fold too\n"
                   "many, instead of the true ones; everything else is exact either way"),
    BO_MACHINE_OPTIONS,
};

static const inspect_settings defaults = {.machine = BO_MACHINE_DEFAULTS};

/* --- as SCALE-Sim counts --------------------------------------------------------------------- */

static void array_of_arch(bo_scalesim_array *array, const bo_arch *arch) {
  array->rows = arch->array_rows;
  array->cols = arch->array_cols;
  array->dataflow =
      arch->dataflow == BO_DATAFLOW_OUTPUT_STATIONARY ? BO_SCALESIM_OS : BO_SCALESIM_WS;
}

static bo_status set_dataflow(bo_scalesim_array *array, const char *text, bo_diag *diag) {
  for (int i = 0; i < BO_SCALESIM_DATAFLOWS; i++) {
    if (strcmp(text, bo_scalesim_dataflow_name((bo_scalesim_dataflow)i)) == 0) {
      array->dataflow = (bo_scalesim_dataflow)i;
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID, "--dataflow: expected ws, os or is, got '%s'", text);
}

/* The report of view, whose array still lacks what the options say. */
static bo_status report_scalesim(bo_bytes *text, bo_scalesim_view *view,
                                 const inspect_settings *settings, bo_diag *diag) {
  view->array.os_ofmap_quirk = settings->os_ofmap_quirk;
  const bo_status status =
      settings->dataflow == NULL ? BO_OK : set_dataflow(&view->array, settings->dataflow, diag);
  if (status != BO_OK) {
    return status;
  }
  return settings->json ? bo_report_scalesim_json(text, view, diag)
                        : bo_report_scalesim_text(text, view, diag);
}

/* A topology has no weights: nothing to place, no bit that could fail. */
static bo_status check_topology_options(const inspect_settings *settings, bo_diag *diag) {
  const bo_machine_settings *const got = &settings->machine;
  const bo_machine_settings *const unset = &defaults.machine;
  if (settings->cfg != NULL && got->arch != NULL) {
    return bo_fail(diag, BO_E_INVALID, "--cfg and --arch: expected one of them, got both");
  }
  if (got->profile != unset->profile || got->energy != unset->energy ||
      got->placement != unset->placement || got->banks != unset->banks ||
      got->start_row != unset->start_row || got->interleave != unset->interleave ||
      got->rotate != unset->rotate || got->storage != unset->storage) {
    return bo_fail(diag, BO_E_INVALID,
                   "--profile, --energy, --placement, --banks, --start-row, --interleave, "
                   "--rotate, --storage: expected "
                   "with a model, got --topology");
  }
  return BO_OK;
}

static bo_status inspect_topology(bo_bytes *text, const inspect_settings *settings, bo_diag *diag) {
  bo_scalesim_topology topology = {0};
  bo_scalesim_view view = {.kind = "topology", .name = settings->topology, .topology = &topology};
  bo_arch arch;
  bo_status status = check_topology_options(settings, diag);
  if (status == BO_OK && settings->cfg != NULL) {
    status = bo_scalesim_cfg_load(&view.array, settings->cfg, diag);
  } else if (status == BO_OK) {
    status = bo_machine_arch(&arch, &settings->machine, diag);
    if (status == BO_OK) {
      array_of_arch(&view.array, &arch);
    }
  }
  if (status == BO_OK) {
    status = bo_scalesim_topology_load(&topology, settings->topology,
                                       settings->gemm ? BO_SCALESIM_GEMM : BO_SCALESIM_CONV, diag);
  }
  if (status == BO_OK) {
    status = report_scalesim(text, &view, settings, diag);
  }
  bo_scalesim_topology_free(&topology);
  return status;
}

static bo_status inspect_as_scalesim(bo_bytes *text, const bo_workload *workload,
                                     const inspect_settings *settings, bo_diag *diag) {
  bo_scalesim_topology topology;
  bo_scalesim_view view = {.kind = "model", .name = workload->net->name, .topology = &topology};
  array_of_arch(&view.array, &workload->arch);
  bo_status status = bo_scalesim_topology_of_net(&topology, workload->net, diag);
  if (status == BO_OK) {
    status = report_scalesim(text, &view, settings, diag);
  }
  bo_scalesim_topology_free(&topology);
  return status;
}

/* --- on our machine -------------------------------------------------------------------------- */

static bo_status inspect_natively(bo_bytes *text, const bo_workload *workload,
                                  const inspect_settings *settings, bo_diag *diag) {
  if (settings->dataflow != NULL || settings->os_ofmap_quirk) {
    return bo_fail(diag, BO_E_INVALID,
                   "--dataflow, --os-ofmap-quirk: expected with --topology or an --arch "
                   "with timing: scalesim");
  }
  return settings->json ? bo_report_inspect_json(text, workload, diag)
                        : bo_report_inspect_text(text, workload, diag);
}

static bo_status inspect_model(bo_bytes *text, const char *model, const inspect_settings *settings,
                               bo_diag *diag) {
  bo_workload *workload = NULL;
  if (settings->cfg != NULL || settings->gemm) {
    return bo_fail(diag, BO_E_INVALID, "--cfg, --gemm: expected with --topology, got a model");
  }
  bo_machine_settings machine = settings->machine;
  machine.any_timing = true;
  bo_status status = bo_machine_workload(&workload, &machine, model, diag);
  if (status == BO_OK) {
    status = workload->arch.timing == BO_TIMING_SCALESIM
                 ? inspect_as_scalesim(text, workload, settings, diag)
                 : inspect_natively(text, workload, settings, diag);
  }
  bo_workload_free(workload);
  return status;
}

static bo_status inspect(const char *model, const void *context, bo_diag *diag) {
  const inspect_settings *const settings = context;
  bo_bytes text = {0};
  if ((model == NULL) == (settings->topology == NULL)) {
    return bo_fail(diag, BO_E_INVALID,
                   "inspect: expected MODEL.onnx or --topology FILE, got %s (see: brownout inspect "
                   "--help)",
                   model == NULL ? "neither" : "both");
  }
  const bo_status status = model == NULL ? inspect_topology(&text, settings, diag)
                                         : inspect_model(&text, model, settings, diag);
  if (status == BO_OK) {
    (void)fputs((const char *)text.data, stdout);
  }
  bo_bytes_free(&text);
  return status;
}

const bo_command bo_command_inspect = {
    .name = "inspect",
    .operand = "MODEL.onnx",
    .operand_optional = true,
    .summary = "layers, placement, cycles and energy of a network",
    .details =
        "Layers with shapes, codes and bits; where the weights lie; cycles and stalls of one\n"
        "inference on the machine; its energy at Vmin.\n"
        "\n"
        "In place of a model, --topology takes the layers of a SCALE-Sim topology and prints\n"
        "what SCALE-Sim v3 prints for them without stalls: total cycles and SRAM accesses,\n"
        "for the array of --cfg or --arch. A model on an --arch with 'timing: scalesim' is\n"
        "counted in the same way, from its real shapes. scalesim_total_cycles is SCALE-Sim's\n"
        "number, cycles one more for each product, because it prints the last cycle's index.\n"
        "  brownout inspect --topology resnet18.csv --cfg scale.cfg\n"
        "Output sizes are ceil((ifmap - filter + stride) / stride), there is no padding: give\n"
        "sizes that include it. A layer with 'DP' in its name is depthwise, one layer a\n"
        "channel. A last field without a comma behind it is dropped, as SCALE-Sim does,\n"
        "except where the stride (or K) would be missing. Only array and dataflow of the\n"
        ".cfg matter; its other keys are ignored, but 'SparsitySupport: true' is refused.",
    .options = inspect_options,
    .option_count = sizeof inspect_options / sizeof inspect_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = inspect,
};
