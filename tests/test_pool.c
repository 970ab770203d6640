#include "base/pool.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

enum {
  JOBS = 1000
};

typedef struct tally {
  atomic_uint runs_of_job[JOBS];
  atomic_uint runs_of_worker[8];
  atomic_uint bad_worker;
  uint32_t workers;
  uint64_t fails_from; /* this job and all later ones fail */
} tally;

static bo_status count_job(void *context, uint32_t worker, uint64_t job, bo_diag *diag) {
  tally *t = context;
  if (worker < t->workers) {
    t->runs_of_worker[worker]++;
  } else {
    t->bad_worker++;
  }
  t->runs_of_job[job]++;
  if (job >= t->fails_from) {
    return bo_fail(diag, BO_E_MISMATCH, "job %u", (unsigned)job);
  }
  return BO_OK;
}

static void each_job_runs_once_for_any_number_of_workers(void) {
  for (uint32_t workers = 1; workers <= 8; workers++) {
    tally t = {.workers = workers, .fails_from = UINT64_MAX};
    CU_ASSERT_EQUAL(bo_pool_run(workers, JOBS, count_job, &t, NULL), BO_OK);
    for (unsigned job = 0; job < JOBS; job++) {
      CU_ASSERT_EQUAL(t.runs_of_job[job], 1);
    }
    CU_ASSERT_EQUAL(t.bad_worker, 0);
  }
}

/* Both jobs wait for the other: one thread alone would never end the first. */
static bo_status meet(void *context, uint32_t worker, uint64_t job, bo_diag *diag) {
  (void)worker, (void)job, (void)diag;
  (void)pthread_barrier_wait(context);
  return BO_OK;
}

static void two_workers_run_at_the_same_time(void) {
  pthread_barrier_t barrier;
  CU_ASSERT_EQUAL_FATAL(pthread_barrier_init(&barrier, NULL, 2), 0);
  CU_ASSERT_EQUAL(bo_pool_run(2, 2, meet, &barrier, NULL), BO_OK);
  (void)pthread_barrier_destroy(&barrier);
}

/* Two jobs that have both started when the first of them fails. */
typedef struct race {
  pthread_barrier_t started;
  uint64_t late_job;
} race;

static bo_status fail_in_a_race(void *context, uint32_t worker, uint64_t job, bo_diag *diag) {
  (void)worker;
  race *r = context;
  (void)pthread_barrier_wait(&r->started);
  if (job == r->late_job) {
    (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  }
  return bo_fail(diag, BO_E_MISMATCH, "job %u", (unsigned)job);
}

static void the_lowest_failing_job_is_reported_whichever_ends_first(void) {
  for (uint64_t late_job = 0; late_job < 2; late_job++) {
    race r = {.late_job = late_job};
    bo_diag diag = {{0}};
    CU_ASSERT_EQUAL_FATAL(pthread_barrier_init(&r.started, NULL, 2), 0);
    CU_ASSERT_EQUAL(bo_pool_run(2, 2, fail_in_a_race, &r, &diag), BO_E_MISMATCH);
    CU_ASSERT(same_text(diag.text, "job 0"));
    (void)pthread_barrier_destroy(&r.started);
  }
}

static void the_lowest_of_many_failing_jobs_is_reported(void) {
  for (unsigned repeat = 0; repeat < 50; repeat++) {
    tally t = {.workers = 4, .fails_from = 100};
    bo_diag diag = {{0}};
    CU_ASSERT_EQUAL(bo_pool_run(4, JOBS, count_job, &t, &diag), BO_E_MISMATCH);
    CU_ASSERT(same_text(diag.text, "job 100"));
  }
}

static void no_job_starts_after_a_failure(void) {
  tally t = {.workers = 1, .fails_from = 10};
  CU_ASSERT_EQUAL(bo_pool_run(1, JOBS, count_job, &t, NULL), BO_E_MISMATCH);
  CU_ASSERT_EQUAL(t.runs_of_job[10], 1);
  CU_ASSERT_EQUAL(t.runs_of_job[11], 0);
}

static void no_job_is_no_work_and_no_worker_is_refused(void) {
  bo_diag diag = {{0}};
  tally t = {.workers = 3, .fails_from = 0};
  CU_ASSERT_EQUAL(bo_pool_run(3, 0, count_job, &t, &diag), BO_OK);
  CU_ASSERT_EQUAL(bo_pool_run(0, 1, count_job, &t, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "workers: expected at least 1, got 0"));
  CU_ASSERT_EQUAL(t.runs_of_job[0], 0);
}

static void without_memory_no_job_runs(void) {
  tally t = {.workers = 4, .fails_from = UINT64_MAX};
  bo_diag diag = {{0}};
  fail_alloc_arm(0);
  const bo_status status = bo_pool_run(4, JOBS, count_job, &t, &diag);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  CU_ASSERT_EQUAL(status, BO_E_NOMEM);
  CU_ASSERT(same_text(diag.text, "workers: out of memory for 4 threads"));
  CU_ASSERT_EQUAL(t.runs_of_job[0], 0);
}

static void there_is_a_processor(void) {
  CU_ASSERT_TRUE(bo_pool_default_workers() >= 1);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(each_job_runs_once_for_any_number_of_workers),
    BO_TEST(two_workers_run_at_the_same_time),
    BO_TEST(the_lowest_failing_job_is_reported_whichever_ends_first),
    BO_TEST(the_lowest_of_many_failing_jobs_is_reported),
    BO_TEST(no_job_starts_after_a_failure),
    BO_TEST(no_job_is_no_work_and_no_worker_is_refused),
    BO_TEST(without_memory_no_job_runs),
    BO_TEST(there_is_a_processor),
    CU_TEST_INFO_NULL,
};
