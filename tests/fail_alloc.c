#include "fail_alloc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

/* Allocations until the one that fails; negative: disarmed, or it has failed. */
static atomic_long countdown = -1;
static atomic_bool was_hit;

void fail_alloc_arm(unsigned k) {
  was_hit = false;
  countdown = (long)k;
}

bool fail_alloc_disarm(void) {
  countdown = -1;
  return was_hit;
}

static bool fails_now(void) {
  long left = countdown;
  while (left >= 0 && !atomic_compare_exchange_weak(&countdown, &left, left - 1)) {
  }
  if (left != 0) {
    return false;
  }
  was_hit = true;
  errno = ENOMEM;
  return true;
}

/* The names that the linker's --wrap gives to the caller's side and to the original. */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): required by --wrap */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size) {
  return fails_now() ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) {
  return fails_now() ? NULL : __real_calloc(count, size);
}

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size) {
  return fails_now() ? NULL : __real_realloc(old, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text) {
  return fails_now() ? NULL : __real_strdup(text);
}

char *__real_strndup(const char *text, size_t size);
char *__wrap_strndup(const char *text, size_t size);
char *__wrap_strndup(const char *text, size_t size) {
  return fails_now() ? NULL : __real_strndup(text, size);
}

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
  return fails_now() ? NULL : __real_aligned_alloc(alignment, size);
}

int __real_posix_memalign(void **out, size_t alignment, size_t size);
int __wrap_posix_memalign(void **out, size_t alignment, size_t size);
int __wrap_posix_memalign(void **out, size_t alignment, size_t size) {
  return fails_now() ? ENOMEM : __real_posix_memalign(out, alignment, size);
}
/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */
