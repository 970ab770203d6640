/* The log of a tester: a line a cell and voltage. */
#include "silicon/import_private.h"

#include <stdlib.h>
#include <string.h>

enum {
  FIELDS = 7,
  AXES = 3,
};

static const char *const column[FIELDS] = {"array", "row",        "column",    "voltage",
                                           "reads", "fails_0to1", "fails_1to0"};

/* A line that is being read. */
typedef struct log_line {
  uint64_t index[AXES];
  double vdd_ratio;
  uint64_t reads;
  uint64_t fails[BO_FAULT_DIRECTIONS];
} log_line;

/* The log is read twice: first what it is of, then what it says. */
typedef struct log_reader {
  const char *name;
  const bo_rates_options *options;
  size_t number; /* of the line */
  uint32_t voltages;
  double vdd_ratio[BO_CELL_RATES_MAX_VOLTAGES]; /* rising */
  uint32_t size[AXES];                          /* arrays, rows, columns */
  bool is_given[AXES];
  bo_cell_rates *rates;
  uint8_t *listed; /* a bit for each value of the rates */
} log_reader;

/* --- one line -------------------------------------------------------------------------------- */

static bo_status bad_field(const log_reader *reader, unsigned at, bo_span field, uint64_t low,
                           uint64_t high, bo_diag *diag) {
  return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: %s: expected %ju..%ju, got '%.*s'", reader->name,
                 reader->number, column[at], (uintmax_t)low, (uintmax_t)high, bo_span_shown(field),
                 field.data);
}

static bo_status read_count(const log_reader *reader, unsigned at, const bo_span *field,
                            uint64_t low, uint64_t high, uint64_t *value, bo_diag *diag) {
  return bo_span_count(value, field[at]) && *value >= low && *value <= high
             ? BO_OK
             : bad_field(reader, at, field[at], low, high, diag);
}

static bo_status read_fields(const log_reader *reader, const bo_span field[FIELDS], log_line *line,
                             bo_diag *diag) {
  bo_status status = BO_OK;
  for (unsigned i = 0; i < AXES && status == BO_OK; i++) {
    const uint64_t most = reader->is_given[i] ? reader->size[i] : BO_CELL_RATES_MAX_VALUES;
    status = read_count(reader, i, field, 0, most - 1, &line->index[i], diag);
  }
  if (status == BO_OK && !bo_rates_voltage(&line->vdd_ratio, field[3], reader->options->vmin_v)) {
    status = bo_fail(diag, BO_E_INVALID,
                     "%.300s:%zu: voltage: expected above 0, at most 1.25 Vmin, got '%.*s'",
                     reader->name, reader->number, bo_span_shown(field[3]), field[3].data);
  }
  if (status == BO_OK) {
    status = read_count(reader, 4, field, 1, UINT32_MAX, &line->reads, diag);
  }
  for (unsigned d = 0; d < BO_FAULT_DIRECTIONS && status == BO_OK; d++) {
    status = read_count(reader, 5 + d, field, 0, line->reads, &line->fails[d], diag);
  }
  return status;
}

static bo_status read_line(const log_reader *reader, bo_span text, log_line *line, bo_diag *diag) {
  bo_span field[FIELDS];
  bo_span part;
  size_t fields = 0;
  for (; bo_span_cut(&text, ',', &part); fields++) {
    if (fields < FIELDS) {
      field[fields] = bo_span_trim(part);
    }
  }
  if (fields != FIELDS) {
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: expected %d fields, got %zu", reader->name,
                   reader->number, FIELDS, fields);
  }
  return read_fields(reader, field, line, diag);
}

/* --- two passes ------------------------------------------------------------------------------ */

typedef bo_status (*use_line)(log_reader *reader, const log_line *line, bo_diag *diag);

static bo_status for_each_line(log_reader *reader, bo_span text, use_line use, bo_diag *diag) {
  static const char header[] = "array,row,column,voltage,reads,fails_0to1,fails_1to0";
  bo_span part;
  bo_status status = BO_OK;
  reader->number = 0;
  while (status == BO_OK && bo_span_cut(&text, '\n', &part)) {
    log_line line = {.reads = 0};
    reader->number++;
    part = bo_span_trim(part);
    if (reader->number == 1 && !bo_span_is(part, header)) {
      status = bo_fail(diag, BO_E_INVALID, "%.300s:1: expected the header %s, got '%.*s'",
                       reader->name, header, bo_span_shown(part), part.data);
    } else if (reader->number > 1 && part.size > 0) {
      status = read_line(reader, part, &line, diag);
      if (status == BO_OK) {
        status = use(reader, &line, diag);
      }
    }
  }
  return status;
}

/* Index of the first voltage that is not below. */
static uint32_t find_voltage(const log_reader *reader, double vdd_ratio) {
  uint32_t v = 0;
  while (v < reader->voltages && reader->vdd_ratio[v] < vdd_ratio) {
    v++;
  }
  return v;
}

/* First pass: which voltages there are, and how many cells. */
static bo_status measure(log_reader *reader, const log_line *line, bo_diag *diag) {
  for (unsigned i = 0; i < AXES; i++) {
    if (line->index[i] >= reader->size[i]) {
      reader->size[i] = (uint32_t)line->index[i] + 1;
    }
  }
  const uint32_t v = find_voltage(reader, line->vdd_ratio);
  if (v < reader->voltages && reader->vdd_ratio[v] == line->vdd_ratio) {
    return BO_OK;
  }
  if (reader->voltages == BO_CELL_RATES_MAX_VOLTAGES) {
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: expected at most %d voltages, got more",
                   reader->name, reader->number, BO_CELL_RATES_MAX_VOLTAGES);
  }
  memmove(&reader->vdd_ratio[v + 1], &reader->vdd_ratio[v],
          (reader->voltages - v) * sizeof *reader->vdd_ratio);
  reader->vdd_ratio[v] = line->vdd_ratio;
  reader->voltages++;
  return BO_OK;
}

/* Second pass: into the rates. */
static bo_status enter(log_reader *reader, const log_line *line, bo_diag *diag) {
  const uint32_t voltage = find_voltage(reader, line->vdd_ratio);
  const uint64_t *const at = line->index;
  const size_t cell = (at[0] * reader->size[1] + at[1]) * reader->size[2] + at[2];
  const size_t i = voltage * bo_cell_count(&reader->rates->shape) + cell;
  const unsigned bit = 1U << i % 8;
  if ((reader->listed[i / 8] & bit) != 0) {
    return bo_fail(
        diag, BO_E_INVALID,
        "%.300s:%zu: expected each cell and voltage once, got array %ju, row %ju, column "
        "%ju at %.9g Vmin again",
        reader->name, reader->number, (uintmax_t)at[0], (uintmax_t)at[1], (uintmax_t)at[2],
        line->vdd_ratio);
  }
  reader->listed[i / 8] = (uint8_t)(reader->listed[i / 8] | bit);
  for (int d = 0; d < BO_FAULT_DIRECTIONS; d++) {
    reader->rates->p[d][i] = (float)((double)line->fails[d] / (double)line->reads);
  }
  return BO_OK;
}

static bo_status fill(log_reader *reader, bo_span text, bo_diag *diag) {
  const bo_cell_shape shape = {reader->size[0], reader->size[1], reader->size[2]};
  bo_diag reason;
  bo_status status = bo_cell_rates_new(reader->rates, reader->voltages, &shape, &reason);
  if (status != BO_OK) {
    return bo_fail(diag, status, "%.200s: %.300s", reader->name, reason.text);
  }
  memcpy(reader->rates->vdd_ratio, reader->vdd_ratio, reader->voltages * sizeof *reader->vdd_ratio);
  reader->listed = calloc(reader->voltages * bo_cell_count(&shape) / 8 + 1, 1);
  status = reader->listed == NULL ? bo_fail(diag, BO_E_NOMEM, "%.300s: out of memory", reader->name)
                                  : for_each_line(reader, text, enter, diag);
  free(reader->listed);
  if (status != BO_OK) {
    bo_cell_rates_free(reader->rates);
  }
  return status;
}

bo_status bo_rates_import_log(bo_cell_rates *rates, const char *name, bo_span text,
                              const bo_rates_options *options, bo_diag *diag) {
  const bo_cell_shape *const given = &options->shape;
  log_reader reader = {
      .name = name,
      .options = options,
      .size = {given->arrays, given->rows, given->columns},
      .is_given = {given->arrays > 0, given->rows > 0, given->columns > 0},
      .rates = rates,
  };
  *rates = (bo_cell_rates){0};
  bo_status status = for_each_line(&reader, text, measure, diag);
  if (status == BO_OK && reader.voltages == 0) {
    status = bo_fail(diag, BO_E_INVALID, "%.300s: expected cells below the header, got none", name);
  }
  return status == BO_OK ? fill(&reader, text, diag) : status;
}
