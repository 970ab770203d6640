#include "systemc/product.h"

#include <algorithm>

bo_product::bo_product(const bo_core_config &config)
    : rows_(config.rows), cols_(config.cols), depth_(config.accumulator_depth), act_(config.rows),
      sums_out_(config.cols) {
}

void bo_product::begin(const bo_product_layer &layer) {
  const uint64_t n_tiles = (uint64_t{layer.n} + cols_ - 1) / cols_;
  layer_ = layer;
  offered_ = make_piece(0, 0, 0);
  offers_ = true;
  loading_ = streaming_ = piece{};
  std::fill(sums_out_.begin(), sums_out_.end(), 0);
  sums_left_ = n_tiles * cols_ * layer.m;
}

bool bo_product::done() const {
  return sums_left_ == 0;
}

bo_product::piece bo_product::make_piece(uint32_t n0, uint32_t m0, uint32_t k0) const {
  piece made;
  made.n0 = n0;
  made.m0 = m0;
  made.k0 = k0;
  bo_tile_words &words = made.tile.words;
  words.k = std::min(rows_, layer_.k - k0);
  words.n = std::min(cols_, layer_.n - n0);
  const uint64_t codes_before = uint64_t{n0} * layer_.k + uint64_t{k0} * words.n;
  words.stream_row = layer_.weight_row + codes_before / layer_.codes_per_row;
  words.slot = static_cast<uint32_t>(codes_before % layer_.codes_per_row);
  words.codes_per_row = layer_.codes_per_row;
  words.bits = layer_.bits;
  words.is_signed = layer_.is_signed;
  made.tile.m = std::min(depth_, layer_.m - m0);
  made.tile.accumulate = k0 > 0;
  made.tile.last = layer_.k - k0 <= rows_;
  return made;
}

void bo_product::offer_next() {
  const piece &at = offered_;
  if (layer_.k - at.k0 > rows_) {
    offered_ = make_piece(at.n0, at.m0, at.k0 + rows_);
  } else if (layer_.m - at.m0 > depth_) {
    offered_ = make_piece(at.n0, at.m0 + depth_, 0);
  } else if (layer_.n - at.n0 > cols_) {
    offered_ = make_piece(at.n0 + cols_, 0, 0);
  } else {
    offers_ = false;
  }
}

/* Row r of the array takes input k-1-r of the tile. */
const uint8_t *bo_product::entering_codes() {
  const uint32_t k = streaming_.tile.words.k;
  const uint64_t place = uint64_t{streaming_.m0} + vectors_++;
  const uint8_t *const act = layer_.act + place * layer_.k + streaming_.k0;
  std::reverse_copy(act, act + k, act_.begin());
  return act_.data();
}

/* A column gives the sums of its outputs one after the other, each in the order of places. */
void bo_product::take_sums(const bo_core *core) {
  for (uint32_t c = 0; c < cols_; c++) {
    int32_t sum = 0;
    if (!bo_core_sum(core, c, &sum)) {
      continue;
    }
    const uint64_t index = sums_out_[c]++;
    const uint64_t output = index / layer_.m * cols_ + c;
    if (output < layer_.n) {
      layer_.sums[index % layer_.m * layer_.n + output] = sum;
    }
    sums_left_--;
  }
}

void bo_product::tick(bo_core *core) {
  const bo_tile_ctrl_out now = *bo_core_look(core);
  if (now.start) {
    streaming_ = loading_;
    vectors_ = 0;
  }
  bo_core_in in = {};
  in.tile = offers_ ? &offered_.tile : nullptr;
  in.act = now.streaming ? entering_codes() : nullptr;
  in.act_zero = layer_.act_zero;
  in.weight_zero = layer_.weight_zero + loading_.n0;
  bo_core_tick(core, &in);
  if (now.tile_ready && offers_) {
    loading_ = offered_;
    offer_next();
  }
  take_sums(core);
}
