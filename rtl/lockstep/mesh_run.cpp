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
      : built(made->get_shape()), device(std::move(made)), all_ports(device->ports()),
        pins(all_ports), model(make_model(built)), registers(pair_up(model.get(), *device, pins)),
        draw(seed), row(built.rows), col(built.cols) {
  }

  bool step() override {
    cycle++;
    draw_lanes();
    if (cycle == 1 || draw.one_in(1024)) {
      return reset();
    }
    pins.clk.set(0);
    device->eval();
    pins.clk.set(1);
    device->eval();
    bo_mesh_tick(model.get(), row.data(), col.data());
    return same();
  }

  bool over() const override {
    return false;
  }

  const difference &first_difference() const override {
    return first;
  }

  const std::vector<twin> &twins() const override {
    return registers.twins();
  }

  const std::vector<port> &ports() const override {
    return all_ports;
  }

  void set_comparing(bool on) override {
    comparing = on;
  }

private:
  bool same() {
    if (!comparing || registers.equal()) {
      return true;
    }
    first = find_difference(registers);
    return false;
  }

  /* Reset takes effect before the edge, and the edge under reset changes nothing. */
  bool reset() {
    pins.rst_n.set(0);
    pins.clk.set(0);
    device->eval();
    bo_mesh_reset(model.get());
    const bool equal = same();
    pins.clk.set(1);
    device->eval();
    pins.clk.set(0);
    pins.rst_n.set(1);
    device->eval();
    return equal && same();
  }

  /* How often tokens come changes from time to time: at times in every cycle, at times never. */
  void draw_lanes() {
    if (cycle % 64 == 1) {
      token_period = 1U << draw.below(8);
      extreme = draw.one_in(4);
    }
    const bool first_token = draw.one_in(token_period);
    const bool last = draw.one_in(token_period);
    const bool shift = draw.one_in(std::max(1U, token_period / 4));
    const bool load = draw.one_in(token_period);
    const auto operand = [this] {
      const std::uint32_t any = draw.below(512);
      return static_cast<bo_lane>(extreme ? (any < 256 ? 0x0ff : 0x100) : any);
    };
    for (bo_lane &lane : row) {
      lane = static_cast<bo_lane>(operand() | (first_token ? BO_LANE_FIRST : 0) |
                                  (last ? BO_LANE_LAST : 0));
    }
    for (bo_lane &lane : col) {
      lane =
          static_cast<bo_lane>(operand() | (shift ? BO_LANE_SHIFT : 0) | (load ? BO_LANE_LOAD : 0));
    }
    pins.act.set_fields(built.rows, 9, [this](std::size_t r) { return row[r]; });
    pins.weight.set_fields(built.cols, 9, [this](std::size_t c) { return col[c]; });
    pins.first.set(first_token);
    pins.last.set(last);
    pins.shift.set(shift);
    pins.load.set(load);
  }

  const shape built;
  const std::unique_ptr<dut> device;
  const std::vector<port> all_ports;
  const mesh_pins pins;
  const mesh_pointer model;
  const register_file registers;
  random_numbers draw;
  std::vector<bo_lane> row, col;
  difference first;
  std::uint64_t cycle = 0;
  bool comparing = true;
  std::uint32_t token_period = 1;
  bool extreme = false;
};

} // namespace

std::unique_ptr<run> make_mesh_run(std::unique_ptr<dut> rtl, std::uint64_t seed) {
  return std::make_unique<mesh_run>(std::move(rtl), seed);
}

} // namespace lockstep
