#include "campaign/store_private.h"
#include "campaign/sweep_config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  BUSY_TIMEOUT_MS = 10000,
  MAX_VALUE_BYTES = 1 << 20, /* of a text or blob: ours are shorter by far */
};

bo_status bo_store_fail(const bo_store *store, int code, bo_diag *diag) {
  return bo_fail(diag, bo_sqlite_status(code), "%s: %s", store->path, sqlite3_errmsg(store->db));
}

/* --- opening --- */

bo_status bo_store_connect(bo_store *store, int flags, bo_diag *diag) {
  /* "./" keeps SQLite from seeing more than a file name in ":memory:". */
  char *const file = sqlite3_mprintf("%s%s", store->path[0] == '/' ? "" : "./", store->path);
  if (file == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", store->path);
  }
  int code = sqlite3_open_v2(file, &store->db, SQLITE_OPEN_READWRITE | flags, NULL);
  sqlite3_free(file);
  if (code == SQLITE_OK) {
    (void)sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    (void)sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    code = sqlite3_exec(store->db, "PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON", NULL, NULL,
                        NULL);
  }
  if (code == SQLITE_NOTADB) {
    return bo_fail(diag, BO_E_INVALID, "%s: not a store of brownout", store->path);
  }
  return code == SQLITE_OK ? BO_OK : bo_store_fail(store, code, diag);
}

bo_store *bo_store_handle_new(const char *path) {
  bo_store *const store = calloc(1, sizeof *store);
  char *const copy = malloc(strlen(path) + 1);
  if (store == NULL || copy == NULL) {
    free(store);
    free(copy);
    return NULL;
  }
  memcpy(copy, path, strlen(path) + 1);
  store->path = copy;
  return store;
}

/*
 * Leaves a store that can be read where nothing can be written, as from an archive: a reader of a
 * file in write-ahead logging has to create files beside it. While others have it open it stays.
 */
static void end_logging(const bo_store *store) {
  (void)sqlite3_exec(store->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
}

void bo_store_free(bo_store *store) {
  if (store == NULL) {
    return;
  }
  const bool was_written = store->insert != NULL;
  (void)sqlite3_finalize(store->insert);
  if (was_written) {
    end_logging(store);
  }
  (void)sqlite3_close(store->db);
  bo_manifest_free(&store->manifest);
  free(store->point);
  free(store->path);
  free(store);
}

/* --- reading --- */

static const char *column_text(sqlite3_stmt *statement, int column) {
  const char *const text = (const char *)sqlite3_column_text(statement, column);
  return text == NULL ? "" : text;
}

static bo_status load_manifest(bo_store *store, bo_diag *diag) {
  sqlite3_stmt *rows = NULL;
  int code = sqlite3_prepare_v2(store->db, "SELECT key, value FROM manifest ORDER BY position", -1,
                                &rows, NULL);
  bo_status status = BO_OK;
  while (code == SQLITE_OK && status == BO_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
    bo_diag inner = {""};
    status =
        bo_manifest_add(&store->manifest, &inner, column_text(rows, 0), "%s", column_text(rows, 1));
    if (status != BO_OK) {
      (void)bo_fail(diag, status, "%s: damaged store: %.300s", store->path, inner.text);
    }
    code = SQLITE_OK;
  }
  (void)sqlite3_finalize(rows);
  if (status == BO_OK && code != SQLITE_DONE) {
    status = bo_store_fail(store, code, diag);
  }
  return status;
}

/* How many points there are, the smallest and the largest of their ids. SQLite's code. */
static int count_points(sqlite3 *db, int64_t *points, int64_t *first, int64_t *last) {
  sqlite3_stmt *row = NULL;
  int code =
      sqlite3_prepare_v2(db, "SELECT count(*), min(id), max(id) FROM points", -1, &row, NULL);
  if (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
    *points = sqlite3_column_int64(row, 0);
    *first = sqlite3_column_int64(row, 1);
    *last = sqlite3_column_int64(row, 2);
    code = SQLITE_OK;
  }
  (void)sqlite3_finalize(row);
  return code;
}

static void read_point(bo_point *point, sqlite3_stmt *row) {
  (void)snprintf(point->model, sizeof point->model, "%s", column_text(row, 0));
  (void)snprintf(point->profile, sizeof point->profile, "%s", column_text(row, 1));
  (void)snprintf(point->placement, sizeof point->placement, "%s", column_text(row, 2));
  point->cycles = (uint64_t)sqlite3_column_int64(row, 3);
  for (int i = 0; i < POINT_REALS; i++) {
    bo_point_set(point, i, sqlite3_column_double(row, 4 + i));
  }
}

static bo_status load_points(bo_store *store, bo_diag *diag) {
  int64_t count = 0;
  int64_t first = 0;
  int64_t last = 0;
  int code = count_points(store->db, &count, &first, &last);
  if (code != SQLITE_OK) {
    return bo_store_fail(store, code, diag);
  }
  if (count < 1 || count > BO_SWEEP_MAX_POINTS || first != 0 || last != count - 1) {
    return bo_fail(diag, BO_E_INVALID, "%s: damaged store: expected points 0..%lld, got %lld..%lld",
                   store->path, (long long)count - 1, (long long)first, (long long)last);
  }
  store->point = calloc((size_t)count, sizeof *store->point);
  if (store->point == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", store->path);
  }
  sqlite3_stmt *rows = NULL;
  const char *const sql =
      "SELECT model, profile, placement, cycles" BO_POINT_NAMES " FROM points ORDER BY id";
  code = sqlite3_prepare_v2(store->db, sql, -1, &rows, NULL);
  while (code == SQLITE_OK && store->points < count && (code = sqlite3_step(rows)) == SQLITE_ROW) {
    read_point(&store->point[store->points], rows);
    store->points++;
    code = SQLITE_OK;
  }
  (void)sqlite3_finalize(rows);
  return code == SQLITE_OK ? BO_OK : bo_store_fail(store, code, diag);
}

bo_status bo_store_load(bo_store *store, bo_diag *diag) {
  bo_diag inner = {""};
  bo_status status = bo_store_schema_check(store->db, &inner);
  if (status != BO_OK) {
    return bo_fail(diag, status, "%s: %.300s", store->path, inner.text);
  }
  status = load_manifest(store, diag);
  return status == BO_OK ? load_points(store, diag) : status;
}

bo_status bo_store_open(bo_store **out, const char *path, bo_diag *diag) {
  *out = NULL;
  bo_store *const store = bo_store_handle_new(path);
  if (store == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", path);
  }
  bo_status status = bo_store_connect(store, 0, diag);
  if (status == BO_OK) {
    status = bo_store_load(store, diag);
  }
  if (status != BO_OK) {
    bo_store_free(store);
    return status;
  }
  *out = store;
  return BO_OK;
}

const bo_manifest *bo_store_manifest(const bo_store *store) {
  return &store->manifest;
}

const bo_point *bo_store_points(const bo_store *store, uint32_t *count) {
  *count = store->points;
  return store->point;
}

/* --- trials --- */

static void read_trial(bo_trial *trial, sqlite3_stmt *row) {
  trial->chip = (uint32_t)sqlite3_column_int64(row, 0);
  trial->seed = (uint64_t)sqlite3_column_int64(row, 1);
  for (int i = 0; i < TRIAL_COUNTS; i++) {
    bo_trial_set(trial, i, sqlite3_column_int64(row, 2 + i));
  }
}

/* Appends every row of @p rows to a growing array. */
static bo_status collect_trials(const bo_store *store, sqlite3_stmt *rows, uint32_t point,
                                bo_trial **out, uint32_t *count, bo_diag *diag) {
  uint32_t capacity = 0;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
    if (*count == capacity) {
      capacity = capacity == 0 ? 64 : capacity * 2;
      bo_trial *const grown = realloc(*out, capacity * sizeof *grown);
      if (grown == NULL) {
        return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", store->path);
      }
      *out = grown;
    }
    bo_trial *const trial = &(*out)[*count];
    *trial = (bo_trial){.point = point, .vdd_ratio = store->point[point].vdd_ratio};
    read_trial(trial, rows);
    if (trial->images != (*out)->images || trial->clean_wrong != (*out)->clean_wrong) {
      return bo_fail(diag, BO_E_INVALID,
                     "%s: damaged store: point %u: chips saw different images or clean networks",
                     store->path, point);
    }
    (*count)++;
  }
  return code == SQLITE_DONE ? BO_OK : bo_store_fail(store, code, diag);
}

bo_status bo_store_trials(bo_store *store, uint32_t point, bo_trial **out, uint32_t *count,
                          bo_diag *diag) {
  *out = NULL;
  *count = 0;
  sqlite3_stmt *rows = NULL;
  const char *const sql =
      "SELECT chip, seed" BO_TRIAL_NAMES " FROM trials WHERE point = ? ORDER BY chip LIMIT ?";
  const int code = sqlite3_prepare_v2(store->db, sql, -1, &rows, NULL);
  bo_status status = BO_OK;
  if (code != SQLITE_OK) {
    status = bo_store_fail(store, code, diag);
  } else {
    (void)sqlite3_bind_int64(rows, 1, point);
    (void)sqlite3_bind_int64(rows, 2, BO_SWEEP_MAX_CHIPS);
    status = collect_trials(store, rows, point, out, count, diag);
  }
  (void)sqlite3_finalize(rows);
  if (status != BO_OK) {
    free(*out);
    *out = NULL;
    *count = 0;
  }
  return status;
}
