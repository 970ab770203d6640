#include "mem/weight_sram.h"

#include "mem/sram_bank.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bank_state {
  bo_sram_bank *bank;
  bool reads; /* in this cycle */
  uint32_t row;
  uint32_t settling; /* edges until all read registers are alike and the bank needs no tick */
} bank_state;

struct bo_weight_sram {
  bo_weight_sram_config config;
  bank_state *state;     /* [banks] */
  uint32_t *active;      /* banks that read or settle */
  uint32_t active_count; /* no bank twice */
  const bo_placement *placement;
  const uint8_t *const *codes;
  bo_weight_sram_counts counts;
  bool reuse;
  uint64_t *resident; /* [banks * bank_rows], by bank and row: row of the stream plus 1; 0: none */
};

static bo_status make_banks(bo_weight_sram *sram, bo_diag *diag) {
  const bo_weight_sram_config *const config = &sram->config;
  const bo_sram_bank_config bank = {config->bank_rows, config->bank_width_bits,
                                    config->read_latency_cycles};
  bo_status status = BO_OK;
  for (uint32_t b = 0; b < config->banks && status == BO_OK; b++) {
    status = bo_sram_bank_new(&sram->state[b].bank, &bank, diag);
  }
  return status;
}

bo_status bo_weight_sram_new(bo_weight_sram **out, const bo_weight_sram_config *config,
                             bo_diag *diag) {
  *out = NULL;
  bo_weight_sram *const sram = calloc(1, sizeof *sram);
  if (sram == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "weight SRAM: out of memory");
  }
  sram->config = *config;
  sram->reuse = true;
  sram->state = calloc(config->banks, sizeof *sram->state);
  sram->active = calloc(config->banks, sizeof *sram->active);
  sram->resident = calloc((size_t)config->banks * config->bank_rows, sizeof *sram->resident);
  const bo_status status =
      sram->state == NULL || sram->active == NULL || sram->resident == NULL
          ? bo_fail(diag, BO_E_NOMEM, "weight SRAM of %u banks: out of memory", config->banks)
          : make_banks(sram, diag);
  if (status != BO_OK) {
    bo_weight_sram_free(sram);
    return status;
  }
  *out = sram;
  return BO_OK;
}

void bo_weight_sram_free(bo_weight_sram *sram) {
  if (sram == NULL) {
    return;
  }
  for (uint32_t b = 0; sram->state != NULL && b < sram->config.banks; b++) {
    bo_sram_bank_free(sram->state[b].bank);
  }
  free(sram->state);
  free(sram->active);
  free(sram->resident);
  free(sram);
}

void bo_weight_sram_reset(bo_weight_sram *sram) {
  for (uint32_t b = 0; b < sram->config.banks; b++) {
    sram->state[b].reads = false;
    sram->state[b].settling = 0;
    bo_sram_bank_reset(sram->state[b].bank);
  }
  sram->active_count = 0;
}

void bo_weight_sram_stream(bo_weight_sram *sram, const bo_placement *placement,
                           const uint8_t *const *codes) {
  assert(bo_placement_banks(placement) == sram->config.banks);
  assert(bo_placement_get_config(placement)->bank_rows == sram->config.bank_rows);
  sram->placement = placement;
  sram->codes = codes;
  bo_weight_sram_forget(sram);
}

void bo_weight_sram_forget(bo_weight_sram *sram) {
  const size_t rows = (size_t)sram->config.banks * sram->config.bank_rows;
  memset(sram->resident, 0, rows * sizeof *sram->resident);
}

void bo_weight_sram_set_faults(bo_weight_sram *sram, uint32_t bank, const bo_fault_word *fault) {
  for (uint32_t row = 0; row < sram->config.bank_rows; row++) {
    bo_sram_bank_set_fault(sram->state[bank].bank, row, fault[row]);
  }
}

void bo_weight_sram_write(bo_weight_sram *sram, uint32_t bank, uint32_t row, uint64_t word) {
  assert(!sram->state[bank].reads);
  bo_sram_bank_write(sram->state[bank].bank, row, word);
}

bo_bit_place bo_weight_sram_place(const bo_weight_sram *sram, uint64_t stream_row) {
  if (sram->placement != NULL) {
    return bo_placement_bank_row(sram->placement, stream_row);
  }
  return (bo_bit_place){
      .bank = (uint32_t)(stream_row / sram->config.bank_rows % sram->config.banks),
      .row = (uint32_t)(stream_row % sram->config.bank_rows),
  };
}

/* DMA has brought the row in, if it was not there. */
static void bring_in(bo_weight_sram *sram, uint64_t stream_row, bo_bit_place place) {
  uint64_t *const resident =
      &sram->resident[(size_t)place.bank * sram->config.bank_rows + place.row];
  if (!sram->reuse || *resident != stream_row + 1) {
    *resident = stream_row + 1;
    sram->counts.brought_in++;
    bo_weight_sram_write(sram, place.bank, place.row,
                         bo_placement_word(sram->placement, stream_row, sram->codes));
  }
}

void bo_weight_sram_read(bo_weight_sram *sram, uint64_t stream_row) {
  const bo_bit_place place = bo_weight_sram_place(sram, stream_row);
  bank_state *const state = &sram->state[place.bank];
  if (sram->placement != NULL) {
    bring_in(sram, stream_row, place);
  }
  assert(!state->reads); /* one port */
  if (state->settling == 0) {
    sram->active[sram->active_count++] = place.bank;
  }
  sram->counts.reads++;
  state->reads = true;
  state->row = place.row;
  state->settling = sram->config.read_latency_cycles;
}

void bo_weight_sram_tick(bo_weight_sram *sram) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < sram->active_count; i++) {
    const uint32_t bank = sram->active[i];
    bank_state *const state = &sram->state[bank];
    bo_sram_bank_tick(state->bank, state->reads, state->row);
    state->reads = false;
    state->settling--;
    if (state->settling > 0) {
      sram->active[kept++] = bank;
    }
  }
  sram->active_count = kept;
}

void bo_weight_sram_reuse(bo_weight_sram *sram, bool reuse) {
  sram->reuse = reuse;
}

bo_weight_sram_counts bo_weight_sram_get_counts(const bo_weight_sram *sram) {
  return sram->counts;
}

uint64_t bo_weight_sram_rdata(const bo_weight_sram *sram, uint32_t bank) {
  return bo_sram_bank_rdata(sram->state[bank].bank);
}

bo_status bo_weight_sram_probes(const bo_weight_sram *sram, const bo_probe_visitor *visitor) {
  bo_status status = BO_OK;
  for (uint32_t b = 0; b < sram->config.banks && status == BO_OK; b++) {
    char scope[BO_PROBE_SCOPE_SIZE];
    const bo_probe_visitor inner = {visitor->visit, visitor->context, scope};
    (void)snprintf(scope, sizeof scope, "%s.gen_bank[%u].u_bank", visitor->scope, b);
    status = bo_sram_bank_probes(sram->state[b].bank, &inner);
  }
  return status;
}
