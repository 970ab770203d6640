#include "layers.h"

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

/* Tiles that share the weight SRAM: all of one N-tile's inputs, or as many as it holds. */
struct piece {
  std::uint32_t group, first_output, outputs;
  std::uint64_t first_place;
  std::uint32_t places;
  std::uint32_t first_input, end_input;
};

using layer_codes = std::shared_ptr<const std::vector<std::uint8_t>>;

/* A tile, to find its activations again when it streams. */
struct streamed {
  piece of;
  std::uint32_t first_input, inputs;
  const bo_layer *layer;
  layer_codes input;
};

class layer_program final : public program {
public:
  layer_program(std::shared_ptr<const network> from, const shape &wanted, const layer_settings &settings)
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

  bool next(episode &out) override {
    out = {};
    while (pieces.empty()) {
      if (waiting.empty()) {
        return false;
      }
      begin_layer(waiting.front());
      waiting.pop_front();
    }
    if (first) {
      first = false;
      add_faults(out);
    }
    const piece now = pieces.front();
    pieces.pop_front();
    add_words(now, out);
    for (std::uint32_t k = now.first_input; k < now.end_input; k += built.rows) {
      add_tile(now, k, out);
    }
    if (now.end_input == weights->inputs) {
      expect_sums(now);
    }
    return true;
  }

  void vector(std::size_t number, std::uint32_t index, std::uint8_t *act,
              std::uint8_t &act_zero) override {
    if (index == UINT32_MAX) {
      return;
    }
    const streamed &tile = tiles[number];
    act_zero = tile.layer->in_quant[0].zero_point;
    for (std::uint32_t r = 0; r < tile.inputs; r++) {
      act[r] = read_input(*tile.layer, *tile.input, tile.of.group, tile.of.first_place + index,
                          tile.first_input + tile.inputs - 1 - r);
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
    std::vector<const std::uint8_t *> clean;
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

  bo_stream_place place_of(const piece &now, std::uint32_t k) const {
    const std::uint64_t before = (std::uint64_t{now.group} * weights->outputs + now.first_output) *
                                     weights->inputs +
                                 std::uint64_t{k} * now.outputs;
    return bo_placement_stream_place(placement.get(), layer->weights, before);
  }

  /* The pieces of a layer: group, N-tile, chunk of places, and as many K-tiles as fit at once. */
  void begin_layer(std::uint32_t index) {
    layer = &net.layer[index];
    weights = &net.weights[layer->weights];
    input = std::make_shared<const std::vector<std::uint8_t>>(source->layer_input(*layer));
    const std::uint64_t places =
        std::min(set.places, std::uint64_t{layer->out.h} * layer->out.w);
    for (std::uint32_t group = 0; group < weights->groups; group++) {
      for (std::uint32_t n = 0; n < weights->outputs; n += built.cols) {
        for (std::uint64_t place = 0; place < places; place += built.depth) {
          const auto chunk =
              static_cast<std::uint32_t>(std::min<std::uint64_t>(built.depth, places - place));
          split_inputs({group, n, std::min(built.cols, weights->outputs - n), place, chunk, 0, 0});
        }
      }
    }
  }

  void split_inputs(piece now) {
    const std::uint64_t sram_rows = std::uint64_t{built.banks} * built.bank_rows;
    while (now.end_input < weights->inputs) {
      now.first_input = now.end_input;
      const std::uint64_t begin = place_of(now, now.first_input).row;
      do {
        now.end_input = std::min(now.end_input + built.rows, weights->inputs);
      } while (now.end_input < weights->inputs &&
               last_row(now, std::min(now.end_input + built.rows, weights->inputs)) - begin <
                   sram_rows);
      if (last_row(now, now.end_input) - begin >= sram_rows) {
        throw usage_error("the weight SRAM is too small for one tile");
      }
      pieces.push_back(now);
    }
  }

  /* Row of the stream with the last code before input @p end. */
  std::uint64_t last_row(const piece &now, std::uint32_t end) const {
    const std::uint64_t position =
        (std::uint64_t{now.group} * weights->outputs + now.first_output) * weights->inputs +
        std::uint64_t{end} * now.outputs - 1;
    return bo_placement_stream_place(placement.get(), layer->weights, position).row;
  }

  void add_words(const piece &now, episode &out) const {
    const std::uint64_t end = last_row(now, now.end_input);
    for (std::uint64_t row = place_of(now, now.first_input).row; row <= end; row++) {
      const bo_placed_row placed = bo_placement_stream_row(placement.get(), row);
      std::uint64_t word = 0;
      for (std::uint32_t slot = 0; slot < placed.codes; slot++) {
        const std::uint64_t element =
            bo_placement_element(placement.get(), placed.tensor, placed.first + slot);
        word |= static_cast<std::uint64_t>(net.weights[placed.tensor].code[element])
                << (slot * placed.bits);
      }
      const bo_bit_place place = bo_placement_bank_row(placement.get(), row);
      out.writes.push_back({place.bank, place.row, true, false, word, {UINT64_MAX, 0, 0}});
    }
  }

  void add_tile(const piece &now, std::uint32_t k, episode &out) {
    const std::uint32_t inputs = std::min(built.rows, weights->inputs - k);
    const bo_stream_place place = place_of(now, k);
    job made = {};
    made.tile.words = {place.row,
                       place.slot,
                       built.bank_width / weights->bits,
                       weights->bits,
                       weights->storage == BO_STORAGE_TWOS_COMPLEMENT,
                       inputs,
                       now.outputs,
                       0};
    made.tile.m = now.places;
    made.tile.accumulate = k > 0;
    made.tile.last = k + inputs == weights->inputs;
    for (std::uint32_t c = 0; c < built.cols; c++) {
      const std::uint32_t output = now.group * weights->outputs + now.first_output + c;
      made.weight_zero.push_back(c < now.outputs ? weights->zero_point[output] : 0);
    }
    out.jobs.push_back(made);
    tiles.push_back({now, k, inputs, layer, input});
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

  void expect_sums(const piece &now) {
    const std::int32_t zx = layer->in_quant[0].zero_point;
    std::vector<std::int32_t> x(weights->inputs);
    for (std::uint64_t place = now.first_place; place < now.first_place + now.places; place++) {
      for (std::uint32_t k = 0; k < weights->inputs; k++) {
        x[k] = read_input(*layer, *input, now.group, place, k) - zx;
      }
      for (std::uint32_t c = 0; c < built.cols; c++) {
        std::uint32_t sum = 0;
        const std::uint32_t output = now.group * weights->outputs + now.first_output + c;
        const std::uint8_t *const codes =
            faulty.get()[layer->weights] + std::size_t{output} * weights->inputs;
        for (std::uint32_t k = 0; c < now.outputs && k < weights->inputs; k++) {
          const std::int32_t w =
              bo_weights_decode(weights, codes[k]) - weights->zero_point[output];
          sum += static_cast<std::uint32_t>(x[k] * w);
        }
        expected[c].push_back(static_cast<std::int32_t>(sum));
      }
    }
  }

  const std::shared_ptr<const network> source;
  const bo_net &net;
  const shape built;
  const layer_settings set;
  const placement_pointer placement;
  const codes_pointer faulty;
  bo_chip chip = {};

  std::deque<std::uint32_t> waiting; /* layers */
  std::deque<piece> pieces;          /* of the layer at work */
  const bo_layer *layer = nullptr;
  const bo_weights *weights = nullptr;
  layer_codes input;
  bool first = true;

  std::vector<streamed> tiles; /* by job number */
  std::vector<std::deque<std::int32_t>> expected; /* [cols], sums still to come */
};

} // namespace

std::unique_ptr<program> make_layer_program(std::shared_ptr<const network> net, const shape &built,
                                            const layer_settings &set) {
  return std::make_unique<layer_program>(std::move(net), built, set);
}

} // namespace lockstep
