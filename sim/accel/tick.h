/**
 * @file tick.h
 * The cycle-level engine: a whole network, every register of the array in every cycle, the words of
 * the weight SRAM read through the faults of a chip. Logits are those of bo_engine on the codes
 * that bo_injector_run makes, events are those of schedule.h: both for every network and machine.
 *
 * Memory does not depend on how many cycles are run. One thread.
 */
#ifndef BO_ACCEL_TICK_H
#define BO_ACCEL_TICK_H

#include "accel/schedule.h"
#include "arch/arch.h"
#include "base/probe.h"
#include "base/status.h"
#include "mem/placement.h"
#include "net/net.h"
#include "silicon/chip.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_tick_engine bo_tick_engine;

/** Who looks on; {0}: nobody. */
typedef struct bo_tick_observer {
  /** After every clock edge of a layer on the array. */
  void (*cycle)(void *context);
  void *context;
} bo_tick_observer;

/**
 * Engine for @p net on @p arch, its weights lying as @p placement of its tensors says, with
 * tile_cols = array_cols. All three are borrowed, passed their checks and must outlive it. The chip
 * has no faults at first. Everything that running needs is allocated here.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (timing scalesim, which has no machine; a layer whose
 *         weights of one N-tile are more than 2^28 codes; a weight SRAM of more than 2^24 rows).
 */
bo_status bo_tick_engine_new(bo_tick_engine **out, const bo_arch *arch, const bo_net *net,
                             const bo_placement *placement, bo_diag *diag);
void bo_tick_engine_free(bo_tick_engine *engine);

/** Looks on from now on. */
void bo_tick_engine_observe(bo_tick_engine *engine, bo_tick_observer observer);

/** Reads the weight SRAM of @p chip from now on; NULL: one without faults. */
void bo_tick_engine_set_chip(bo_tick_engine *engine, const bo_chip *chip);

/** Runs @p count images: input [count][h][w][c] codes, logits [count][classes]. */
void bo_tick_engine_run(bo_tick_engine *engine, const uint8_t *input, size_t count, float *logits);

/** What layer @p index took in the last image that was run. Borrowed. */
const bo_events *bo_tick_engine_events(const bo_tick_engine *engine, uint32_t index);

/**
 * Hands every register of the machine to @p visitor, in scopes as in rtl/bo_core.sv, whose own
 * scope is visitor->scope: gen_bank[b].u_bank, u_tile_ctrl, u_weight_buffer, u_mesh, u_accumulator.
 *
 * For the output-stationary dataflow rtl/ has bo_mesh only. Its registers are in u_mesh;
 * u_tile_ctrl has those that fetch weights, the order of tiles is not made of registers, and there
 * are no accumulators. More than one word a cycle (weight_read_banks): see bo_weight_fetch_probes.
 *
 * @return BO_OK, or what the visitor returned.
 */
bo_status bo_tick_engine_probes(const bo_tick_engine *engine, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
