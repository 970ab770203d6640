/**
 * @file progress.h
 * The text of a progress line: "  37 % [#######             ] 52/140 trials, 12 s, ETA 20 s".
 * This file only formats; printing is the program's.
 */
#ifndef BO_BASE_PROGRESS_H
#define BO_BASE_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Formats the line into @p text. @p resumed items were done before the clock started and do not
 * count for the estimate. Preconditions: resumed <= done <= total, total > 0, size >= 96.
 */
void bo_progress_format(char *text, size_t size, uint64_t done, uint64_t resumed, uint64_t total,
                        const char *unit, double elapsed_s);

#ifdef __cplusplus
}
#endif

#endif
