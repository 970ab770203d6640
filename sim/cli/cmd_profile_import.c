/* brownout profile import: measured cells, as laboratories keep them, into a profile. */
#include "cli/commands.h"
#include "silicon/import.h"
#include "silicon/profile_save.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct import_settings {
  const char *format;
  const char *out;
  double vmin_v;
  bo_cell_shape shape;
  bool keep_copies;
  const char *name, *technology, *source, *licence;
} import_settings;

static const bo_option import_options[] = {
    {"format", "FORMAT", BO_OPTION_TEXT, offsetof(import_settings, format), 0, 0,
     "csv, npy, npz, stuck, bram or log (required)"},
    {"out", "FILE.yaml", BO_OPTION_TEXT, offsetof(import_settings, out), 0, 0,
     "the profile to write, and FILE.npz beside it (required)"},
    {"vmin", "VOLTS", BO_OPTION_REAL, offsetof(import_settings, vmin_v), 0.01, 10,
     "Vmin; voltages are in volts then (default: they are ratios V/Vmin)"},
    {"keep-copies", NULL, BO_OPTION_FLAG, offsetof(import_settings, keep_copies), 0, 0,
     "bram: all 16 columns, even if both bytes are the same in every faulty row"},
    {"arrays", "N", BO_OPTION_U32, offsetof(import_settings, shape.arrays), 1, 65536,
     "log: how many there are (default: up to the last that is listed)"},
    {"rows", "N", BO_OPTION_U32, offsetof(import_settings, shape.rows), 1, 65536,
     "log: of an array (default: the same)"},
    {"columns", "N", BO_OPTION_U32, offsetof(import_settings, shape.columns), 1, 65536,
     "log: of an array (default: the same)"},
    {"name", "TEXT", BO_OPTION_TEXT, offsetof(import_settings, name), 0, 0,
     "what results call the profile (default: the name of the file)"},
    {"technology", "TEXT", BO_OPTION_TEXT, offsetof(import_settings, technology), 0, 0,
     "process and memory that was measured"},
    {"source", "TEXT", BO_OPTION_TEXT, offsetof(import_settings, source), 0, 0,
     "publication or data set"},
    {"licence", "TEXT", BO_OPTION_TEXT, offsetof(import_settings, licence), 0, 0,
     "terms of the data"},
};

static bo_status find_format(bo_rates_format *format, const char *name, bo_diag *diag) {
  for (unsigned i = 0; name != NULL && i < BO_RATES_FORMATS; i++) {
    if (strcmp(name, bo_rates_format_name(i)) == 0) {
      *format = (bo_rates_format)i;
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID,
                 "--format: expected csv, npy, npz, stuck, bram or log, got '%s'",
                 name == NULL ? "" : name);
}

/* An option that would be ignored is a mistake. */
static bo_status check_settings(const import_settings *settings, bo_rates_format format,
                                bo_diag *diag) {
  const bo_cell_shape *const shape = &settings->shape;
  if (settings->out == NULL) {
    return bo_fail(diag, BO_E_INVALID, "--out: expected a file to write, ending in .yaml");
  }
  if (settings->keep_copies && format != BO_RATES_BRAM) {
    return bo_fail(diag, BO_E_INVALID, "--keep-copies: expected --format bram, got %s",
                   settings->format);
  }
  if ((shape->arrays | shape->rows | shape->columns) != 0 && format != BO_RATES_LOG) {
    return bo_fail(diag, BO_E_INVALID,
                   "--arrays, --rows and --columns: expected --format log, got %s",
                   settings->format);
  }
  return BO_OK;
}

/* The name of the file without its folder and ending, as far as there is room. */
static void name_of(char *name, size_t size, const char *path) {
  const char *const slash = strrchr(path, '/');
  const char *const file = slash == NULL ? path : slash + 1;
  const char *const dot = strrchr(file, '.');
  const size_t length = dot == NULL ? strlen(file) : (size_t)(dot - file);
  (void)snprintf(name, size, "%.*s", (int)(length < size ? length : size - 1), file);
}

static bo_status save(const import_settings *settings, const bo_cell_rates *rates, bo_diag *diag) {
  char name[64];
  name_of(name, sizeof name, settings->out);
  const bo_profile_about about = {
      .name = settings->name == NULL ? name : settings->name,
      .technology = settings->technology,
      .source = settings->source,
      .licence = settings->licence,
      .vmin_mv = 1000.0 * settings->vmin_v,
  };
  return bo_profile_save(settings->out, &about, rates, diag);
}

static void report(const import_settings *settings, const bo_cell_rates *rates,
                   const bo_rates_facts *facts) {
  (void)printf("%s: %" PRIu32 " voltages, %" PRIu32 " arrays of %" PRIu32 " x %" PRIu32 " cells\n",
               settings->out, rates->voltages, rates->shape.arrays, rates->shape.rows,
               rates->shape.columns);
  if (facts->copied_rows > 0) {
    (void)fprintf(stderr,
                  "brownout: warning: high and low byte are equal in each of %" PRIu64
                  " faulty rows: 8 of 16 columns are imported (--keep-copies: all)\n",
                  facts->copied_rows);
  }
  if (facts->rising_cells > 0) {
    (void)fprintf(
        stderr,
        "brownout: warning: %" PRIu64
        " rates rise with the voltage: cells that are not nested ('profile check' names them)\n",
        facts->rising_cells);
  }
}

static bo_status import(const char *operand, const void *context, bo_diag *diag) {
  const import_settings *const settings = context;
  bo_rates_options options = {
      .vmin_v = settings->vmin_v, .shape = settings->shape, .keep_copies = settings->keep_copies};
  bo_cell_rates rates = {0};
  bo_rates_facts facts = {0};
  bo_status status = find_format(&options.format, settings->format, diag);
  if (status == BO_OK) {
    status = check_settings(settings, options.format, diag);
  }
  if (status == BO_OK) {
    status = bo_rates_import(&rates, &facts, operand, &options, diag);
  }
  if (status == BO_OK) {
    status = save(settings, &rates, diag);
  }
  if (status == BO_OK) {
    report(settings, &rates, &facts);
  }
  bo_cell_rates_free(&rates);
  return status;
}

static const import_settings defaults = {
    .technology = "not given", .source = "not given", .licence = "not given"};

const bo_command bo_command_profile_import = {
    .name = "profile import",
    .operand = "SOURCE",
    .summary = "measured cells as a profile with a map",
    .details =
        "Writes a profile with the map of measured cells. SOURCE is a tester log, or a list of\n"
        "the files of each voltage: CSV, a header, and a line a voltage in any order.\n"
        "\n"
        "  --format  header                         a file\n"
        "  csv       voltage,0to1,1to0              matrix of rates 0 ... 1, a line a row\n"
        "  npy       voltage,0to1,1to0              the same, or [arrays][rows][columns]\n"
        "  npz       voltage,file                   two of these: p_0to1, p_1to0\n"
        "  stuck     voltage,stuck_at_1,stuck_at_0  matrix of 0 and 1, CSV or NPY\n"
        "  bram      voltage,file                   hex dump of FPGA block RAMs written with\n"
        "                                           ones: 4 digits a row, 1024 rows a BRAM\n"
        "  log       (SOURCE is the log)            array,row,column,voltage,reads,\n"
        "                                           fails_0to1,fails_1to0, a line a cell; reads\n"
        "                                           of each stored value; others never fail\n"
        "\n"
        "One of two columns may be left out. Files lie beside the list. Voltages are ratios, or\n"
        "volts with --vmin. Nothing fails from Vmin up, and below the mean rate must fall with\n"
        "the voltage.",
    .options = import_options,
    .option_count = sizeof import_options / sizeof import_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = import,
};
