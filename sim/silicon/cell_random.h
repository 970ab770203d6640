/**
 * @file cell_random.h
 * Cells that fail at random: every one has a fixed u in [0, 1) and flips what is stored iff
 * u < BER(V). Stutz et al., MLSys 2021.
 *
 * u is never stored. [0, 0.5) is cut into shells [2^-(k+2), 2^-(k+1)), k = 0 … 14, and the last
 * one, [0, 2^-16): finer ones would cost a draw a bank each and find nothing. Within a bank, whose
 * cells are numbered row * 64 + column, the cells of shell k are found by geometric gaps with the
 * conditional rate q_k = (p_hi - p_lo) / (1 - p_lo), each with a u uniform in the shell; a cell
 * found in several shells has the u of the lowest. P(u < p) = p follows by telescoping, and only
 * shells below BER(V) are walked: the cost is proportional to the number of failing cells.
 */
#ifndef BO_SILICON_CELL_RANDOM_H
#define BO_SILICON_CELL_RANDOM_H

#include "silicon/fault_word.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Faults of one bank, one word a row: fault[0 … rows-1]. Bits from @p width_bits up are never
 * faulty. Preconditions: 1 <= rows <= 65536, 1 <= width_bits <= 64.
 */
void bo_cell_random_faults(uint64_t seed, double ber, uint32_t bank, uint32_t rows,
                           uint32_t width_bits, bo_fault_word *fault);

#ifdef __cplusplus
}
#endif

#endif
