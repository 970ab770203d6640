/**
 * @file machine.h
 * Options that several commands share: the machine, its silicon, the placement, the voltage.
 */
#ifndef BO_CLI_MACHINE_H
#define BO_CLI_MACHINE_H

#include "base/status.h"
#include "campaign/workload.h"
#include "cli/options.h"
#include "mem/inject.h"
#include "silicon/chip.h"

#include <stdbool.h>
#include <stdint.h>

/** First member of the settings of every command that has the machine options. */
typedef struct bo_machine_settings {
  const char *arch; /**< NULL: the default machine */
  const char *profile;
  const char *energy;
  const char *placement;
  const char *banks; /**< NULL: as the machine says */
  uint64_t start_row;
  uint32_t interleave;
  bool rotate;
  const char *storage; /**< NULL: as the model has it */
  bool any_timing;     /**< no option: as in bo_workload_config */
} bo_machine_settings;

#define BO_MACHINE_DEFAULTS                                                                        \
  {                                                                                                \
    .profile = BO_DEFAULT_PROFILE, .energy = BO_DEFAULT_ENERGY, .placement = "tile",               \
    .interleave = 1                                                                                \
  }

#define BO_MACHINE_OPTION(name, value_name, kind, member, help)                                    \
  { name, value_name, kind, offsetof(bo_machine_settings, member), 0, 0, help }

/* Rows of an option table; FILE stands for a path or the name of a shipped file. */
#define BO_CHIP_OPTIONS                                                                            \
  BO_MACHINE_OPTION("arch", "FILE", BO_OPTION_TEXT, arch,                                          \
                    "machine: a YAML file, or a name in profiles/arch (default: ibm14)"),          \
      BO_MACHINE_OPTION("profile", "FILE", BO_OPTION_TEXT, profile,                                \
                        "silicon: a YAML file, or a name in profiles/silicon (default: ibm14)")

/* The same, and what a network needs beside them. */
#define BO_MACHINE_OPTIONS                                                                         \
  BO_CHIP_OPTIONS,                                                                                 \
      BO_MACHINE_OPTION(                                                                           \
          "energy", "FILE", BO_OPTION_TEXT, energy,                                                \
          "energy table: a YAML file, or a name in profiles/energy (default: cmos14)"),            \
      BO_MACHINE_OPTION("placement", "POLICY", BO_OPTION_TEXT, placement,                          \
                        "where weights lie in the SRAM: 'tile', as the array consumes\n"           \
                        "them (default), or 'linear', in parameter order"),                        \
      BO_MACHINE_OPTION("banks", "N", BO_OPTION_TEXT, banks,                                       \
                        "weight banks; 'auto': a cell for every weight bit\n"                      \
                        "(default: as the machine says; larger networks stream through)"),         \
      BO_MACHINE_OPTION("start-row", "N", BO_OPTION_U64, start_row,                                \
                        "rows of the SRAM that the first weight is moved by (default: 0)"),        \
      BO_MACHINE_OPTION("storage", "FORMAT", BO_OPTION_TEXT, storage,                              \
                        "how weights are stored: 'offset_binary' or 'twos_complement'\n"           \
                        "(default: as the model has them, uint8 or int8)"),                        \
      BO_MACHINE_OPTION("rotate", NULL, BO_OPTION_FLAG, rotate,                                    \
                        "rotate the bits of every byte row by row, so that a bad column\n"         \
                        "hits another bit of the weights in each row"),                            \
  {                                                                                                \
    "interleave", "N", BO_OPTION_U32, offsetof(bo_machine_settings, interleave), 1, 65536,         \
        "neighbouring banks that rows go round over, to be read side by side\n(default: 1, bank "  \
        "after bank)"                                                                              \
  }

/** Voltage of a command: one of the two, or neither. Unset is 0 for vdd and negative for ber. */
typedef struct bo_voltage_settings {
  double vdd_ratio;
  double ber_pct;
} bo_voltage_settings;

#define BO_VOLTAGE_DEFAULTS                                                                        \
  { .vdd_ratio = 0, .ber_pct = -1 }

#define BO_VOLTAGE_OPTION(name, value_name, kind, type, member, min, max, help)                    \
  { name, value_name, kind, offsetof(type, voltage.member), min, max, help }

/* Rows of an option table, for settings of @p type with a member voltage. */
#define BO_VOLTAGE_OPTIONS(type)                                                                   \
  BO_VOLTAGE_OPTION("vdd", "RATIO", BO_OPTION_REAL, type, vdd_ratio, 0.01, 1.25,                   \
                    "supply of the weight SRAM over Vmin, e.g. 0.83 or 20/24"),                    \
      BO_VOLTAGE_OPTION("ber", "PERCENT", BO_OPTION_PERCENT, type, ber_pct, 0, 50,                 \
                        "bit error rate in per cent instead: the lowest voltage with at\n"         \
                        "most so many (default: 1)")

/** Rate that stands for no voltage given: the operating point of the published headline. */
#define BO_DEFAULT_BER_PCT 1.0

/** The machine alone. BO_OK, BO_E_INVALID, BO_E_IO, BO_E_NOMEM. */
bo_status bo_machine_arch(bo_arch *out, const bo_machine_settings *settings, bo_diag *diag);

/** The profile that bo_path_resolve finds by @p name. Statuses as bo_profile_load. */
bo_status bo_profile_named(bo_profile *out, const char *name, bo_diag *diag);

/** Loads the network on its machine; owned by the caller. Statuses as bo_workload_new. */
bo_status bo_machine_workload(bo_workload **out, const bo_machine_settings *settings,
                              const char *model, bo_diag *diag);

/**
 * The codes of all weights as @p chip reads them: one pointer a tensor, in one block that free()
 * gives back. BO_OK or BO_E_NOMEM, then @p *codes is NULL.
 */
bo_status bo_machine_read(uint8_t ***codes, const bo_workload *workload, const bo_chip *chip,
                          bo_fault_count *count, bo_diag *diag);

/** The voltage asked for. BO_OK, BO_E_INVALID (both given, or outside the profile). */
bo_status bo_voltage_of(double *vdd_ratio, const bo_voltage_settings *settings,
                        const bo_profile *profile, bo_diag *diag);

#endif
