/**
 * @file fail_alloc.h
 * Makes one chosen allocation fail, to prove that each failure is noticed and leaks nothing:
 *
 *   for (unsigned k = 0;; k++) {
 *     fail_alloc_arm(k);
 *     const bo_status status = bo_thing_new(&thing, ...);
 *     if (!fail_alloc_disarm()) {
 *       break; // there is no k-th allocation: status is BO_OK
 *     }
 *     // status is BO_E_NOMEM and thing is NULL
 *   }
 *
 * It replaces malloc, calloc, realloc, strdup, strndup, aligned_alloc and posix_memalign in the
 * objects of the executable at link time: FAIL_ALLOC of bo_test in CMake. Shared libraries keep
 * theirs. Only the k-th allocation fails; the later ones succeed, so a failure that was swallowed
 * shows as a success that should not be.
 */
#ifndef BO_TESTS_FAIL_ALLOC_H
#define BO_TESTS_FAIL_ALLOC_H

#include <stdbool.h>

/** Lets the @p k-th allocation from now on fail; 0 is the next one. */
void fail_alloc_arm(unsigned k);

/** Ends it; true if the k-th allocation was reached, hence failed. */
bool fail_alloc_disarm(void);

#endif
