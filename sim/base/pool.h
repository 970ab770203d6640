/**
 * @file pool.h
 * Workers that take independent jobs 0 … jobs-1 in order from one counter. Which worker gets a job
 * is not determined; results must not depend on it.
 */
#ifndef BO_BASE_POOL_H
#define BO_BASE_POOL_H

#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Runs one job. @p worker is 0 … workers-1: index of the caller's per-worker state. */
typedef bo_status (*bo_pool_job)(void *context, uint32_t worker, uint64_t job, bo_diag *diag);

/**
 * Runs all jobs on @p workers threads (the calling thread is one of them) and returns when the last
 * has ended. After a failure no new job starts; the failure of the lowest job index is returned
 * with its diagnostic.
 *
 * @return BO_OK, what a job returned, BO_E_INVALID (workers = 0), BO_E_NOMEM (no thread or memory).
 */
bo_status bo_pool_run(uint32_t workers, uint64_t jobs, bo_pool_job job, void *context,
                      bo_diag *diag);

/** Processors that this process may use, at least 1. */
uint32_t bo_pool_default_workers(void);

#ifdef __cplusplus
}
#endif

#endif
