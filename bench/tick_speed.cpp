// How fast the C model of the array ticks, beside Verilator's model of the same array in RTL.
// Usage: tick_speed [DIR]   builds of rtl/lockstep/verilate.sh: mesh_ws_ROWSxCOLS.so
//
// Both get the same prepared inputs: the tiles of a layer of 14 x 14 outputs back to back, so that
// every PE multiplies in every cycle, and the next tile's weights shift in meanwhile. Both give the
// same sums, or it says so and exits with 1. CPU time of one core; medians of rounds that take
// turns.
#include "array/mesh.h"
#include "clock.h"
#include "dut.h"
#include "errors.h"
#include "plugin.h"
#include "ports.h"
#include "random.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

namespace {

using namespace lockstep;

constexpr int rounds = 9;
constexpr std::uint32_t tile_vectors = 14 * 14;

/* One cycle after the other. */
struct stimulus {
  std::vector<bo_lane> row, col;         /* [cycles][rows], [cycles][cols] */
  std::vector<std::uint8_t> act, weight; /* the same operands, packed as the RTL's ports are */
  std::size_t act_bytes, weight_bytes;   /* of a cycle */
  std::vector<std::uint8_t> first, shift, load;
};

stimulus make_stimulus(const shape &size, std::uint64_t cycles, const pin &act, const pin &weight) {
  stimulus made = {};
  random_numbers draw(1);
  made.act_bytes = act.where().bytes;
  made.weight_bytes = weight.where().bytes;
  for (std::uint64_t cycle = 0; cycle < cycles; cycle++) {
    const std::uint64_t at = cycle % tile_vectors;
    const bool first = at == 0;
    const bool shift = at < size.rows;
    const bool load = at == size.rows - 1;
    const std::size_t row = made.row.size();
    const std::size_t col = made.col.size();
    for (std::uint32_t r = 0; r < size.rows; r++) {
      made.row.push_back(bo_lane_pack(static_cast<std::int32_t>(draw.below(256)) - 128,
                                      first ? 0U + BO_LANE_FIRST : 0U));
    }
    const std::uint32_t tokens =
        (shift ? 0U + BO_LANE_SHIFT : 0U) | (load ? 0U + BO_LANE_LOAD : 0U);
    for (std::uint32_t c = 0; c < size.cols; c++) {
      const std::int32_t code = static_cast<std::int32_t>(draw.below(256)) - 128;
      made.col.push_back(bo_lane_pack(shift ? code : 0, tokens)); /* as the core's lanes */
    }
    act.set_fields(size.rows, 9, [&](std::size_t r) { return made.row[row + r]; });
    weight.set_fields(size.cols, 9, [&](std::size_t c) { return made.col[col + c]; });
    const auto *const act_port = static_cast<const std::uint8_t *>(act.where().data);
    const auto *const weight_port = static_cast<const std::uint8_t *>(weight.where().data);
    made.act.insert(made.act.end(), act_port, act_port + made.act_bytes);
    made.weight.insert(made.weight.end(), weight_port, weight_port + made.weight_bytes);
    made.first.push_back(first);
    made.shift.push_back(shift);
    made.load.push_back(load);
  }
  return made;
}

/* The sums of all cycles by column, earlier ones weighing more: wraps. */
using checksums = std::vector<std::uint32_t>;

struct outcome {
  double cycles_per_second;
  checksums check;
};

void add_sums(checksums &check, const std::int32_t *sum) {
  for (std::size_t c = 0; c < check.size(); c++) {
    check[c] = check[c] * 3 + static_cast<std::uint32_t>(sum[c]);
  }
}

outcome run_model(const shape &size, const stimulus &in) {
  bo_mesh *mesh = nullptr;
  bo_diag diag;
  require(bo_mesh_new(&mesh, size.dataflow, size.rows, size.cols, &diag), diag);
  const std::size_t cycles = in.first.size();
  checksums check(size.cols);
  const double begin = bench_thread_ns();
  for (std::size_t cycle = 0; cycle < cycles; cycle++) {
    bo_mesh_tick(mesh, &in.row[cycle * size.rows], &in.col[cycle * size.cols]);
    add_sums(check, bo_mesh_sums(mesh));
  }
  const double seconds = 1e-9 * (bench_thread_ns() - begin);
  bo_mesh_free(mesh);
  return {static_cast<double>(cycles) / seconds, check};
}

outcome run_rtl(const std::string &path, const stimulus &in) {
  const std::unique_ptr<dut> rtl = load_dut(path);
  const std::vector<port> ports = rtl->ports();
  const pin clk(ports, "clk_i");
  const pin rst_n(ports, "rst_ni");
  const pin act(ports, "act_i");
  const pin weight(ports, "weight_i");
  const pin first(ports, "first_i");
  const pin shift(ports, "shift_i");
  const pin load(ports, "load_i");
  const pin sum(ports, "sum_o");
  clk.set(0);
  rst_n.set(0);
  rtl->eval();
  rst_n.set(1);
  const std::size_t cycles = in.first.size();
  checksums check(rtl->get_shape().cols);
  const double begin = bench_thread_ns();
  for (std::size_t cycle = 0; cycle < cycles; cycle++) {
    act.set_bytes(&in.act[cycle * in.act_bytes], in.act_bytes);
    weight.set_bytes(&in.weight[cycle * in.weight_bytes], in.weight_bytes);
    first.set(in.first[cycle]);
    shift.set(in.shift[cycle]);
    load.set(in.load[cycle]);
    clk.set(0);
    rtl->eval();
    clk.set(1);
    rtl->eval();
    add_sums(check, static_cast<const std::int32_t *>(sum.where().data));
  }
  const double seconds = 1e-9 * (bench_thread_ns() - begin);
  return {static_cast<double>(cycles) / seconds, check};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/* One line; false if the sums differ. */
bool measure(const std::string &path) {
  const std::unique_ptr<dut> rtl = load_dut(path);
  const shape size = rtl->get_shape();
  const std::uint64_t cycles = 16'000'000 / (size.rows * size.cols);
  const std::vector<port> ports = rtl->ports();
  const stimulus in = make_stimulus(size, cycles, pin(ports, "act_i"), pin(ports, "weight_i"));
  std::vector<double> model;
  std::vector<double> verilated;
  std::vector<double> ratio;
  for (int i = 0; i < rounds; i++) {
    const outcome c = run_model(size, in);
    const outcome v = run_rtl(path, in);
    if (c.check != v.check) {
      std::printf("%ux%u: the sums differ\n", size.rows, size.cols);
      return false;
    }
    model.push_back(c.cycles_per_second);
    verilated.push_back(v.cycles_per_second);
    ratio.push_back(c.cycles_per_second / v.cycles_per_second);
  }
  std::sort(ratio.begin(), ratio.end());
  std::printf("%3ux%-3u %10" PRIu64 " %16.0f %16.0f %8.1f %8.1f %8.1f\n", size.rows, size.cols,
              cycles, median(verilated), median(model), ratio.front(), median(ratio), ratio.back());
  return true;
}

int measure_all(const std::string &dir) {
  std::vector<std::string> paths;
  for (const auto &entry : std::filesystem::directory_iterator(dir)) {
    if (entry.path().extension() == ".so") {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  if (paths.empty()) {
    throw usage_error(dir + ": expected builds of the array, found none");
  }
  std::printf("weight-stationary array with its skews, one core; %d rounds, same sums on both "
              "sides\n%-7s %10s %16s %16s %8s %8s %8s\n",
              rounds, "", "cycles", "Verilator, /s", "C model, /s", "x min", "median", "max");
  for (const std::string &path : paths) {
    if (!measure(path)) {
      return 1;
    }
  }
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  try {
    return measure_all(argc > 1 ? argv[1] : BO_TICK_SPEED_DUT_DIR);
  } catch (const std::exception &error) {
    (void)std::fprintf(stderr, "tick_speed: %s\n", error.what());
    return 2;
  }
}
