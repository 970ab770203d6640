/* brownout export-faulty: the network as one chip reads it, for any other ONNX runtime. */
#include "cli/commands.h"
#include "cli/machine.h"
#include "net/onnx_export.h"
#include "silicon/chip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct faulty_settings {
  bo_machine_settings machine;
  bo_voltage_settings voltage;
  uint64_t seed;
  const char *out;
} faulty_settings;

static const bo_option faulty_options[] = {
    {"out", "FILE", BO_OPTION_TEXT, offsetof(faulty_settings, out), 0, 0,
     "ONNX file to write (required)"},
    BO_VOLTAGE_OPTIONS(faulty_settings),
    {"seed", "S", BO_OPTION_U64, offsetof(faulty_settings, seed), 0, 0,
     "the chip that 'run --seed S --chips 1' uses (default: 0)"},
    BO_MACHINE_OPTIONS,
};

static bo_status export_faulty(const char *model, const void *context, bo_diag *diag) {
  const faulty_settings *const settings = context;
  bo_fault_count count = {0};
  bo_workload *workload = NULL;
  uint8_t **codes = NULL;
  bo_chip chip;
  double vdd_ratio = 0;
  if (settings->out == NULL) {
    return bo_fail(diag, BO_E_INVALID, "--out: expected a file to write");
  }
  bo_status status = bo_machine_workload(&workload, &settings->machine, model, diag);
  if (status == BO_OK) {
    status = bo_voltage_of(&vdd_ratio, &settings->voltage, &workload->profile, diag);
  }
  if (status == BO_OK) {
    status = bo_chip_at(&chip, &workload->profile, settings->seed, vdd_ratio, diag);
  }
  if (status == BO_OK) {
    status = bo_machine_read(&codes, workload, &chip, &count, diag);
  }
  if (status == BO_OK) {
    status =
        bo_onnx_export(settings->out, model, workload->net, (const uint8_t *const *)codes, diag);
  }
  if (status == BO_OK) {
    (void)printf("%s: %" PRIu64 " weights changed by %" PRIu64 " bits\n", settings->out,
                 count.weights_changed, count.bits_effective);
  }
  free(codes);
  bo_workload_free(workload);
  return status;
}

static const faulty_settings defaults = {.machine = BO_MACHINE_DEFAULTS,
                                         .voltage = BO_VOLTAGE_DEFAULTS};

const bo_command bo_command_export_faulty = {
    .name = "export-faulty",
    .operand = "MODEL.onnx",
    .summary = "the network as one chip reads it, as an ONNX file",
    .details = "Any ONNX runtime then computes what the array computes from that chip's SRAM.",
    .options = faulty_options,
    .option_count = sizeof faulty_options / sizeof faulty_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = export_faulty,
};
