#include "campaign/settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool bo_setting_real(double *value, const char *text) {
  char *end = NULL;
  *value = strtod(text, &end);
  if (end == text) {
    return false;
  }
  if (*end == '/') {
    const char *const divisor = end + 1;
    *value /= strtod(divisor, &end);
    if (end == divisor) {
      return false;
    }
  }
  return *end == '\0' && isfinite(*value);
}

bo_status bo_setting_banks(uint32_t *banks, const char *where, const char *text, bo_diag *diag) {
  if (strcmp(text, "auto") == 0) {
    *banks = 0;
    return BO_OK;
  }
  char *end = NULL;
  errno = 0;
  const unsigned long parsed = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || parsed < 1 ||
      parsed > BO_SETTING_MAX_BANKS) {
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
