/**
 * @file inject.h
 * The codes that the array really reads: clean codes seen through the faults of a chip.
 */
#ifndef BO_MEM_INJECT_H
#define BO_MEM_INJECT_H

#include "base/status.h"
#include "mem/placement.h"
#include "silicon/chip.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a chip did to a network. */
typedef struct bo_fault_count {
  uint64_t cells_faulty;    /**< faulty cells that hold at least one weight bit */
  uint64_t bits_requested;  /**< weight bits that lie in a faulty cell, once a pass */
  uint64_t bits_effective;  /**< of these, bits that read other than stored */
  uint64_t weights_changed; /**< codes with at least one effective bit */
} bo_fault_count;

/** Scratch for one thread; the placement is borrowed and must outlive it. */
typedef struct bo_injector bo_injector;

/** BO_OK or BO_E_NOMEM, then @p *out is NULL. */
bo_status bo_injector_new(bo_injector **out, const bo_placement *placement, bo_diag *diag);
void bo_injector_free(bo_injector *injector);

/**
 * Copies clean[t] to faulty[t] for every tensor t, with the errors of @p chip applied.
 * Shapes as given to the placement, one byte a code, upper bits zero. Allocates nothing.
 */
void bo_injector_run(bo_injector *injector, const bo_chip *chip, const uint8_t *const *clean,
                     uint8_t *const *faulty, bo_fault_count *count);

/** The faults of the columns of a bank's row @p row in the order of the codes that lie there. */
bo_fault_word bo_placed_faults(const bo_placement *placement, uint32_t row, bo_fault_word fault);

/**
 * The step of bo_injector_run for one bank, for faults of any source, by columns: reads every code
 * of @p bank with a faulty cell from @p clean through fault[0 … bank_rows-1] into @p faulty, leaves
 * all others alone and adds to @p count. Faults of columns that hold no weight bit have no effect.
 */
void bo_injector_apply(const bo_placement *placement, uint32_t bank, const bo_fault_word *fault,
                       const uint8_t *const *clean, uint8_t *const *faulty, bo_fault_count *count);

#ifdef __cplusplus
}
#endif

#endif
