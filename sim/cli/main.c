/* The program: finds the command, and knows how to say that something failed. */
#include "campaign/campaign.h"
#include "cli/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const bo_command *const commands[] = {
    &bo_command_run,  &bo_command_sweep,   &bo_command_export,
    &bo_command_plot, &bo_command_inspect, &bo_command_export_faulty,
};
enum {
  COMMANDS = sizeof commands / sizeof commands[0],
};

int bo_cli_fail(bo_status status, const bo_diag *diag) {
  (void)fprintf(stderr, "brownout: %s\n",
                diag->text[0] != '\0' ? diag->text : bo_status_name(status));
  if (status == BO_E_INTERRUPTED) {
    return BO_EXIT_INTERRUPTED;
  }
  return status == BO_E_MISMATCH ? BO_EXIT_CHECK_FAILED : BO_EXIT_USAGE;
}

bool bo_cli_parse(const bo_command *command, int argc, char **argv, void *settings, int *operands,
                  int *exit_code) {
  bo_diag diag = {{0}};
  bo_parsed parsed = BO_PARSED_RUN;
  const bo_status status =
      bo_options_parse(command, argc, argv, settings, operands, &parsed, &diag);
  if (status != BO_OK) {
    *exit_code = bo_cli_fail(status, &diag);
    return false;
  }
  if (parsed == BO_PARSED_HELP) {
    bo_options_help(command, stdout);
    *exit_code = BO_EXIT_DONE;
    return false;
  }
  return true;
}

static void print_usage(FILE *out) {
  (void)fprintf(out, "usage: brownout COMMAND [options]\n\n"
                     "How low can the voltage of the weight SRAM of a DNN accelerator go,\n"
                     "what does it save, and what does it cost in accuracy?\n\ncommands:\n");
  for (size_t i = 0; i < COMMANDS; i++) {
    (void)fprintf(out, "  %-14s %s\n", commands[i]->name, commands[i]->summary);
  }
  (void)fprintf(out, "\n'brownout COMMAND --help' explains a command. To begin:\n"
                     "  brownout run models/fmnist-vgg-8b-rquant.onnx\n");
}

static int run_program(int argc, char **argv) {
  if (argc < 2) {
    print_usage(stderr);
    return BO_EXIT_USAGE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    print_usage(stdout);
    return BO_EXIT_DONE;
  }
  if (strcmp(argv[1], "--version") == 0) {
    (void)printf("brownout %s\n", bo_version());
    return BO_EXIT_DONE;
  }
  for (size_t i = 0; i < COMMANDS; i++) {
    if (strcmp(argv[1], commands[i]->name) == 0) {
      return commands[i]->run(commands[i], argc - 1, argv + 1);
    }
  }
  bo_diag diag = {{0}};
  return bo_cli_fail(
      bo_fail(&diag, BO_E_INVALID, "unknown command '%s' (see: brownout --help)", argv[1]), &diag);
}

/* A result that could not be written is not done: a full disk must not look like success. */
static int check_output(int exit_code) {
  errno = 0;
  const bool is_written = fflush(stdout) == 0 && ferror(stdout) == 0;
  if (is_written || exit_code != BO_EXIT_DONE) {
    return exit_code;
  }
  bo_diag diag = {{0}};
  return bo_cli_fail(bo_fail(&diag, BO_E_IO, "standard output: cannot write: %s",
                             errno != 0 ? strerror(errno) : "an earlier write failed"),
                     &diag);
}

int main(int argc, char **argv) {
  return check_output(run_program(argc, argv));
}
