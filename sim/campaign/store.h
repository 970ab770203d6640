/**
 * @file store.h
 * Results of a sweep in one SQLite file: manifest, points, and a row per trial as it finishes.
 *
 *   manifest(position, key, value)   what the results depend on, as text
 *   points(id, model, profile, placement, vdd_ratio, ber, cycles, energy at V by part, energy at
 *          Vmin by part)
 *   trials(point, chip, seed, images, clean_wrong, wrong, wrong_or_clean, fault counts)
 *
 * Every trial is a transaction of its own in write-ahead logging: a killed process loses at most
 * the trials in flight. With synchronous=NORMAL a power cut may lose the last committed rows as
 * well (they run again), but never leaves a broken file. At the end the log is folded into the
 * file, which then can be read from where nothing can be written. Manifest and points are written
 * in one transaction, so a file either has all of them or is new. Seeds are stored as the signed
 * 64-bit integer of the same bits.
 *
 * A file to open is not trusted: its schema must be ours to the letter and its contents pass
 * SQLite's check.
 */
#ifndef BO_CAMPAIGN_STORE_H
#define BO_CAMPAIGN_STORE_H

#include "base/status.h"
#include "campaign/manifest.h"
#include "campaign/point.h"
#include "campaign/trial.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An open store, for one thread at a time. */
typedef struct bo_store bo_store;

/**
 * Opens @p path for a sweep: a new file gets @p manifest and @p points, an existing store must have
 * been made with the same ones.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (not a store, another schema version, damaged,
 *         or another manifest: @p diag names the first key that differs and both values).
 */
bo_status bo_store_open_sweep(bo_store **out, const char *path, const bo_manifest *manifest,
                              const bo_point *points, uint32_t count, bo_diag *diag);

/** Opens an existing store to read it. */
bo_status bo_store_open(bo_store **out, const char *path, bo_diag *diag);
void bo_store_free(bo_store *store);

/**
 * Adds a finished trial, committed on return; nothing if the trial is there already. Another
 * process may write too: a trial that both run has the same result.
 */
bo_status bo_store_add(bo_store *store, const bo_trial *trial, bo_diag *diag);

/** Borrowed, valid as long as the store. */
const bo_manifest *bo_store_manifest(const bo_store *store);
const bo_point *bo_store_points(const bo_store *store, uint32_t *count);

/** Trials of point @p point by rising chip, owned by the caller (free); may be none (NULL). */
bo_status bo_store_trials(bo_store *store, uint32_t point, bo_trial **out, uint32_t *count,
                          bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
