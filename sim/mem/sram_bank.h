/**
 * @file sram_bank.h
 * One bank of the weight SRAM, cycle by cycle: one port, a read takes read_latency_cycles, and weak
 * cells make it return another word than is stored. RTL twin: rtl/bo_weight_bank.sv.
 *
 *   word = ((mem[row] & and_mask[row]) | or_mask[row]) ^ xor_mask[row]
 *
 *   rdata_q[0] <= word, if a read begins in this cycle          rdata_q[s] <= rdata_q[s-1]
 *
 * A read that begins in cycle t shows in the last rdata_q in cycle t + read_latency_cycles, and
 * stays until the next one does.
 */
#ifndef BO_MEM_SRAM_BANK_H
#define BO_MEM_SRAM_BANK_H

#include "base/probe.h"
#include "base/status.h"
#include "silicon/chip.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_SRAM_BANK_MAX_LATENCY = 8, /**< as arch_params.def allows */
};

typedef struct bo_sram_bank bo_sram_bank;

typedef struct bo_sram_bank_config {
  uint32_t rows;                /**< at least 1 */
  uint32_t width_bits;          /**< of a word, 1 … 64 */
  uint32_t read_latency_cycles; /**< 1 … 8 */
} bo_sram_bank_config;

/** Zeros without faults, owned by the caller. BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_sram_bank_new(bo_sram_bank **out, const bo_sram_bank_config *config, bo_diag *diag);
void bo_sram_bank_free(bo_sram_bank *bank);

/** Read registers to zero; memory and faults stay. */
void bo_sram_bank_reset(bo_sram_bank *bank);

/** Writes through the port, which must be free in this cycle; done at once. */
void bo_sram_bank_write(bo_sram_bank *bank, uint32_t row, uint64_t word);

/** What the cells of a row do from now on. Precondition: row < rows. */
void bo_sram_bank_set_fault(bo_sram_bank *bank, uint32_t row, bo_fault_word fault);

/** One clock edge. @p read: a read of @p row < rows begins in this cycle. */
void bo_sram_bank_tick(bo_sram_bank *bank, bool read, uint32_t row);

/** rdata_o: the last of the read registers. */
uint64_t bo_sram_bank_rdata(const bo_sram_bank *bank);

/** Hands every register to @p visitor. BO_OK, or what it returned. */
bo_status bo_sram_bank_probes(const bo_sram_bank *bank, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
