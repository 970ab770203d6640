/**
 * @file watch.h
 * Long work as its user sees it: a progress line on a terminal, nothing on a pipe, and Ctrl-C that
 * ends it cleanly after the trials in flight.
 */
#ifndef BO_CLI_WATCH_H
#define BO_CLI_WATCH_H

#include "campaign/campaign.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

typedef struct bo_watch {
  bool on_terminal;
  bool drawn;
  struct timespec start, last;
} bo_watch;

/** Blocks SIGINT and SIGTERM for the process, to be asked for between trials; starts the clock. */
void bo_watch_begin(bo_watch *watch);

/** Control for a campaign that reports to @p watch, which must outlive it. */
bo_campaign_control bo_watch_control(bo_watch *watch, uint32_t jobs);

/** Clears the progress line. */
void bo_watch_end(bo_watch *watch);

#endif
