/**
 * @file manifest.h
 * What results depend on, as text: keys and values in a fixed order.
 */
#ifndef BO_CAMPAIGN_MANIFEST_H
#define BO_CAMPAIGN_MANIFEST_H

#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Entries of a manifest: bounds what a hostile store can ask for. */
enum {
  BO_MANIFEST_MAX_ENTRIES = 8192
};

/** One thing that the results depend on. */
typedef struct bo_manifest_entry {
  char key[64];
  char value[512];
} bo_manifest_entry;

/** Keys are unique. {0} is empty; bo_manifest_free. */
typedef struct bo_manifest {
  uint32_t count, capacity;
  bo_manifest_entry *entry;
} bo_manifest;

/**
 * Appends an entry with a formatted value.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (key or value does not fit, key is there already, full).
 */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
bo_status
bo_manifest_add(bo_manifest *manifest, bo_diag *diag, const char *key, const char *format, ...);
void bo_manifest_free(bo_manifest *manifest);

/** Value of @p key or NULL. */
const char *bo_manifest_get(const bo_manifest *manifest, const char *key);

/**
 * Compares entry by entry.
 *
 * @return BO_OK, or BO_E_INVALID with the first key that differs and both values: "seed: the store
 *         has 0, this sweep has 1".
 */
bo_status bo_manifest_compare(const bo_manifest *stored, const bo_manifest *wanted, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
