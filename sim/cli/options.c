#include "cli/options.h"

#include "base/number.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const bo_option *find_option(const bo_command *command, const char *name, size_t length) {
  for (size_t i = 0; i < command->option_count; i++) {
    const bo_option *option = &command->options[i];
    if (strlen(option->name) == length && strncmp(option->name, name, length) == 0) {
      return option;
    }
  }
  return NULL;
}

static bo_status parse_count(const bo_option *option, const char *text, uint64_t *value,
                             bo_diag *diag) {
  uint64_t parsed = 0;
  if (!bo_number_count(&parsed, text)) {
    return bo_fail(diag, BO_E_INVALID, "--%s: expected a whole number, got '%s'", option->name,
                   text);
  }
  if (option->kind == BO_OPTION_U32 &&
      ((double)parsed < option->min || (double)parsed > option->max)) {
    return bo_fail(diag, BO_E_INVALID, "--%s: expected %.0f..%.0f, got %s", option->name,
                   option->min, option->max, text);
  }
  *value = parsed;
  return BO_OK;
}

static bo_status parse_real(const bo_option *option, const char *text, double *value,
                            bo_diag *diag) {
  const bool is_percent = option->kind == BO_OPTION_PERCENT;
  char number[64];
  const int length = snprintf(number, sizeof number, "%s", text);
  if (is_percent && length > 0 && length < (int)sizeof number) {
    number[length - (number[length - 1] == '%')] = '\0';
  }
  double parsed = 0;
  if (length >= (int)sizeof number || !bo_number_ratio(&parsed, number)) {
    return bo_fail(diag, BO_E_INVALID, "--%s: expected a number%s, got '%s'", option->name,
                   is_percent ? " in per cent" : "", text);
  }
  if (parsed < option->min || parsed > option->max) {
    return bo_fail(diag, BO_E_INVALID, "--%s: expected %g..%g, got %s", option->name, option->min,
                   option->max, text);
  }
  *value = parsed;
  return BO_OK;
}

/* Stores through memcpy: the settings are the command's own struct, known here by offset only. */
static bo_status set_option(const bo_option *option, const char *text, char *settings,
                            bo_diag *diag) {
  void *const member = settings + option->offset;
  uint64_t count = 0;
  double real = 0;
  bo_status status = BO_OK;
  switch (option->kind) {
  case BO_OPTION_FLAG:
    memcpy(member, &(const bool){true}, sizeof(bool));
    break;
  case BO_OPTION_TEXT:
    memcpy(member, (const void *)&text, sizeof text);
    break;
  case BO_OPTION_U32:
    status = parse_count(option, text, &count, diag);
    memcpy(member, &(const uint32_t){(uint32_t)count}, sizeof(uint32_t));
    break;
  case BO_OPTION_U64:
    status = parse_count(option, text, &count, diag);
    memcpy(member, &count, sizeof count);
    break;
  case BO_OPTION_REAL:
  case BO_OPTION_PERCENT:
    status = parse_real(option, text, &real, diag);
    memcpy(member, &real, sizeof real);
    break;
  }
  return status;
}

/* Takes argv[*i] "--name", "--name=value" or "--name value"; moves *i past what it used. */
static bo_status take_option(const bo_command *command, int argc, char **argv, int *i,
                             char *settings, bo_diag *diag) {
  const char *const name = argv[*i] + 2;
  const size_t length = strcspn(name, "=");
  const bo_option *const option = find_option(command, name, length);
  if (option == NULL) {
    return bo_fail(diag, BO_E_INVALID, "unknown option '%s' (see: brownout %s --help)", argv[*i],
                   command->name);
  }
  const char *value = name[length] == '=' ? name + length + 1 : NULL;
  if (option->kind == BO_OPTION_FLAG) {
    if (value != NULL) {
      return bo_fail(diag, BO_E_INVALID, "--%s takes no value", option->name);
    }
  } else if (value == NULL) {
    if (*i + 1 >= argc) {
      return bo_fail(diag, BO_E_INVALID, "--%s: expected %s", option->name, option->value_name);
    }
    value = argv[++*i];
  }
  return set_option(option, value, settings, diag);
}

static bo_status check_operands(const bo_command *command, int count, bo_diag *diag) {
  const bool takes_one = command->operand != NULL;
  if (count == (takes_one ? 1 : 0) || (count == 0 && command->operand_optional)) {
    return BO_OK;
  }
  return bo_fail(diag, BO_E_INVALID, "%s: expected %s, got %d operands (see: brownout %s --help)",
                 command->name, takes_one ? command->operand : "options only", count,
                 command->name);
}

bo_status bo_options_parse(const bo_command *command, int argc, char **argv, void *settings,
                           const char **operand, bo_parsed *parsed, bo_diag *diag) {
  int count = 0;
  *parsed = BO_PARSED_RUN;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      *parsed = BO_PARSED_HELP;
      return BO_OK;
    }
    if (argv[i][0] != '-' || argv[i][1] == '\0') {
      *operand = argv[i];
      count++;
      continue;
    }
    if (argv[i][1] != '-') {
      return bo_fail(diag, BO_E_INVALID, "unknown option '%s' (see: brownout %s --help)", argv[i],
                     command->name);
    }
    const bo_status status = take_option(command, argc, argv, &i, settings, diag);
    if (status != BO_OK) {
      return status;
    }
  }
  return check_operands(command, count, diag);
}

static void print_option(const bo_option *option, FILE *out) {
  char left[64];
  (void)snprintf(left, sizeof left, "--%s%s%s", option->name, option->value_name != NULL ? " " : "",
                 option->value_name != NULL ? option->value_name : "");
  const char *line = option->help;
  const char *label = left;
  while (line != NULL) {
    const int length = (int)strcspn(line, "\n");
    (void)fprintf(out, "  %-22s %.*s\n", label, length, line);
    line = line[length] == '\n' ? line + length + 1 : NULL;
    label = "";
  }
}

void bo_options_help(const bo_command *command, FILE *out) {
  (void)fprintf(out, "usage: brownout %s", command->name);
  if (command->operand != NULL) {
    (void)fprintf(out, command->operand_optional ? " [%s]" : " %s", command->operand);
  }
  (void)fprintf(out, "%s\n\n%s\n", command->option_count > 0 ? " [options]" : "", command->summary);
  if (command->details[0] != '\0') {
    (void)fprintf(out, "\n%s\n", command->details);
  }
  if (command->option_count > 0) {
    (void)fprintf(out, "\noptions:\n");
  }
  for (size_t i = 0; i < command->option_count; i++) {
    print_option(&command->options[i], out);
  }
}
