/**
 * @file number.h
 * How numbers are written, in files as on the command line: decimal and finite, and nothing but the
 * number. Words ("nan", "inf"), hexadecimals, blanks and units are refused.
 */
#ifndef BO_BASE_NUMBER_H
#define BO_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Each is false, and @p value undefined, where @p text is no such number. */

/** "0.75", "-3", "1e-3". */
bool bo_number_real(double *value, const char *text);

/** The same, or a quotient "18/24", the form in which curves are given; the divisor is above 0. */
bool bo_number_ratio(double *value, const char *text);

/** Digits alone, below 2^64. */
bool bo_number_count(uint64_t *value, const char *text);

#ifdef __cplusplus
}
#endif

#endif
