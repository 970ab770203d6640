#include "base/progress.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
  BAR_WIDTH = 20
};

/* done * scale / total without overflow, rounded down: scale only if all is done. */
static unsigned share(uint64_t done, uint64_t total, unsigned scale) {
  const unsigned shift = total > UINT64_MAX / scale ? 8 : 0;
  const unsigned part = (unsigned)((done >> shift) * scale / (total >> shift));
  return part == scale && done < total ? scale - 1 : part;
}

/* "20 s", "3 min 20 s", "2 h 05 min". */
static void format_duration(char text[32], double seconds) {
  const double longest_s = 1e9;
  const unsigned long s = (unsigned long)((seconds < longest_s ? seconds : longest_s) + 0.5);
  if (s < 60) {
    (void)snprintf(text, 32, "%lu s", s);
  } else if (s < 3600) {
    (void)snprintf(text, 32, "%lu min %02lu s", s / 60, s % 60);
  } else {
    (void)snprintf(text, 32, "%lu h %02lu min", s / 3600, s / 60 % 60);
  }
}

void bo_progress_format(char *text, size_t size, uint64_t done, uint64_t resumed, uint64_t total,
                        const char *unit, double elapsed_s) {
  assert(resumed <= done && done <= total && total > 0 && size >= 96);
  char bar[BAR_WIDTH + 1];
  memset(bar, ' ', BAR_WIDTH);
  memset(bar, '#', share(done, total, BAR_WIDTH));
  bar[BAR_WIDTH] = '\0';
  char elapsed[32];
  format_duration(elapsed, elapsed_s);
  char eta[40] = "";
  if (done > resumed && done < total) {
    char left[32];
    format_duration(left, elapsed_s / (double)(done - resumed) * (double)(total - done));
    (void)snprintf(eta, sizeof eta, ", ETA %s", left);
  }
  (void)snprintf(text, size, "%4u %% [%s] %" PRIu64 "/%" PRIu64 " %s, %s%s",
                 share(done, total, 100), bar, done, total, unit, elapsed, eta);
}
