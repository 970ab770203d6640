/** @file commands.h  The commands of the program, one file each; main.c lists them in one table. */
#ifndef BO_CLI_COMMANDS_H
#define BO_CLI_COMMANDS_H

#include "cli/options.h"

extern const bo_command bo_command_run;
extern const bo_command bo_command_sweep;
extern const bo_command bo_command_export;
extern const bo_command bo_command_plot;
extern const bo_command bo_command_inspect;
extern const bo_command bo_command_export_faulty;
extern const bo_command bo_command_masks;
extern const bo_command bo_command_vectors;
extern const bo_command bo_command_profile_check;
extern const bo_command bo_command_profile_fit;
extern const bo_command bo_command_profile_generate;
extern const bo_command bo_command_profile_import;
extern const bo_command bo_command_profile_show;

#endif
