/*
 * What a trial costs around the network itself: load time, share of injection, gain of a second
 * worker, memory.
 *
 *   bench_pipeline MODEL.onnx      (dataset from the model's name; chips at a bit error rate of 1
 * %)
 *
 * Times are wall clock, medians of RUNS; ratios are of times taken in turn in this one run.
 */
#include "campaign/campaign.h"
#include "mem/inject.h"
#include "silicon/chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
  RUNS = 5,
  PAIR_CHIPS = 4,
  MANY_CHIPS = 24
};

static const char *const profile_path = BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml";
static const char *const energy_path = BO_SOURCE_DIR "/profiles/energy/cmos14.yaml";

static double now_s(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long peak_kib(void) {
  struct rusage usage;
  (void)getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values) {
  qsort(values, RUNS, sizeof values[0], by_value);
  return values[RUNS / 2];
}

static bo_workload_config config_of(const char *model) {
  return (bo_workload_config){
      .model = model,
      .profile = profile_path,
      .energy = energy_path,
      .placement = {.policy = BO_PLACEMENT_TILE, .banks = BO_BANKS_OF_ARCH}};
}

static bo_status time_load(const char *model, double *load_s, bo_diag *diag) {
  double times[RUNS];
  for (int i = 0; i < RUNS; i++) {
    bo_workload *workload = NULL;
    const bo_workload_config config = config_of(model);
    const double start = now_s();
    const bo_status status = bo_workload_new(&workload, &config, diag);
    times[i] = now_s() - start;
    bo_workload_free(workload);
    if (status != BO_OK) {
      return status;
    }
  }
  *load_s = median(times);
  return BO_OK;
}

static bo_status time_chips(const bo_workload *workload, double vdd_ratio, uint32_t jobs,
                            uint32_t chips, double *seconds, double *error_pct, bo_diag *diag) {
  const bo_campaign_control control = {.jobs = jobs};
  bo_point_summary summary;
  const double start = now_s();
  const bo_status status = bo_point_run(&summary, workload, vdd_ratio, 0, chips, &control, diag);
  *seconds = now_s() - start;
  *error_pct = summary.robust_error_pct.mean;
  return status;
}

/* One worker and two in turn; both must find the same error. */
static bo_status time_workers(const bo_workload *workload, double vdd_ratio, double *one_s,
                              double *two_s, bo_diag *diag) {
  double one[RUNS];
  double two[RUNS];
  for (int i = 0; i < RUNS; i++) {
    double error_one = 0;
    double error_two = 0;
    bo_status status = time_chips(workload, vdd_ratio, 1, PAIR_CHIPS, &one[i], &error_one, diag);
    if (status == BO_OK) {
      status = time_chips(workload, vdd_ratio, 2, PAIR_CHIPS, &two[i], &error_two, diag);
    }
    if (status != BO_OK) {
      return status;
    }
    if (error_one != error_two) {
      return bo_fail(diag, BO_E_MISMATCH, "one worker found %.4f %%, two found %.4f %%", error_one,
                     error_two);
    }
  }
  *one_s = median(one);
  *two_s = median(two);
  return BO_OK;
}

static uint8_t **new_codes(const bo_workload *workload) {
  uint32_t count = 0;
  const bo_weight_shape *const tensors = bo_placement_tensors(workload->placement, &count);
  uint8_t **const codes = calloc(count, sizeof codes[0]);
  for (uint32_t t = 0; codes != NULL && t < count; t++) {
    codes[t] = malloc((size_t)tensors[t].groups * tensors[t].outputs * tensors[t].inputs);
  }
  return codes;
}

static void free_codes(const bo_workload *workload, uint8_t **codes) {
  uint32_t count = 0;
  (void)bo_placement_tensors(workload->placement, &count);
  for (uint32_t t = 0; codes != NULL && t < count; t++) {
    free(codes[t]);
  }
  free(codes);
}

static bo_status time_injection(const bo_workload *workload, double vdd_ratio, double *inject_s,
                                bo_diag *diag) {
  bo_injector *injector = NULL;
  double times[RUNS];
  uint8_t **const codes = new_codes(workload);
  bo_status status = codes == NULL ? bo_fail(diag, BO_E_NOMEM, "out of memory")
                                   : bo_injector_new(&injector, workload->placement, diag);
  for (uint64_t i = 0; status == BO_OK && i < RUNS; i++) {
    bo_chip chip;
    bo_fault_count count;
    const double start = now_s();
    status = bo_chip_at(&chip, &workload->profile, i, vdd_ratio, diag);
    bo_injector_run(injector, &chip, workload->clean_codes, codes, &count);
    times[i] = now_s() - start;
  }
  bo_injector_free(injector);
  free_codes(workload, codes);
  *inject_s = status == BO_OK ? median(times) : 0;
  return status;
}

static bo_status measure(const char *model, bo_workload **workload, bo_diag *diag) {
  double load_s = 0;
  double inject_s = 0;
  double one_s = 0;
  double two_s = 0;
  double many_s = 0;
  double error_pct = 0;
  double vdd_ratio = 0;
  const bo_workload_config config = config_of(model);
  bo_status status = time_load(model, &load_s, diag);
  if (status == BO_OK) {
    status = bo_workload_new(workload, &config, diag);
  }
  if (status == BO_OK) {
    status = bo_workload_load_images(*workload, NULL, NULL, 0, diag);
  }
  if (status == BO_OK) {
    status = bo_profile_vdd_for_ber(&(*workload)->profile, 0.01, &vdd_ratio, diag);
  }
  if (status == BO_OK) {
    status = time_injection(*workload, vdd_ratio, &inject_s, diag);
  }
  if (status == BO_OK) {
    status = time_workers(*workload, vdd_ratio, &one_s, &two_s, diag);
  }
  const long few_kib = peak_kib();
  if (status == BO_OK) {
    status = time_chips(*workload, vdd_ratio, 2, MANY_CHIPS, &many_s, &error_pct, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  const double trial_s = one_s / PAIR_CHIPS;
  (void)printf("model                          %s\n", (*workload)->net->name);
  (void)printf("network load                   %8.1f ms\n", load_s * 1e3);
  (void)printf("trial, one worker              %8.1f ms  (%zu images, %.0f images/s)\n",
               trial_s * 1e3, (*workload)->images, (double)(*workload)->images / trial_s);
  (void)printf("injection at BER 1 %%           %8.3f ms  = %.2f %% of a trial\n", inject_s * 1e3,
               100 * inject_s / trial_s);
  (void)printf("two workers over one           %8.2f x\n", one_s / two_s);
  (void)printf("peak memory                    %8.1f MiB after %d trials, %.1f MiB after %d more\n",
               (double)few_kib / 1024, RUNS * PAIR_CHIPS * 2, (double)peak_kib() / 1024,
               MANY_CHIPS);
  return BO_OK;
}

int main(int argc, char **argv) {
  bo_workload *workload = NULL;
  bo_diag diag = {{0}};
  if (argc != 2) {
    (void)fprintf(stderr, "usage: bench_pipeline MODEL.onnx\n");
    return 2;
  }
  const bo_status status = measure(argv[1], &workload, &diag);
  bo_workload_free(workload);
  if (status != BO_OK) {
    (void)fprintf(stderr, "bench_pipeline: %s\n", diag.text);
    return 2;
  }
  return 0;
}
