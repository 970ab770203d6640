#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

/* What the workers share; everything from next_job on is guarded by lock. */
typedef struct pool {
  bo_pool_job job;
  void *context;
  uint64_t jobs;
  pthread_mutex_t lock;
  uint64_t next_job;
  uint32_t next_worker;
  uint64_t failed_job; /* lowest one so far, if status is a failure */
  bo_status status;
  bo_diag diag;
} pool;

/* Jobs are handed out in order, so all below a failed one have started, and the lowest failure does
 * not depend on timing. */
static bool take_job(pool *shared, uint64_t *job) {
  (void)pthread_mutex_lock(&shared->lock);
  const bool taken = shared->status == BO_OK && shared->next_job < shared->jobs;
  if (taken) {
    *job = shared->next_job++;
  }
  (void)pthread_mutex_unlock(&shared->lock);
  return taken;
}

static void note_failure(pool *shared, uint64_t job, bo_status status, const bo_diag *diag) {
  (void)pthread_mutex_lock(&shared->lock);
  if (shared->status == BO_OK || job < shared->failed_job) {
    shared->failed_job = job;
    shared->status = status;
    shared->diag = *diag;
  }
  (void)pthread_mutex_unlock(&shared->lock);
}

static void *work(void *argument) {
  pool *shared = argument;
  (void)pthread_mutex_lock(&shared->lock);
  const uint32_t worker = shared->next_worker++;
  (void)pthread_mutex_unlock(&shared->lock);

  uint64_t job;
  while (take_job(shared, &job)) {
    bo_diag diag = {{0}};
    const bo_status status = shared->job(shared->context, worker, job, &diag);
    if (status != BO_OK) {
      note_failure(shared, job, status, &diag);
    }
  }
  return NULL;
}

/* Starts threads that wait for the lock. If one cannot be had, no job will be. */
static uint32_t start_threads(pool *shared, pthread_t *threads, uint32_t count) {
  (void)pthread_mutex_lock(&shared->lock);
  uint32_t started = 0;
  while (started < count && pthread_create(&threads[started], NULL, work, shared) == 0) {
    started++;
  }
  if (started < count) {
    shared->status =
        bo_fail(&shared->diag, BO_E_NOMEM, "workers: cannot start %u threads", count + 1);
  }
  (void)pthread_mutex_unlock(&shared->lock);
  return started;
}

bo_status bo_pool_run(uint32_t workers, uint64_t jobs, bo_pool_job job, void *context,
                      bo_diag *diag) {
  if (workers == 0) {
    return bo_fail(diag, BO_E_INVALID, "workers: expected at least 1, got 0");
  }
  if (jobs == 0) {
    return BO_OK;
  }
  const uint32_t others = (uint32_t)(workers < jobs ? workers : jobs) - 1;
  pthread_t *threads = calloc((size_t)others + 1, sizeof *threads); /* + 1: never of size 0 */
  if (threads == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "workers: out of memory for %u threads", workers);
  }
  pool shared = {.job = job, .context = context, .jobs = jobs};
  (void)pthread_mutex_init(&shared.lock, NULL);
  const uint32_t started = start_threads(&shared, threads, others);
  (void)work(&shared);
  for (uint32_t i = 0; i < started; i++) {
    (void)pthread_join(threads[i], NULL);
  }
  (void)pthread_mutex_destroy(&shared.lock);
  free(threads);
  return shared.status == BO_OK ? BO_OK : bo_fail(diag, shared.status, "%s", shared.diag.text);
}

uint32_t bo_pool_default_workers(void) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return 1; /* more processors than the set has room for: not guessed */
  }
  return (uint32_t)CPU_COUNT(&allowed);
}
