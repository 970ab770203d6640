#include "campaign/store_private.h"

#include <stdbool.h>

static int execute(const bo_store *store, const char *sql) {
  return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

/* Runs a statement that returns no row, and makes it ready for the next time. */
static int step_and_reset(sqlite3_stmt *statement) {
  const int code = sqlite3_step(statement);
  (void)sqlite3_reset(statement);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int insert_manifest(const bo_store *store, const bo_manifest *manifest) {
  sqlite3_stmt *insert = NULL;
  int code =
      sqlite3_prepare_v2(store->db, "INSERT INTO manifest VALUES(?, ?, ?)", -1, &insert, NULL);
  for (uint32_t i = 0; i < manifest->count && code == SQLITE_OK; i++) {
    (void)sqlite3_bind_int64(insert, 1, i);
    (void)sqlite3_bind_text(insert, 2, manifest->entry[i].key, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(insert, 3, manifest->entry[i].value, -1, SQLITE_STATIC);
    code = step_and_reset(insert);
  }
  (void)sqlite3_finalize(insert);
  return code;
}

static int insert_points(const bo_store *store, const bo_point *points, uint32_t count) {
  sqlite3_stmt *insert = NULL;
  const char *const sql = "INSERT INTO points(id, model, profile, placement, cycles" BO_POINT_NAMES
                          ") VALUES(?, ?, ?, ?, ?" BO_POINT_MARKS ")";
  int code = sqlite3_prepare_v2(store->db, sql, -1, &insert, NULL);
  for (uint32_t i = 0; i < count && code == SQLITE_OK; i++) {
    (void)sqlite3_bind_int64(insert, 1, i);
    (void)sqlite3_bind_text(insert, 2, points[i].model, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(insert, 3, points[i].profile, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(insert, 4, points[i].placement, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(insert, 5, (int64_t)points[i].cycles);
    for (int k = 0; k < POINT_REALS; k++) {
      (void)sqlite3_bind_double(insert, 6 + k, bo_point_get(&points[i], k));
    }
    code = step_and_reset(insert);
  }
  (void)sqlite3_finalize(insert);
  return code;
}

/* Fills an empty file in one transaction; one that another process has filled stays as it is. */
static int create_if_empty(const bo_store *store, const bo_manifest *manifest,
                           const bo_point *points, uint32_t count) {
  bool empty = false;
  int code = bo_store_schema_is_empty(store->db, &empty);
  if (code != SQLITE_OK || !empty) {
    return code == SQLITE_NOTADB ? SQLITE_OK : code; /* the check that follows says what it is */
  }
  code = execute(store, "PRAGMA journal_mode=WAL; BEGIN IMMEDIATE");
  if (code == SQLITE_OK) {
    code = bo_store_schema_is_empty(store->db, &empty);
  }
  if (code == SQLITE_OK && empty) {
    code = bo_store_schema_create(store->db);
    code = code == SQLITE_OK ? insert_manifest(store, manifest) : code;
    code = code == SQLITE_OK ? insert_points(store, points, count) : code;
  }
  return code == SQLITE_OK ? execute(store, "COMMIT") : code;
}

static bool points_equal(const bo_point *a, const bo_point *b) {
  bool equal = strcmp(a->model, b->model) == 0 && strcmp(a->profile, b->profile) == 0 &&
               strcmp(a->placement, b->placement) == 0 && a->cycles == b->cycles;
  for (int i = 0; i < POINT_REALS && equal; i++) {
    equal = bo_point_get(a, i) == bo_point_get(b, i);
  }
  return equal;
}

/* With equal manifests the points can differ only if the program itself has changed. */
static bo_status compare_points(const bo_store *store, const bo_point *points, uint32_t count,
                                bo_diag *diag) {
  if (store->points != count) {
    return bo_fail(diag, BO_E_INVALID,
                   "store of another sweep: points: the store has %u, this sweep has %u",
                   store->points, count);
  }
  for (uint32_t i = 0; i < count; i++) {
    if (!points_equal(&store->point[i], &points[i])) {
      return bo_fail(diag, BO_E_INVALID,
                     "store of another build: point %u (%s at %.6g) has other energy or cycles", i,
                     points[i].model, points[i].vdd_ratio);
    }
  }
  return BO_OK;
}

static bo_status prepare_insert(bo_store *store, bo_diag *diag) {
  const char *const sql = "INSERT INTO trials(point, chip, seed" BO_TRIAL_NAMES
                          ") VALUES(?, ?, ?" BO_TRIAL_MARKS ") ON CONFLICT DO NOTHING";
  int code = execute(store, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  if (code == SQLITE_OK) {
    code = sqlite3_prepare_v2(store->db, sql, -1, &store->insert, NULL);
  }
  return code == SQLITE_OK ? BO_OK : bo_store_fail(store, code, diag);
}

static bo_status open_for_sweep(bo_store *store, const bo_manifest *manifest,
                                const bo_point *points, uint32_t count, bo_diag *diag) {
  bo_status status = bo_store_connect(store, SQLITE_OPEN_CREATE, diag);
  if (status != BO_OK) {
    return status;
  }
  const int code = create_if_empty(store, manifest, points, count);
  if (code != SQLITE_OK) {
    return bo_store_fail(store, code, diag);
  }
  status = bo_store_load(store, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_diag inner = {""};
  status = bo_manifest_compare(&store->manifest, manifest, &inner);
  if (status != BO_OK) {
    return bo_fail(diag, status, "%s: store of another sweep: %.400s", store->path, inner.text);
  }
  status = compare_points(store, points, count, &inner);
  if (status != BO_OK) {
    return bo_fail(diag, status, "%s: %.400s", store->path, inner.text);
  }
  return prepare_insert(store, diag);
}

bo_status bo_store_open_sweep(bo_store **out, const char *path, const bo_manifest *manifest,
                              const bo_point *points, uint32_t count, bo_diag *diag) {
  *out = NULL;
  bo_store *const store = bo_store_handle_new(path);
  if (store == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", path);
  }
  const bo_status status = open_for_sweep(store, manifest, points, count, diag);
  if (status != BO_OK) {
    bo_store_free(store);
    return status;
  }
  *out = store;
  return BO_OK;
}

bo_status bo_store_add(bo_store *store, const bo_trial *trial, bo_diag *diag) {
  (void)sqlite3_bind_int64(store->insert, 1, trial->point);
  (void)sqlite3_bind_int64(store->insert, 2, trial->chip);
  (void)sqlite3_bind_int64(store->insert, 3, (int64_t)trial->seed);
  for (int i = 0; i < TRIAL_COUNTS; i++) {
    (void)sqlite3_bind_int64(store->insert, 4 + i, bo_trial_get(trial, i));
  }
  const int code = step_and_reset(store->insert);
  return code == SQLITE_OK ? BO_OK : bo_store_fail(store, code, diag);
}
