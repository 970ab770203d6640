/* The table of a sweep. */
#include "report/report.h"
#include "report/text.h"
#include "report/visit.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

const char *const bo_report_energy_note =
    "The weight-SRAM saving is of its access energy only, (V/Vmin)^2, as is the published 30 % at\n"
    "a BER of 1 %. The total has activations, accumulators, MACs, DRAM and leakage as well.\n";

/* "± 0.12", or nothing for one chip. */
typedef struct spread_text {
  char text[32];
  int width; /* bytes that make eleven columns: "±" has two bytes */
} spread_text;

static spread_text spread_of(const bo_over_chips *value) {
  spread_text spread = {"", 11};
  if (!isnan(value->std)) {
    (void)snprintf(spread.text, sizeof spread.text, "± %.2f", value->std);
    spread.width++;
  }
  return spread;
}

/* The block that is being written: points of one model, profile and placement. */
typedef struct table_block {
  FILE *out;
  const bo_point *first; /* NULL before the first block */
} table_block;

static bool is_of_block(const bo_point *point, const bo_point *first) {
  return first != NULL && strcmp(point->model, first->model) == 0 &&
         strcmp(point->profile, first->profile) == 0 &&
         strcmp(point->placement, first->placement) == 0;
}

static void begin_block(const table_block *block, const bo_point_summary *summary) {
  const bo_point *const point = &summary->point;
  (void)fprintf(block->out, "%s%s on %s, %s: clean error %.2f %%, %" PRIu64 " images\n",
                block->first == NULL ? "" : "\n", point->model, point->profile, point->placement,
                summary->clean_error_pct, summary->images);
  (void)fprintf(block->out, "  %6s  %10s  %5s  %-18s  %13s  %9s\n", "V/Vmin", "BER %", "chips",
                "robust error %", "weight-SRAM", "total");
  (void)fprintf(block->out, "  %6s  %10s  %5s  %-18s  %13s  %9s\n", "", "", "", "(mean ± std)",
                "saving %", "saving %");
}

static bo_status write_line(void *context, const bo_point *point, const bo_trial *trials,
                            uint32_t count, bo_diag *diag) {
  table_block *const block = context;
  bo_point_summary summary;
  const bo_status status = bo_point_summarise(&summary, point, trials, count, diag);
  if (status != BO_OK) {
    return status;
  }
  if (!is_of_block(point, block->first)) {
    begin_block(block, &summary);
    block->first = point;
  }
  const spread_text spread = spread_of(&summary.robust_error_pct);
  (void)fprintf(block->out, "  %6.4f  %10.4g  %5" PRIu32 "  %6.2f %-*s  %13.2f  %9.2f\n",
                point->vdd_ratio, 100 * point->ber, summary.n_chips, summary.robust_error_pct.mean,
                spread.width, spread.text, summary.sram_energy_saving_pct,
                summary.total_energy_saving_pct);
  return BO_OK;
}

bo_status bo_report_table(bo_bytes *out, bo_store *store, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  table_block block = {text.out, NULL};
  status = bo_report_visit(store, write_line, &block, diag);
  (void)fprintf(text.out, "\n%s", bo_report_energy_note);
  return bo_text_close(&text, out, status, diag);
}
