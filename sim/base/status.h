/**
 * @file status.h
 * The one error convention of the library: a status to branch on, a diagnostic to print.
 */
#ifndef BO_BASE_STATUS_H
#define BO_BASE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/** Result of every call that can fail: zero is success, failures are negative. */
typedef enum bo_status {
  BO_OK = 0,
  BO_E_INVALID = -1,     /**< an argument or an input file breaks a documented range */
  BO_E_NOMEM = -2,       /**< an allocation failed; nothing was changed */
  BO_E_IO = -3,          /**< a file could not be opened, read or written */
  BO_E_MISMATCH = -4,    /**< model and reference (RTL or golden trace) disagree */
  BO_E_INTERRUPTED = -5, /**< the caller asked to stop; what was done until then is kept */
} bo_status;

/** Caller-owned text of the first failure, "where: what, expected, got": one line. */
typedef struct bo_diag {
  char text[512];
} bo_diag;

/** Fixed English name of @p status ("invalid argument"); never NULL. */
const char *bo_status_name(bo_status status);

/**
 * Writes the message into @p diag (may be NULL), control characters as '?', and returns @p status,
 * to be used in `return`.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
bo_status
bo_fail(bo_diag *diag, bo_status status, const char *format, ...);

#ifdef __cplusplus
}
#endif

#endif
