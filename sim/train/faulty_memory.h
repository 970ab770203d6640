/**
 * @file faulty_memory.h
 * What models/train calls by ctypes: the weight SRAM as a network in training meets it.
 *
 * Codes are placed and read exactly as `brownout run --banks auto` does on the default machine
 * (tile order of its array, a cell of its own for every bit), so a network can be trained for a
 * chip.
 */
#ifndef BO_TRAIN_FAULTY_MEMORY_H
#define BO_TRAIN_FAULTY_MEMORY_H

#include "base/status.h"
#include "mem/placement.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_faulty_memory bo_faulty_memory;

/**
 * Memory for @p count weight tensors in their order, with the silicon profile of the file
 * @p profile_path. Owned by the caller.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (a profile or a shape that is none); on failure
 *         @p *out is NULL.
 */
bo_status bo_faulty_memory_new(bo_faulty_memory **out, const char *profile_path,
                               const bo_weight_shape *tensors, uint32_t count, bo_diag *diag);
void bo_faulty_memory_free(bo_faulty_memory *memory);

/**
 * Lowest V/Vmin with at most @p ber (a fraction) failing cells. BO_OK; BO_E_INVALID above the rate
 * of the profile's lowest point.
 */
bo_status bo_faulty_memory_vdd_for_ber(const bo_faulty_memory *memory, double ber,
                                       double *vdd_ratio, bo_diag *diag);

/**
 * What chip @p seed reads at @p vdd_ratio: clean[t] and faulty[t] are the storage patterns of
 * tensor t, a byte a code, upper bits zero. BO_OK; BO_E_INVALID outside of the profile's voltages.
 */
bo_status bo_faulty_memory_read(bo_faulty_memory *memory, uint64_t seed, double vdd_ratio,
                                const uint8_t *const *clean, uint8_t *const *faulty, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
