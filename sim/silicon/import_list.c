/* The list of the files of each voltage. */
#include "silicon/import_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_FIELDS = 1 + BO_FAULT_DIRECTIONS, /* voltage and files */
};

static const double max_vdd_ratio = 1.25;

/* A matrix of stuck-at-1 cells is one of 0->1 failures. */
static const struct {
  const char *name;
  const char *column[BO_FAULT_DIRECTIONS];
} formats[BO_RATES_FORMATS] = {
    [BO_RATES_CSV] = {"csv", {"0to1", "1to0"}},
    [BO_RATES_NPY] = {"npy", {"0to1", "1to0"}},
    [BO_RATES_NPZ] = {"npz", {"file"}},
    [BO_RATES_STUCK] = {"stuck", {"stuck_at_1", "stuck_at_0"}},
    [BO_RATES_BRAM] = {"bram", {"file"}},
    [BO_RATES_LOG] = {"log", {NULL}},
};

const char *bo_rates_format_name(unsigned format) {
  return format < BO_RATES_FORMATS ? formats[format].name : NULL;
}

const char *const *bo_rates_columns(bo_rates_format format) {
  return formats[format].column;
}

bool bo_rates_voltage(double *vdd_ratio, bo_span text, double vmin_v) {
  double voltage = 0;
  if (!bo_span_ratio(&voltage, text)) {
    return false;
  }
  *vdd_ratio = vmin_v > 0.0 ? voltage / vmin_v : voltage;
  return *vdd_ratio > 0.0 && *vdd_ratio <= max_vdd_ratio;
}

/* What is read of the text; column[i] is the format's column in field i + 1. */
typedef struct list_reader {
  bo_rates_list *list;
  const bo_rates_options *options;
  size_t number; /* of the line */
  size_t columns;
  size_t column[BO_FAULT_DIRECTIONS];
} list_reader;

/* Up to MAX_FIELDS trimmed fields; those beyond are only counted. */
static size_t split(bo_span text, bo_span field[MAX_FIELDS]) {
  bo_span part;
  size_t fields = 0;
  while (bo_span_cut(&text, ',', &part)) {
    if (fields < MAX_FIELDS) {
      field[fields] = bo_span_trim(part);
    }
    fields++;
  }
  return fields;
}

/* False where the header has no such column, or for the second time. */
static bool take_column(list_reader *reader, bo_span name) {
  const char *const *const known = bo_rates_columns(reader->options->format);
  for (size_t c = 0; c < BO_FAULT_DIRECTIONS && known[c] != NULL; c++) {
    const bool is_second = reader->columns > 0 && reader->column[0] == c;
    if (bo_span_is(name, known[c]) && !is_second) {
      reader->column[reader->columns++] = c;
      return true;
    }
  }
  return false;
}

static bo_status read_header(list_reader *reader, bo_span text, bo_diag *diag) {
  bo_span field[MAX_FIELDS];
  const size_t fields = split(text, field);
  bool is_header = fields >= 2 && fields <= MAX_FIELDS && bo_span_is(field[0], "voltage");
  for (size_t i = 1; is_header && i < fields; i++) {
    is_header = take_column(reader, field[i]);
  }
  if (!is_header) {
    const char *const *const known = bo_rates_columns(reader->options->format);
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: expected a header voltage,%s%s%s, got '%.*s'",
                   reader->list->name, reader->number, known[0], known[1] == NULL ? "" : ",",
                   known[1] == NULL ? "" : known[1], bo_span_shown(text), text.data);
  }
  return BO_OK;
}

static bo_status read_line(list_reader *reader, bo_span text, bo_diag *diag) {
  bo_rates_list *const list = reader->list;
  bo_span field[MAX_FIELDS];
  const size_t fields = split(text, field);
  if (fields != reader->columns + 1) {
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: expected %zu fields as in the header, got %zu",
                   list->name, reader->number, reader->columns + 1, fields);
  }
  if (list->lines == BO_CELL_RATES_MAX_VOLTAGES) {
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: expected at most %d voltages, got more",
                   list->name, reader->number, BO_CELL_RATES_MAX_VOLTAGES);
  }
  bo_rates_line *const line = &list->line[list->lines];
  *line = (bo_rates_line){.number = reader->number};
  if (!bo_rates_voltage(&line->vdd_ratio, field[0], reader->options->vmin_v)) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s:%zu: voltage: expected above 0, at most %g Vmin, got '%.*s'", list->name,
                   reader->number, max_vdd_ratio, bo_span_shown(field[0]), field[0].data);
  }
  for (size_t i = 1; i < fields; i++) {
    if (field[i].size == 0 || !bo_span_is_printable(field[i])) {
      return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: %s: expected the name of a file, got '%.*s'",
                     list->name, reader->number,
                     bo_rates_columns(reader->options->format)[reader->column[i - 1]],
                     bo_span_shown(field[i]), field[i].data);
    }
    line->file[reader->column[i - 1]] = field[i];
  }
  list->lines++;
  return BO_OK;
}

static int by_voltage(const void *a, const void *b) {
  const bo_rates_line *const left = a;
  const bo_rates_line *const right = b;
  if (left->vdd_ratio != right->vdd_ratio) {
    return left->vdd_ratio < right->vdd_ratio ? -1 : 1;
  }
  return (left->number > right->number) - (left->number < right->number);
}

static bo_status sort(bo_rates_list *list, bo_diag *diag) {
  qsort(list->line, list->lines, sizeof *list->line, by_voltage);
  for (uint32_t i = 1; i < list->lines; i++) {
    if (list->line[i].vdd_ratio == list->line[i - 1].vdd_ratio) {
      return bo_fail(diag, BO_E_INVALID,
                     "%.300s:%zu: voltage: expected one that is not yet there, got that of line "
                     "%zu, %.9g Vmin",
                     list->name, list->line[i].number, list->line[i - 1].number,
                     list->line[i].vdd_ratio);
    }
  }
  return BO_OK;
}

bo_status bo_rates_list_parse(bo_rates_list *list, const char *name, bo_span text,
                              const bo_rates_options *options, bo_diag *diag) {
  list_reader reader = {.list = list, .options = options};
  bo_span line;
  bo_status status = BO_OK;
  *list = (bo_rates_list){.name = name};
  while (status == BO_OK && bo_span_cut(&text, '\n', &line)) {
    reader.number++;
    line = bo_span_trim(line);
    if (reader.number == 1) {
      status = read_header(&reader, line, diag);
    } else if (line.size > 0) {
      status = read_line(&reader, line, diag);
    }
  }
  if (status == BO_OK && list->lines == 0) {
    status =
        bo_fail(diag, BO_E_INVALID, "%.300s: expected voltages below the header, got none", name);
  }
  if (status == BO_OK) {
    status = sort(list, diag);
  }
  if (status != BO_OK) {
    *list = (bo_rates_list){0};
  }
  return status;
}

bo_status bo_rates_list_path(bo_rates_path *path, const bo_rates_list *list, bo_span file,
                             bo_diag *diag) {
  const char *const slash = strrchr(list->name, '/');
  const size_t folder = file.data[0] == '/' || slash == NULL ? 0 : (size_t)(slash - list->name) + 1;
  if (folder + file.size >= sizeof path->text) {
    return bo_fail(diag, BO_E_INVALID, "%.300s: expected paths of at most %zu bytes", list->name,
                   sizeof path->text - 1);
  }
  memcpy(path->text, list->name, folder);
  memcpy(path->text + folder, file.data, file.size);
  path->text[folder + file.size] = '\0';
  return BO_OK;
}

bo_status bo_rates_list_begin(bo_cell_rates *rates, const bo_rates_list *list,
                              const bo_cell_shape *shape, bo_diag *diag) {
  bo_diag reason;
  const bo_status status = bo_cell_rates_new(rates, list->lines, shape, &reason);
  if (status != BO_OK) {
    return bo_fail(diag, status, "%.200s: %.300s", list->name, reason.text);
  }
  for (uint32_t v = 0; v < list->lines; v++) {
    rates->vdd_ratio[v] = list->line[v].vdd_ratio;
  }
  return BO_OK;
}
