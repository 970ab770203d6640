/**
 * @file vectors.h
 * One convolution on the weight-stationary core, cycle by cycle, as a driver at the ports of
 * rtl/bo_core.sv sees it: what to apply in each cycle, and what must come out. For checking RTL.
 *
 * The host first fills the banks (bo_vectors_bank) and the masks of the chip; nothing is written
 * later. Tiles are offered one after the other, each until it is taken, in the order of tiles.h.
 */
#ifndef BO_ACCEL_VECTORS_H
#define BO_ACCEL_VECTORS_H

#include "accel/core.h"
#include "accel/tile_ctrl.h"
#include "arch/arch.h"
#include "base/probe.h"
#include "base/status.h"
#include "mem/placement.h"
#include "net/net.h"
#include "silicon/chip.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_VECTORS_MAX_BANKS = 1024, /**< of rtl/bo_core.sv */
};

/** What is run. All is borrowed and must outlive the vectors. */
typedef struct bo_vectors_config {
  const bo_arch *arch;
  const bo_net *net;
  const bo_placement *placement; /**< of the network's tensors, tile_cols = array_cols */
  const uint8_t *const *codes;   /**< clean patterns of every tensor */
  const bo_chip *chip;           /**< whose faulty cells the words are read through */
  uint32_t layer;                /**< index of a CONV layer */
  uint64_t first_place;          /**< of the output, y * out.w + x */
  uint64_t places;               /**< so many from there on; 0: all that there are */
  const uint8_t *input;          /**< codes that the layer reads, [in.h][in.w][in.c] */
} bo_vectors_config;

/** What is at the ports in one cycle; pointers are borrowed until the tick. */
typedef struct bo_vectors_ports {
  const bo_tile *tile;        /**< offered; NULL: tile_valid_i is 0 */
  bo_bit_place tile_place;    /**< bank and row of its first word */
  uint32_t tile_rows;         /**< words that it lies in */
  const uint8_t *act;         /**< [array_rows], 0 where no code enters */
  uint8_t act_zero;           /**< the same in every cycle */
  const int32_t *weight_zero; /**< [array_cols], of the tile that loads; 0 in unused columns */
  bool tile_ready;            /**< expected, as all below */
  bool act_ready;
  const uint8_t *sum_valid; /**< [array_cols], 0 or 1 */
  const int32_t *sum;       /**< [array_cols], held until the column's next one */
} bo_vectors_ports;

typedef struct bo_vectors bo_vectors;

/**
 * The core in its first cycle, owned by the caller.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (the layer is no convolution, has no such place, or more
 * weights than the SRAM holds at once; another dataflow, placement or number of banks than the RTL
 *         knows). On failure @p *out is NULL.
 */
bo_status bo_vectors_new(bo_vectors **out, const bo_vectors_config *config, bo_diag *diag);
void bo_vectors_free(bo_vectors *vectors);

/** What it was built for: the parameters of bo_core. Borrowed. */
const bo_core_config *bo_vectors_core_config(const bo_vectors *vectors);

/** What a bank holds, [bank_rows]: the words of the layer, 0 elsewhere. Borrowed. */
const uint64_t *bo_vectors_bank(const bo_vectors *vectors, uint32_t bank);

/** The ports in this cycle; false once the last sum has come out and the core is at rest. */
bool bo_vectors_look(bo_vectors *vectors, bo_vectors_ports *ports);

/** One clock edge. Precondition: bo_vectors_look said true in this cycle. */
void bo_vectors_tick(bo_vectors *vectors);

/** Registers of the core, as bo_core_probes without memories. */
bo_status bo_vectors_probes(const bo_vectors *vectors, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
