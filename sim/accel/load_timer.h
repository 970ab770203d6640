/**
 * @file load_timer.h
 * When the rows of a tile's weights would be there if no two words lay in the same bank: counted
 * cycle by cycle beside the real fetch, to tell what a wait is for. Private to sim/accel.
 */
#ifndef BO_ACCEL_LOAD_TIMER_H
#define BO_ACCEL_LOAD_TIMER_H

#include "mem/weight_fetch.h"

#include <stdbool.h>
#include <stdint.h>

/** A value; {0} has nothing to load. */
typedef struct bo_load_timer {
  bo_tile_words words;
  uint64_t group_codes;  /* codes that are read in a cycle */
  uint64_t age;          /* cycles from that in which the tile was accepted to this one */
  uint64_t first_usable; /* age at which the first words' codes are in the buffer */
} bo_load_timer;

/** For the cycle after the one in which a tile was accepted. */
static inline bo_load_timer bo_load_timer_begin(const bo_tile_words *words, uint64_t read_words,
                                                uint64_t latency) {
  return (bo_load_timer){*words, read_words * words->codes_per_row, 1, latency + 2};
}

/* Cycles that reading takes, for gathered words: every run begins in a cycle of its own. */
static inline uint64_t bo_load_timer_gather_reads(const bo_load_timer *timer) {
  const bo_tile_words *const words = &timer->words;
  uint64_t reads = 0;
  for (uint64_t run = 0; run < words->n; run++) {
    const uint64_t slot = (words->slot + run * words->run_stride) % words->codes_per_row;
    reads += (slot + words->k - 1) / timer->group_codes + 1;
  }
  return reads;
}

/** Whether the codes of row @p row < k are in the buffer now. */
static inline bool bo_load_timer_has_row(const bo_load_timer *timer, uint64_t row) {
  if (timer->age < timer->first_usable) {
    return false;
  }
  const uint64_t reads = timer->age - timer->first_usable + 1;
  if (timer->words.run_stride != 0) {
    return reads >= bo_load_timer_gather_reads(timer);
  }
  return reads * timer->group_codes >= timer->words.slot + (row + 1) * timer->words.n;
}

#endif
