#include "base/file.h"
#include "base/rng.h"
#include "campaign/store.h"
#include "fail_alloc.h"
#include "sweep_fixture.h"
#include "temp_dir.h"
#include "test_suite.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bo_status open_sample(bo_store **out, const temp_dir *temp, bo_diag *diag) {
  bo_manifest manifest = sample_manifest();
  bo_point points[SAMPLE_POINTS];
  sample_points(points);
  const bo_status status =
      bo_store_open_sweep(out, temp->file, &manifest, points, SAMPLE_POINTS, diag);
  bo_manifest_free(&manifest);
  return status;
}

static bo_store *open_filled(const temp_dir *temp) {
  bo_store *store = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(open_sample(&store, temp, &diag), BO_OK);
  for (uint32_t chip = 0; chip < 3; chip++) {
    const bo_trial trial = sample_trial(1, chip, 20 + chip);
    CU_ASSERT_EQUAL_FATAL(bo_store_add(store, &trial, &diag), BO_OK);
  }
  return store;
}

/* Runs SQL on the store behind the library's back. */
static void tamper(const temp_dir *temp, const char *sql) {
  sqlite3 *db = NULL;
  CU_ASSERT_EQUAL_FATAL(sqlite3_open(temp->file, &db), SQLITE_OK);
  CU_ASSERT_EQUAL_FATAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
  CU_ASSERT_EQUAL_FATAL(sqlite3_close(db), SQLITE_OK);
}

static void every_number_comes_back_bit_by_bit(void) {
  const temp_dir temp = temp_dir_make();
  bo_store_free(open_filled(&temp));
  bo_store *store = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_store_open(&store, temp.file, &diag), BO_OK);
  uint32_t count = 0;
  bo_point expected[SAMPLE_POINTS];
  sample_points(expected);
  const bo_point *const points = bo_store_points(store, &count);
  CU_ASSERT_EQUAL_FATAL(count, SAMPLE_POINTS);
  CU_ASSERT(same_points(points, expected, SAMPLE_POINTS));
  CU_ASSERT_STRING_EQUAL(bo_manifest_get(bo_store_manifest(store), "seed"), "5");
  bo_trial *trials = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_store_trials(store, 1, &trials, &count, &diag), BO_OK);
  CU_ASSERT_EQUAL_FATAL(count, 3);
  for (uint32_t chip = 0; chip < 3; chip++) {
    const bo_trial trial = sample_trial(1, chip, 20 + chip);
    CU_ASSERT_EQUAL(trials[chip].seed, trial.seed);
    CU_ASSERT(same_trials(&trials[chip], &trial, 1));
  }
  free(trials);
  CU_ASSERT_EQUAL_FATAL(bo_store_trials(store, 0, &trials, &count, &diag), BO_OK);
  CU_ASSERT_EQUAL(count, 0);
  CU_ASSERT_PTR_NULL(trials);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

static void opening_again_keeps_what_is_there_and_adding_twice_changes_nothing(void) {
  const temp_dir temp = temp_dir_make();
  bo_store_free(open_filled(&temp));
  bo_store *store = open_filled(&temp);
  bo_trial *trials = NULL;
  uint32_t count = 0;
  const bo_trial other = sample_trial(1, 0, 90);
  CU_ASSERT_EQUAL(bo_store_add(store, &other, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_store_trials(store, 1, &trials, &count, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(count, 3);
  for (uint32_t chip = 0; chip < count; chip++) {
    const bo_trial first = sample_trial(1, chip, 20 + chip);
    CU_ASSERT(same_trials(&trials[chip], &first, 1));
  }
  free(trials);
  bo_store_free(store);
  CU_ASSERT_NOT_EQUAL(access(temp.file, F_OK), -1);
  char wal[160];
  (void)snprintf(wal, sizeof wal, "%s-wal", temp.file);
  CU_ASSERT_EQUAL(access(wal, F_OK), -1); /* closed: one file again */
  temp_dir_remove(&temp);
}

static void another_manifest_is_refused_with_the_key_and_both_values(void) {
  const temp_dir temp = temp_dir_make();
  bo_store_free(open_filled(&temp));
  static const struct {
    const char *seed, *model, *extra;
    const char *expected;
  } cases[] = {
      {"6", "m", NULL, "store of another sweep: seed: the store has 5, this sweep has 6"},
      {"5", "n", NULL, "store of another sweep: model: the store has m, this sweep has n"},
      {"5", NULL, NULL, "store of another sweep: model: the store has m, this sweep has none"},
      {"5", "m", "1", "store of another sweep: extra: the store has none, this sweep has 1"},
  };
  bo_point points[SAMPLE_POINTS];
  sample_points(points);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    bo_manifest manifest = {0};
    (void)bo_manifest_add(&manifest, NULL, "seed", "%s", cases[i].seed);
    if (cases[i].model != NULL) {
      (void)bo_manifest_add(&manifest, NULL, "model", "%s", cases[i].model);
    }
    if (cases[i].extra != NULL) {
      (void)bo_manifest_add(&manifest, NULL, "extra", "%s", cases[i].extra);
    }
    bo_store *store = NULL;
    bo_diag diag = {""};
    CU_ASSERT_EQUAL(bo_store_open_sweep(&store, temp.file, &manifest, points, SAMPLE_POINTS, &diag),
                    BO_E_INVALID);
    CU_ASSERT_PTR_NULL(store);
    CU_ASSERT(has_text(diag.text, cases[i].expected));
    CU_ASSERT(has_text(diag.text, temp.file));
    bo_manifest_free(&manifest);
  }
  temp_dir_remove(&temp);
}

static void points_computed_otherwise_are_refused(void) {
  const temp_dir temp = temp_dir_make();
  bo_store_free(open_filled(&temp));
  bo_manifest manifest = sample_manifest();
  bo_point points[SAMPLE_POINTS];
  sample_points(points);
  points[1].energy.mac_pj += 1e-16; /* 0.1 and its neighbour */
  bo_store *store = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_store_open_sweep(&store, temp.file, &manifest, points, SAMPLE_POINTS, &diag),
                  BO_E_INVALID);
  CU_ASSERT(
      has_text(diag.text, "store of another build: point 1 (m at 0.8) has other energy or cycles"));
  bo_manifest_free(&manifest);
  temp_dir_remove(&temp);
}

static void expect_refusal(const temp_dir *temp, const char *expected) {
  for (int sweep = 0; sweep < 2; sweep++) {
    bo_store *store = NULL;
    bo_diag diag = {""};
    const bo_status status =
        sweep == 1 ? open_sample(&store, temp, &diag) : bo_store_open(&store, temp->file, &diag);
    CU_ASSERT_EQUAL(status, BO_E_INVALID);
    CU_ASSERT_PTR_NULL(store);
    CU_ASSERT(has_text(diag.text, expected));
    CU_ASSERT(has_text(diag.text, temp->file));
  }
}

static void a_file_that_is_no_store_is_refused_and_left_alone(void) {
  const temp_dir temp = temp_dir_make();
  char text[5000];
  memset(text, 'x', sizeof text);
  CU_ASSERT_EQUAL_FATAL(bo_file_write(temp.file, text, sizeof text, NULL), BO_OK);
  expect_refusal(&temp, "not a store of brownout");
  bo_bytes bytes = {0};
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, temp.file, 10000, NULL), BO_OK);
  CU_ASSERT_EQUAL(bytes.size, sizeof text);
  CU_ASSERT_EQUAL(memcmp(bytes.data, text, sizeof text), 0);
  bo_bytes_free(&bytes);
  CU_ASSERT_EQUAL_FATAL(bo_file_write(temp.file, "short\n", 6, NULL), BO_OK);
  expect_refusal(&temp, "not a store of brownout");
  (void)unlink(temp.file);
  tamper(&temp, "CREATE TABLE other(x)");
  expect_refusal(&temp, "not a store of brownout");
  temp_dir_remove(&temp);
}

static void a_store_that_was_tampered_with_is_refused(void) {
  static const struct {
    const char *sql, *expected;
  } cases[] = {
      {"PRAGMA user_version=1",
       "expected a store of schema version 2, got version 1, which another "
       "version of brownout writes"},
      {"PRAGMA user_version=3", "expected a store of schema version 2, got version 3"},
      {"CREATE TRIGGER t AFTER INSERT ON trials BEGIN DELETE FROM trials; END",
       "its tables are not those of a store"},
      {"DROP TABLE trials; CREATE VIEW trials AS SELECT 1", "its tables are not those of a store"},
      {"ALTER TABLE trials ADD COLUMN more INTEGER", "its tables are not those of a store"},
      {"PRAGMA ignore_check_constraints=1; UPDATE trials SET wrong = 1000", "CHECK constraint"},
      {"PRAGMA foreign_keys=0; DELETE FROM points WHERE id = 0", "expected points 0..0"},
      {"PRAGMA foreign_keys=0; UPDATE points SET id = -1 WHERE id = 0", "got -1..1"},
      {"DELETE FROM trials; DELETE FROM points", "expected points 0..-1"},
      {"INSERT INTO manifest VALUES(9, 'seed', '5')", "key seed is there twice"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const temp_dir temp = temp_dir_make();
    bo_store_free(open_filled(&temp));
    tamper(&temp, cases[i].sql);
    expect_refusal(&temp, cases[i].expected);
    temp_dir_remove(&temp);
  }
}

static void chips_of_a_point_that_saw_other_images_are_refused(void) {
  static const char *const changes[] = {"UPDATE trials SET images = images + 1 WHERE chip = 1",
                                        "UPDATE trials SET clean_wrong = 0 WHERE chip = 1"};
  for (size_t i = 0; i < 2; i++) {
    const temp_dir temp = temp_dir_make();
    bo_store_free(open_filled(&temp));
    tamper(&temp, changes[i]);
    bo_store *store = NULL;
    bo_trial *trials = NULL;
    uint32_t count = 0;
    bo_diag diag = {""};
    CU_ASSERT_EQUAL_FATAL(bo_store_open(&store, temp.file, &diag), BO_OK);
    CU_ASSERT_EQUAL(bo_store_trials(store, 1, &trials, &count, &diag), BO_E_INVALID);
    CU_ASSERT(has_text(diag.text, "point 1: chips saw different images or clean networks"));
    CU_ASSERT_PTR_NULL(trials);
    bo_store_free(store);
    temp_dir_remove(&temp);
  }
}

static void a_truncated_store_is_refused(void) {
  const temp_dir temp = temp_dir_make();
  bo_store_free(open_filled(&temp));
  bo_bytes whole = {0};
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&whole, temp.file, 1 << 20, NULL), BO_OK);
  CU_ASSERT(whole.size >= 16384);
  for (size_t size = 1; size < whole.size; size += 997) {
    CU_ASSERT_EQUAL_FATAL(bo_file_write(temp.file, whole.data, size, NULL), BO_OK);
    bo_store *store = NULL;
    bo_diag diag = {""};
    CU_ASSERT_EQUAL(bo_store_open(&store, temp.file, &diag), BO_E_INVALID);
    CU_ASSERT_PTR_NULL(store);
    CU_ASSERT(strlen(diag.text) > strlen(temp.file));
  }
  bo_bytes_free(&whole);
  temp_dir_remove(&temp);
}

/* Changes eight bytes, half of them in the headers of pages; the same call undoes it. */
static void damage(uint8_t *data, size_t pages, uint32_t round) {
  for (uint32_t i = 0; i < 8; i++) {
    const uint32_t counter[3] = {round, i, 0};
    const bo_rng_block draw = bo_rng_draw(1, BO_RNG_TEST, counter);
    const size_t page = 4096 * (draw.word[0] % pages);
    data[page + draw.word[1] % (i % 2 == 0 ? 16 : 4096)] ^= (uint8_t)draw.word[2];
  }
}

/* Whatever is in the file, it is refused in a line or read within the bounds. */
static void damaged_bytes_never_crash_the_reader(void) {
  const temp_dir temp = temp_dir_make();
  bo_store_free(open_filled(&temp));
  bo_bytes bytes = {0};
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, temp.file, 1 << 20, NULL), BO_OK);
  unsigned refused = 0;
  for (uint32_t round = 0; round < 200; round++) {
    damage(bytes.data, bytes.size / 4096, round);
    CU_ASSERT_EQUAL_FATAL(bo_file_write(temp.file, bytes.data, bytes.size, NULL), BO_OK);
    damage(bytes.data, bytes.size / 4096, round);
    bo_store *store = NULL;
    bo_diag diag = {""};
    if (bo_store_open(&store, temp.file, &diag) != BO_OK) {
      CU_ASSERT_PTR_NULL(store);
      CU_ASSERT(diag.text[0] != '\0');
      refused++;
    }
    bo_store_free(store);
  }
  CU_ASSERT(refused > 100);
  bo_bytes_free(&bytes);
  temp_dir_remove(&temp);
}

static void reading_does_not_create_a_file(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *store = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_store_open(&store, temp.file, &diag), BO_E_IO);
  CU_ASSERT_PTR_NULL(store);
  CU_ASSERT(has_text(diag.text, temp.file));
  CU_ASSERT_EQUAL(access(temp.file, F_OK), -1);
  temp_dir_remove(&temp);
}

static void a_result_that_cannot_be_is_not_stored(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *const store = open_filled(&temp);
  bo_trial trial = sample_trial(0, 0, 20);
  bo_diag diag = {""};
  trial.wrong_or_clean = 101; /* of 100 images */
  CU_ASSERT_EQUAL(bo_store_add(store, &trial, &diag), BO_E_INVALID);
  trial = sample_trial(7, 0, 20); /* there is no such point */
  CU_ASSERT_EQUAL(bo_store_add(store, &trial, &diag), BO_E_INVALID);
  trial = sample_trial(0, 0, 20);
  CU_ASSERT_EQUAL(bo_store_add(store, &trial, &diag), BO_OK); /* the statement still works */
  bo_store_free(store);
  temp_dir_remove(&temp);
}

/* Adds trials of point 0 until it is killed, a byte to @p pipe for each. */
static void add_until_killed(const temp_dir *temp, int pipe_end) {
  bo_store *store = NULL;
  if (open_sample(&store, temp, NULL) != BO_OK) {
    _exit(1);
  }
  for (uint32_t chip = 0;; chip++) {
    const bo_trial trial = sample_trial(0, chip, 15);
    if (bo_store_add(store, &trial, NULL) != BO_OK || write(pipe_end, "", 1) != 1) {
      _exit(1);
    }
  }
}

/* Bytes 18 and 19 of an SQLite file: 2 for write-ahead logging, whose readers have to write. */
static void a_finished_store_can_be_read_from_where_nothing_can_be_written(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *store = open_filled(&temp);
  bo_bytes bytes = {0};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, temp.file, 1 << 20, &diag), BO_OK);
  CU_ASSERT(bytes.size > 20 && bytes.data[18] == 2 && bytes.data[19] == 2);
  bo_bytes_free(&bytes);
  bo_store_free(store);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, temp.file, 1 << 20, &diag), BO_OK);
  CU_ASSERT(bytes.size > 20 && bytes.data[18] == 1 && bytes.data[19] == 1);
  bo_bytes_free(&bytes);
  temp_dir_remove(&temp);
}

static void closing_a_store_disturbs_nobody_who_reads_it(void) {
  const temp_dir temp = temp_dir_make();
  bo_store *store = open_filled(&temp);
  bo_store *reader = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_store_open(&reader, temp.file, &diag), BO_OK);
  bo_store_free(store);
  bo_trial *trials = NULL;
  uint32_t count = 0;
  CU_ASSERT_EQUAL(bo_store_trials(reader, 1, &trials, &count, &diag), BO_OK);
  CU_ASSERT_EQUAL(count, 3);
  free(trials);
  bo_store_free(reader);
  temp_dir_remove(&temp);
}

static void a_killed_process_loses_no_row_that_was_added(void) {
  const temp_dir temp = temp_dir_make();
  int ends[2];
  CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
  const pid_t child = fork();
  CU_ASSERT_FATAL(child >= 0);
  if (child == 0) {
    add_until_killed(&temp, ends[1]);
  }
  (void)close(ends[1]);
  uint32_t added = 0;
  char byte = 0;
  while (added < 50 && read(ends[0], &byte, 1) == 1) {
    added++;
  }
  CU_ASSERT_EQUAL(added, 50);
  (void)kill(child, SIGKILL);
  while (read(ends[0], &byte, 1) == 1) {
    added++;
  }
  (void)close(ends[0]);
  (void)waitpid(child, NULL, 0);

  bo_store *store = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(open_sample(&store, &temp, &diag), BO_OK);
  bo_trial *trials = NULL;
  uint32_t count = 0;
  CU_ASSERT_EQUAL_FATAL(bo_store_trials(store, 0, &trials, &count, &diag), BO_OK);
  CU_ASSERT(count == added || count == added + 1); /* the last may be added but not yet told */
  for (uint32_t i = 0; i < count; i++) {
    CU_ASSERT_EQUAL(trials[i].chip, i);
  }
  free(trials);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

static void every_failed_allocation_is_reported(void) {
  const temp_dir temp = temp_dir_make();
  bo_store_free(open_filled(&temp));
  unsigned k = 0;
  for (;; k++) {
    bo_store *store = NULL;
    bo_trial *trials = NULL;
    uint32_t count = 0;
    bo_diag diag = {""};
    fail_alloc_arm(k);
    bo_status status = bo_store_open(&store, temp.file, &diag);
    if (status == BO_OK) {
      status = bo_store_trials(store, 1, &trials, &count, &diag);
    }
    const bool failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    CU_ASSERT_EQUAL(trials == NULL, failed);
    free(trials);
    bo_store_free(store);
    if (!failed) {
      break;
    }
  }
  CU_ASSERT(k >= 5); /* handle, path, manifest, points, trials */
  temp_dir_remove(&temp);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(every_number_comes_back_bit_by_bit),
    BO_TEST(opening_again_keeps_what_is_there_and_adding_twice_changes_nothing),
    BO_TEST(another_manifest_is_refused_with_the_key_and_both_values),
    BO_TEST(points_computed_otherwise_are_refused),
    BO_TEST(a_file_that_is_no_store_is_refused_and_left_alone),
    BO_TEST(a_store_that_was_tampered_with_is_refused),
    BO_TEST(chips_of_a_point_that_saw_other_images_are_refused),
    BO_TEST(a_truncated_store_is_refused),
    BO_TEST(damaged_bytes_never_crash_the_reader),
    BO_TEST(reading_does_not_create_a_file),
    BO_TEST(a_result_that_cannot_be_is_not_stored),
    BO_TEST(a_finished_store_can_be_read_from_where_nothing_can_be_written),
    BO_TEST(closing_a_store_disturbs_nobody_who_reads_it),
    BO_TEST(a_killed_process_loses_no_row_that_was_added),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
