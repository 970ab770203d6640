#include "silicon/cell_random.h"

#include "base/rng.h"

#include <assert.h>

enum {
  SHELLS = 16,
  ROW_CELLS = 64,
  MAX_ROWS = 65536,
};

/* Lower and upper end of the shell's u. Powers of two: exact. */
static double shell_low(uint32_t shell) {
  return shell + 1 < SHELLS ? 0.25 / (double)(1U << shell) : 0.0;
}

static double shell_high(uint32_t shell) {
  return 0.5 / (double)(1U << shell);
}

/* Adds the cells of one shell with u < ber to fault, masked to the columns that exist. */
static void add_shell(uint64_t seed, double ber, uint32_t bank, uint32_t shell, uint32_t cells,
                      uint64_t columns, bo_fault_word *fault) {
  const double low = shell_low(shell);
  const double span = shell_high(shell) - low;
  const double ln_miss = bo_rng_ln(1.0 - span / (1.0 - low));
  uint32_t cell = 0;
  for (uint32_t candidate = 0;; candidate++) {
    const uint32_t counter[3] = {bank, shell, candidate};
    const bo_rng_block draw = bo_rng_draw(seed, BO_RNG_CELL_SHELL, counter);
    const double gap = bo_rng_ln(bo_rng_open_unit(draw.word[0], draw.word[1])) / ln_miss;
    if (gap >= (double)(cells - cell)) {
      return;
    }
    cell += (uint32_t)gap;
    /* In the shell that ber cuts this is a coin toss, which a branch would guess wrong. */
    const uint64_t fails = low + span * bo_rng_unit(draw.word[2]) < ber;
    fault[cell / ROW_CELLS].xor_mask |= columns & (fails << (cell % ROW_CELLS));
    cell++;
  }
}

void bo_cell_random_faults(uint64_t seed, double ber, uint32_t bank, uint32_t rows,
                           uint32_t width_bits, bo_fault_word *fault) {
  assert(rows >= 1 && rows <= MAX_ROWS);
  assert(width_bits >= 1 && width_bits <= ROW_CELLS);
  for (uint32_t row = 0; row < rows; row++) {
    fault[row] = (bo_fault_word){.and_mask = UINT64_MAX};
  }
  const uint64_t columns = UINT64_MAX >> (ROW_CELLS - width_bits);
  for (uint32_t shell = SHELLS; shell-- > 0 && shell_low(shell) < ber;) {
    add_shell(seed, ber, bank, shell, rows * ROW_CELLS, columns, fault);
  }
}
