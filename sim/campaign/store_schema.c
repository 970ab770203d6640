#include "campaign/store_schema.h"

#include <stdint.h>
#include <string.h>

#define REAL_COLUMN(column, member)  "  " #column " REAL NOT NULL,\n"
#define COUNT_COLUMN(column, member) "  " #column " INTEGER NOT NULL CHECK(" #column " >= 0),\n"
#define POINT_COLUMNS                BO_POINT_REALS(REAL_COLUMN)
#define TRIAL_COLUMNS                BO_TRIAL_COUNTS(COUNT_COLUMN)

/* One table, as SQLite keeps its text. */
typedef struct table {
  const char *name;
  const char *sql;
} table;

static const table tables[] = {
    {"manifest", "CREATE TABLE manifest(\n"
                 "  position INTEGER PRIMARY KEY,\n"
                 "  key TEXT NOT NULL,\n"
                 "  value TEXT NOT NULL\n"
                 ") STRICT"},
    {"points", "CREATE TABLE points(\n"
               "  id INTEGER PRIMARY KEY,\n"
               "  model TEXT NOT NULL,\n"
               "  profile TEXT NOT NULL,\n"
               "  placement TEXT NOT NULL,\n"
               "  cycles INTEGER NOT NULL CHECK(cycles >= 0),\n" POINT_COLUMNS
               "  CHECK(ber BETWEEN 0 AND 0.5)\n"
               ") STRICT"},
    {"trials", "CREATE TABLE trials(\n"
               "  point INTEGER NOT NULL REFERENCES points(id),\n"
               "  chip INTEGER NOT NULL CHECK(chip BETWEEN 0 AND 4294967295),\n"
               "  seed INTEGER NOT NULL,\n" TRIAL_COLUMNS
               "  CHECK(wrong <= wrong_or_clean AND clean_wrong <= wrong_or_clean"
               " AND wrong_or_clean <= images AND images > 0),\n"
               "  PRIMARY KEY(point, chip)\n"
               ") STRICT, WITHOUT ROWID"},
};

enum {
  TABLES = sizeof tables / sizeof tables[0]
};

#define TEXT_OF(x)  TEXT_OF_(x)
#define TEXT_OF_(x) #x

static const char mark_as_ours[] = "PRAGMA application_id=" TEXT_OF(
    BO_STORE_APPLICATION_ID) ";PRAGMA user_version=" TEXT_OF(BO_STORE_SCHEMA_VERSION);

/** What SQLite says of the file, and whether it is the file that is to blame. */
static bo_status fail_check(sqlite3 *db, int code, bo_diag *diag) {
  const bo_status status = bo_sqlite_status(code);
  return bo_fail(diag, status, "%s%s", status == BO_E_INVALID ? "damaged store: " : "",
                 sqlite3_errmsg(db));
}

bo_status bo_sqlite_status(int code) {
  switch (code & 0xff) {
  case SQLITE_NOMEM:
    return BO_E_NOMEM;
  case SQLITE_DONE: /* a row was expected */
  case SQLITE_ROW:
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_TOOBIG:
  case SQLITE_SCHEMA:
  case SQLITE_ERROR:
    return BO_E_INVALID;
  default:
    return BO_E_IO;
  }
}

/* First column of the first row of @p sql as an integer. */
static int query_integer(sqlite3 *db, const char *sql, int64_t *value) {
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
    *value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    code = code == SQLITE_ROW ? SQLITE_OK : code;
  }
  (void)sqlite3_finalize(statement);
  return code;
}

int bo_store_schema_create(sqlite3 *db) {
  int code = SQLITE_OK;
  for (int i = 0; i < TABLES && code == SQLITE_OK; i++) {
    code = sqlite3_exec(db, tables[i].sql, NULL, NULL, NULL);
  }
  if (code == SQLITE_OK) {
    code = sqlite3_exec(db, mark_as_ours, NULL, NULL, NULL);
  }
  return code;
}

int bo_store_schema_is_empty(sqlite3 *db, bool *empty) {
  int64_t objects = 0;
  int64_t application = 0;
  int code = query_integer(db, "SELECT count(*) FROM sqlite_schema", &objects);
  if (code == SQLITE_OK) {
    code = query_integer(db, "PRAGMA application_id", &application);
  }
  *empty = code == SQLITE_OK && objects == 0 && application == 0;
  return code;
}

/* Views, triggers and tables with other columns could make a query mean something else. */
static int check_tables(sqlite3 *db, bool *ours) {
  int64_t objects = 0;
  int code = query_integer(db, "SELECT count(*) FROM sqlite_schema", &objects);
  *ours = objects == TABLES;
  sqlite3_stmt *statement = NULL;
  if (code == SQLITE_OK) {
    code = sqlite3_prepare_v2(
        db, "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name=? AND sql=?", -1,
        &statement, NULL);
  }
  for (int i = 0; i < TABLES && code == SQLITE_OK; i++) {
    (void)sqlite3_reset(statement);
    (void)sqlite3_bind_text(statement, 1, tables[i].name, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(statement, 2, tables[i].sql, -1, SQLITE_STATIC);
    code = sqlite3_step(statement);
    *ours = *ours && code == SQLITE_ROW && sqlite3_column_int(statement, 0) == 1;
    code = code == SQLITE_ROW ? SQLITE_OK : code;
  }
  (void)sqlite3_finalize(statement);
  return code;
}

/* SQLite's own check of pages, types and CHECK constraints: its first finding, or nothing. */
static bo_status check_contents(sqlite3 *db, bo_diag *diag) {
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL);
  bo_status status = BO_OK;
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
  }
  if (code != SQLITE_ROW) {
    status = fail_check(db, code, diag);
  } else {
    const char *const finding = (const char *)sqlite3_column_text(statement, 0);
    if (finding == NULL || strcmp(finding, "ok") != 0) {
      const size_t length = finding == NULL ? 0 : strcspn(finding, "\n");
      status = bo_fail(diag, BO_E_INVALID, "damaged store: %.*s",
                       (int)(length < 200 ? length : 200), finding == NULL ? "" : finding);
    }
  }
  (void)sqlite3_finalize(statement);
  return status;
}

bo_status bo_store_schema_check(sqlite3 *db, bo_diag *diag) {
  int64_t application = 0;
  int64_t version = 0;
  int code = query_integer(db, "PRAGMA application_id", &application);
  if (code == SQLITE_NOTADB || (code == SQLITE_OK && application != BO_STORE_APPLICATION_ID)) {
    return bo_fail(diag, BO_E_INVALID, "not a store of brownout");
  }
  if (code == SQLITE_OK) {
    code = query_integer(db, "PRAGMA user_version", &version);
  }
  if (code == SQLITE_OK && version != BO_STORE_SCHEMA_VERSION) {
    return bo_fail(diag, BO_E_INVALID,
                   "expected a store of schema version %d, got version %lld, which another version "
                   "of brownout writes",
                   BO_STORE_SCHEMA_VERSION, (long long)version);
  }
  bool ours = false;
  if (code == SQLITE_OK) {
    code = check_tables(db, &ours);
  }
  if (code != SQLITE_OK) {
    return fail_check(db, code, diag);
  }
  if (!ours) {
    return bo_fail(diag, BO_E_INVALID, "damaged store: its tables are not those of a store");
  }
  return check_contents(db, diag);
}
