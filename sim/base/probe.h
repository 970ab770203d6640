/**
 * @file probe.h
 * One register of a cycle model, found by the name that it has in the RTL: for comparing the two
 * after every clock edge and for drawing waveforms. Reading a probe costs a few loads, so every
 * register of an array can be looked at in every cycle.
 */
#ifndef BO_BASE_PROBE_H
#define BO_BASE_PROBE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_probe_kind {
  BO_PROBE_U8,
  BO_PROBE_U16,
  BO_PROBE_U32, /**< also int32_t, of which width_bits count */
  BO_PROBE_U64,
  BO_PROBE_BIT, /**< element index is a bit of an array of uint64_t */
} bo_probe_kind;

/** Where a register is. Valid as long as the model that it belongs to. */
typedef struct bo_probe {
  bo_probe_kind kind;
  uint32_t width_bits; /**< 1 … 64 */
  /** The array is found through a pointer, because models swap buffers from cycle to cycle. */
  const void *const *base;
  size_t index; /**< of the element in it */
} bo_probe;

/** Bits of a register that holds 0 … @p max: $clog2(max + 1) in the RTL, but at least 1. */
static inline uint32_t bo_probe_width(uint64_t max) {
  uint32_t width_bits = 1;
  while (width_bits < 64 && max >> width_bits != 0) {
    width_bits++;
  }
  return width_bits;
}

/** What the register holds now, its upper bits zero. */
static inline uint64_t bo_probe_read(const bo_probe *probe) {
  const void *const array = *probe->base;
  const uint64_t mask = UINT64_MAX >> (64 - probe->width_bits);
  switch (probe->kind) {
  case BO_PROBE_U8:
    return ((const uint8_t *)array)[probe->index] & mask;
  case BO_PROBE_U16:
    return ((const uint16_t *)array)[probe->index] & mask;
  case BO_PROBE_U32:
    return ((const uint32_t *)array)[probe->index] & mask;
  case BO_PROBE_U64:
    return ((const uint64_t *)array)[probe->index] & mask;
  case BO_PROBE_BIT:
    break;
  }
  return ((const uint64_t *)array)[probe->index / 64] >> (probe->index % 64) & 1;
}

/**
 * Takes one register. @p scope: instances from the top, joined by dots; @p name: as in the RTL.
 * Both are borrowed for the call.
 */
typedef bo_status (*bo_probe_visit)(void *context, const char *scope, const char *name,
                                    const bo_probe *probe);

/** Who takes the registers of a model, and what they are found in. */
typedef struct bo_probe_visitor {
  bo_probe_visit visit;
  void *context;
  const char *scope; /**< of the model that is visited */
} bo_probe_visitor;

enum {
  BO_PROBE_SCOPE_SIZE = 192, /**< bytes that the longest scope fits into */
};

#ifdef __cplusplus
}
#endif

#endif
