/* brownout masks: what the cells of one chip do at one voltage, as files that RTL can load. */
#include "cli/bank_files.h"
#include "cli/commands.h"
#include "cli/folder.h"
#include "cli/machine.h"
#include "report/masks.h"
#include "silicon/chip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct masks_settings {
  bo_machine_settings machine;
  bo_voltage_settings voltage;
  uint64_t seed;
  uint32_t banks; /* 0: as the machine says */
  const char *format;
  const char *out;
} masks_settings;

static const bo_option masks_options[] = {
    {"out", "DIR", BO_OPTION_TEXT, offsetof(masks_settings, out), 0, 0,
     "folder for the files, made if need be (required)"},
    BO_VOLTAGE_OPTIONS(masks_settings),
    {"seed", "S", BO_OPTION_U64, offsetof(masks_settings, seed), 0, 0,
     "the chip that 'run --seed S --chips 1' uses (default: 0)"},
    {"banks", "N", BO_OPTION_U32, offsetof(masks_settings, banks), 1, 65536,
     "weight banks (default: as the machine says)"},
    {"format", "FORMAT", BO_OPTION_TEXT, offsetof(masks_settings, format), 0, 0,
     "'readmemh', for RTL (default), or 'csv'"},
    BO_CHIP_OPTIONS,
};

typedef bo_status (*write_bank)(const char *dir, const bo_mask_origin *origin, uint32_t bank,
                                const bo_fault_word *fault, bo_diag *diag);

typedef struct mask_format {
  const char *name;
  write_bank write;
  unsigned kind;
} mask_format;

static bo_status find_format(const mask_format **format, const char *name, bo_diag *diag) {
  static const mask_format formats[] = {{"readmemh", bo_bank_files_masks, BO_BANK_FILES_MASKS},
                                        {"csv", bo_bank_files_csv, BO_BANK_FILES_CSV}};
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    if (strcmp(name, formats[i].name) == 0) {
      *format = &formats[i];
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID, "--format: expected readmemh or csv, got '%s'", name);
}

/* The manifest goes first and comes back last: where there is one, the files belong together. */
static bo_status write_folder(const masks_settings *settings, const bo_mask_origin *origin,
                              const mask_format *format, bo_mask_count *count, bo_diag *diag) {
  bo_fault_word *const fault = calloc(origin->bank_rows, sizeof *fault);
  bo_bytes text = {0};
  bo_status status = fault == NULL
                         ? bo_fail(diag, BO_E_NOMEM, "out of memory")
                         : bo_bank_files_begin(settings->out, origin->banks, format->kind, diag);
  for (uint32_t bank = 0; bank < origin->banks && status == BO_OK; bank++) {
    bo_chip_bank_faults(&origin->chip, bank, origin->bank_rows, origin->bank_width_bits, fault);
    bo_mask_count_bank(count, origin, fault);
    status = format->write(settings->out, origin, bank, fault, diag);
  }
  free(fault);
  if (status == BO_OK) {
    status = bo_report_masks_json(&text, origin, format->name, count, diag);
  }
  return status == BO_OK
             ? bo_folder_write_and_free(settings->out, BO_BANK_FILES_MASKS_END, &text, diag)
             : status;
}

/* Profile, chip and banks; the origin borrows the profile's name. */
static bo_status find_origin(bo_mask_origin *origin, bo_profile *profile,
                             const masks_settings *settings, bo_diag *diag) {
  bo_arch arch = {0};
  double vdd_ratio = 0;
  bo_status status = bo_machine_arch(&arch, &settings->machine, diag);
  if (status == BO_OK) {
    status = bo_profile_named(profile, settings->machine.profile, diag);
  }
  if (status == BO_OK) {
    status = bo_voltage_of(&vdd_ratio, &settings->voltage, profile, diag);
  }
  *origin = (bo_mask_origin){.profile = profile->name,
                             .banks = settings->banks > 0 ? settings->banks : arch.weight_banks,
                             .bank_rows = arch.bank_rows,
                             .bank_width_bits = arch.bank_width_bits};
  if (status == BO_OK && origin->banks == 0) {
    status = bo_fail(diag, BO_E_INVALID,
                     "weight_banks: 0 stands for as many as a network needs; say how many with "
                     "--banks N");
  }
  return status == BO_OK ? bo_chip_at(&origin->chip, profile, settings->seed, vdd_ratio, diag)
                         : status;
}

static bo_status masks(const char *operand, const void *context, bo_diag *diag) {
  const masks_settings *const settings = context;
  bo_profile profile = {0};
  bo_mask_origin origin;
  bo_mask_count count = {0};
  const mask_format *format = NULL;
  (void)operand;
  if (settings->out == NULL) {
    return bo_fail(diag, BO_E_INVALID, "--out: expected a folder to write to");
  }
  bo_status status = find_format(&format, settings->format, diag);
  if (status == BO_OK) {
    status = find_origin(&origin, &profile, settings, diag);
  }
  if (status == BO_OK) {
    status = write_folder(settings, &origin, format, &count, diag);
  }
  if (status == BO_OK) {
    (void)printf("%s: %" PRIu64 " faulty cells in %" PRIu64 " rows of %" PRIu32
                 " banks (chip %" PRIu64 ", V/Vmin %.4f, BER %.4g %%)\n",
                 settings->out, count.cells, count.rows, origin.banks, origin.chip.seed,
                 origin.chip.vdd_ratio, origin.chip.ber * 100);
  }
  bo_profile_free(&profile);
  return status;
}

static const masks_settings defaults = {
    .machine = BO_MACHINE_DEFAULTS, .voltage = BO_VOLTAGE_DEFAULTS, .format = "readmemh"};

const bo_command bo_command_masks = {
    .name = "masks",
    .summary = "faulty cells of one chip, as files that RTL can load",
    .details =
        "A row of a bank reads ((stored & and) | or) ^ xor. For every bank three files for\n"
        "$readmemh are written, one line of hexadecimal digits a row, column 0 lowest:\n"
        "  bank_000_and.hex   0 in a cell that always reads 0, 1 elsewhere\n"
        "  bank_000_or.hex    1 in a cell that always reads 1\n"
        "  bank_000_xor.hex   1 in a cell that reads the opposite of what is stored\n"
        "or, with --format csv, bank_000.csv: bank,row,and,or,xor, masks in hexadecimal, the\n"
        "rows without a faulty cell left out. masks.json says what the masks are of; it is\n"
        "written last, so a folder that has one is complete. Files of banks that an earlier run\n"
        "left in DIR, and that are not written again, are removed.\n"
        "Any RTL can load them; rtl/bo_weight_bank.sv has arrays and_mask, or_mask, xor_mask.",
    .options = masks_options,
    .option_count = sizeof masks_options / sizeof masks_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = masks,
};
