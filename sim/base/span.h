/**
 * @file span.h
 * Pieces of a text, borrowed from it: for readers of formats that are lines of fields.
 */
#ifndef BO_BASE_SPAN_H
#define BO_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @p size bytes at @p data, not ended by a zero; data is NULL where there is nothing more. */
typedef struct bo_span {
  const char *data;
  size_t size;
} bo_span;

/**
 * Takes the part before the first @p separator off @p rest; the last part is what is left. "a,,"
 * has three parts: "a", "", "".
 *
 * @return false: there was nothing more.
 */
bool bo_span_cut(bo_span *rest, char separator, bo_span *part);

/** Without blanks, tabs, carriage returns and line feeds at both ends. */
bo_span bo_span_trim(bo_span text);

/** The whole span as bo_number_count. */
bool bo_span_count(uint64_t *value, bo_span text);

/** The whole span, at most 127 bytes, as bo_number_real and bo_number_ratio. */
bool bo_span_real(double *value, bo_span text);
bool bo_span_ratio(double *value, bo_span text);

/** Whether @p text is @p word; the second takes 'A' for 'a'. */
bool bo_span_is(bo_span text, const char *word);
bool bo_span_is_word(bo_span text, const char *word);

/** Whether all of it is printable UTF-8, so that every report can hold it. */
bool bo_span_is_printable(bo_span text);

/** For "%.*s" in a diagnostic: the size, at most 64 bytes. */
int bo_span_shown(bo_span text);

#ifdef __cplusplus
}
#endif

#endif
