/*
 * How to use bo_accelerator: an initiator loads a layer through the socket, starts it, waits for
 * the interrupt and reads the sums, one layer after the other. They are compared with plain loops,
 * the cycles with the core without SystemC. Exit code 1: something differs.
 */
#include "systemc/bo_accelerator.h"
#include "systemc/example_layer.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <exception>
#include <tlm_utils/simple_initiator_socket.h>

namespace {

/* rows, cols, accumulator depth, banks, rows and bits of a bank, latency, words a cycle */
constexpr bo_core_config core_config = {8, 4, 8, 2, 64, 32, 2, 1};

/* A layer to run, and what came of it. */
struct job {
  example_layer layer;
  example_sram sram;
  std::vector<int32_t> sums;
  uint64_t cycles;
  sc_core::sc_time busy_time; /* from START to the interrupt */
};

class host : public sc_core::sc_module {
public:
  tlm_utils::simple_initiator_socket<host> socket;
  sc_core::sc_in<bool> irq_i;

  host(const sc_core::sc_module_name &name, std::vector<job> &jobs)
      : sc_module(name), socket("socket"), irq_i("irq_i"), jobs_(jobs) {
    SC_HAS_PROCESS(host);
    SC_THREAD(run);
  }

private:
  void run();
  void load(const example_layer &layer, const example_sram &sram);
  void run_job(job &each);
  void transport(tlm::tlm_command command, uint64_t address, void *data, size_t bytes);

  template <typename T> void write(uint64_t address, std::vector<T> values) {
    transport(tlm::TLM_WRITE_COMMAND, address, values.data(), values.size() * sizeof(T));
  }
  void write_register(uint64_t address, uint32_t value) {
    transport(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value);
  }

  std::vector<job> &jobs_;
};

/* One access; takes the time that the target says. */
void host::transport(tlm::tlm_command command, uint64_t address, void *data, size_t bytes) {
  tlm::tlm_generic_payload trans;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  trans.set_command(command);
  trans.set_address(address);
  trans.set_data_ptr(static_cast<unsigned char *>(data));
  trans.set_data_length(static_cast<unsigned int>(bytes));
  trans.set_streaming_width(static_cast<unsigned int>(bytes));
  socket->b_transport(trans, delay);
  if (trans.is_response_error()) {
    SC_REPORT_ERROR("host", trans.get_response_string().c_str());
  }
  wait(delay);
}

void host::load(const example_layer &layer, const example_sram &sram) {
  std::vector<uint64_t> and_mask, or_mask, xor_mask;
  for (const bo_fault_word &fault : sram.fault) {
    and_mask.push_back(fault.and_mask);
    or_mask.push_back(fault.or_mask);
    xor_mask.push_back(fault.xor_mask);
  }
  write(BO_WINDOW_WEIGHTS, sram.word);
  write(BO_WINDOW_AND, and_mask);
  write(BO_WINDOW_OR, or_mask);
  write(BO_WINDOW_XOR, xor_mask);
  write(BO_WINDOW_ACTIVATIONS, layer.act);
  write(BO_WINDOW_WEIGHT_ZERO, layer.weight_zero);
  write_register(BO_REG_K, layer.k);
  write_register(BO_REG_N, layer.n);
  write_register(BO_REG_M, layer.m);
  write_register(BO_REG_BITS, layer.bits);
  write_register(BO_REG_SIGNED, layer.is_signed ? 1 : 0);
  write_register(BO_REG_CODES_PER_ROW, layer.codes_per_row);
  write_register(BO_REG_ACT_ZERO, layer.act_zero);
  write_register(BO_REG_WEIGHT_ROW, layer.weight_row);
}

void host::run_job(job &each) {
  load(each.layer, each.sram);
  const uint64_t begin_ticks = sc_core::sc_time_stamp().value();
  write_register(BO_REG_CONTROL, BO_CONTROL_START);
  if (!irq_i.read()) {
    wait(irq_i.posedge_event());
  }
  each.busy_time = sc_core::sc_time_stamp() - sc_core::sc_time::from_value(begin_ticks);
  uint32_t status = 0;
  transport(tlm::TLM_READ_COMMAND, BO_REG_STATUS, &status, sizeof status);
  if (status != BO_STATUS_DONE) {
    SC_REPORT_ERROR("host", "the layer was refused");
  }
  transport(tlm::TLM_READ_COMMAND, BO_REG_CYCLES, &each.cycles, sizeof each.cycles);
  each.sums.resize(size_t{each.layer.m} * each.layer.n);
  transport(tlm::TLM_READ_COMMAND, BO_WINDOW_SUMS, each.sums.data(), each.sums.size() * 4);
  write_register(BO_REG_IRQ_CLEAR, 1);
}

void host::run() {
  write_register(BO_REG_IRQ_ENABLE, 1);
  for (job &each : jobs_) {
    run_job(each);
  }
  sc_core::sc_stop();
}

bool as_expected(const job &seen, const sc_core::sc_time &period) {
  const example_layer &layer = seen.layer;
  const std::vector<int32_t> sums = example_plain_sums(layer, core_config, seen.sram);
  const example_result alone = example_core_run(layer, core_config, seen.sram);
  if (seen.sums.size() != sums.size()) {
    (void)std::printf("systemc_example: the layer has not ended\n");
    return false;
  }
  for (size_t i = 0; i < sums.size(); i++) {
    if (seen.sums[i] != sums[i] || alone.sums[i] != sums[i]) {
      (void)std::printf("systemc_example: sum of place %zu, output %zu: expected %" PRId32
                        ", got %" PRId32 " from SystemC, %" PRId32 " from the core alone\n",
                        i / layer.n, i % layer.n, sums[i], seen.sums[i], alone.sums[i]);
      return false;
    }
  }
  const auto edges = static_cast<uint64_t>(seen.busy_time / period);
  if (seen.cycles != alone.cycles || edges != alone.cycles) {
    (void)std::printf("systemc_example: cycles: expected %" PRIu64 ", got %" PRIu64
                      " in the register, %" PRIu64 " of the clock\n",
                      alone.cycles, seen.cycles, edges);
    return false;
  }
  (void)std::printf("systemc_example: K %u, N %u, M %u: %zu sums and %" PRIu64 " cycles equal\n",
                    layer.k, layer.n, layer.m, sums.size(), seen.cycles);
  return true;
}

} // namespace

int sc_main(int /*argc*/, char ** /*argv*/) try {
  /* K, N, M, bits, signed, act_zero, weight_row. The array has 8 rows and 4 columns, a column 8
   * partial sums: one tile, whole tiles, partial tiles of all kinds, the least there is. */
  std::vector<job> jobs = {{{8, 4, 8, 8, true, 128, 0, 0, {}, {}, {}}, {}, {}, 0, {}},
                           {{16, 8, 16, 4, false, 0, 3, 0, {}, {}, {}}, {}, {}, 0, {}},
                           {{19, 10, 21, 5, true, 117, 60, 0, {}, {}, {}}, {}, {}, 0, {}},
                           {{1, 1, 1, 1, false, 255, 127, 0, {}, {}, {}}, {}, {}, 0, {}}};
  for (job &each : jobs) {
    example_draw(each.layer, core_config, each.layer.k);
    each.sram = example_place(each.layer, core_config, each.layer.k);
  }
  const sc_core::sc_time period(1, sc_core::SC_NS);
  /* core, activations, sums, outputs */
  const bo_accelerator_config machine = {core_config, 4096, 1024, 64, period};
  sc_core::sc_clock clock("clock", period);
  sc_core::sc_signal<bool> irq("irq");
  bo_accelerator accelerator("accelerator", machine);
  host initiator("host", jobs);
  accelerator.clk_i(clock);
  accelerator.irq_o(irq);
  initiator.irq_i(irq);
  initiator.socket.bind(accelerator.socket);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS)); /* more than enough */
  const bool equal = std::all_of(jobs.begin(), jobs.end(),
                                 [&](const job &each) { return as_expected(each, period); });
  return equal ? 0 : 1;
} catch (const std::exception &error) {
  (void)std::fprintf(stderr, "systemc_example: %s\n", error.what());
  return 1;
}
