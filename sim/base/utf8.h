/** @file utf8.h  Whether bytes are text that every reader of a report can take. */
#ifndef BO_BASE_UTF8_H
#define BO_BASE_UTF8_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Bytes of the printable character at the start of @p text, 1 … 4. 0: none, which is a control
 * character, the end of the text, or not UTF-8 (cut short, overlong, a surrogate, above U+10FFFF).
 */
size_t bo_utf8_printable(const char *text);

/** Bytes of the longest start of @p text, at most @p most, that does not end within a character. */
size_t bo_utf8_fit(const char *text, size_t most);

#ifdef __cplusplus
}
#endif

#endif
