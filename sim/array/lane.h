/**
 * @file lane.h
 * What moves on one wire bundle into the array in one cycle: a 9-bit signed operand and two tokens,
 * packed as the RTL packs them.
 *
 *   rows:    bit 10 last, bit 9 first, bits 8 … 0 activation (x - zx)
 *   columns: bit 10 load, bit 9 shift, bits 8 … 0 weight (w' - zw)
 *
 * first: the vector is the first of a tile. last: it is the last one of a tile (output-stationary).
 * shift: the column takes a weight in at the top (weight-stationary). load: every PE of the column
 * takes the weight before it as its next one (weight-stationary), or hands its result to the drain
 * (output-stationary).
 */
#ifndef BO_ARRAY_LANE_H
#define BO_ARRAY_LANE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint16_t bo_lane;

enum {
  BO_LANE_OPERAND_BITS = 9,
  BO_LANE_BITS = 11,
  BO_LANE_FIRST = 1 << 9, /**< rows */
  BO_LANE_LAST = 1 << 10,
  BO_LANE_SHIFT = 1 << 9, /**< columns */
  BO_LANE_LOAD = 1 << 10,
};

/** Packs an operand, -256 … 255, with @p tokens. */
static inline bo_lane bo_lane_pack(int32_t operand, uint32_t tokens) {
  return (bo_lane)(((uint32_t)operand & 0x1ffU) | tokens);
}

static inline int32_t bo_lane_operand(bo_lane lane) {
  return (int32_t)((lane & 0x1ffU) ^ 0x100U) - 0x100;
}

/** All bits that any of @p count lanes has. */
static inline uint32_t bo_lanes_or(const bo_lane *lane, uint32_t count) {
  enum {
    AT_ONCE = sizeof(uint64_t) / sizeof(bo_lane)
  };
  uint64_t any = 0;
  uint32_t i = 0;
  for (; i + AT_ONCE <= count; i += AT_ONCE) {
    uint64_t lanes;
    memcpy(&lanes, lane + i, sizeof lanes);
    any |= lanes;
  }
  for (; i < count; i++) {
    any |= lane[i];
  }
  any |= any >> 32;
  return (uint32_t)(any | any >> 16) & 0xffffU;
}

#ifdef __cplusplus
}
#endif

#endif
