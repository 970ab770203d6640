#include "report/report.h"
#include "report/text.h"
#include "report/visit.h"

#include "campaign/campaign.h"

#include <inttypes.h>
#include <math.h>
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

/* ---- the table of a sweep ---- */

/* The model whose block is being written. */
typedef struct model_block {
  FILE *out;
  const char *model;
} model_block;

static void begin_block(model_block *block, const bo_point_summary *summary) {
  (void)fprintf(block->out, "%s%s: clean error %.2f %%, %" PRIu64 " images\n",
                block->model == NULL ? "" : "\n", summary->point.model, summary->clean_error_pct,
                summary->images);
  (void)fprintf(block->out, "  %6s  %10s  %5s  %-18s  %13s  %9s\n", "V/Vmin", "BER %", "chips",
                "robust error %", "weight-SRAM", "total");
  (void)fprintf(block->out, "  %6s  %10s  %5s  %-18s  %13s  %9s\n", "", "", "", "(mean ± std)",
                "saving %", "saving %");
}

static bo_status write_line(void *context, const bo_point *point, const bo_trial *trials,
                            uint32_t count, bo_diag *diag) {
  model_block *const block = context;
  bo_point_summary summary;
  const bo_status status = bo_point_summarise(&summary, point, trials, count, diag);
  if (status != BO_OK) {
    return status;
  }
  if (block->model == NULL || strcmp(block->model, point->model) != 0) {
    begin_block(block, &summary);
    block->model = point->model;
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
  model_block block = {text.out, NULL};
  status = bo_report_visit(store, write_line, &block, diag);
  (void)fprintf(text.out, "\n%s", bo_report_energy_note);
  return bo_text_close(&text, out, status, diag);
}

/* ---- one point ---- */

static void write_error(FILE *out, const char *name, const bo_over_chips *error) {
  (void)fprintf(out, "%-28s %.3f", name, error->mean);
  if (!isnan(error->std)) {
    (void)fprintf(out, " ± %.3f %% (95 %% interval of the mean %.3f to %.3f)", error->std,
                  error->ci95_low, error->ci95_high);
  } else {
    (void)fputs(" %", out);
  }
  (void)fputc('\n', out);
}

static void write_energy(FILE *out, const bo_point_summary *summary) {
  const bo_energy *const now = &summary->point.energy;
  const bo_energy *const vmin = &summary->point.energy_vmin;
  const struct {
    const char *name;
    double now, vmin;
  } parts[] = {
      {"weight SRAM", now->weight_sram_pj, vmin->weight_sram_pj},
      {"activation SRAM", now->activation_sram_pj, vmin->activation_sram_pj},
      {"accumulator", now->accumulator_pj, vmin->accumulator_pj},
      {"MAC", now->mac_pj, vmin->mac_pj},
      {"DRAM", now->dram_pj, vmin->dram_pj},
      {"leakage", now->leakage_pj, vmin->leakage_pj},
      {"total", now->total_pj, vmin->total_pj},
  };
  (void)fprintf(out, "%-28s %14s %14s\n", "energy of an inference", "pJ", "pJ at Vmin");
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    (void)fprintf(out, "  %-26s %14.1f %14.1f\n", parts[i].name, parts[i].now, parts[i].vmin);
  }
}

bo_status bo_report_run_text(bo_bytes *out, const bo_workload *workload,
                             const bo_point_summary *summary, uint64_t seed, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  const bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_point *const point = &summary->point;
  (void)fprintf(text.out, "%-28s %s on %s, %" PRIu64 " images\n", "model", point->model,
                workload->dataset, summary->images);
  (void)fprintf(text.out, "%-28s %s at V/Vmin %.6g, bit error rate %.6g %%\n", "silicon",
                workload->profile.name, point->vdd_ratio, 100 * point->ber);
  (void)fprintf(text.out, "%-28s %" PRIu32 ", seeds from %" PRIu64 " (brownout %s)\n", "chips",
                summary->n_chips, seed, bo_version());
  (void)fprintf(text.out, "%-28s %.3f %%\n", "clean error", summary->clean_error_pct);
  write_error(text.out, "robust error", &summary->robust_error_pct);
  write_error(text.out, "  or wrong without errors", &summary->robust_error_or_clean_pct);
  (void)fprintf(text.out, "%-28s %.1f cells, %.1f bits, %.1f weights (mean over chips)\n",
                "faulty, misread, changed", summary->cells_faulty, summary->bits_effective,
                summary->weights_changed);
  (void)fprintf(text.out, "%-28s %" PRIu64 "\n", "cycles of an inference", point->cycles);
  write_energy(text.out, summary);
  (void)fprintf(text.out, "%-28s %.2f %%\n", "weight-SRAM saving", summary->sram_energy_saving_pct);
  (void)fprintf(text.out, "%-28s %.2f %%\n\n", "total saving", summary->total_energy_saving_pct);
  (void)fputs(bo_report_energy_note, text.out);
  return bo_text_close(&text, out, BO_OK, diag);
}
