#include "base/yaml_scalar.h"

#include "base/number.h"

#include <assert.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Says what was expected; false, to be used in return. */
static bool refuse(bo_yaml_expected *expected, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(bo_yaml_expected *expected, const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)vsnprintf(expected->text, sizeof expected->text, format, args);
  va_end(args);
  return false;
}

static bool is_integer(const char *text) {
  text += *text == '-';
  if (text[0] == '0' && text[1] == 'x') {
    return text[2] != '\0' && text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0';
  }
  const size_t digits = strspn(text, "0123456789");
  return digits > 0 && text[digits] == '\0' && (digits == 1 || text[0] != '0');
}

static bool fits_int(bo_yaml_expected *expected, const cyaml_schema_value_t *schema,
                     const char *text) {
  const int64_t max = INT64_MAX >> (64 - 8 * schema->data_size);
  if (is_integer(text)) {
    errno = 0;
    const long long value = strtoll(text, NULL, 0);
    if (errno == 0 && value <= max && value >= -max - 1) {
      return true;
    }
  }
  return refuse(expected, "an integer %" PRId64 "..%" PRId64, -max - 1, max);
}

static bool fits_uint(bo_yaml_expected *expected, const cyaml_schema_value_t *schema,
                      const char *text) {
  const uint64_t max = UINT64_MAX >> (64 - 8 * schema->data_size);
  if (is_integer(text) && text[0] != '-') {
    errno = 0;
    const unsigned long long value = strtoull(text, NULL, 0);
    if (errno == 0 && value <= max) {
      return true;
    }
  }
  return refuse(expected, "an integer 0..%" PRIu64, max);
}

static bool fits_float(bo_yaml_expected *expected, const cyaml_schema_value_t *schema,
                       const char *text) {
  const double max = schema->data_size == sizeof(float) ? (double)FLT_MAX : DBL_MAX;
  double value = 0;
  return (bo_number_real(&value, text) && fabs(value) <= max) ||
         refuse(expected, "a finite decimal number");
}

static bool fits_bool(bo_yaml_expected *expected, const char *text) {
  return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
         refuse(expected, "true or false");
}

void bo_yaml_list_word(char *list, size_t size, const char *word) {
  const size_t used = strlen(list);
  (void)snprintf(list + used, size - used, "%s%s", used == 0 ? "" : ", ", word);
}

static bool fits_enum(bo_yaml_expected *expected, const cyaml_schema_value_t *schema,
                      const char *text) {
  char words[200] = "";
  for (uint32_t i = 0; i < schema->enumeration.count; i++) {
    const char *word = schema->enumeration.strings[i].str;
    if (strcmp(text, word) == 0) {
      return true;
    }
    bo_yaml_list_word(words, sizeof words, word);
  }
  return refuse(expected, "one of %s", words);
}

static bool fits_string(bo_yaml_expected *expected, const cyaml_schema_value_t *schema,
                        const char *text, size_t length) {
  const bool in_place = (schema->flags & CYAML_FLAG_POINTER) == 0;
  uint32_t max = schema->string.max;
  if (in_place && max > schema->data_size - 1) {
    max = schema->data_size - 1;
  }
  if (strlen(text) != length) {
    return refuse(expected, "text without a NUL character");
  }
  return (length >= schema->string.min && length <= max) ||
         refuse(expected, "text of %u..%u bytes", schema->string.min, max);
}

bool bo_yaml_scalar_fits(bo_yaml_expected *expected, const cyaml_schema_value_t *schema,
                         const char *text, size_t length) {
  switch (schema->type) {
  case CYAML_INT:
    return fits_int(expected, schema, text);
  case CYAML_UINT:
    return fits_uint(expected, schema, text);
  case CYAML_FLOAT:
    return fits_float(expected, schema, text);
  case CYAML_BOOL:
    return fits_bool(expected, text);
  case CYAML_ENUM:
    return fits_enum(expected, schema, text);
  case CYAML_STRING:
    return fits_string(expected, schema, text, length);
  default:
    assert(false && "a schema with flags, bit fields or ignored keys");
    return refuse(expected, "a type that is supported");
  }
}
