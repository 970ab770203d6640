/* The program: finds the command, and knows how to say that something failed. */
#include "campaign/campaign.h"
#include "cli/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const bo_command *const commands[] = {
    &bo_command_run,
    &bo_command_sweep,
    &bo_command_export,
    &bo_command_plot,
    &bo_command_inspect,
    &bo_command_export_faulty,
    &bo_command_masks,
    &bo_command_vectors,
    &bo_command_profile_check,
    &bo_command_profile_fit,
    &bo_command_profile_generate,
    &bo_command_profile_import,
    &bo_command_profile_show,
};
enum {
  COMMANDS = sizeof commands / sizeof commands[0],
};

/* Exit codes of the program. */
enum {
  EXIT_DONE = 0,
  EXIT_CHECK_FAILED = 1, /* a check did not hold */
  EXIT_USAGE = 2,        /* usage or input */
  EXIT_INTERRUPTED = 130 /* by SIGINT, as shells report it */
};

/* Says what failed, and what exit code it means. */
static int fail(bo_status status, const bo_diag *diag) {
  (void)fprintf(stderr, "brownout: %s\n",
                diag->text[0] != '\0' ? diag->text : bo_status_name(status));
  if (status == BO_E_INTERRUPTED) {
    return EXIT_INTERRUPTED;
  }
  return status == BO_E_MISMATCH ? EXIT_CHECK_FAILED : EXIT_USAGE;
}

static bo_status parse_and_run(const bo_command *command, int argc, char **argv, void *settings,
                               bo_diag *diag) {
  const char *operand = NULL;
  bo_parsed parsed = BO_PARSED_RUN;
  memcpy(settings, command->defaults, command->settings_size);
  const bo_status status = bo_options_parse(command, argc, argv, settings, &operand, &parsed, diag);
  if (status == BO_OK && parsed == BO_PARSED_HELP) {
    bo_options_help(command, stdout);
    return BO_OK;
  }
  return status == BO_OK ? command->run(operand, settings, diag) : status;
}

static int run_command(const bo_command *command, int argc, char **argv) {
  bo_diag diag = {{0}};
  void *const settings = malloc(command->settings_size);
  const bo_status status = settings == NULL ? bo_fail(&diag, BO_E_NOMEM, "out of memory")
                                            : parse_and_run(command, argc, argv, settings, &diag);
  free(settings);
  return status == BO_OK ? EXIT_DONE : fail(status, &diag);
}

static void print_usage(FILE *out) {
  (void)fprintf(out, "usage: brownout COMMAND [options]\n\n"
                     "How low can the voltage of the weight SRAM of a DNN accelerator go,\n"
                     "what does it save, and what does it cost in accuracy?\n\ncommands:\n");
  for (size_t i = 0; i < COMMANDS; i++) {
    (void)fprintf(out, "  %-16s  %s\n", commands[i]->name, commands[i]->summary);
  }
  (void)fprintf(out, "\n'brownout COMMAND --help' explains a command. To begin:\n"
                     "  brownout run models/fmnist-cnn-8b-rquant.onnx\n");
}

/* Words of the command line that are the command's name: 1, or 2 for one like "profile show". */
static int words_of_name(const bo_command *command, int argc, char **argv) {
  const char *const space = strchr(command->name, ' ');
  if (space == NULL) {
    return strcmp(argv[1], command->name) == 0 ? 1 : 0;
  }
  const size_t first = (size_t)(space - command->name);
  return argc > 2 && strlen(argv[1]) == first && strncmp(argv[1], command->name, first) == 0 &&
                 strcmp(argv[2], space + 1) == 0
             ? 2
             : 0;
}

static int run_program(int argc, char **argv) {
  if (argc < 2) {
    print_usage(stderr);
    return EXIT_USAGE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    print_usage(stdout);
    return EXIT_DONE;
  }
  if (strcmp(argv[1], "--version") == 0) {
    (void)printf("brownout %s\n", bo_version());
    return EXIT_DONE;
  }
  for (size_t i = 0; i < COMMANDS; i++) {
    const int words = words_of_name(commands[i], argc, argv);
    if (words > 0) {
      return run_command(commands[i], argc - words, argv + words);
    }
  }
  bo_diag diag = {{0}};
  return fail(bo_fail(&diag, BO_E_INVALID, "unknown command '%s' (see: brownout --help)", argv[1]),
              &diag);
}

/* A result that could not be written is not done: a full disk must not look like success. */
static int check_output(int exit_code) {
  errno = 0;
  const bool is_written = fflush(stdout) == 0 && ferror(stdout) == 0;
  if (is_written || exit_code != EXIT_DONE) {
    return exit_code;
  }
  bo_diag diag = {{0}};
  return fail(bo_fail(&diag, BO_E_IO, "standard output: cannot write: %s",
                      errno != 0 ? strerror(errno) : "an earlier write failed"),
              &diag);
}

int main(int argc, char **argv) {
  return check_output(run_program(argc, argv));
}
