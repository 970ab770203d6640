/** @file text.h  Building text on the heap. Private to sim/report. */
#ifndef BO_REPORT_TEXT_H
#define BO_REPORT_TEXT_H

#include "base/file.h"
#include "base/status.h"

#include <stdio.h>

/** Text that grows as `out` is written to. */
typedef struct bo_text {
  FILE *out;
  char *data;
  size_t size;
} bo_text;

/** BO_OK, BO_E_NOMEM. After BO_OK bo_text_close must be called, on this same object. */
bo_status bo_text_open(bo_text *text, bo_diag *diag);

/**
 * Ends the text and moves it to @p out; with @p status other than BO_OK throws it away.
 *
 * @return @p status, or BO_E_NOMEM if not all of it could be kept.
 */
bo_status bo_text_close(bo_text *text, bo_bytes *out, bo_status status, bo_diag *diag);

/** A number with ten significant digits; nothing if it is NAN. */
void bo_text_real(FILE *out, double value);

/** A text from a file, control characters as '?': a line break in it would end a comment. */
void bo_text_line(FILE *out, const char *text);

#endif
