#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reads the number at the beginning of @p text; *end is left where it stops. */
static bool read_real(double *value, const char *text, const char **end) {
  const size_t length = strspn(text, "+-.0123456789eE");
  char *stop = NULL;
  *value = length == 0 ? NAN : strtod(text, &stop);
  *end = stop;
  /* strtod also knows "0x1p3", which goes on where the characters above do not. */
  return isfinite(*value) && stop > text && stop <= text + length;
}

bool bo_number_real(double *value, const char *text) {
  const char *end = NULL;
  return read_real(value, text, &end) && *end == '\0';
}

bool bo_number_ratio(double *value, const char *text) {
  const char *end = NULL;
  if (!read_real(value, text, &end)) {
    return false;
  }
  if (*end == '/') {
    double divisor = 0;
    if (!read_real(&divisor, end + 1, &end) || !(divisor > 0)) {
      return false;
    }
    *value /= divisor;
  }
  return *end == '\0' && isfinite(*value);
}

bool bo_number_count(uint64_t *value, const char *text) {
  if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0') {
    return false;
  }
  errno = 0;
  const unsigned long long parsed = strtoull(text, NULL, 10);
  *value = parsed;
  return errno == 0;
}
