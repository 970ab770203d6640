/** @file clock.h  Clocks of the benchmarks, in ns. */
#ifndef BO_BENCH_CLOCK_H
#define BO_BENCH_CLOCK_H

#include <time.h>

static inline double bench_read_ns(clockid_t id) {
  struct timespec now;
  (void)clock_gettime(id, &now);
  return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

/** CPU time of the calling thread: what a busy machine disturbs least. */
static inline double bench_thread_ns(void) {
  return bench_read_ns(CLOCK_THREAD_CPUTIME_ID);
}

/** Time on the wall: what several threads share. */
static inline double bench_wall_ns(void) {
  return bench_read_ns(CLOCK_MONOTONIC);
}

#endif
