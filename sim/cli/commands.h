/** @file commands.h  The commands of the program, one file each; main.c lists them in one table. */
#ifndef BO_CLI_COMMANDS_H
#define BO_CLI_COMMANDS_H

#include "cli/options.h"

#include <stdbool.h>

/** Exit codes of the program. */
typedef enum bo_exit {
  BO_EXIT_DONE = 0,
  BO_EXIT_CHECK_FAILED = 1, /**< a check did not hold */
  BO_EXIT_USAGE = 2,        /**< usage or input */
  BO_EXIT_INTERRUPTED = 130 /**< by SIGINT, as shells report it */
} bo_exit;

extern const bo_command bo_command_run;
extern const bo_command bo_command_sweep;
extern const bo_command bo_command_export;
extern const bo_command bo_command_plot;
extern const bo_command bo_command_inspect;
extern const bo_command bo_command_export_faulty;

/** Prints "brownout: <text>" to stderr and returns the exit code that @p status means. */
int bo_cli_fail(bo_status status, const bo_diag *diag);

/** Parses the command line; true if the command shall run, else *exit_code is what to return. */
bool bo_cli_parse(const bo_command *command, int argc, char **argv, void *settings, int *operands,
                  int *exit_code);

#endif
