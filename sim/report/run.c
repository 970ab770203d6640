/* One point, for people and as JSON. */
#include "campaign/campaign.h"
#include "report/json.h"
#include "report/report.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

static bo_json over_chips(const bo_over_chips *value, uint32_t n_chips) {
  bo_json json = bo_json_object();
  bo_json_real(&json, "mean", value->mean);
  bo_json_real(&json, "std", value->std);
  bo_json_real(&json, "ci95_low", value->ci95_low);
  bo_json_real(&json, "ci95_high", value->ci95_high);
  bo_json_count(&json, "n_chips", n_chips);
  return json;
}

bo_status bo_report_run_json(bo_bytes *out, const bo_workload *workload,
                             const bo_point_summary *summary, uint64_t seed, bo_diag *diag) {
  const bo_point *const point = &summary->point;
  const uint32_t chips = summary->n_chips;
  bo_json json = bo_json_object();
  bo_json_text(&json, "model", point->model);
  bo_json_text(&json, "dataset", workload->dataset);
  bo_json_text(&json, "profile", point->profile);
  bo_json_text(&json, "placement", point->placement);
  bo_json_text(&json, "energy", workload->energy_table.name);
  bo_json_real(&json, "vdd_ratio", point->vdd_ratio);
  bo_json_real(&json, "ber_pct", 100 * point->ber);
  bo_json_real(&json, "clean_error_pct", summary->clean_error_pct);
  bo_json_put(&json, "robust_error_pct", over_chips(&summary->robust_error_pct, chips));
  bo_json_put(&json, "robust_error_or_clean_pct",
              over_chips(&summary->robust_error_or_clean_pct, chips));
  bo_json_real(&json, "cells_faulty", summary->cells_faulty);
  bo_json_real(&json, "bits_requested", summary->bits_requested);
  bo_json_real(&json, "bits_effective", summary->bits_effective);
  bo_json_real(&json, "weights_changed", summary->weights_changed);
  bo_json_real(&json, "sram_energy_saving_pct", summary->sram_energy_saving_pct);
  bo_json_real(&json, "total_energy_saving_pct", summary->total_energy_saving_pct);
  bo_json_put(&json, "energy_pj_per_inference", bo_json_energy(&point->energy));
  bo_json_put(&json, "energy_pj_per_inference_at_vmin", bo_json_energy(&point->energy_vmin));
  bo_json_count(&json, "cycles_per_inference", point->cycles);
  bo_json_count(&json, "images", summary->images);
  bo_json_count(&json, "seed", seed);
  bo_json_text(&json, "version", bo_version());
  return bo_json_finish(&json, out, diag);
}

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
                point->profile, point->vdd_ratio, 100 * point->ber);
  (void)fprintf(text.out, "%-28s %s\n", "placement", point->placement);
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
