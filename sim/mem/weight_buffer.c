#include "mem/weight_buffer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bo_weight_buffer {
  uint32_t depth, cols;
  uint32_t *count_q; /* into count: write_q, read_q */
  uint8_t *code_q;   /* into code */
  uint32_t count[2];
  uint8_t code[];
};

enum {
  WRITE,
  READ,
};

bo_status bo_weight_buffer_new(bo_weight_buffer **out, uint32_t depth, uint32_t cols,
                               bo_diag *diag) {
  bo_weight_buffer *const buffer = calloc(1, sizeof *buffer + depth);
  *out = buffer;
  if (buffer == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "weight buffer of %u codes: out of memory", depth);
  }
  buffer->depth = depth;
  buffer->cols = cols;
  buffer->count_q = buffer->count;
  buffer->code_q = buffer->code;
  return BO_OK;
}

void bo_weight_buffer_free(bo_weight_buffer *buffer) {
  free(buffer);
}

void bo_weight_buffer_reset(bo_weight_buffer *buffer) {
  bo_weight_buffer_clear(buffer);
  memset(buffer->code_q, 0, buffer->depth);
}

void bo_weight_buffer_clear(bo_weight_buffer *buffer) {
  buffer->count_q[WRITE] = 0;
  buffer->count_q[READ] = 0;
}

void bo_weight_buffer_write(bo_weight_buffer *buffer, const bo_word_codes *codes) {
  assert(codes->count <= buffer->depth - buffer->count_q[WRITE]);
  const uint64_t mask = UINT64_MAX >> (64 - codes->bits);
  uint8_t *const to = buffer->code_q + buffer->count_q[WRITE];
  for (uint32_t i = 0; i < codes->count; i++) {
    to[i] = (uint8_t)(codes->word >> ((codes->slot + i) * codes->bits) & mask);
  }
  buffer->count_q[WRITE] += codes->count;
}

void bo_weight_buffer_take(bo_weight_buffer *buffer, uint32_t cols) {
  assert(cols <= buffer->count_q[WRITE] - buffer->count_q[READ]);
  buffer->count_q[READ] += cols;
}

uint32_t bo_weight_buffer_written(const bo_weight_buffer *buffer) {
  return buffer->count_q[WRITE];
}

uint32_t bo_weight_buffer_taken(const bo_weight_buffer *buffer) {
  return buffer->count_q[READ];
}

uint8_t bo_weight_buffer_code(const bo_weight_buffer *buffer, uint32_t index) {
  assert(index < buffer->depth);
  return buffer->code_q[index];
}

bo_status bo_weight_buffer_probes(const bo_weight_buffer *buffer, const bo_probe_visitor *visitor) {
  static const char *const names[] = {[WRITE] = "write_q", [READ] = "read_q"};
  /* The RTL compares write_q with read_q + cols. */
  const uint32_t count_bits = bo_probe_width((uint64_t)buffer->depth + buffer->cols);
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < 2 && status == BO_OK; i++) {
    const bo_probe probe = {BO_PROBE_U32, count_bits, (const void *const *)&buffer->count_q, i};
    status = visitor->visit(visitor->context, visitor->scope, names[i], &probe);
  }
  for (uint32_t i = 0; i < buffer->depth && status == BO_OK; i++) {
    char name[32];
    (void)snprintf(name, sizeof name, "code_q[%u]", i);
    const bo_probe probe = {BO_PROBE_U8, 8, (const void *const *)&buffer->code_q, i};
    status = visitor->visit(visitor->context, visitor->scope, name, &probe);
  }
  return status;
}
