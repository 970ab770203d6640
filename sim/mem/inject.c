#include "mem/inject.h"

#include <stdlib.h>
#include <string.h>

struct bo_injector {
  const bo_placement *placement;
  bo_fault_word *fault; /* [bank_rows] */
};

bo_status bo_injector_new(bo_injector **out, const bo_placement *placement, bo_diag *diag) {
  *out = NULL;
  const uint32_t bank_rows = bo_placement_get_config(placement)->bank_rows;
  bo_injector *injector = malloc(sizeof *injector);
  bo_fault_word *fault = calloc(bank_rows, sizeof *fault);
  if (injector == NULL || fault == NULL) {
    free(injector);
    free(fault);
    return bo_fail(diag, BO_E_NOMEM, "injector for banks of %u rows: out of memory", bank_rows);
  }
  *injector = (bo_injector){.placement = placement, .fault = fault};
  *out = injector;
  return BO_OK;
}

void bo_injector_free(bo_injector *injector) {
  if (injector != NULL) {
    free(injector->fault);
    free(injector);
  }
}

static uint64_t low_bits(uint32_t count) {
  return count == 0 ? 0 : UINT64_MAX >> (64 - count);
}

/* In parallel within the word: the compiler's own is a call where no instruction is guaranteed. */
static uint32_t count_ones(uint64_t word) {
  word -= (word >> 1) & 0x5555555555555555U;
  word = (word & 0x3333333333333333U) + ((word >> 2) & 0x3333333333333333U);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fU;
  return (uint32_t)(word * 0x0101010101010101U >> 56);
}

static bo_fault_word shift_down(bo_fault_word fault, uint32_t columns) {
  return (bo_fault_word){fault.and_mask >> columns, fault.or_mask >> columns,
                         fault.xor_mask >> columns};
}

bo_fault_word bo_placed_faults(const bo_placement *placement, uint32_t row, bo_fault_word fault) {
  return (bo_fault_word){bo_placement_from_columns(placement, row, fault.and_mask),
                         bo_placement_from_columns(placement, row, fault.or_mask),
                         bo_placement_from_columns(placement, row, fault.xor_mask)};
}

/* Reads the codes of one row that have a faulty cell. A code lies in one row: it is read once. */
static void read_row(const bo_placement *placement, const bo_placed_row *row, bo_fault_word fault,
                     uint64_t cells, const uint8_t *clean, uint8_t *faulty, bo_fault_count *count) {
  const uint64_t code_mask = low_bits(row->bits);
  while (cells != 0) {
    const uint32_t slot = (uint32_t)__builtin_ctzll(cells) / row->bits;
    const uint32_t column = slot * row->bits;
    cells &= ~(code_mask << column);
    const uint64_t element = bo_placement_element(placement, row->tensor, row->first + slot);
    const uint64_t stored = clean[element];
    const uint64_t read = bo_fault_word_read(shift_down(fault, column), stored) & code_mask;
    faulty[element] = (uint8_t)read;
    count->bits_effective += count_ones(stored ^ read);
    count->weights_changed += stored != read;
  }
}

void bo_injector_apply(const bo_placement *placement, uint32_t bank, const bo_fault_word *fault,
                       const uint8_t *const *clean, uint8_t *const *faulty, bo_fault_count *count) {
  const uint32_t rows = bo_placement_get_config(placement)->bank_rows;
  const uint64_t passes = bo_placement_passes(placement);
  for (uint32_t r = 0; r < rows; r++) {
    if (bo_fault_word_cells(fault[r]) == 0) {
      continue;
    }
    const bo_fault_word row_fault = bo_placed_faults(placement, r, fault[r]);
    const uint64_t cells = bo_fault_word_cells(row_fault);
    uint64_t held = 0;
    bo_placed_row row;
    for (uint64_t pass = 0; pass < passes && bo_placement_row(placement, bank, r, pass, &row);
         pass++) {
      const uint64_t hit = cells & low_bits(row.codes * row.bits);
      held |= hit;
      count->bits_requested += count_ones(hit);
      read_row(placement, &row, row_fault, hit, clean[row.tensor], faulty[row.tensor], count);
    }
    count->cells_faulty += count_ones(held);
  }
}

void bo_injector_run(bo_injector *injector, const bo_chip *chip, const uint8_t *const *clean,
                     uint8_t *const *faulty, bo_fault_count *count) {
  const bo_placement *placement = injector->placement;
  const bo_placement_config *config = bo_placement_get_config(placement);
  uint32_t tensors = 0;
  const bo_weight_shape *shape = bo_placement_tensors(placement, &tensors);
  for (uint32_t t = 0; t < tensors; t++) {
    memcpy(faulty[t], clean[t], (size_t)shape[t].groups * shape[t].outputs * shape[t].inputs);
  }
  *count = (bo_fault_count){0};
  for (uint32_t bank = 0; bank < bo_placement_banks(placement); bank++) {
    bo_chip_bank_faults(chip, bank, config->bank_rows, config->bank_width_bits, injector->fault);
    bo_injector_apply(placement, bank, injector->fault, clean, faulty, count);
  }
}
