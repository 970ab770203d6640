#include "campaign/point.h"

#include "base/stats.h"

#include <stdio.h>
#include <stdlib.h>

bo_status bo_point_init(bo_point *point, const bo_workload *workload, double vdd_ratio,
                        bo_diag *diag) {
  *point = (bo_point){.vdd_ratio = vdd_ratio, .cycles = workload->events.cycles};
  const bo_status status = bo_profile_ber(&workload->profile, vdd_ratio, &point->ber, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)snprintf(point->model, sizeof point->model, "%s", workload->net->name);
  (void)snprintf(point->profile, sizeof point->profile, "%s", workload->profile.name);
  bo_placement_setting_text(point->placement, &workload->setting);
  point->energy = bo_energy_of(&workload->energy_table, &workload->arch,
                               workload->arch.weight_banks, &workload->events, vdd_ratio);
  point->energy_vmin = workload->energy_vmin;
  return BO_OK;
}

static bo_over_chips over_chips(const double *values, uint32_t count) {
  const bo_sample sample = bo_stats_sample(values, count);
  const bo_interval interval = bo_stats_t_interval(&sample, 0.95);
  return (bo_over_chips){sample.mean, sample.std, interval.low, interval.high};
}

static double pct(uint64_t part, uint64_t whole) {
  return 100.0 * (double)part / (double)whole;
}

static void add_fault_means(bo_point_summary *out, const bo_trial *trials, uint32_t count) {
  bo_fault_count sum = {0};
  for (uint32_t i = 0; i < count; i++) {
    sum.cells_faulty += trials[i].faults.cells_faulty;
    sum.bits_requested += trials[i].faults.bits_requested;
    sum.bits_effective += trials[i].faults.bits_effective;
    sum.weights_changed += trials[i].faults.weights_changed;
  }
  out->cells_faulty = (double)sum.cells_faulty / count;
  out->bits_requested = (double)sum.bits_requested / count;
  out->bits_effective = (double)sum.bits_effective / count;
  out->weights_changed = (double)sum.weights_changed / count;
}

bo_status bo_point_summarise(bo_point_summary *out, const bo_point *point, const bo_trial *trials,
                             uint32_t count, bo_diag *diag) {
  double *const error_pct = malloc(count * sizeof *error_pct);
  if (error_pct == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  *out = (bo_point_summary){
      .point = *point,
      .n_chips = count,
      .images = trials[0].images,
      .clean_error_pct = pct(trials[0].clean_wrong, trials[0].images),
      .sram_energy_saving_pct = 100.0 * (1.0 - bo_profile_energy_ratio(point->vdd_ratio)),
      .total_energy_saving_pct =
          100.0 * (1.0 - point->energy.total_pj / point->energy_vmin.total_pj),
  };
  for (uint32_t i = 0; i < count; i++) {
    error_pct[i] = pct(trials[i].wrong, trials[i].images);
  }
  out->robust_error_pct = over_chips(error_pct, count);
  for (uint32_t i = 0; i < count; i++) {
    error_pct[i] = pct(trials[i].wrong_or_clean, trials[i].images);
  }
  out->robust_error_or_clean_pct = over_chips(error_pct, count);
  add_fault_means(out, trials, count);
  free(error_pct);
  return BO_OK;
}
