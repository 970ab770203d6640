/**
 * @file schedule_array.h
 * The closed form of schedule.h for a layer on the array. Private to sim/accel.
 */
#ifndef BO_ACCEL_SCHEDULE_ARRAY_H
#define BO_ACCEL_SCHEDULE_ARRAY_H

#include "accel/schedule.h"

/**
 * Cycles, stalls, reads and writes of CONV layer @p index, @p out being zero; leaves out what is
 * written of activations, DRAM and the sum of cycles.
 */
void bo_schedule_array(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                       uint32_t index, bo_events *out);

#endif
