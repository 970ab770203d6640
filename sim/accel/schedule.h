/**
 * @file schedule.h
 * What a layer costs on the machine, in closed form: cycles, stalls by cause, events. The one place
 * that knows the order of tiles; every engine that ticks must agree with it.
 */
#ifndef BO_ACCEL_SCHEDULE_H
#define BO_ACCEL_SCHEDULE_H

#include "arch/arch.h"
#include "net/net.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One image through one layer (or a sum of such). Reads and writes of SRAM are in rows or bytes.
 */
typedef struct bo_events {
  uint64_t cycles;           /**< compute_cycles + all stalls */
  uint64_t compute_cycles;   /**< cycles in which the array takes an input vector */
  uint64_t stall_fill_drain; /**< first weights in, skew, last sums out */
  uint64_t stall_weights;    /**< the next tile's weights are not there yet */
  uint64_t stall_dram;       /**< DRAM traffic longer than all of the above */
  uint64_t macs;
  uint64_t weight_row_reads; /**< rows of weight banks */
  uint64_t weight_row_writes;
  uint64_t activation_bytes_read, activation_bytes_written;
  uint64_t accumulator_reads, accumulator_writes; /**< int32 partial sums */
  uint64_t dram_bytes_read, dram_bytes_written;
} bo_events;

/** Events of layer @p index of @p net on @p arch for one image. */
void bo_schedule_layer(const bo_arch *arch, const bo_net *net, uint32_t index, bo_events *out);

/** Sum over all layers. */
void bo_schedule_net(const bo_arch *arch, const bo_net *net, bo_events *out);

#ifdef __cplusplus
}
#endif

#endif
