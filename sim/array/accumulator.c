#include "array/accumulator.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Registers are arrays over the columns, so that each can be probed; one block holds them all. */
struct bo_accumulator {
  uint32_t cols, depth;
  uint8_t *valid_q, *accumulate_q, *last_q, *sum_valid_q; /* [cols] */
  uint32_t *addr_q, *rdata_q, *sum_q;                     /* [cols] */
  uint32_t *mem;                                          /* [cols][depth] */
  uint32_t memory[];
};

enum {
  WORD_REGISTERS = 3,
  BYTE_REGISTERS = 4,
};

bo_status bo_accumulator_new(bo_accumulator **out, uint32_t cols, uint32_t depth, bo_diag *diag) {
  const size_t words = (size_t)cols * (depth + WORD_REGISTERS + BYTE_REGISTERS);
  bo_accumulator *const acc = calloc(1, sizeof *acc + words * sizeof(uint32_t));
  *out = acc;
  if (acc == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "accumulators, %u columns of %u sums: out of memory", cols,
                   depth);
  }
  acc->cols = cols;
  acc->depth = depth;
  acc->mem = acc->memory;
  acc->addr_q = acc->mem + (size_t)cols * depth;
  acc->rdata_q = acc->addr_q + cols;
  acc->sum_q = acc->rdata_q + cols;
  acc->valid_q = (uint8_t *)(acc->sum_q + cols);
  acc->accumulate_q = acc->valid_q + cols;
  acc->last_q = acc->accumulate_q + cols;
  acc->sum_valid_q = acc->last_q + cols;
  return BO_OK;
}

void bo_accumulator_free(bo_accumulator *acc) {
  free(acc);
}

void bo_accumulator_reset(bo_accumulator *acc) {
  memset(acc->addr_q, 0, sizeof(uint32_t) * acc->cols * (WORD_REGISTERS + BYTE_REGISTERS));
}

/* What the sum of a column does in this cycle. */
static void write_column(bo_accumulator *acc, uint32_t c, int32_t psum) {
  const bool valid = acc->valid_q[c] != 0;
  const bool leaves = valid && acc->last_q[c] != 0;
  const uint32_t sum = (uint32_t)psum + (acc->accumulate_q[c] != 0 ? acc->rdata_q[c] : 0);
  if (valid && !leaves) {
    acc->mem[(size_t)c * acc->depth + acc->addr_q[c]] = sum;
  }
  acc->sum_valid_q[c] = leaves;
  acc->sum_q[c] = leaves ? sum : acc->sum_q[c];
}

/* The token that arrives at a column in this cycle. */
static bo_accumulate arriving_token(const bo_accumulator *acc, uint32_t c, bo_accumulate token) {
  return c == 0 ? token
                : (bo_accumulate){
                      .valid = acc->valid_q[c - 1] != 0,
                      .accumulate = acc->accumulate_q[c - 1] != 0,
                      .last = acc->last_q[c - 1] != 0,
                      .addr = acc->addr_q[c - 1],
                  };
}

void bo_accumulator_tick(bo_accumulator *acc, bo_accumulate token, const int32_t *psum) {
  for (uint32_t c = acc->cols; c-- > 0;) {
    const bo_accumulate arriving = arriving_token(acc, c, token);
    const bool reads = arriving.valid && arriving.accumulate;
    assert(!arriving.valid || arriving.addr < acc->depth);
    /* Before the write: the memory gives what it held before the edge. */
    const uint32_t rdata =
        reads ? acc->mem[(size_t)c * acc->depth + arriving.addr] : acc->rdata_q[c];
    write_column(acc, c, psum[c]);
    acc->rdata_q[c] = rdata;
    acc->valid_q[c] = arriving.valid;
    acc->accumulate_q[c] = arriving.accumulate;
    acc->last_q[c] = arriving.last;
    acc->addr_q[c] = arriving.addr;
  }
}

bool bo_accumulator_out(const bo_accumulator *acc, uint32_t c, int32_t *sum) {
  *sum = (int32_t)acc->sum_q[c];
  return acc->sum_valid_q[c] != 0;
}

bo_status bo_accumulator_probes(const bo_accumulator *acc, const bo_probe_visitor *visitor) {
  const struct {
    const char *name;
    bo_probe_kind kind;
    uint32_t width_bits;
    const void *const *base;
  } registers[] = {
      {"valid_q", BO_PROBE_U8, 1, (const void *const *)&acc->valid_q},
      {"accumulate_q", BO_PROBE_U8, 1, (const void *const *)&acc->accumulate_q},
      {"last_q", BO_PROBE_U8, 1, (const void *const *)&acc->last_q},
      {"addr_q", BO_PROBE_U32, 32, (const void *const *)&acc->addr_q},
      {"rdata_q", BO_PROBE_U32, 32, (const void *const *)&acc->rdata_q},
      {"sum_valid_q", BO_PROBE_U8, 1, (const void *const *)&acc->sum_valid_q},
      {"sum_q", BO_PROBE_U32, 32, (const void *const *)&acc->sum_q},
  };
  bo_status status = BO_OK;
  for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
    for (uint32_t c = 0; c < acc->cols && status == BO_OK; c++) {
      char name[32];
      (void)snprintf(name, sizeof name, "%s[%u]", registers[i].name, c);
      const bo_probe probe = {registers[i].kind, registers[i].width_bits, registers[i].base, c};
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
                              (size_t)c * acc->depth + addr};
      status = visitor->visit(visitor->context, visitor->scope, name, &probe);
    }
  }
  return status;
}
