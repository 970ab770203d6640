/**
 * @file sweep_fixture.h
 * A small made-up sweep to fill a store with.
 */
#ifndef BO_TESTS_SWEEP_FIXTURE_H
#define BO_TESTS_SWEEP_FIXTURE_H

#include "campaign/manifest.h"
#include "campaign/point.h"
#include "campaign/trial.h"

#include <stdbool.h>

/** Two entries: seed = 5, model = m. */
bo_manifest sample_manifest(void);

enum {
  SAMPLE_POINTS = 2
};

/** Points "m" on "p", placed "tile+rotate", at 0.75 and 0.8, with reals that need all of their 53
 * bits. */
void sample_points(bo_point points[SAMPLE_POINTS]);

/** Chip @p chip of @p point: 100 images, 10 wrong without errors, wrong of them wrong with. */
bo_trial sample_trial(uint32_t point, uint32_t chip, uint64_t wrong);

/** Whether every member is the same, reals to the last bit. */
bool same_trials(const bo_trial *a, const bo_trial *b, uint32_t count);
bool same_points(const bo_point *a, const bo_point *b, uint32_t count);

#endif
