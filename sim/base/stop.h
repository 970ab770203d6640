/** @file stop.h  Whether long work is to end early: asked by whoever does it, from any thread. */
#ifndef BO_BASE_STOP_H
#define BO_BASE_STOP_H

#include <stdbool.h>
#include <stddef.h>

/** {0}: never. */
typedef struct bo_stop {
  bool (*asked_for)(void *context);
  void *context;
} bo_stop;

static inline bool bo_stop_asked_for(bo_stop stop) {
  return stop.asked_for != NULL && stop.asked_for(stop.context);
}

#endif
