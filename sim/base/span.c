#include "base/span.h"

#include "base/number.h"
#include "base/utf8.h"

#include <string.h>
#include <strings.h>

bool bo_span_cut(bo_span *rest, char separator, bo_span *part) {
  if (rest->data == NULL) {
    return false;
  }
  const char *const end = rest->size == 0 ? NULL : memchr(rest->data, separator, rest->size);
  *part = *rest;
  if (end == NULL) {
    *rest = (bo_span){NULL, 0};
  } else {
    part->size = (size_t)(end - rest->data);
    *rest = (bo_span){end + 1, rest->size - part->size - 1};
  }
  return true;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bo_span bo_span_trim(bo_span text) {
  while (text.size > 0 && is_blank(text.data[0])) {
    text = (bo_span){text.data + 1, text.size - 1};
  }
  while (text.size > 0 && is_blank(text.data[text.size - 1])) {
    text.size--;
  }
  return text;
}

/* As a string; false where there is no room for it, or a zero in it. */
static bool copy(char *out, size_t room, bo_span text) {
  if (text.size >= room || memchr(text.data, '\0', text.size) != NULL) {
    return false;
  }
  memcpy(out, text.data, text.size);
  out[text.size] = '\0';
  return true;
}

bool bo_span_count(uint64_t *value, bo_span text) {
  char digits[32];
  return copy(digits, sizeof digits, text) && bo_number_count(value, digits);
}

bool bo_span_real(double *value, bo_span text) {
  char number[128];
  return copy(number, sizeof number, text) && bo_number_real(value, number);
}

bool bo_span_ratio(double *value, bo_span text) {
  char number[128];
  return copy(number, sizeof number, text) && bo_number_ratio(value, number);
}

bool bo_span_is(bo_span text, const char *word) {
  return strlen(word) == text.size && memcmp(text.data, word, text.size) == 0;
}

bool bo_span_is_word(bo_span text, const char *word) {
  return strlen(word) == text.size && strncasecmp(text.data, word, text.size) == 0;
}

bool bo_span_is_printable(bo_span text) {
  while (text.size > 0) {
    char start[5] = {0}; /* a character has at most four bytes */
    memcpy(start, text.data, text.size < 4 ? text.size : 4);
    const size_t bytes = bo_utf8_printable(start);
    if (bytes == 0) {
      return false;
    }
    text = (bo_span){text.data + bytes, text.size - bytes};
  }
  return true;
}

int bo_span_shown(bo_span text) {
  return text.size < 64 ? (int)text.size : 64;
}
