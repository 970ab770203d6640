#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

/* Bytes that the first one announces; 0 if none begins with it. */
static size_t announced_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xc2 || first > 0xf4) {
    return 0; /* a continuation, overlong, or beyond U+10FFFF */
  }
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t bo_utf8_printable(const char *text) {
  const unsigned char *const byte = (const unsigned char *)text;
  const size_t length = announced_length(byte[0]);
  if (length <= 1) {
    return length == 1 && byte[0] >= 0x20 && byte[0] != 0x7f;
  }
  uint32_t code = byte[0] & (0x7fU >> length);
  for (size_t i = 1; i < length; i++) {
    if ((byte[i] & 0xc0) != 0x80) {
      return 0; /* also where the text ends */
    }
    code = code << 6 | (byte[i] & 0x3fU);
  }
  const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000}; /* U+0080 … U+009F are controls */
  const int is_surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < least[length] || code > 0x10ffff || is_surrogate ? 0 : length;
}

size_t bo_utf8_fit(const char *text, size_t most) {
  size_t bytes = strlen(text);
  if (bytes > most) {
    bytes = most;
    while (bytes > 0 && ((unsigned char)text[bytes] & 0xc0) == 0x80) {
      bytes--;
    }
  }
  return bytes;
}
