/**
 * @file arena.h
 * Memory that is taken piece by piece and given back at once: the arrays and strings of one model.
 */
#ifndef BO_NET_ARENA_H
#define BO_NET_ARENA_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** {0} is empty. */
typedef struct bo_arena {
  struct bo_arena_chunk *chunks; /**< newest first */
  size_t used;                   /**< bytes taken from the newest chunk */
} bo_arena;

/** @p count zeroed elements of @p size bytes, aligned for any type; NULL: out of memory. */
void *bo_arena_alloc(bo_arena *arena, size_t count, size_t size);

/** Copy of the first @p length bytes of @p text with a zero behind them; NULL: out of memory. */
char *bo_arena_text(bo_arena *arena, const void *text, size_t length);

void bo_arena_free(bo_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
