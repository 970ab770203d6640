/**
 * @file example_layer.h
 * A small layer with faults in its weights, and what it must give: its sums by plain loops, and its
 * cycles by the core alone, without SystemC.
 */
#ifndef BO_SYSTEMC_EXAMPLE_LAYER_H
#define BO_SYSTEMC_EXAMPLE_LAYER_H

#include "accel/core.h"

#include <cstdint>
#include <vector>

/** A matrix product: K inputs, N outputs, M places. */
struct example_layer {
  uint32_t k, n, m;
  uint32_t bits;
  bool is_signed;
  uint8_t act_zero;
  uint32_t weight_row;              /**< of the first code, over all banks */
  uint32_t codes_per_row;           /**< floor(bank width / bits) */
  std::vector<uint8_t> act;         /**< [M][K] */
  std::vector<uint8_t> weight;      /**< codes [K][N] */
  std::vector<int32_t> weight_zero; /**< [N] */
};

/** Words and fault masks of all banks, [banks * bank_rows]. */
struct example_sram {
  std::vector<uint64_t> word;
  std::vector<bo_fault_word> fault;
};

struct example_result {
  std::vector<int32_t> sums; /**< [M][N] */
  uint64_t cycles;
};

/** Fills in codes_per_row and, drawn by @p seed, act, weight and weight_zero. */
void example_draw(example_layer &layer, const bo_core_config &config, uint64_t seed);

/** The layer's weights in the order of the array, and a fault in every fourth word or so. */
example_sram example_place(const example_layer &layer, const bo_core_config &config, uint64_t seed);

/** The sums by the definition of register_map.h, from the words as they are read. */
std::vector<int32_t> example_plain_sums(const example_layer &layer, const bo_core_config &config,
                                        const example_sram &sram);

/** Runs the layer on a core of its own, a plain loop of bo_core_tick. Throws if there is none. */
example_result example_core_run(const example_layer &layer, const bo_core_config &config,
                                const example_sram &sram);

#endif
