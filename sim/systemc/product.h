/**
 * @file product.h
 * A matrix product on a weight-stationary core, one clock edge at a time, in the order of
 * accel/schedule.h: for N-tile, for chunk of places, for K-tile.
 */
#ifndef BO_SYSTEMC_PRODUCT_H
#define BO_SYSTEMC_PRODUCT_H

#include "accel/core.h"

#include <cstdint>
#include <vector>

/** sums = (act - act_zero) * (w' - weight_zero), with K, N, M = k, n, m, all at least 1. */
struct bo_product_layer {
  uint32_t k, n, m;
  uint32_t bits;          /**< of a weight code, 1 … 8 */
  uint32_t codes_per_row; /**< of a bank */
  bool is_signed;         /**< weight codes */
  uint64_t weight_row;    /**< of the first code, over all banks; order: register_map.h */
  uint8_t act_zero;
  const uint8_t *act;         /**< [m][k]; borrowed until done, as are the next two */
  const int32_t *weight_zero; /**< [n] */
  int32_t *sums;              /**< [m][n] */
};

/** Drives a core that nobody else drives. */
class bo_product {
public:
  explicit bo_product(const bo_core_config &config);

  /** Begins a layer. Preconditions: it fits the core, the one before is done or the core reset. */
  void begin(const bo_product_layer &layer);

  /** One clock edge of @p core. Precondition: not done. */
  void tick(bo_core *core);

  /** Whether all sums are there. */
  bool done() const;

private:
  /* What a tile covers: outputs from n0 on, places from m0 on, inputs from k0 on. */
  struct piece {
    uint32_t n0 = 0, m0 = 0, k0 = 0;
    bo_tile tile = {};
  };

  piece make_piece(uint32_t n0, uint32_t m0, uint32_t k0) const;
  void offer_next();
  const uint8_t *entering_codes();
  void take_sums(const bo_core *core);

  const uint32_t rows_, cols_, depth_;
  bo_product_layer layer_ = {};
  bool offers_ = false; /* offered_ is still to be taken */
  piece offered_, loading_, streaming_;
  uint32_t vectors_ = 0;           /* of streaming_ that have entered */
  std::vector<uint8_t> act_;       /* of the vector that enters, by row of the array */
  std::vector<uint64_t> sums_out_; /* of each column, also of unused ones */
  uint64_t sums_left_ = 0;         /* of all columns */
};

#endif
