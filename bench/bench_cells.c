/*
 * What do the cells of modelled and mapped chips cost?
 *
 *   bench_cells MODEL_PROFILE MAP_PROFILE      such as ibm14-chip2.yaml, and what `profile
 * generate` makes of it
 *
 * CPU time of the thread, median of RUNS: all cells of a 1-Mbit chip of the model at one voltage;
 * loading the map; the faulty codes of a network of 1 M 8-bit weights on the loaded map, a chip
 * each run.
 */
#include "clock.h"
#include "mem/inject.h"
#include "silicon/profile.h"

#include <stdio.h>
#include <stdlib.h>

enum {
  RUNS = 7,
  BANKS = 32,
  ROWS = 512,
  COLUMNS = 64,
};

static const double ber = 0.012; /* a voltage of the published curve: 1.115 % */
static const bo_weight_shape network = {1, 1024, 1024, 8};

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_median(const char *what, double times[RUNS]) {
  qsort(times, RUNS, sizeof times[0], by_value);
  printf("%-58s %8.2f ms (%.2f..%.2f)\n", what, times[RUNS / 2] * 1e-6, times[0] * 1e-6,
         times[RUNS - 1] * 1e-6);
}

/* The lowest voltage with at most the rate. */
static bo_status chip_of(bo_chip *chip, const bo_profile *profile, uint64_t seed, bo_diag *diag) {
  double vdd_ratio = 0;
  const bo_status status = bo_profile_vdd_for_ber(profile, ber, &vdd_ratio, diag);
  return status == BO_OK ? bo_chip_at(chip, profile, seed, vdd_ratio, diag) : status;
}

static bo_status bench_model(const char *path, bo_diag *diag) {
  bo_profile profile = {0};
  double times[RUNS];
  bo_fault_word fault[ROWS];
  bo_status status = bo_profile_load(&profile, path, diag);
  for (uint32_t run = 0; run < RUNS && status == BO_OK; run++) {
    bo_chip chip;
    const double start = bench_thread_ns();
    status = chip_of(&chip, &profile, run, diag);
    for (uint32_t bank = 0; bank < BANKS && status == BO_OK; bank++) {
      bo_chip_bank_faults(&chip, bank, ROWS, COLUMNS, fault);
    }
    times[run] = bench_thread_ns() - start;
  }
  if (status == BO_OK) {
    print_median("model: all cells of a 1-Mbit chip at one voltage", times);
  }
  bo_profile_free(&profile);
  return status;
}

static bo_status bench_load(const char *path, bo_diag *diag) {
  double times[RUNS];
  bo_status status = BO_OK;
  for (uint32_t run = 0; run < RUNS && status == BO_OK; run++) {
    bo_profile profile = {0};
    const double start = bench_thread_ns();
    status = bo_profile_load(&profile, path, diag);
    times[run] = bench_thread_ns() - start;
    bo_profile_free(&profile);
  }
  if (status == BO_OK) {
    print_median("map: loading", times);
  }
  return status;
}

static bo_status run_chips(bo_injector *injector, const bo_profile *profile, uint8_t *codes,
                           size_t size, bo_diag *diag) {
  double times[RUNS];
  bo_status status = BO_OK;
  bo_fault_count count = {0};
  const uint8_t *const clean = codes;
  uint8_t *faulty = codes + size;
  for (uint32_t run = 0; run < RUNS && status == BO_OK; run++) {
    bo_chip chip;
    status = chip_of(&chip, profile, run, diag);
    const double start = bench_thread_ns();
    if (status == BO_OK) {
      bo_injector_run(injector, &chip, &clean, &faulty, &count);
    }
    times[run] = bench_thread_ns() - start;
  }
  if (status == BO_OK) {
    print_median("map: faulty codes of 1 M weights of 8 bits", times);
    printf("  of the last chip: %llu faulty cells, %llu weights changed\n",
           (unsigned long long)count.cells_faulty, (unsigned long long)count.weights_changed);
  }
  return status;
}

static bo_status bench_map(const char *path, bo_diag *diag) {
  const bo_placement_config config = {.policy = BO_PLACEMENT_TILE,
                                      .tile_cols = 16,
                                      .banks = BANKS,
                                      .bank_rows = ROWS,
                                      .bank_width_bits = COLUMNS};
  const size_t size = (size_t)network.outputs * network.inputs;
  bo_profile profile = {0};
  bo_placement *placement = NULL;
  bo_injector *injector = NULL;
  uint8_t *const codes = calloc(2, size);
  bo_status status = codes == NULL ? bo_fail(diag, BO_E_NOMEM, "out of memory")
                                   : bo_profile_load(&profile, path, diag);
  if (status == BO_OK) {
    status = bo_placement_new(&placement, &config, &network, 1, diag);
  }
  if (status == BO_OK) {
    status = bo_injector_new(&injector, placement, diag);
  }
  if (status == BO_OK) {
    status = run_chips(injector, &profile, codes, size, diag);
  }
  bo_injector_free(injector);
  bo_placement_free(placement);
  bo_profile_free(&profile);
  free(codes);
  return status;
}

int main(int argc, char **argv) {
  bo_diag diag = {"expected two arguments: a profile with a model, a profile with a map"};
  bo_status status = argc == 3 ? bench_model(argv[1], &diag) : BO_E_INVALID;
  if (status == BO_OK) {
    status = bench_load(argv[2], &diag);
  }
  if (status == BO_OK) {
    status = bench_map(argv[2], &diag);
  }
  if (status != BO_OK) {
    (void)fprintf(stderr, "bench_cells: %s\n", diag.text);
  }
  return status == BO_OK ? 0 : 2;
}
