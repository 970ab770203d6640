#include "cli/watch.h"

#include "base/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

static double seconds_between(struct timespec from, struct timespec to) {
  return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
}

void bo_watch_begin(bo_watch *watch) {
  sigset_t signals;
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGINT);
  (void)sigaddset(&signals, SIGTERM);
  (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
  *watch = (bo_watch){.on_terminal = isatty(STDERR_FILENO) == 1};
  (void)clock_gettime(CLOCK_MONOTONIC, &watch->start);
}

static bool stop_was_asked_for(void *context) {
  (void)context;
  sigset_t pending;
  return sigpending(&pending) == 0 &&
         (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

static void draw(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  const double redraw_s = 0.1;
  bo_watch *const watch = context;
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  if (!watch->on_terminal ||
      (watch->drawn && done < total && seconds_between(watch->last, now) < redraw_s)) {
    return;
  }
  char line[128];
  bo_progress_format(line, sizeof line, done, resumed, total, "trials",
                     seconds_between(watch->start, now));
  (void)fprintf(stderr, "\r%s\033[K", line);
  watch->drawn = true;
  watch->last = now;
}

bo_campaign_control bo_watch_control(bo_watch *watch, uint32_t jobs) {
  return (bo_campaign_control){
      .jobs = jobs, .stop = {.asked_for = stop_was_asked_for}, .progress = draw, .context = watch};
}

void bo_watch_end(bo_watch *watch) {
  if (watch->drawn) {
    (void)fprintf(stderr, "\r\033[K");
  }
}
