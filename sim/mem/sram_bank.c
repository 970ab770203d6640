#include "mem/sram_bank.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bank_row {
  uint64_t word;
  bo_fault_word fault;
} bank_row;

struct bo_sram_bank {
  uint32_t rows, width_bits, latency;
  uint64_t *rdata_q; /* [latency], into stage */
  uint64_t stage[BO_SRAM_BANK_MAX_LATENCY];
  bank_row row[];
};

bo_status bo_sram_bank_new(bo_sram_bank **out, const bo_sram_bank_config *config, bo_diag *diag) {
  assert(config->width_bits >= 1 && config->width_bits <= 64);
  assert(config->read_latency_cycles >= 1 &&
         config->read_latency_cycles <= BO_SRAM_BANK_MAX_LATENCY);
  bo_sram_bank *const bank = calloc(1, sizeof *bank + sizeof *bank->row * config->rows);
  *out = bank;
  if (bank == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "weight bank of %u rows: out of memory", config->rows);
  }
  bank->rows = config->rows;
  bank->width_bits = config->width_bits;
  bank->latency = config->read_latency_cycles;
  bank->rdata_q = bank->stage;
  for (uint32_t r = 0; r < bank->rows; r++) {
    bank->row[r].fault.and_mask = UINT64_MAX;
  }
  return BO_OK;
}

void bo_sram_bank_free(bo_sram_bank *bank) {
  free(bank);
}

void bo_sram_bank_reset(bo_sram_bank *bank) {
  memset(bank->stage, 0, sizeof bank->stage);
}

void bo_sram_bank_write(bo_sram_bank *bank, uint32_t row, uint64_t word) {
  assert(row < bank->rows);
  bank->row[row].word = word;
}

void bo_sram_bank_set_fault(bo_sram_bank *bank, uint32_t row, bo_fault_word fault) {
  assert(row < bank->rows);
  bank->row[row].fault = fault;
}

void bo_sram_bank_tick(bo_sram_bank *bank, bool read, uint32_t row) {
  for (uint32_t s = bank->latency - 1; s > 0; s--) {
    bank->rdata_q[s] = bank->rdata_q[s - 1];
  }
  if (read) {
    assert(row < bank->rows);
    bank->rdata_q[0] = bo_fault_word_read(bank->row[row].fault, bank->row[row].word);
  }
}

uint64_t bo_sram_bank_rdata(const bo_sram_bank *bank) {
  return bank->rdata_q[bank->latency - 1];
}

bo_status bo_sram_bank_probes(const bo_sram_bank *bank, const bo_probe_visitor *visitor) {
  bo_status status = BO_OK;
  for (uint32_t s = 0; s < bank->latency && status == BO_OK; s++) {
    char name[32];
    (void)snprintf(name, sizeof name, "rdata_q[%u]", s);
    const bo_probe probe = {BO_PROBE_U64, bank->width_bits, (const void *const *)&bank->rdata_q, s};
    status = visitor->visit(visitor->context, visitor->scope, name, &probe);
  }
  return status;
}
