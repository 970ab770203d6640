#include "layers.h"

#include "accel/tiles.h"
#include "errors.h"
#include "mem/inject.h"
#include "mem/placement.h"

#include <algorithm>
#include <deque>

namespace lockstep {

namespace {

struct free_memory {
  void operator()(bo_placement *placement) const {
    bo_placement_free(placement);
  }
  void operator()(bo_injector *injector) const {
    bo_injector_free(injector);
  }
};
using placement_pointer = std::unique_ptr<bo_placement, free_memory>;

placement_pointer make_placement(const bo_net &net, const shape &built) {
  const bo_placement_config config = {
      BO_PLACEMENT_TILE, built.cols, built.banks, built.bank_rows, built.bank_width, 0, 0};
  std::vector<bo_weight_shape> tensors;
  for (std::uint32_t t = 0; t < net.weight_tensors; t++) {
    const bo_weights &weights = net.weights[t];
    tensors.push_back({weights.groups, weights.outputs, weights.inputs, weights.bits});
  }
  bo_placement *made = nullptr;
  bo_diag diag;
  require(bo_placement_new(&made, &config, tensors.data(), net.weight_tensors, &diag), diag);
  return placement_pointer(made);
}

using layer_codes = std::shared_ptr<const std::vector<std::uint8_t>>;

/* A tile, to find its activations again when it streams. */
struct streamed {
  bo_tile_job job;
  const bo_layer *layer;
  layer_codes input;
};

class layer_program final : public program {
public:
  layer_program(std::shared_ptr<const network> from, const shape &wanted,
                const layer_settings &settings)
      : source(std::move(from)), net(source->net()), built(wanted), set(settings),
        placement(make_placement(net, built)), faulty(bo_net_codes_new(&net)),
        expected(built.cols) {
    if (faulty == nullptr) {
      throw usage_error("out of memory");
    }
    make_chip();
    for (const std::uint32_t index : source->find_layers(set.layer)) {
      waiting.push_back(index);
    }
  }

  /* As many tiles as find place in the weight SRAM side by side, or all up to complete sums. */
  bool next(episode &out) override {
    out = {};
    if (!layer_goes_on && !begin_layer()) {
      return false;
    }
    if (first) {
      first = false;
      add_faults(out);
    }
    const std::uint64_t begin = now.tile.words.stream_row;
    std::uint64_t end = begin;
    bool complete = false;
    while (layer_goes_on && !complete && end_row(now) - begin <= bo_sram_rows(placement.get())) {
      end = end_row(now);
      complete = now.tile.last;
      add_tile(out);
      layer_goes_on = bo_tiling_next(&tiling, &now);
    }
    if (out.jobs.empty()) {
      throw usage_error("the weight SRAM is too small for one tile");
    }
    for (std::uint64_t row = begin; row < end; row++) {
      const bo_bit_place place = bo_placement_bank_row(placement.get(), row);
      out.writes.push_back({place.bank,
                            place.row,
                            true,
                            false,
                            bo_placement_word(placement.get(), row, clean.data()),
                            {UINT64_MAX, 0, 0}});
    }
    return true;
  }

  void vector(std::size_t number, std::uint32_t index, std::uint8_t *act,
              std::uint8_t &act_zero) override {
    if (index == UINT32_MAX) {
      return;
    }
    const streamed &tile = tiles[number];
    const std::uint32_t inputs = tile.job.tile.words.k;
    act_zero = tile.layer->in_quant[0].zero_point;
    for (std::uint32_t r = 0; r < inputs; r++) {
      act[r] = read_input(*tile.layer, *tile.input, tile.job.group, tile.job.first_m + index,
                          tile.job.first_k + inputs - 1 - r);
    }
  }

  bool take_sum(std::uint32_t column, std::int32_t sum, std::int32_t &wanted) override {
    if (expected[column].empty()) {
      wanted = 0;
      return false;
    }
    wanted = expected[column].front();
    expected[column].pop_front();
    return sum == wanted;
  }

private:
  void make_chip() {
    bo_profile profile;
    bo_diag diag;
    require(bo_profile_load(&profile, set.profile.c_str(), &diag), diag);
    require(bo_chip_random(&chip, &profile, set.chip, set.vdd_ratio, &diag), diag);
    bo_injector *made = nullptr;
    require(bo_injector_new(&made, placement.get(), &diag), diag);
    const std::unique_ptr<bo_injector, free_memory> injector(made);
    for (std::uint32_t t = 0; t < net.weight_tensors; t++) {
      clean.push_back(net.weights[t].code);
    }
    bo_fault_count count;
    bo_injector_run(injector.get(), &chip, clean.data(), faulty.get(), &count);
  }

  /* Every row of every bank once; faults stay while words come and go. */
  void add_faults(episode &out) const {
    std::vector<bo_fault_word> fault(built.bank_rows);
    for (std::uint32_t bank = 0; bank < built.banks; bank++) {
      bo_chip_bank_faults(&chip, bank, built.bank_rows, built.bank_width, fault.data());
      for (std::uint32_t row = 0; row < built.bank_rows; row++) {
        out.writes.push_back({bank, row, false, true, 0, fault[row]});
      }
    }
  }

  /* False: there is none left. */
  bool begin_layer() {
    if (waiting.empty()) {
      return false;
    }
    const std::uint32_t index = waiting.front();
    waiting.pop_front();
    layer = &net.layer[index];
    weights = &net.weights[layer->weights];
    input = std::make_shared<const std::vector<std::uint8_t>>(source->layer_input(index));
    bo_arch arch = bo_arch_default();
    arch.array_rows = built.rows;
    arch.array_cols = built.cols;
    tiling = bo_tiling_of(&arch, &net, placement.get(), index);
    tiling.tile_m = built.depth;
    tiling.places = std::min(set.places, tiling.places);
    now = bo_tiling_first(&tiling);
    layer_goes_on = true;
    return true;
  }

  /* Row of the stream behind a tile's last one. */
  static std::uint64_t end_row(const bo_tile_job &job) {
    const bo_tile_words &words = job.tile.words;
    return words.stream_row + (words.slot + words.k * words.n - 1) / words.codes_per_row + 1;
  }

  /* The tile that is next. */
  void add_tile(episode &out) {
    job made = {now.tile, {}};
    for (std::uint32_t c = 0; c < built.cols; c++) {
      const std::uint32_t output = now.group * weights->outputs + now.first_n + c;
      made.weight_zero.push_back(c < now.tile.words.n ? weights->zero_point[output] : 0);
    }
    out.jobs.push_back(made);
    tiles.push_back({now, layer, input});
    if (now.tile.last) {
      expect_sums();
    }
  }

  std::uint8_t read_input(const bo_layer &of, const std::vector<std::uint8_t> &from,
                          std::uint32_t group, std::uint64_t place, std::uint32_t k) const {
    const bo_window &window = of.window;
    const std::uint32_t channels = of.in.c / net.weights[of.weights].groups;
    const std::uint32_t taps = window.kernel_h * window.kernel_w;
    const std::uint32_t tap = k % taps;
    const std::int64_t y = static_cast<std::int64_t>(place / of.out.w) * window.stride_h +
                           static_cast<std::int64_t>(tap / window.kernel_w) * window.dilation_h -
                           window.pad_top;
    const std::int64_t x = static_cast<std::int64_t>(place % of.out.w) * window.stride_w +
                           static_cast<std::int64_t>(tap % window.kernel_w) * window.dilation_w -
                           window.pad_left;
    if (y < 0 || x < 0 || y >= of.in.h || x >= of.in.w) {
      return of.in_quant[0].zero_point;
    }
    const std::size_t pixel = static_cast<std::size_t>(y) * of.in.w + static_cast<std::size_t>(x);
    return from[pixel * of.in.c + group * channels + k / taps];
  }

  /* Plain loops over the codes that the chip leaves. */
  void expect_sums() {
    const std::int32_t zx = layer->in_quant[0].zero_point;
    std::vector<std::int32_t> x(weights->inputs);
    for (std::uint64_t place = now.first_m; place < now.first_m + now.tile.m; place++) {
      for (std::uint32_t k = 0; k < weights->inputs; k++) {
        x[k] = read_input(*layer, *input, now.group, place, k) - zx;
      }
      for (std::uint32_t c = 0; c < built.cols; c++) {
        const std::uint32_t output = now.group * weights->outputs + now.first_n + c;
        expected[c].push_back(c < now.tile.words.n ? convolve(x, output) : 0);
      }
    }
  }

  std::int32_t convolve(const std::vector<std::int32_t> &x, std::uint32_t output) const {
    const std::uint8_t *const codes =
        faulty.get()[layer->weights] + std::size_t{output} * weights->inputs;
    std::int32_t sum = 0;
    for (std::uint32_t k = 0; k < weights->inputs; k++) {
      sum += x[k] * (bo_weights_decode(weights, codes[k]) - weights->zero_point[output]);
    }
    return sum;
  }

  const std::shared_ptr<const network> source;
  const bo_net &net;
  const shape built;
  const layer_settings set;
  const placement_pointer placement;
  const codes_pointer faulty;
  bo_chip chip = {};

  std::vector<const std::uint8_t *> clean; /* codes of every tensor */
  std::deque<std::uint32_t> waiting;       /* layers */
  bo_tiling tiling = {};                   /* of the layer at work */
  bo_tile_job now = {};                    /* the tile that is next */
  bool layer_goes_on = false;
  const bo_layer *layer = nullptr;
  const bo_weights *weights = nullptr;
  layer_codes input;
  bool first = true;

  std::vector<streamed> tiles;                    /* by job number */
  std::vector<std::deque<std::int32_t>> expected; /* [cols], sums still to come */
};

} // namespace

std::unique_ptr<program> make_layer_program(std::shared_ptr<const network> net, const shape &built,
                                            const layer_settings &set) {
  return std::make_unique<layer_program>(std::move(net), built, set);
}

} // namespace lockstep
