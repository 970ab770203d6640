#include "campaign/settings.h"

#include "base/number.h"

#include <string.h>

bo_status bo_setting_banks(uint32_t *banks, const char *where, const char *text, bo_diag *diag) {
  if (strcmp(text, "auto") == 0) {
    *banks = 0;
    return BO_OK;
  }
  uint64_t parsed = 0;
  if (!bo_number_count(&parsed, text) || parsed < 1 || parsed > BO_SETTING_MAX_BANKS) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected auto or 1..%d, got %.64s", where,
                   BO_SETTING_MAX_BANKS, text);
  }
  *banks = (uint32_t)parsed;
  return BO_OK;
}

bool bo_setting_is_path(const char *name, const char *extension) {
  const size_t length = strlen(name);
  const size_t tail = strlen(extension);
  return strchr(name, '/') != NULL ||
         (length > tail && strcmp(name + length - tail, extension) == 0);
}
