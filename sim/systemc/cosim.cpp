/*
 * rtl/bo_mesh.sv, as Verilator makes it a SystemC module, and the C model, side by side under one
 * clock: the same random inputs, also resets, and every output compared after every edge.
 * Usage: systemc_cosim [CYCLES [SEED]]
 * Exit code 0: equal; 1: they differ, or nothing was compared; 2: usage.
 */
#include "base/number.h"
#include "base/rng.h"
#include "systemc/mesh_module.h"

#include <cinttypes>
#include <cstdio>
#include <exception>

#include <Vbo_mesh.h> /* made by Verilator from bo_mesh.sv */

namespace {

/* BO_COSIM_ROWS and so on: what bo_mesh.sv was built with, not square. */
constexpr uint32_t rows = BO_COSIM_ROWS, cols = BO_COSIM_COLS, dataflow = BO_COSIM_DATAFLOW;

constexpr int act_bits = rows * BO_LANE_OPERAND_BITS, weight_bits = cols * BO_LANE_OPERAND_BITS,
              sum_bits = cols * 32;

constexpr uint64_t tile_cycles = uint64_t{2} * rows; /* in the first half weights shift in */

/* Drives both in the middle between two edges, after a look at what the last one did. */
class bench : public sc_core::sc_module {
public:
  sc_core::sc_in<bool> clk_i;
  sc_core::sc_signal<bool> rst_n, first, last, shift, load;
  sc_core::sc_signal<sc_dt::sc_bv<act_bits>> act;
  sc_core::sc_signal<sc_dt::sc_bv<weight_bits>> weight;
  sc_core::sc_signal<sc_dt::sc_bv<sum_bits>> rtl_sum, model_sum;

  bench(const sc_core::sc_module_name &name, uint64_t cycles, uint64_t seed)
      : sc_module(name), cycles_(cycles), seed_(seed) {
    SC_HAS_PROCESS(bench);
    SC_METHOD(step);
    sensitive << clk_i.neg();
    dont_initialize();
  }

  uint64_t compared = 0, nonzero = 0; /* cycles; sums that are not 0 */
  bool differs = false;

private:
  void step();
  bool compare();
  void drive();
  uint32_t draw(uint32_t what) const;

  const uint64_t cycles_, seed_;
};

/* Random bits for this cycle; what: which ones. */
uint32_t bench::draw(uint32_t what) const {
  const uint32_t counter[3] = {static_cast<uint32_t>(compared),
                               static_cast<uint32_t>(compared >> 32), what};
  return bo_rng_draw(seed_, BO_RNG_TEST, counter).word[0];
}

bool bench::compare() {
  for (int c = 0; c < static_cast<int>(cols); c++) {
    const int32_t rtl = rtl_sum.read().range(c * 32 + 31, c * 32).to_int();
    const int32_t model = model_sum.read().range(c * 32 + 31, c * 32).to_int();
    if (rtl != model) {
      (void)std::printf("systemc_cosim: cycle %" PRIu64 ", column %d: RTL %" PRId32
                        ", C model %" PRId32 "\n",
                        compared, c, rtl, model);
      return false;
    }
    nonzero += model != 0 ? 1 : 0;
  }
  return true;
}

/* Tiles of weights come in a row after the other, as a rule; now and then any token comes, and a
 * reset. */
void bench::drive() {
  const uint32_t tokens = draw(0);
  const bool is_wild = (tokens >> 8) % 16 == 0;
  const auto phase = static_cast<uint32_t>(compared % tile_cycles);
  first.write(is_wild ? (tokens & 1) != 0 : phase == rows);
  last.write(is_wild ? (tokens & 2) != 0 : phase == rows - 1);
  shift.write(is_wild ? (tokens & 4) != 0 : phase < rows);
  load.write(is_wild ? (tokens & 8) != 0 : phase == rows - 1);
  rst_n.write(compared >= 2 && (tokens >> 16) % 1024 != 0);
  sc_dt::sc_bv<act_bits> acts;
  sc_dt::sc_bv<weight_bits> weights;
  for (uint32_t r = 0; r < rows; r++) {
    const int low = static_cast<int>(r) * BO_LANE_OPERAND_BITS;
    acts.range(low + BO_LANE_OPERAND_BITS - 1, low) = draw(1 + r) >> 23;
  }
  for (uint32_t c = 0; c < cols; c++) {
    const int low = static_cast<int>(c) * BO_LANE_OPERAND_BITS;
    weights.range(low + BO_LANE_OPERAND_BITS - 1, low) = draw(1 + rows + c) >> 23;
  }
  act.write(acts);
  weight.write(weights);
}

void bench::step() {
  differs = !compare();
  compared++;
  if (differs || compared >= cycles_) {
    sc_core::sc_stop();
    return;
  }
  drive();
}

template <typename T> void connect(T &mesh, bench &to, sc_core::sc_clock &clock) {
  mesh.clk_i(clock);
  mesh.rst_ni(to.rst_n);
  mesh.act_i(to.act);
  mesh.first_i(to.first);
  mesh.last_i(to.last);
  mesh.weight_i(to.weight);
  mesh.shift_i(to.shift);
  mesh.load_i(to.load);
}

int run(uint64_t cycles, uint64_t seed) {
  sc_core::sc_clock clock("clock", sc_core::sc_time(1, sc_core::SC_NS));
  bench tester("bench", cycles, seed);
  mesh_module<rows, cols> model("model", dataflow);
  Vbo_mesh rtl("rtl");
  tester.clk_i(clock);
  connect(model, tester, clock);
  connect(rtl, tester, clock);
  model.sum_o(tester.model_sum);
  rtl.sum_o(tester.rtl_sum);
  sc_core::sc_start();
  rtl.final();
  if (tester.differs) {
    return 1;
  }
  (void)std::printf("systemc_cosim: %" PRIu64 " cycles equal, %ux%u, %" PRIu64 " sums not 0\n",
                    tester.compared, rows, cols, tester.nonzero);
  return tester.compared > 0 && tester.nonzero > 0 ? 0 : 1;
}

} // namespace

int sc_main(int argc, char **argv) try {
  uint64_t cycles = 20000, seed = 1;
  if (argc > 3 || (argc > 1 && !bo_number_count(&cycles, argv[1])) ||
      (argc > 2 && !bo_number_count(&seed, argv[2]))) {
    (void)std::fprintf(stderr, "usage: systemc_cosim [CYCLES [SEED]]\n");
    return 2;
  }
  if (cycles == 0) {
    (void)std::fprintf(stderr, "systemc_cosim: CYCLES: expected at least 1, got 0\n");
    return 1;
  }
  return run(cycles, seed);
} catch (const std::exception &error) {
  (void)std::fprintf(stderr, "systemc_cosim: %s\n", error.what());
  return 1;
}
