#include "array/accumulator.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The token registers of a column. */
typedef struct token_registers {
  uint32_t addr_q;
  uint8_t valid_q, accumulate_q, last_q, unused;
} token_registers;

/*
 * Tokens move a column a cycle, so they lie in a ring, the newest first, and only the place where
 * it begins moves. It is written twice, `cols` apart, so that what is behind the newest is always
 * whole: column c has newest[c].
 */
struct bo_accumulator {
  uint32_t cols, depth;
  uint32_t busy; /* ticks until every column has seen its last token */
  bool any_out;
  token_registers *newest;
  token_registers *ring; /* [2 * cols] */
  uint32_t *rdata_q;     /* [cols] */
  uint32_t *sum_q;       /* [cols] */
  uint8_t *sum_valid_q;  /* [cols] */
  uint32_t *mem;         /* [depth][cols] */
  uint32_t memory[];     /* what all of these point into */
};

/* Registers of a column, in words: two tokens, rdata_q, sum_q, sum_valid_q. */
enum {
  COLUMN_WORDS = 2 * sizeof(token_registers) / sizeof(uint32_t) + 3,
};

bo_status bo_accumulator_new(bo_accumulator **out, uint32_t cols, uint32_t depth, bo_diag *diag) {
  const size_t words = (size_t)cols * ((size_t)depth + COLUMN_WORDS);
  bo_accumulator *const acc = calloc(1, sizeof *acc + words * sizeof(uint32_t));
  *out = acc;
  if (acc == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "accumulators, %u columns of %u sums: out of memory", cols,
                   depth);
  }
  acc->cols = cols;
  acc->depth = depth;
  acc->ring = (token_registers *)acc->memory;
  acc->newest = acc->ring;
  acc->rdata_q = (uint32_t *)(acc->ring + 2 * (size_t)cols);
  acc->sum_q = acc->rdata_q + cols;
  acc->mem = acc->sum_q + cols;
  acc->sum_valid_q = (uint8_t *)(acc->mem + (size_t)cols * depth);
  return BO_OK;
}

void bo_accumulator_free(bo_accumulator *acc) {
  free(acc);
}

void bo_accumulator_reset(bo_accumulator *acc) {
  memset(acc->ring, 0, sizeof(token_registers) * 2 * acc->cols);
  memset(acc->rdata_q, 0, sizeof(uint32_t) * 2 * acc->cols);
  memset(acc->sum_valid_q, 0, acc->cols);
  acc->busy = 0;
  acc->any_out = false;
}

/* The sum of column c, whose token is there: goes out, or back to the memory. */
static void write_column(bo_accumulator *acc, uint32_t c, token_registers token, int32_t psum) {
  const uint32_t sum = (uint32_t)psum + (token.accumulate_q != 0 ? acc->rdata_q[c] : 0);
  if (token.last_q != 0) {
    acc->sum_q[c] = sum;
    acc->any_out = true;
  } else {
    acc->mem[(size_t)token.addr_q * acc->cols + c] = sum;
  }
}

/* A column in a cycle: `here` meets the sum, `arriving` reads. */
static void tick_column(bo_accumulator *acc, uint32_t c, token_registers here,
                        token_registers arriving, int32_t psum) {
  const bool reads = arriving.valid_q != 0 && arriving.accumulate_q != 0;
  /* Before the write: the memory gives what it held before the edge. */
  const uint32_t rdata =
      reads ? acc->mem[(size_t)arriving.addr_q * acc->cols + c] : acc->rdata_q[c];
  acc->sum_valid_q[c] = here.valid_q & here.last_q;
  if (here.valid_q != 0) {
    write_column(acc, c, here, psum);
  }
  acc->rdata_q[c] = rdata;
}

void bo_accumulator_tick(bo_accumulator *acc, bo_accumulate token, const int32_t *psum) {
  const token_registers entering = {token.addr, token.valid, token.accumulate, token.last, 0};
  assert(!token.valid || token.addr < acc->depth);
  if (token.valid) {
    acc->busy = acc->cols + 2;
  }
  acc->any_out = false;
  if (acc->busy > 0) {
    acc->busy--;
    for (uint32_t c = acc->cols; c-- > 0;) {
      tick_column(acc, c, acc->newest[c], c == 0 ? entering : acc->newest[c - 1], psum[c]);
    }
  }
  if (acc->newest == acc->ring) {
    acc->newest += acc->cols;
  }
  acc->newest--;
  acc->newest[0] = entering;
  acc->newest[acc->cols] = entering;
}

bool bo_accumulator_any_out(const bo_accumulator *acc) {
  return acc->any_out;
}

bool bo_accumulator_out(const bo_accumulator *acc, uint32_t c, int32_t *sum) {
  *sum = (int32_t)acc->sum_q[c];
  return acc->sum_valid_q[c] != 0;
}

/* How a register of column 0 is found; that of column c is `stride` elements further each. */
typedef struct column_register {
  const char *name;
  bo_probe_kind kind;
  uint32_t width_bits;
  const void *const *base;
  size_t first, stride;
} column_register;

bo_status bo_accumulator_probes(const bo_accumulator *acc, const bo_probe_visitor *visitor) {
  const void *const *const tokens = (const void *const *)&acc->newest;
  const size_t token = sizeof(token_registers);
  const column_register registers[] = {
      {"valid_q", BO_PROBE_U8, 1, tokens, offsetof(token_registers, valid_q), token},
      {"accumulate_q", BO_PROBE_U8, 1, tokens, offsetof(token_registers, accumulate_q), token},
      {"last_q", BO_PROBE_U8, 1, tokens, offsetof(token_registers, last_q), token},
      {"addr_q", BO_PROBE_U32, bo_probe_width(acc->depth), tokens, 0, token / sizeof(uint32_t)},
      {"rdata_q", BO_PROBE_U32, 32, (const void *const *)&acc->rdata_q, 0, 1},
      {"sum_valid_q", BO_PROBE_U8, 1, (const void *const *)&acc->sum_valid_q, 0, 1},
      {"sum_q", BO_PROBE_U32, 32, (const void *const *)&acc->sum_q, 0, 1},
  };
  bo_status status = BO_OK;
  for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
    const column_register *const from = &registers[i];
    for (uint32_t c = 0; c < acc->cols && status == BO_OK; c++) {
      char name[32];
      (void)snprintf(name, sizeof name, "%s[%u]", from->name, c);
      const bo_probe probe = {from->kind, from->width_bits, from->base,
                              from->first + c * from->stride};
      status = visitor->visit(visitor->context, visitor->scope, name, &probe);
    }
  }
  return status;
}

bo_status bo_accumulator_memory_probes(const bo_accumulator *acc, const bo_probe_visitor *visitor) {
  bo_status status = BO_OK;
  for (uint32_t c = 0; c < acc->cols; c++) {
    for (uint32_t addr = 0; addr < acc->depth && status == BO_OK; addr++) {
      char name[48];
      (void)snprintf(name, sizeof name, "mem[%u][%u]", c, addr);
      const bo_probe probe = {BO_PROBE_U32, 32, (const void *const *)&acc->mem,
                              (size_t)addr * acc->cols + c};
      status = visitor->visit(visitor->context, visitor->scope, name, &probe);
    }
  }
  return status;
}
