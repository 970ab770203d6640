/** @file store_private.h  What store.c and store_sweep.c share. */
#ifndef BO_CAMPAIGN_STORE_PRIVATE_H
#define BO_CAMPAIGN_STORE_PRIVATE_H

#include "campaign/store.h"
#include "campaign/store_schema.h"

#include <stddef.h>
#include <string.h>

struct bo_store {
  sqlite3 *db;
  sqlite3_stmt *insert; /**< of a trial; NULL in a store that is only read */
  char *path;           /**< for diagnostics */
  bo_manifest manifest;
  bo_point *point;
  uint32_t points;
};

/* Pieces of statements. */
#define BO_COLUMN_NAME(column, member) ", " #column
#define BO_COLUMN_MARK(column, member) ", ?"
#define BO_POINT_NAMES                 BO_POINT_REALS(BO_COLUMN_NAME)
#define BO_POINT_MARKS                 BO_POINT_REALS(BO_COLUMN_MARK)
#define BO_TRIAL_NAMES                 BO_TRIAL_COUNTS(BO_COLUMN_NAME)
#define BO_TRIAL_MARKS                 BO_TRIAL_COUNTS(BO_COLUMN_MARK)

/* Where the columns are in the structs. */
#define BO_POINT_OFFSET(column, member) offsetof(bo_point, member),
#define BO_TRIAL_OFFSET(column, member) offsetof(bo_trial, member),
static const size_t bo_point_offset[] = {BO_POINT_REALS(BO_POINT_OFFSET)};
static const size_t bo_trial_offset[] = {BO_TRIAL_COUNTS(BO_TRIAL_OFFSET)};

enum {
  POINT_REALS = sizeof bo_point_offset / sizeof bo_point_offset[0],
  TRIAL_COUNTS = sizeof bo_trial_offset / sizeof bo_trial_offset[0],
};

static inline double bo_point_get(const bo_point *point, int column) {
  double value = 0;
  memcpy(&value, (const char *)point + bo_point_offset[column], sizeof value);
  return value;
}

static inline void bo_point_set(bo_point *point, int column, double value) {
  memcpy((char *)point + bo_point_offset[column], &value, sizeof value);
}

/** Signed, as SQLite's integers are. */
static inline int64_t bo_trial_get(const bo_trial *trial, int column) {
  int64_t value = 0;
  memcpy(&value, (const char *)trial + bo_trial_offset[column], sizeof value);
  return value;
}

static inline void bo_trial_set(bo_trial *trial, int column, int64_t value) {
  memcpy((char *)trial + bo_trial_offset[column], &value, sizeof value);
}

/** New handle without a database; NULL when memory is out. */
bo_store *bo_store_handle_new(const char *path);

/** Opens the file of the handle, @p flags beside SQLITE_OPEN_READWRITE. */
bo_status bo_store_connect(bo_store *store, int flags, bo_diag *diag);

/** Checks schema and contents, then loads manifest and points. */
bo_status bo_store_load(bo_store *store, bo_diag *diag);

/** "path: what SQLite says". */
bo_status bo_store_fail(const bo_store *store, int code, bo_diag *diag);

#endif
