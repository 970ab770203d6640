#include "campaign/manifest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bo_status reserve_one(bo_manifest *manifest, bo_diag *diag) {
  if (manifest->count < manifest->capacity) {
    return BO_OK;
  }
  if (manifest->count == BO_MANIFEST_MAX_ENTRIES) {
    return bo_fail(diag, BO_E_INVALID, "manifest: expected at most %d entries",
                   BO_MANIFEST_MAX_ENTRIES);
  }
  const uint32_t capacity = manifest->capacity == 0 ? 32 : manifest->capacity * 2;
  bo_manifest_entry *const entry = realloc(manifest->entry, capacity * sizeof *entry);
  if (entry == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  manifest->entry = entry;
  manifest->capacity = capacity;
  return BO_OK;
}

bo_status bo_manifest_add(bo_manifest *manifest, bo_diag *diag, const char *key, const char *format,
                          ...) {
  const bo_status status = reserve_one(manifest, diag);
  if (status != BO_OK) {
    return status;
  }
  if (bo_manifest_get(manifest, key) != NULL) {
    return bo_fail(diag, BO_E_INVALID, "manifest: key %.64s is there twice", key);
  }
  bo_manifest_entry *const entry = &manifest->entry[manifest->count];
  const int key_length = snprintf(entry->key, sizeof entry->key, "%s", key);
  va_list args;
  va_start(args, format);
  const int value_length = vsnprintf(entry->value, sizeof entry->value, format, args);
  va_end(args);
  if (key_length < 0 || (size_t)key_length >= sizeof entry->key || value_length < 0 ||
      (size_t)value_length >= sizeof entry->value) {
    return bo_fail(diag, BO_E_INVALID, "manifest: %.64s: longer than %zu characters", key,
                   sizeof entry->value - 1);
  }
  manifest->count++;
  return BO_OK;
}

void bo_manifest_free(bo_manifest *manifest) {
  free(manifest->entry);
  *manifest = (bo_manifest){0};
}

const char *bo_manifest_get(const bo_manifest *manifest, const char *key) {
  for (uint32_t i = 0; i < manifest->count; i++) {
    if (strcmp(manifest->entry[i].key, key) == 0) {
      return manifest->entry[i].value;
    }
  }
  return NULL;
}

static bo_status differ(const char *key, const char *stored, const char *wanted, bo_diag *diag) {
  return bo_fail(diag, BO_E_INVALID, "%s: the store has %.200s, this sweep has %.200s", key,
                 stored == NULL ? "none" : stored, wanted == NULL ? "none" : wanted);
}

bo_status bo_manifest_compare(const bo_manifest *stored, const bo_manifest *wanted, bo_diag *diag) {
  for (uint32_t i = 0; i < wanted->count; i++) {
    const bo_manifest_entry *const entry = &wanted->entry[i];
    const char *const value = bo_manifest_get(stored, entry->key);
    if (value == NULL || strcmp(value, entry->value) != 0) {
      return differ(entry->key, value, entry->value, diag);
    }
  }
  for (uint32_t i = 0; i < stored->count; i++) {
    const bo_manifest_entry *const entry = &stored->entry[i];
    if (bo_manifest_get(wanted, entry->key) == NULL) {
      return differ(entry->key, entry->value, NULL, diag);
    }
  }
  return BO_OK;
}
