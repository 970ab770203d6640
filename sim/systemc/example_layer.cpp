#include "systemc/example_layer.h"

#include "base/rng.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace {

/* What a draw is for: the first word of its counter. */
enum draw {
  DRAW_ACT,
  DRAW_WEIGHT,
  DRAW_FAULT,
};

uint32_t draw_word(uint64_t seed, draw what, uint32_t index) {
  const uint32_t counter[3] = {static_cast<uint32_t>(what), index, 0};
  return bo_rng_draw(seed, BO_RNG_TEST, counter).word[0];
}

/* Position in the stream of codes of input k, output n. */
uint32_t code_position(const example_layer &layer, const bo_core_config &config, uint32_t k,
                       uint32_t n) {
  const uint32_t tile_n0 = n / config.cols * config.cols;
  const uint32_t tile_cols = std::min(config.cols, layer.n - tile_n0);
  return tile_n0 * layer.k + k * tile_cols + (n - tile_n0);
}

struct example_tile {
  bo_tile tile;
  uint32_t n0, m0, k0;
};

std::vector<example_tile> list_tiles(const example_layer &layer, const bo_core_config &config) {
  std::vector<example_tile> tiles;
  for (uint32_t n0 = 0; n0 < layer.n; n0 += config.cols) {
    for (uint32_t m0 = 0; m0 < layer.m; m0 += config.accumulator_depth) {
      for (uint32_t k0 = 0; k0 < layer.k; k0 += config.rows) {
        const uint32_t first = code_position(layer, config, k0, n0);
        bo_tile_words words = {};
        words.stream_row = layer.weight_row + first / layer.codes_per_row;
        words.slot = first % layer.codes_per_row;
        words.codes_per_row = layer.codes_per_row;
        words.bits = layer.bits;
        words.is_signed = layer.is_signed;
        words.k = std::min(config.rows, layer.k - k0);
        words.n = std::min(config.cols, layer.n - n0);
        const uint32_t m = std::min(config.accumulator_depth, layer.m - m0);
        tiles.push_back({{words, m, k0 != 0, k0 + config.rows >= layer.k}, n0, m0, k0});
      }
    }
  }
  return tiles;
}

std::shared_ptr<bo_core> make_core(const bo_core_config &config, const example_sram &sram) {
  bo_core *made = nullptr;
  bo_diag diag = {};
  if (bo_core_new(&made, &config, &diag) != BO_OK) {
    throw std::runtime_error(diag.text);
  }
  std::shared_ptr<bo_core> core(made, bo_core_free);
  bo_weight_sram *const weights = bo_core_weights(made);
  for (uint32_t bank = 0; bank < config.weight_banks; bank++) {
    const size_t first = size_t{bank} * config.bank_rows;
    for (uint32_t row = 0; row < config.bank_rows; row++) {
      bo_weight_sram_write(weights, bank, row, sram.word[first + row]);
    }
    bo_weight_sram_set_faults(weights, bank, &sram.fault[first]);
  }
  return core;
}

} // namespace

void example_draw(example_layer &layer, const bo_core_config &config, uint64_t seed) {
  layer.codes_per_row = config.bank_width_bits / layer.bits;
  layer.act.resize(size_t{layer.m} * layer.k);
  layer.weight.resize(size_t{layer.k} * layer.n);
  layer.weight_zero.resize(layer.n);
  for (uint32_t i = 0; i < layer.act.size(); i++) {
    layer.act[i] = static_cast<uint8_t>(draw_word(seed, DRAW_ACT, i) >> 24);
  }
  for (uint32_t i = 0; i < layer.weight.size(); i++) {
    layer.weight[i] = static_cast<uint8_t>(draw_word(seed, DRAW_WEIGHT, i) >> (32 - layer.bits));
  }
  for (uint32_t n = 0; n < layer.n; n++) {
    layer.weight_zero[n] = static_cast<int32_t>(n % 5) - 2;
  }
}

example_sram example_place(const example_layer &layer, const bo_core_config &config,
                           uint64_t seed) {
  const size_t rows = size_t{config.weight_banks} * config.bank_rows;
  example_sram sram;
  sram.word.resize(rows);
  sram.fault.resize(rows, bo_fault_word{UINT64_MAX, 0, 0});
  for (uint32_t k = 0; k < layer.k; k++) {
    for (uint32_t n = 0; n < layer.n; n++) {
      const uint32_t position = code_position(layer, config, k, n);
      sram.word[layer.weight_row + position / layer.codes_per_row] |=
          uint64_t{layer.weight[size_t{k} * layer.n + n]}
          << (position % layer.codes_per_row * layer.bits);
    }
  }
  for (uint32_t row = 0; row < rows; row++) {
    const uint32_t drawn = draw_word(seed, DRAW_FAULT, row);
    const uint64_t cell = uint64_t{1} << (drawn >> 8) % config.bank_width_bits;
    bo_fault_word &fault = sram.fault[row];
    switch (drawn % 12) {
    case 0:
      fault.and_mask = ~cell;
      break;
    case 1:
      fault.or_mask = cell;
      break;
    case 2:
      fault.xor_mask = cell;
      break;
    default:
      break;
    }
  }
  return sram;
}

std::vector<int32_t> example_plain_sums(const example_layer &layer, const bo_core_config &config,
                                        const example_sram &sram) {
  std::vector<int32_t> sums(size_t{layer.m} * layer.n);
  for (uint32_t m = 0; m < layer.m; m++) {
    for (uint32_t n = 0; n < layer.n; n++) {
      int32_t sum = 0;
      for (uint32_t k = 0; k < layer.k; k++) {
        const uint32_t position = code_position(layer, config, k, n);
        const size_t row = layer.weight_row + position / layer.codes_per_row;
        const bo_fault_word &fault = sram.fault[row];
        const uint64_t word = ((sram.word[row] & fault.and_mask) | fault.or_mask) ^ fault.xor_mask;
        auto weight = static_cast<int32_t>(word >> (position % layer.codes_per_row * layer.bits) &
                                           ((1U << layer.bits) - 1));
        if (layer.is_signed && weight >> (layer.bits - 1) != 0) {
          weight -= 1 << layer.bits;
        }
        sum +=
            (layer.act[size_t{m} * layer.k + k] - layer.act_zero) * (weight - layer.weight_zero[n]);
      }
      sums[size_t{m} * layer.n + n] = sum;
    }
  }
  return sums;
}

namespace {

/* A layer on a core, in a list of tiles. */
class core_run {
public:
  core_run(const example_layer &of_layer, const bo_core_config &of_config, const example_sram &sram)
      : layer(of_layer), config(of_config), core(make_core(config, sram)),
        tiles(list_tiles(layer, config)), column(config.cols) {
  }

  void edge();

  const example_layer &layer;
  const bo_core_config &config;
  std::shared_ptr<bo_core> core;
  std::vector<example_tile> tiles;
  size_t accepted = 0, started = 0;         /* tiles */
  uint32_t vector = 0;                      /* of the tile that started last */
  std::vector<std::vector<int32_t>> column; /* sums, as each column gives them */
};

void core_run::edge() {
  const bo_tile_ctrl_out now = *bo_core_look(core.get());
  std::vector<uint8_t> act(config.rows);
  started += now.start ? 1 : 0;
  vector = now.start ? 0 : vector + 1;
  for (uint32_t r = 0; now.streaming && r < now.stream_k; r++) {
    const example_tile &at = tiles[started - 1];
    act[r] = layer.act[size_t{at.m0 + vector} * layer.k + at.k0 + now.stream_k - 1 - r];
  }
  bo_core_in in = {};
  in.tile = accepted < tiles.size() ? &tiles[accepted].tile : nullptr;
  in.act = act.data();
  in.act_zero = layer.act_zero;
  in.weight_zero = &layer.weight_zero[accepted > 0 ? tiles[accepted - 1].n0 : 0];
  bo_core_tick(core.get(), &in);
  accepted += now.tile_ready && in.tile != nullptr ? 1 : 0;
  int32_t sum = 0;
  for (uint32_t c = 0; c < config.cols; c++) {
    if (bo_core_sum(core.get(), c, &sum)) {
      column[c].push_back(sum);
    }
  }
}

} // namespace

example_result example_core_run(const example_layer &layer, const bo_core_config &config,
                                const example_sram &sram) {
  core_run run(layer, config, sram);
  const size_t n_tiles = (layer.n + config.cols - 1) / config.cols;
  example_result result = {std::vector<int32_t>(size_t{layer.m} * layer.n), 0};
  while (run.column.back().size() < n_tiles * layer.m) { /* the last column is the last */
    run.edge();
    result.cycles++;
  }
  for (uint32_t n = 0; n < layer.n; n++) {
    for (uint32_t m = 0; m < layer.m; m++) {
      result.sums[size_t{m} * layer.n + n] =
          run.column[n % config.cols][size_t{n / config.cols} * layer.m + m];
    }
  }
  return result;
}
