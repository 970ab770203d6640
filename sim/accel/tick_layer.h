/**
 * @file tick_layer.h
 * One convolution on the cycle-level machine, a file a dataflow: tick_ws.c, tick_os.c. Private to
 * sim/accel.
 */
#ifndef BO_ACCEL_TICK_LAYER_H
#define BO_ACCEL_TICK_LAYER_H

#include "accel/schedule.h"
#include "accel/taps.h"
#include "accel/tick.h"
#include "accel/tiles.h"
#include "base/probe.h"
#include "mem/weight_sram.h"

/** What the machine is built for. */
typedef struct bo_tick_machine {
  const bo_arch *arch;
  const bo_placement *placement;
  uint64_t max_column_codes; /* codes of the largest N-tile of any layer */
} bo_tick_machine;

/** A layer to run: where its inputs come from and its sums go to. */
typedef struct bo_tick_layer {
  const bo_layer *layer;
  const bo_weights *weights;
  bo_tiling tiling;
  const bo_tap *tap;    /* [inputs] */
  const uint8_t *input; /* [h][w][c] */
  int32_t *sum;         /* out: [places][out.c], without bias */
  bo_events
      *events; /* cycles, stalls but DRAM, MACs, reads of weights, activations, accumulators */
  const bo_tick_observer *observer;
} bo_tick_layer;

typedef struct bo_tick_dataflow {
  bo_status (*create)(void **state, const bo_tick_machine *machine, bo_diag *diag);
  void (*destroy)(void *state); /* NULL is fine */
  bo_weight_sram *(*weights)(void *state);
  void (*run)(void *state, const bo_tick_layer *layer);
  bo_status (*probes)(const void *state, const bo_probe_visitor *visitor);
} bo_tick_dataflow;

extern const bo_tick_dataflow bo_tick_ws;
extern const bo_tick_dataflow bo_tick_os;

/** Tells the observer that a cycle is over. */
static inline void bo_tick_observe(const bo_tick_layer *job) {
  if (job->observer->cycle != NULL) {
    job->observer->cycle(job->observer->context);
  }
}

/** Where the inputs of place @p m of a tile lie. */
static inline bo_tap_origin bo_tick_origin(const bo_tick_layer *job, const bo_tile_job *tile,
                                           uint64_t m) {
  const uint32_t channels = job->layer->in.c / job->tiling.groups;
  return bo_tap_origin_of(job->layer, tile->first_m + m, tile->group * channels);
}

/** Where the sum of a tile's output @p column at its place @p m goes. */
static inline int32_t *bo_tick_sum(const bo_tick_layer *job, const bo_tile_job *tile, uint64_t m,
                                   uint32_t column) {
  const uint64_t output = (uint64_t)tile->group * job->tiling.outputs + tile->first_n + column;
  return &job->sum[(tile->first_m + m) * job->layer->out.c + output];
}

/** Zero-point of the weights of a tile's output @p column. */
static inline int32_t bo_tick_weight_zero(const bo_tick_layer *job, const bo_tile_job *tile,
                                          uint32_t column) {
  return job->weights
      ->zero_point[(uint64_t)tile->group * job->tiling.outputs + tile->first_n + column];
}

#endif
