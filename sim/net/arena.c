#include "net/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  CHUNK_BYTES = 16384,
};

typedef struct bo_arena_chunk {
  struct bo_arena_chunk *older;
  size_t size;
  max_align_t data[];
} bo_arena_chunk;

static bo_arena_chunk *chunk_new(bo_arena *arena, size_t size) {
  bo_arena_chunk *chunk = calloc(1, sizeof *chunk + size);
  if (chunk != NULL) {
    chunk->older = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->used = 0;
  }
  return chunk;
}

void *bo_arena_alloc(bo_arena *arena, size_t count, size_t size) {
  const size_t align = sizeof(max_align_t);
  if (count > (SIZE_MAX - sizeof(bo_arena_chunk) - align) / size) {
    return NULL;
  }
  const size_t bytes = (count * size + align - 1) / align * align;
  if (arena->chunks == NULL || arena->chunks->size - arena->used < bytes) {
    if (chunk_new(arena, bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES) == NULL) {
      return NULL;
    }
  }
  void *piece = (char *)arena->chunks->data + arena->used;
  arena->used += bytes;
  return piece;
}

char *bo_arena_text(bo_arena *arena, const void *text, size_t length) {
  char *copy = length < SIZE_MAX ? bo_arena_alloc(arena, length + 1, 1) : NULL;
  if (copy != NULL && length > 0) {
    memcpy(copy, text, length);
  }
  return copy;
}

void bo_arena_free(bo_arena *arena) {
  for (bo_arena_chunk *chunk = arena->chunks; chunk != NULL;) {
    bo_arena_chunk *older = chunk->older;
    free(chunk);
    chunk = older;
  }
  *arena = (bo_arena){0};
}
