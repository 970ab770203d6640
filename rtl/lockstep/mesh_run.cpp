#include "run.h"

#include "array/mesh.h"
#include "errors.h"
#include "ports.h"
#include "random.h"

#include <algorithm>

namespace lockstep {

namespace {

struct mesh_deleter {
  void operator()(bo_mesh *mesh) const {
    bo_mesh_free(mesh);
  }
};
using mesh_pointer = std::unique_ptr<bo_mesh, mesh_deleter>;

mesh_pointer make_model(const shape &built) {
  bo_mesh *mesh = nullptr;
  bo_diag diag;
  require(bo_mesh_new(&mesh, built.dataflow, built.rows, built.cols, &diag), diag);
  return mesh_pointer(mesh);
}

struct mesh_pins {
  explicit mesh_pins(const std::vector<port> &ports)
      : clk(ports, "clk_i"), rst_n(ports, "rst_ni"), act(ports, "act_i"), first(ports, "first_i"),
        last(ports, "last_i"), weight(ports, "weight_i"), shift(ports, "shift_i"),
        load(ports, "load_i"), sum(ports, "sum_o") {
  }
  pin clk, rst_n, act, first, last, weight, shift, load, sum;
};

/* Registers of both; what leaves the last row also as the output. */
register_file pair_up(const bo_mesh *model, const dut &rtl, const mesh_pins &pins) {
  const shape &built = rtl.get_shape();
  const std::string last_row =
      "bo_mesh.u_array.gen_row[" + std::to_string(built.rows - 1) + "].u_row.";
  probe_list found;
  const bo_probe_visitor visitor = {probe_list::visit, &found, "bo_mesh"};
  (void)bo_mesh_probes(model, &visitor);
  std::vector<probe_list::entry> probes = found.entries;
  std::uint32_t c = 0;
  for (const probe_list::entry &entry : found.entries) {
    if (entry.scope.compare(0, last_row.size(), last_row) == 0 &&
        entry.name == (built.dataflow == 0 ? "psum_q" : "drain_q")) {
      probes.push_back({"bo_mesh", "sum_o[" + std::to_string(c++) + "]", entry.probe});
    }
  }
  std::vector<variable> variables = rtl.variables();
  const port &output = pins.sum.where();
  variables.push_back({"bo_mesh", output.name, static_cast<unsigned char *>(output.data),
                       32 * built.cols, 1, output.bytes});
  return {probes, variables};
}

class mesh_run final : public run {
public:
  mesh_run(std::unique_ptr<dut> made, std::uint64_t seed)
      : built_(made->get_shape()), device_(std::move(made)), all_ports_(device_->ports()),
        pins_(all_ports_), model_(make_model(built_)),
        registers_(pair_up(model_.get(), *device_, pins_)), draw_(seed), row_(built_.rows),
        col_(built_.cols) {
  }

  bool step() override {
    cycle_++;
    draw_lanes();
    if (cycle_ == 1 || draw_.one_in(1024)) {
      return reset();
    }
    pins_.clk.set(0);
    device_->eval();
    pins_.clk.set(1);
    device_->eval();
    bo_mesh_tick(model_.get(), row_.data(), col_.data());
    return same();
  }

  bool over() const override {
    return false;
  }

  bool equal() const override {
    return registers_.equal();
  }

  const difference &first_difference() const override {
    return first_;
  }

  const std::vector<twin> &twins() const override {
    return registers_.twins();
  }

  const std::vector<port> &ports() const override {
    return all_ports_;
  }

  void set_comparing(bool on) override {
    comparing_ = on;
  }

private:
  bool same() {
    if (!comparing_ || registers_.equal()) {
      return true;
    }
    first_ = find_difference(registers_);
    return false;
  }

  /* Reset takes effect before the edge, and the edge under reset changes nothing. */
  bool reset() {
    pins_.rst_n.set(0);
    pins_.clk.set(0);
    device_->eval();
    bo_mesh_reset(model_.get());
    const bool equal = same();
    pins_.clk.set(1);
    device_->eval();
    pins_.clk.set(0);
    pins_.rst_n.set(1);
    device_->eval();
    return equal && same();
  }

  /* How often tokens come changes from time to time: at times in every cycle, at times never. */
  void draw_lanes() {
    if (cycle_ % 64 == 1) {
      token_period_ = 1U << draw_.below(8);
      extreme_ = draw_.one_in(4);
    }
    const bool first_token = draw_.one_in(token_period_);
    const bool last = draw_.one_in(token_period_);
    const bool shift = draw_.one_in(std::max(1U, token_period_ / 4));
    const bool load = draw_.one_in(token_period_);
    const auto operand = [this] {
      const std::uint32_t any = draw_.below(512);
      return static_cast<bo_lane>(extreme_ ? (any < 256 ? 0x0ff : 0x100) : any);
    };
    for (bo_lane &lane : row_) {
      lane = static_cast<bo_lane>(operand() | (first_token ? BO_LANE_FIRST : 0) |
                                  (last ? BO_LANE_LAST : 0));
    }
    for (bo_lane &lane : col_) {
      lane =
          static_cast<bo_lane>(operand() | (shift ? BO_LANE_SHIFT : 0) | (load ? BO_LANE_LOAD : 0));
    }
    pins_.act.set_fields(built_.rows, 9, [this](std::size_t r) { return row_[r]; });
    pins_.weight.set_fields(built_.cols, 9, [this](std::size_t c) { return col_[c]; });
    pins_.first.set(first_token);
    pins_.last.set(last);
    pins_.shift.set(shift);
    pins_.load.set(load);
  }

  const shape built_;
  const std::unique_ptr<dut> device_;
  const std::vector<port> all_ports_;
  const mesh_pins pins_;
  const mesh_pointer model_;
  const register_file registers_;
  random_numbers draw_;
  std::vector<bo_lane> row_, col_;
  difference first_;
  std::uint64_t cycle_ = 0;
  bool comparing_ = true;
  std::uint32_t token_period_ = 1;
  bool extreme_ = false;
};

} // namespace

std::unique_ptr<run> make_mesh_run(std::unique_ptr<dut> rtl, std::uint64_t seed) {
  return std::make_unique<mesh_run>(std::move(rtl), seed);
}

} // namespace lockstep
