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
  const bo_placement_config config = {BO_PLACEMENT_TILE, built.cols, built.banks, built.bank_rows,
                                      built.bank_width,  0,          0,           false};
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
      : source_(std::move(from)), net_(source_->net()), built_(wanted), set_(settings),
        placement_(make_placement(net_, built_)), faulty_(bo_net_codes_new(&net_)),
        expected_(built_.cols) {
    if (faulty_ == nullptr) {
      throw usage_error("out of memory");
    }
    make_chip();
    for (const std::uint32_t index : source_->find_layers(set_.layer)) {
      waiting_.push_back(index);
    }
  }

  /* As many tiles as find place in the weight SRAM side by side, or all up to complete sums. */
  bool next(episode &out) override {
    out = {};
    if (!layer_goes_on_ && !begin_layer()) {
      return false;
    }
    if (first_) {
      first_ = false;
      add_faults(out);
    }
    const std::uint64_t begin = now_.tile.words.stream_row;
    std::uint64_t end = begin;
    bool complete = false;
    while (layer_goes_on_ && !complete && end_row(now_) - begin <= bo_sram_rows(placement_.get())) {
      end = end_row(now_);
      complete = now_.tile.last;
      add_tile(out);
      layer_goes_on_ = bo_tiling_next(&tiling_, &now_);
    }
    if (out.jobs.empty()) {
      throw usage_error("the weight SRAM is too small for one tile");
    }
    for (std::uint64_t row = begin; row < end; row++) {
      const bo_bit_place place = bo_placement_bank_row(placement_.get(), row);
      out.writes.push_back({place.bank,
                            place.row,
                            true,
                            false,
                            bo_placement_word(placement_.get(), row, clean_.data()),
                            {UINT64_MAX, 0, 0}});
    }
    return true;
  }

  void vector(std::size_t number, std::uint32_t index, std::uint8_t *act,
              std::uint8_t &act_zero) override {
    if (index == UINT32_MAX) {
      return;
    }
    const streamed &tile = tiles_[number];
    const std::uint32_t inputs = tile.job.tile.words.k;
    act_zero = tile.layer->in_quant[0].zero_point;
    for (std::uint32_t r = 0; r < inputs; r++) {
      act[r] = read_input(*tile.layer, *tile.input, tile.job.group, tile.job.first_m + index,
                          tile.job.first_k + inputs - 1 - r);
    }
  }

  bool take_sum(std::uint32_t column, std::int32_t sum, std::int32_t &wanted) override {
    if (expected_[column].empty()) {
      wanted = 0;
      return false;
    }
    wanted = expected_[column].front();
    expected_[column].pop_front();
    return sum == wanted;
  }

private:
  void make_chip() {
    bo_profile profile;
    bo_diag diag;
    require(bo_profile_load(&profile, set_.profile.c_str(), &diag), diag);
    require(bo_chip_at(&chip_, &profile, set_.chip, set_.vdd_ratio, &diag), diag);
    bo_injector *made = nullptr;
    require(bo_injector_new(&made, placement_.get(), &diag), diag);
    const std::unique_ptr<bo_injector, free_memory> injector(made);
    for (std::uint32_t t = 0; t < net_.weight_tensors; t++) {
      clean_.push_back(net_.weights[t].code);
    }
    bo_fault_count count;
    bo_injector_run(injector.get(), &chip_, clean_.data(), faulty_.get(), &count);
  }

  /* Every row of every bank once; faults stay while words come and go. */
  void add_faults(episode &out) const {
    std::vector<bo_fault_word> fault(built_.bank_rows);
    for (std::uint32_t bank = 0; bank < built_.banks; bank++) {
      bo_chip_bank_faults(&chip_, bank, built_.bank_rows, built_.bank_width, fault.data());
      for (std::uint32_t row = 0; row < built_.bank_rows; row++) {
        out.writes.push_back({bank, row, false, true, 0, fault[row]});
      }
    }
  }

  /* False: there is none left. */
  bool begin_layer() {
    if (waiting_.empty()) {
      return false;
    }
    const std::uint32_t index = waiting_.front();
    waiting_.pop_front();
    layer_ = &net_.layer[index];
    weights_ = &net_.weights[layer_->weights];
    input_ = std::make_shared<const std::vector<std::uint8_t>>(source_->layer_input(index));
    bo_arch arch = bo_arch_default();
    arch.array_rows = built_.rows;
    arch.array_cols = built_.cols;
    tiling_ = bo_tiling_of(&arch, &net_, placement_.get(), index);
    tiling_.tile_m = built_.depth;
    tiling_.places = std::min(set_.places, tiling_.places);
    now_ = bo_tiling_first(&tiling_);
    layer_goes_on_ = true;
    return true;
  }

  /* Row of the stream behind a tile's last one. */
  static std::uint64_t end_row(const bo_tile_job &job) {
    const bo_tile_words &words = job.tile.words;
    return words.stream_row +
           (words.slot + std::uint64_t{words.k} * words.n - 1) / words.codes_per_row + 1;
  }

  /* The tile that is next. */
  void add_tile(episode &out) {
    job made = {now_.tile, {}};
    for (std::uint32_t c = 0; c < built_.cols; c++) {
      const std::uint32_t output = now_.group * weights_->outputs + now_.first_n + c;
      made.weight_zero.push_back(c < now_.tile.words.n ? weights_->zero_point[output] : 0);
    }
    out.jobs.push_back(made);
    tiles_.push_back({now_, layer_, input_});
    if (now_.tile.last) {
      expect_sums();
    }
  }

  std::uint8_t read_input(const bo_layer &of, const std::vector<std::uint8_t> &from,
                          std::uint32_t group, std::uint64_t place, std::uint32_t k) const {
    const bo_window &window = of.window;
    const std::uint32_t channels = of.in.c / net_.weights[of.weights].groups;
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
    return from[pixel * of.in.c + std::size_t{group} * channels + k / taps];
  }

  /* Plain loops over the codes that the chip leaves. */
  void expect_sums() {
    const std::int32_t zx = layer_->in_quant[0].zero_point;
    std::vector<std::int32_t> x(weights_->inputs);
    for (std::uint64_t place = now_.first_m; place < now_.first_m + now_.tile.m; place++) {
      for (std::uint32_t k = 0; k < weights_->inputs; k++) {
        x[k] = read_input(*layer_, *input_, now_.group, place, k) - zx;
      }
      for (std::uint32_t c = 0; c < built_.cols; c++) {
        const std::uint32_t output = now_.group * weights_->outputs + now_.first_n + c;
        expected_[c].push_back(c < now_.tile.words.n ? convolve(x, output) : 0);
      }
    }
  }

  std::int32_t convolve(const std::vector<std::int32_t> &x, std::uint32_t output) const {
    const std::uint8_t *const codes =
        faulty_.get()[layer_->weights] + std::size_t{output} * weights_->inputs;
    std::int32_t sum = 0;
    for (std::uint32_t k = 0; k < weights_->inputs; k++) {
      sum += x[k] * (bo_weights_decode(weights_, codes[k]) - weights_->zero_point[output]);
    }
    return sum;
  }

  const std::shared_ptr<const network> source_;
  const bo_net &net_;
  const shape built_;
  const layer_settings set_;
  const placement_pointer placement_;
  const codes_pointer faulty_;
  bo_chip chip_ = {};

  std::vector<const std::uint8_t *> clean_; /* codes of every tensor */
  std::deque<std::uint32_t> waiting_;       /* layers */
  bo_tiling tiling_ = {};                   /* of the layer at work */
  bo_tile_job now_ = {};                    /* the tile that is next */
  bool layer_goes_on_ = false;
  const bo_layer *layer_ = nullptr;
  const bo_weights *weights_ = nullptr;
  layer_codes input_;
  bool first_ = true;

  std::vector<streamed> tiles_;                    /* by job number */
  std::vector<std::deque<std::int32_t>> expected_; /* [cols], sums still to come */
};

} // namespace

std::unique_ptr<program> make_layer_program(std::shared_ptr<const network> net, const shape &built,
                                            const layer_settings &set) {
  return std::make_unique<layer_program>(std::move(net), built, set);
}

} // namespace lockstep
