/**
 * @file options.h
 * Command lines from one table: the table parses, range-checks and prints the help.
 */
#ifndef BO_CLI_OPTIONS_H
#define BO_CLI_OPTIONS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum bo_option_kind {
  BO_OPTION_FLAG,    /**< bool, takes no argument */
  BO_OPTION_TEXT,    /**< const char *, borrowed from argv */
  BO_OPTION_U32,     /**< uint32_t, decimal, min … max */
  BO_OPTION_U64,     /**< uint64_t, decimal */
  BO_OPTION_REAL,    /**< double, min … max: "0.75" or "18/24" */
  BO_OPTION_PERCENT, /**< double, min … max: "1" and "1%" are both 1 */
} bo_option_kind;

typedef struct bo_option {
  const char *name;       /**< without the two dashes */
  const char *value_name; /**< "FILE"; NULL for a flag */
  bo_option_kind kind;
  size_t offset; /**< of the member of the command's settings that it sets */
  double min, max;
  const char *help; /**< one or more lines, separated by '\n' */
} bo_option;

/** One command of the program. */
typedef struct bo_command {
  const char *name;
  const char *operand; /**< what it takes one of: "MODEL.onnx"; NULL: it takes none */
  bool operand_optional;
  const char *summary; /**< one line */
  const char *details; /**< for the command's own help; may be "" */
  const bo_option *options;
  size_t option_count;
  const void *defaults; /**< its settings before any option, a struct of its own */
  size_t settings_size;
  /** Does it, and prints the result. */
  bo_status (*run)(const char *operand, const void *settings, bo_diag *diag);
} bo_command;

/** What the command line came to. */
typedef enum bo_parsed {
  BO_PARSED_RUN,
  BO_PARSED_HELP, /**< --help was there */
} bo_parsed;

/**
 * Parses argv[1 …] (argv[0] is the command's name): sets members of @p settings and finds the
 * @p operand, which is borrowed from argv and stays as it is where there is none.
 *
 * @return BO_OK; BO_E_INVALID with one line that names the option and what was expected.
 */
bo_status bo_options_parse(const bo_command *command, int argc, char **argv, void *settings,
                           const char **operand, bo_parsed *parsed, bo_diag *diag);

/** Prints usage, details and options of @p command. */
void bo_options_help(const bo_command *command, FILE *out);

#endif
