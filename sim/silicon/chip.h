/**
 * @file chip.h
 * One chip at one voltage: which cells of its weight SRAM fail, and how.
 *
 * Cells are persistent (the same at every read) and nested over voltage: a cell that fails at V
 * fails at every voltage below V. Sources of chips share this interface; `random` is built here:
 * every cell has a fixed u in [0, 1) and flips what is stored iff u < BER(V).
 *
 * u is never stored. [0, 0.5) is cut into shells [2^-(k+2), 2^-(k+1)), k = 0 … 14, and the last
 * one, [0, 2^-16): finer ones would cost a draw a bank each and find nothing. Within a bank, whose
 * cells are numbered row * 64 + column, the cells of shell k are found by geometric gaps with the
 * conditional rate q_k = (p_hi - p_lo) / (1 - p_lo), each with a u uniform in the shell; a cell
 * found in several shells has the u of the lowest. P(u < p) = p follows by telescoping, and only
 * shells below BER(V) are walked: the cost is proportional to the number of failing cells.
 */
#ifndef BO_SILICON_CHIP_H
#define BO_SILICON_CHIP_H

#include "base/status.h"
#include "silicon/profile.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a row reads: ((stored & and_mask) | or_mask) ^ xor_mask. Bit c = column c. */
typedef struct bo_fault_word {
  uint64_t and_mask;
  uint64_t or_mask;
  uint64_t xor_mask;
} bo_fault_word;

/** The word that the array reads. The RTL twin is the read path of bo_weight_bank. */
static inline uint64_t bo_fault_word_read(bo_fault_word fault, uint64_t stored) {
  return ((stored & fault.and_mask) | fault.or_mask) ^ fault.xor_mask;
}

/** Cells of the row that are faulty, whatever is stored. */
static inline uint64_t bo_fault_word_cells(bo_fault_word fault) {
  return ~fault.and_mask | fault.or_mask | fault.xor_mask;
}

/** A chip at a voltage. A value: copy freely, nothing to free. */
typedef struct bo_chip {
  uint64_t seed;
  double vdd_ratio;
  double ber;
} bo_chip;

/** Chip @p seed of @p profile at @p vdd_ratio. BO_OK, BO_E_INVALID (outside the profile). */
bo_status bo_chip_random(bo_chip *chip, const bo_profile *profile, uint64_t seed, double vdd_ratio,
                         bo_diag *diag);

/**
 * Faults of one bank, one word a row: fault[0 … rows-1]. Bits from @p width_bits up are never
 * faulty. A cell does not depend on how many banks, rows or columns the SRAM has.
 * Preconditions: 1 <= rows <= 65536, 1 <= width_bits <= 64.
 */
void bo_chip_bank_faults(const bo_chip *chip, uint32_t bank, uint32_t rows, uint32_t width_bits,
                         bo_fault_word *fault);

#ifdef __cplusplus
}
#endif

#endif
