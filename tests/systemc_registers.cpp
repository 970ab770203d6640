/*
 * bo_accelerator as its initiator meets it: the response to each kind of access, what START refuses
 * and on which side of the limit, busy, reset, interrupt, time and debug transport.
 * Exit code 1: a check does not hold; each such one is printed.
 */
#include "systemc/bo_accelerator.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <exception>
#include <tlm_utils/simple_initiator_socket.h>

namespace {

constexpr uint32_t bank_rows = 16, banks = 2, act_bytes = 64, sums_size = 32, outputs = 8;

struct register_value {
  uint32_t address, value;
};

/* One code a row: 20 rows, 20 activations, 16 sums. Weights and activations are all 0: a weight
 * that reads as w' adds -3 w' to its sums. */
constexpr register_value layer_registers[] = {
    {BO_REG_K, 5},          {BO_REG_N, 4},          {BO_REG_M, 4},
    {BO_REG_BITS, 4},       {BO_REG_SIGNED, 0},     {BO_REG_CODES_PER_ROW, 1},
    {BO_REG_ACT_ZERO, 3},   {BO_REG_WEIGHT_ROW, 0}, {BO_REG_ACT_OFFSET, 0},
    {BO_REG_SUM_OFFSET, 0},
};

class checker : public sc_core::sc_module {
public:
  tlm_utils::simple_initiator_socket<checker> socket;
  sc_core::sc_in<bool> irq_i;

  explicit checker(const sc_core::sc_module_name &name)
      : sc_module(name), socket("socket"), irq_i("irq_i") {
    SC_HAS_PROCESS(checker);
    SC_THREAD(run);
  }

  uint32_t checks = 0, failures = 0;

private:
  void run();
  void reset_values_are_the_documented_ones();
  void each_access_has_its_response();
  void bytes_and_streaming_are_refused();
  void an_access_takes_a_period_per_8_bytes();
  void start_refuses_what_does_not_fit();
  void start_takes_what_just_fits();
  void a_layer_gives_its_sums_and_an_interrupt();
  void busy_protects_the_layer();
  void reset_stops_a_layer();
  void debug_moves_any_bytes();

  void check(bool holds, const char *what, uint64_t detail);
  tlm::tlm_response_status access(tlm::tlm_command command, uint64_t address, size_t bytes);
  uint32_t read(uint64_t address);
  void write(uint64_t address, uint32_t value);
  void write_layer();
  void run_layer();

  unsigned char data_[256] = {};
  sc_core::sc_time delay_; /* that the last access added */
};

void checker::check(bool holds, const char *what, uint64_t detail) {
  checks++;
  if (!holds) {
    failures++;
    (void)std::printf("systemc_registers: %s (%#" PRIx64 ")\n", what, detail);
  }
}

/* With data_ as the data. */
tlm::tlm_response_status checker::access(tlm::tlm_command command, uint64_t address, size_t bytes) {
  tlm::tlm_generic_payload trans;
  trans.set_command(command);
  trans.set_address(address);
  trans.set_data_ptr(data_);
  trans.set_data_length(static_cast<unsigned int>(bytes));
  trans.set_streaming_width(static_cast<unsigned int>(bytes));
  delay_ = sc_core::SC_ZERO_TIME;
  socket->b_transport(trans, delay_);
  return trans.get_response_status();
}

uint32_t checker::read(uint64_t address) {
  uint32_t value = 0;
  check(access(tlm::TLM_READ_COMMAND, address, 4) == tlm::TLM_OK_RESPONSE, "cannot read", address);
  std::memcpy(&value, data_, sizeof value);
  return value;
}

void checker::write(uint64_t address, uint32_t value) {
  std::memcpy(data_, &value, sizeof value);
  check(access(tlm::TLM_WRITE_COMMAND, address, 4) == tlm::TLM_OK_RESPONSE, "cannot write",
        address);
}

void checker::write_layer() {
  for (const register_value &each : layer_registers) {
    write(each.address, each.value);
  }
}

void checker::run_layer() {
  write(BO_REG_IRQ_ENABLE, 1);
  write(BO_REG_CONTROL, BO_CONTROL_START);
  wait(irq_i.posedge_event());
}

void checker::reset_values_are_the_documented_ones() {
  const register_value values[] = {
      {BO_REG_ID, 0x424f4143},
      {BO_REG_VERSION, 0x00010000},
      {BO_REG_STATUS, 0},
      {BO_REG_ERROR, 0},
      {BO_REG_IRQ_ENABLE, 0},
      {BO_REG_CYCLES, 0},
      {BO_REG_K, 0},
      {BO_REG_SUM_OFFSET, 0},
      {BO_REG_ARRAY_ROWS, 3},
      {BO_REG_ARRAY_COLS, 2},
      {BO_REG_ACC_DEPTH, 7},
      {BO_REG_BANKS, banks},
      {BO_REG_BANK_ROWS, bank_rows},
      {BO_REG_BANK_WIDTH, 9},
      {BO_REG_READ_LATENCY, 4},
      {BO_REG_ACT_BYTES, act_bytes},
      {BO_REG_SUMS, sums_size},
      {BO_REG_OUTPUTS, outputs},
  };
  for (const register_value &each : values) {
    check(read(each.address) == each.value, "reset value differs", each.address);
  }
  check(access(tlm::TLM_READ_COMMAND, BO_WINDOW_AND + 8, 8) == tlm::TLM_OK_RESPONSE &&
            data_[0] == 0xff && data_[7] == 0xff,
        "and masks are not all ones", 0);
}

void checker::each_access_has_its_response() {
  const auto read_command = tlm::TLM_READ_COMMAND, write_command = tlm::TLM_WRITE_COMMAND;
  const struct {
    uint64_t address;
    size_t bytes;
    tlm::tlm_command command;
    tlm::tlm_response_status expected;
  } rows[] = {
      {BO_REG_ID, 4, read_command, tlm::TLM_OK_RESPONSE},
      {BO_REG_ID, 4, write_command, tlm::TLM_COMMAND_ERROR_RESPONSE},
      {BO_REG_CONTROL, 4, read_command, tlm::TLM_COMMAND_ERROR_RESPONSE},
      {BO_REG_IRQ_CLEAR, 4, read_command, tlm::TLM_COMMAND_ERROR_RESPONSE},
      {BO_REG_K, 2, read_command, tlm::TLM_BURST_ERROR_RESPONSE},
      {BO_REG_K, 8, read_command, tlm::TLM_BURST_ERROR_RESPONSE},
      {BO_REG_CYCLES, 8, read_command, tlm::TLM_OK_RESPONSE},
      {BO_REG_CYCLES + 4, 4, read_command, tlm::TLM_OK_RESPONSE},
      {BO_REG_CYCLES + 4, 8, read_command, tlm::TLM_BURST_ERROR_RESPONSE},
      {BO_REG_K + 2, 4, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {0x01c, 4, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {BO_REG_END, 4, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {BO_REG_ID, 0, read_command, tlm::TLM_BURST_ERROR_RESPONSE},
      {uint64_t{1} << 32, 4, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {(uint64_t{1} << 32) + BO_WINDOW_WEIGHTS, 8, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {BO_WINDOW_WEIGHTS + 4, 8, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {BO_WINDOW_WEIGHTS, 12, read_command, tlm::TLM_BURST_ERROR_RESPONSE},
      {BO_WINDOW_XOR, 4, write_command, tlm::TLM_BURST_ERROR_RESPONSE},
      {BO_WINDOW_WEIGHTS + 8 * (banks * bank_rows - 1), 8, read_command, tlm::TLM_OK_RESPONSE},
      {BO_WINDOW_WEIGHTS + 8 * (banks * bank_rows - 1), 16, read_command,
       tlm::TLM_BURST_ERROR_RESPONSE},
      {BO_WINDOW_WEIGHTS + 8 * banks * bank_rows, 8, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {BO_WINDOW_ACTIVATIONS + 3, 5, read_command, tlm::TLM_OK_RESPONSE},
      {BO_WINDOW_ACTIVATIONS + act_bytes - 1, 1, read_command, tlm::TLM_OK_RESPONSE},
      {BO_WINDOW_ACTIVATIONS + act_bytes - 1, 2, read_command, tlm::TLM_BURST_ERROR_RESPONSE},
      {BO_WINDOW_SUMS + 4 * (sums_size - 1), 4, read_command, tlm::TLM_OK_RESPONSE},
      {BO_WINDOW_SUMS, 4, write_command, tlm::TLM_COMMAND_ERROR_RESPONSE},
      {BO_WINDOW_SUMS + 2, 4, read_command, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {BO_REG_ID, 4, tlm::TLM_IGNORE_COMMAND, tlm::TLM_OK_RESPONSE},
  };
  for (const auto &row : rows) {
    check(access(row.command, row.address, row.bytes) == row.expected, "response differs",
          row.address);
  }
}

void checker::bytes_and_streaming_are_refused() {
  unsigned char enable[4] = {0xff, 0xff, 0xff, 0xff};
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  tlm::tlm_generic_payload trans;
  trans.set_read();
  trans.set_address(BO_REG_ID);
  trans.set_data_ptr(data_);
  trans.set_data_length(4);
  trans.set_streaming_width(2);
  socket->b_transport(trans, delay);
  check(trans.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE, "streaming", 0);
  trans.set_streaming_width(4);
  trans.set_byte_enable_ptr(enable);
  trans.set_byte_enable_length(4);
  socket->b_transport(trans, delay);
  check(trans.get_response_status() == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE, "byte enable", 0);
  check(delay == sc_core::SC_ZERO_TIME, "an error took time", 0);
}

void checker::an_access_takes_a_period_per_8_bytes() {
  const struct {
    size_t bytes;
    double periods;
  } rows[] = {{1, 1}, {8, 1}, {9, 2}, {16, 2}, {17, 3}};
  for (const auto &row : rows) {
    (void)access(tlm::TLM_READ_COMMAND, BO_WINDOW_ACTIVATIONS, row.bytes);
    check(delay_ == sc_core::sc_time(2 * row.periods, sc_core::SC_NS), "time differs", row.bytes);
  }
}

/* Each row changes one register of the layer that runs. */
void checker::start_refuses_what_does_not_fit() {
  const struct {
    uint32_t address, value, error;
  } rows[] = {
      {BO_REG_K, 0, BO_ERROR_SIZE},
      {BO_REG_N, 0, BO_ERROR_SIZE},
      {BO_REG_M, 0, BO_ERROR_SIZE},
      {BO_REG_BITS, 0, BO_ERROR_CODE},
      {BO_REG_BITS, 9, BO_ERROR_CODE},
      {BO_REG_SIGNED, 2, BO_ERROR_CODE},
      {BO_REG_CODES_PER_ROW, 0, BO_ERROR_CODE},
      {BO_REG_CODES_PER_ROW, 3, BO_ERROR_CODE},
      {BO_REG_ACT_ZERO, 256, BO_ERROR_ACT_ZERO},
      {BO_REG_WEIGHT_ROW, 13, BO_ERROR_WEIGHTS},
      {BO_REG_WEIGHT_ROW, UINT32_MAX, BO_ERROR_WEIGHTS},
      {BO_REG_K, UINT32_MAX, BO_ERROR_WEIGHTS},
      {BO_REG_ACT_OFFSET, 45, BO_ERROR_ACTIVATIONS},
      {BO_REG_ACT_OFFSET, UINT32_MAX, BO_ERROR_ACTIVATIONS},
      {BO_REG_M, UINT32_MAX, BO_ERROR_ACTIVATIONS},
      {BO_REG_SUM_OFFSET, 17, BO_ERROR_SUMS},
      {BO_REG_M, 9, BO_ERROR_SUMS},
  };
  write(BO_REG_IRQ_ENABLE, 1);
  for (const auto &row : rows) {
    write_layer();
    write(row.address, row.value);
    write(BO_REG_CONTROL, BO_CONTROL_START);
    check(read(BO_REG_STATUS) == BO_STATUS_ERROR, "was not refused", row.address);
    check(read(BO_REG_ERROR) == row.error, "another error", row.address);
    wait(sc_core::SC_ZERO_TIME);
    wait(sc_core::SC_ZERO_TIME);
    check(irq_i.read(), "no interrupt", row.address);
    write(BO_REG_IRQ_CLEAR, 1);
    wait(sc_core::SC_ZERO_TIME);
    wait(sc_core::SC_ZERO_TIME);
    check(!irq_i.read() && read(BO_REG_STATUS) == 0, "not cleared", row.address);
  }
}

void checker::start_takes_what_just_fits() {
  const register_value rows[] = {{BO_REG_CODES_PER_ROW, 2}, {BO_REG_ACT_ZERO, 255},
                                 {BO_REG_WEIGHT_ROW, 12},   {BO_REG_ACT_OFFSET, 44},
                                 {BO_REG_SUM_OFFSET, 16},   {BO_REG_M, 8}};
  for (const register_value &each : rows) {
    write_layer();
    write(each.address, each.value);
    run_layer();
    check(read(BO_REG_STATUS) == BO_STATUS_DONE, "was refused", each.address);
    write(BO_REG_IRQ_CLEAR, 1);
    wait(irq_i.negedge_event());
  }
  /* Zero points: codes 0 … 15, differences -256 … 255. N is 8 of 8 at most. */
  const struct {
    int32_t zero;
    uint32_t error;
  } zeros[] = {{-240, BO_ERROR_NONE},
               {-241, BO_ERROR_WEIGHT_ZERO},
               {256, BO_ERROR_NONE},
               {257, BO_ERROR_WEIGHT_ZERO}};
  for (const auto &row : zeros) {
    write_layer();
    write(BO_WINDOW_WEIGHT_ZERO + 12, static_cast<uint32_t>(row.zero));
    run_layer();
    check(read(BO_REG_ERROR) == row.error, "zero point", static_cast<uint32_t>(row.zero));
    write(BO_REG_IRQ_CLEAR, 1);
    wait(irq_i.negedge_event());
  }
  write(BO_WINDOW_WEIGHT_ZERO + 12, 0);
  write(BO_REG_M, 1);
  write(BO_REG_K, 1);
  write(BO_REG_N, outputs + 1);
  run_layer();
  check(read(BO_REG_ERROR) == BO_ERROR_OUTPUTS, "too many outputs", 0);
  write(BO_REG_IRQ_CLEAR, 1);
  wait(irq_i.negedge_event());
}

void checker::a_layer_gives_its_sums_and_an_interrupt() {
  write_layer();
  /* Stuck at one: bit 0 of input 2, output 1, which is code 2 * 2 + 1 of the first N-tile. */
  const uint64_t one = 1;
  std::memcpy(data_, &one, sizeof one);
  check(access(tlm::TLM_WRITE_COMMAND, BO_WINDOW_OR + 8 * 5, 8) == tlm::TLM_OK_RESPONSE, "or", 0);
  run_layer();
  check(read(BO_WINDOW_SUMS) == 0, "sum of output 0", read(BO_WINDOW_SUMS));
  check(read(BO_WINDOW_SUMS + 4) == static_cast<uint32_t>(-3), "sum of output 1",
        read(BO_WINDOW_SUMS + 4));
  check(read(BO_WINDOW_SUMS + 4 * 13) == static_cast<uint32_t>(-3), "of the last place",
        read(BO_WINDOW_SUMS + 4 * 13));
  check(irq_i.read(), "the interrupt does not stay", 0);
  write(BO_REG_IRQ_CLEAR, 1);
  wait(irq_i.negedge_event());
}

void checker::busy_protects_the_layer() {
  write_layer();
  run_layer();
  const uint32_t cycles = read(BO_REG_CYCLES);
  write(BO_REG_IRQ_CLEAR, 1);
  wait(irq_i.negedge_event());
  write(BO_REG_CONTROL, BO_CONTROL_START);
  wait(sc_core::sc_time(11, sc_core::SC_NS));
  check(read(BO_REG_STATUS) == BO_STATUS_BUSY, "not busy", 0);
  check(access(tlm::TLM_WRITE_COMMAND, BO_REG_K, 4) == tlm::TLM_GENERIC_ERROR_RESPONSE, "K", 0);
  check(access(tlm::TLM_WRITE_COMMAND, BO_WINDOW_WEIGHTS, 8) == tlm::TLM_GENERIC_ERROR_RESPONSE,
        "weights", 0);
  write(BO_REG_CONTROL, BO_CONTROL_START); /* without effect */
  check(read(BO_REG_CYCLES) > 0, "no cycle was counted", 0);
  wait(irq_i.posedge_event());
  check(read(BO_REG_CYCLES) == cycles, "cycles of the same layer", read(BO_REG_CYCLES));
  write(BO_REG_IRQ_CLEAR, 1);
  wait(irq_i.negedge_event());
}

void checker::reset_stops_a_layer() {
  write_layer();
  run_layer();
  const uint32_t cycles = read(BO_REG_CYCLES);
  for (uint32_t after = 1; after <= cycles - 1; after++) {
    write_layer();
    write(BO_REG_CONTROL, BO_CONTROL_RESET);
    write_layer();
    write(BO_REG_CONTROL, BO_CONTROL_START);
    wait(sc_core::sc_time(2 * after, sc_core::SC_NS));
    check(read(BO_REG_STATUS) == BO_STATUS_BUSY, "not busy before reset", after);
    write(BO_REG_CONTROL, BO_CONTROL_RESET | BO_CONTROL_START);
    check(read(BO_REG_STATUS) == 0 && read(BO_REG_CYCLES) == 0 && read(BO_REG_K) == 0, "not reset",
          after);
    write_layer();
    run_layer();
    check(read(BO_REG_CYCLES) == cycles, "other cycles after reset", after);
    check(read(BO_WINDOW_SUMS + 4) == static_cast<uint32_t>(-3), "other sum after reset", after);
  }
  write(BO_REG_CONTROL, BO_CONTROL_RESET);
}

void checker::debug_moves_any_bytes() {
  tlm::tlm_generic_payload trans;
  trans.set_data_ptr(data_);
  trans.set_data_length(3);
  const struct {
    uint64_t address;
    tlm::tlm_command command;
    unsigned int bytes;
  } rows[] = {{BO_WINDOW_WEIGHTS + 9, tlm::TLM_WRITE_COMMAND, 3},
              {BO_WINDOW_WEIGHTS + 9, tlm::TLM_READ_COMMAND, 3},
              {BO_WINDOW_ACTIVATIONS + act_bytes - 2, tlm::TLM_READ_COMMAND, 2},
              {BO_WINDOW_ACTIVATIONS + act_bytes, tlm::TLM_READ_COMMAND, 0},
              {BO_WINDOW_SUMS, tlm::TLM_WRITE_COMMAND, 0},
              {BO_REG_K, tlm::TLM_WRITE_COMMAND, 0},
              {BO_WINDOW_WEIGHTS, tlm::TLM_IGNORE_COMMAND, 0}};
  for (const auto &row : rows) {
    data_[1] = row.command == tlm::TLM_WRITE_COMMAND ? 0x5a : 0;
    trans.set_command(row.command);
    trans.set_address(row.address);
    check(socket->transport_dbg(trans) == row.bytes, "debug: bytes moved", row.address);
  }
  check(access(tlm::TLM_READ_COMMAND, BO_WINDOW_WEIGHTS + 8, 8) == tlm::TLM_OK_RESPONSE &&
            data_[2] == 0x5a,
        "debug: not written", 0);
}

void checker::run() {
  reset_values_are_the_documented_ones();
  each_access_has_its_response();
  bytes_and_streaming_are_refused();
  an_access_takes_a_period_per_8_bytes();
  start_refuses_what_does_not_fit();
  start_takes_what_just_fits();
  a_layer_gives_its_sums_and_an_interrupt();
  busy_protects_the_layer();
  reset_stops_a_layer();
  debug_moves_any_bytes();
  sc_core::sc_stop();
}

/* The text that a configuration is refused with; "" if it is not. */
std::string refusal(const bo_accelerator_config &config) {
  try {
    const bo_accelerator refused("refused", config);
  } catch (const std::exception &error) {
    return error.what();
  }
  return "";
}

bool bad_machines_are_refused(const bo_accelerator_config &good) {
  bo_accelerator_config no_sums = good, no_rows = good;
  no_sums.sums = 0;
  no_rows.core.rows = 0;
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  return refusal(no_sums).find("sums: expected 1..67108864, got 0") != std::string::npos &&
         refusal(no_rows).find("array_rows: expected 1..256, got 0") != std::string::npos;
}

} // namespace

int sc_main(int /*argc*/, char ** /*argv*/) try {
  const sc_core::sc_time period(2, sc_core::SC_NS);
  const bo_accelerator_config config = {
      {3, 2, 7, banks, bank_rows, 9, 4, 1}, act_bytes, sums_size, outputs, period};
  if (!bad_machines_are_refused(config)) {
    (void)std::printf("systemc_registers: a bad machine was not refused as it should be\n");
    return 1;
  }
  sc_core::sc_clock clock("clock", period);
  sc_core::sc_signal<bool> irq("irq");
  bo_accelerator accelerator("accelerator", config);
  checker checks("checks");
  accelerator.clk_i(clock);
  accelerator.irq_o(irq);
  checks.irq_i(irq);
  checks.socket.bind(accelerator.socket);
  sc_core::sc_start(sc_core::sc_time(10, sc_core::SC_MS));
  const bool ended = sc_core::sc_get_status() == sc_core::SC_STOPPED;
  (void)std::printf("systemc_registers: %u checks, %u failed%s\n", checks.checks, checks.failures,
                    ended ? "" : ", and the last one never ended");
  return ended && checks.failures == 0 ? 0 : 1;
} catch (const std::exception &error) {
  (void)std::fprintf(stderr, "systemc_registers: %s\n", error.what());
  return 1;
}
