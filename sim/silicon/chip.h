/**
 * @file chip.h
 * One chip at one voltage: which cells of its weight SRAM fail, and how.
 *
 * Cells are the same at every read, but those between 0 and 1 of a model or a map, which are drawn
 * once for a load of the weights, and nested over voltage: a cell that fails at V fails at every
 * voltage below V. Where they come from is what the profile says: cell_random.h, cell_model.h,
 * cell_map.h.
 */
#ifndef BO_SILICON_CHIP_H
#define BO_SILICON_CHIP_H

#include "base/status.h"
#include "silicon/cell_map.h"
#include "silicon/cell_model.h"
#include "silicon/fault_word.h"
#include "silicon/profile.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A chip at a voltage. A value: copy freely, nothing to free. {.seed, .ber} is a random one. */
typedef struct bo_chip {
  uint64_t seed;
  double vdd_ratio;
  double ber; /**< of the profile: its chips' mean rate */
  bo_cell_source source;
  bool persistent_only;
  union {
    bo_cell_state model; /**< BO_CELLS_MODEL */
    bo_map_view map;     /**< BO_CELLS_MAP */
  } cells;
} bo_chip;

/**
 * Chip @p seed of @p profile, which is borrowed and must outlive it, at @p vdd_ratio. On a map,
 * seed 0 puts the machine's first cell on the map's first, every other one on the first cell of a
 * row that is drawn for it.
 *
 * @return BO_OK; BO_E_INVALID outside of the profile's voltages, with a map between them.
 */
bo_status bo_chip_at(bo_chip *chip, const bo_profile *profile, uint64_t seed, double vdd_ratio,
                     bo_diag *diag);

/**
 * Faults of one bank, one word a row: fault[0 … rows-1]. Bits from @p width_bits up are never
 * faulty. A random or modelled cell does not depend on how many banks, rows or columns the SRAM
 * has. Preconditions: 1 <= rows <= 65536, 1 <= width_bits <= 64.
 */
void bo_chip_bank_faults(const bo_chip *chip, uint32_t bank, uint32_t rows, uint32_t width_bits,
                         bo_fault_word *fault);

#ifdef __cplusplus
}
#endif

#endif
