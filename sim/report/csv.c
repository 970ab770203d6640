#include "report/report.h"
#include "report/text.h"
#include "report/visit.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

typedef enum column_kind {
  COLUMN_TEXT,
  COLUMN_U32,
  COLUMN_U64,
  COLUMN_REAL,
  COLUMN_FRACTION, /* a double in 0 … 1, written as per cent */
} column_kind;

typedef struct csv_column {
  const char *name;
  column_kind kind;
  size_t offset; /* in the struct that is a row */
} csv_column;

#define COLUMN(name, kind, type, member)                                                           \
  { name, kind, offsetof(type, member) }
#define ENERGY(name, member) COLUMN(name, COLUMN_REAL, bo_point_summary, point.energy.member)
#define REAL(name, member)   COLUMN(name, COLUMN_REAL, bo_point_summary, member)

static const csv_column point_columns[] = {
    COLUMN("model", COLUMN_TEXT, bo_point_summary, point.model),
    COLUMN("profile", COLUMN_TEXT, bo_point_summary, point.profile),
    COLUMN("placement", COLUMN_TEXT, bo_point_summary, point.placement),
    REAL("vdd_ratio", point.vdd_ratio),
    COLUMN("ber_pct", COLUMN_FRACTION, bo_point_summary, point.ber),
    COLUMN("n_chips", COLUMN_U32, bo_point_summary, n_chips),
    COLUMN("images", COLUMN_U64, bo_point_summary, images),
    REAL("clean_error_pct", clean_error_pct),
    REAL("robust_error_pct_mean", robust_error_pct.mean),
    REAL("robust_error_pct_std", robust_error_pct.std),
    REAL("robust_error_pct_ci95_low", robust_error_pct.ci95_low),
    REAL("robust_error_pct_ci95_high", robust_error_pct.ci95_high),
    REAL("robust_error_or_clean_pct_mean", robust_error_or_clean_pct.mean),
    REAL("robust_error_or_clean_pct_std", robust_error_or_clean_pct.std),
    REAL("robust_error_or_clean_pct_ci95_low", robust_error_or_clean_pct.ci95_low),
    REAL("robust_error_or_clean_pct_ci95_high", robust_error_or_clean_pct.ci95_high),
    REAL("cells_faulty", cells_faulty),
    REAL("bits_requested", bits_requested),
    REAL("bits_effective", bits_effective),
    REAL("weights_changed", weights_changed),
    REAL("sram_energy_saving_pct", sram_energy_saving_pct),
    REAL("total_energy_saving_pct", total_energy_saving_pct),
    COLUMN("cycles_per_inference", COLUMN_U64, bo_point_summary, point.cycles),
    ENERGY("energy_pj_per_inference_weight_sram", weight_sram_pj),
    ENERGY("energy_pj_per_inference_activation_sram", activation_sram_pj),
    ENERGY("energy_pj_per_inference_accumulator", accumulator_pj),
    ENERGY("energy_pj_per_inference_mac", mac_pj),
    ENERGY("energy_pj_per_inference_dram", dram_pj),
    ENERGY("energy_pj_per_inference_leakage", leakage_pj),
    ENERGY("energy_pj_per_inference_total", total_pj),
};

/* A row of the table of trials. */
typedef struct trial_row {
  bo_point point;
  bo_trial trial;
} trial_row;

#define TRIAL(name, member) COLUMN(name, COLUMN_U64, trial_row, trial.member)

static const csv_column trial_columns[] = {
    COLUMN("model", COLUMN_TEXT, trial_row, point.model),
    COLUMN("profile", COLUMN_TEXT, trial_row, point.profile),
    COLUMN("placement", COLUMN_TEXT, trial_row, point.placement),
    COLUMN("vdd_ratio", COLUMN_REAL, trial_row, point.vdd_ratio),
    COLUMN("ber_pct", COLUMN_FRACTION, trial_row, point.ber),
    COLUMN("chip", COLUMN_U32, trial_row, trial.chip),
    TRIAL("seed", seed),
    TRIAL("images", images),
    TRIAL("clean_wrong", clean_wrong),
    TRIAL("wrong", wrong),
    TRIAL("wrong_or_clean", wrong_or_clean),
    TRIAL("cells_faulty", faults.cells_faulty),
    TRIAL("bits_requested", faults.bits_requested),
    TRIAL("bits_effective", faults.bits_effective),
    TRIAL("weights_changed", faults.weights_changed),
};

enum {
  POINT_COLUMNS = sizeof point_columns / sizeof point_columns[0],
  TRIAL_COLUMNS = sizeof trial_columns / sizeof trial_columns[0],
};

/* Quoted as RFC 4180 wants it, if it has to be. */
static void write_text(FILE *out, const char *text) {
  if (strpbrk(text, ",\"\r\n") == NULL) {
    (void)fputs(text, out);
    return;
  }
  (void)fputc('"', out);
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"') {
      (void)fputc('"', out);
    }
    (void)fputc(*c, out);
  }
  (void)fputc('"', out);
}

static void write_field(FILE *out, const csv_column *column, const void *row) {
  const char *const at = (const char *)row + column->offset;
  uint32_t u32 = 0;
  uint64_t u64 = 0;
  double real = 0;
  switch (column->kind) {
  case COLUMN_TEXT:
    write_text(out, at);
    break;
  case COLUMN_U32:
    memcpy(&u32, at, sizeof u32);
    (void)fprintf(out, "%" PRIu32, u32);
    break;
  case COLUMN_U64:
    memcpy(&u64, at, sizeof u64);
    (void)fprintf(out, "%" PRIu64, u64);
    break;
  case COLUMN_REAL:
  case COLUMN_FRACTION:
    memcpy(&real, at, sizeof real);
    bo_text_real(out, column->kind == COLUMN_FRACTION ? 100 * real : real);
    break;
  }
}

static void write_header(FILE *out, const csv_column *columns, int count) {
  for (int i = 0; i < count; i++) {
    (void)fprintf(out, "%s%s", i == 0 ? "" : ",", columns[i].name);
  }
  (void)fputc('\n', out);
}

static void write_row(FILE *out, const csv_column *columns, int count, const void *row) {
  for (int i = 0; i < count; i++) {
    if (i > 0) {
      (void)fputc(',', out);
    }
    write_field(out, &columns[i], row);
  }
  (void)fputc('\n', out);
}

static bo_status write_point(void *out, const bo_point *point, const bo_trial *trials,
                             uint32_t count, bo_diag *diag) {
  bo_point_summary summary;
  const bo_status status = bo_point_summarise(&summary, point, trials, count, diag);
  if (status == BO_OK) {
    write_row(out, point_columns, POINT_COLUMNS, &summary);
  }
  return status;
}

static bo_status write_trials(void *out, const bo_point *point, const bo_trial *trials,
                              uint32_t count, bo_diag *diag) {
  (void)diag;
  for (uint32_t i = 0; i < count; i++) {
    const trial_row row = {*point, trials[i]};
    write_row(out, trial_columns, TRIAL_COLUMNS, &row);
  }
  return BO_OK;
}

static bo_status make_csv(bo_bytes *out, bo_store *store, const csv_column *columns, int count,
                          bo_point_visitor write_rows, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  write_header(text.out, columns, count);
  status = bo_report_visit(store, write_rows, text.out, diag);
  return bo_text_close(&text, out, status, diag);
}

bo_status bo_report_points_csv(bo_bytes *out, bo_store *store, bo_diag *diag) {
  return make_csv(out, store, point_columns, POINT_COLUMNS, write_point, diag);
}

bo_status bo_report_trials_csv(bo_bytes *out, bo_store *store, bo_diag *diag) {
  return make_csv(out, store, trial_columns, TRIAL_COLUMNS, write_trials, diag);
}
