/*
 * What do the bit errors of one trial cost? Time to read a whole network of 8-bit weights through a
 * chip, beside a plain copy of its codes.
 *
 *   bench_inject
 *
 * CPU time of the thread; one warm-up, then RUNS runs, each with a chip of its own. ns_per_bit is
 * the median over the weight bits in faulty cells, less the copy.
 */
#include "clock.h"
#include "mem/inject.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  RUNS = 7,
};

/* SimpleNet of the published CIFAR-10 results, and a network that fits a small device. */
static const bo_weight_shape networks[] = {{1, 512, 563, 8}, {1, 2, 2749189, 8}};

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double time_copy(const uint8_t *clean, uint8_t *faulty, size_t size) {
  double times[RUNS];
  for (uint32_t run = 0; run < RUNS; run++) {
    const double start = bench_thread_ns();
    memcpy(faulty, clean, size);
    times[run] = bench_thread_ns() - start;
  }
  qsort(times, RUNS, sizeof times[0], by_value);
  return times[RUNS / 2];
}

static void print_row(const bo_placement *placement, const double *times, double copy_ns,
                      double ber, size_t size, const bo_fault_count *count) {
  const bool tile = bo_placement_get_config(placement)->policy == BO_PLACEMENT_TILE;
  const double median = times[RUNS / 2];
  printf("%7zu %-7s %5u %6" PRIu64 " %7.3f %8" PRIu64 " %9.3f %9.3f %9.3f %10.1f %8.3f\n", size,
         tile ? "tile" : "linear", bo_placement_banks(placement), bo_placement_passes(placement),
         ber * 100.0, count->bits_requested, times[0] * 1e-6, median * 1e-6, times[RUNS - 1] * 1e-6,
         (median - copy_ns) / (double)count->bits_requested, copy_ns * 1e-6);
}

static bo_status bench_placement(const bo_placement *placement, const uint8_t *clean,
                                 uint8_t *faulty, size_t size, bo_diag *diag) {
  bo_injector *injector = NULL;
  const bo_status status = bo_injector_new(&injector, placement, diag);
  if (status != BO_OK) {
    return status;
  }
  const double copy_ns = time_copy(clean, faulty, size);
  const double bers[] = {0.001, 0.01, 0.025};
  for (size_t b = 0; b < sizeof bers / sizeof bers[0]; b++) {
    double times[RUNS];
    bo_fault_count count;
    bo_chip chip = {.seed = RUNS, .ber = bers[b]};
    bo_injector_run(injector, &chip, &clean, &faulty, &count);
    for (uint32_t run = 0; run < RUNS; run++) {
      chip.seed = run;
      const double start = bench_thread_ns();
      bo_injector_run(injector, &chip, &clean, &faulty, &count);
      times[run] = bench_thread_ns() - start;
    }
    qsort(times, RUNS, sizeof times[0], by_value);
    print_row(placement, times, copy_ns, bers[b], size, &count);
  }
  bo_injector_free(injector);
  return BO_OK;
}

/* Both policies, with a cell for every bit and streamed through 32 banks of 4 KB. */
static bo_status bench_policies(const bo_weight_shape *shape, const uint8_t *clean, uint8_t *faulty,
                                size_t size, bo_diag *diag) {
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < 4 && status == BO_OK; i++) {
    const bo_placement_config config = {
        .policy = i % 2 == 0 ? BO_PLACEMENT_LINEAR : BO_PLACEMENT_TILE,
        .tile_cols = 16,
        .banks = i < 2 ? 0 : 32,
        .bank_rows = 512,
        .bank_width_bits = 64,
    };
    bo_placement *placement = NULL;
    status = bo_placement_new(&placement, &config, shape, 1, diag);
    if (status == BO_OK) {
      status = bench_placement(placement, clean, faulty, size, diag);
    }
    bo_placement_free(placement);
  }
  return status;
}

static bo_status bench_network(const bo_weight_shape *shape, bo_diag *diag) {
  const size_t size = (size_t)shape->groups * shape->outputs * shape->inputs;
  uint8_t *codes = calloc(2, size);
  if (codes == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%zu weights: out of memory", size);
  }
  const bo_status status = bench_policies(shape, codes, codes + size, size, diag);
  free(codes);
  return status;
}

int main(void) {
  bo_diag diag = {""};
  bo_status status = BO_OK;
  printf("weights policy  banks passes ber_pct     bits    min_ms median_ms    max_ms ns_per_bit "
         "copy_ms\n");
  for (size_t i = 0; i < sizeof networks / sizeof networks[0] && status == BO_OK; i++) {
    status = bench_network(&networks[i], &diag);
  }
  if (status != BO_OK) {
    (void)fprintf(stderr, "bench_inject: %s\n", diag.text);
  }
  return status == BO_OK ? 0 : 2;
}
