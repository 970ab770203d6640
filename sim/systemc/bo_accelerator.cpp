#include "systemc/bo_accelerator.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace {

bo_core *make_core(const bo_accelerator_config &config) {
  const uint64_t rows = uint64_t{config.core.weight_banks} * config.core.bank_rows;
  const struct {
    const char *name;
    uint64_t count, element_bytes;
  } sizes[] = {{"weight_banks * bank_rows", rows, sizeof(uint64_t)},
               {"act_bytes", config.act_bytes, sizeof(uint8_t)},
               {"sums", config.sums, sizeof(int32_t)},
               {"outputs", config.outputs, sizeof(int32_t)}};
  for (const auto &size : sizes) {
    const uint64_t max = BO_WINDOW_MAX_BYTES / size.element_bytes;
    if (size.count < 1 || size.count > max) {
      const std::string text = std::string(size.name) + ": expected 1.." + std::to_string(max) +
                               ", got " + std::to_string(size.count);
      SC_REPORT_ERROR("bo_accelerator", text.c_str());
    }
  }
  bo_core *core = nullptr;
  bo_diag diag = {};
  if (bo_core_new(&core, &config.core, &diag) != BO_OK) {
    SC_REPORT_ERROR("bo_accelerator", diag.text);
  }
  return core;
}

} // namespace

bo_accelerator::bo_accelerator(const sc_core::sc_module_name &name,
                               const bo_accelerator_config &config)
    : sc_module(name), clk_i("clk_i"), irq_o("irq_o"), socket("socket"), config_(config),
      core_(make_core(config)), product_(config.core) {
  make_windows();
  set_machine_registers();
  socket.register_b_transport(this, &bo_accelerator::b_transport);
  socket.register_transport_dbg(this, &bo_accelerator::transport_dbg);
  SC_HAS_PROCESS(bo_accelerator);
  SC_METHOD(on_clock);
  sensitive << clk_i.pos();
  dont_initialize();
  SC_METHOD(drive_irq);
  sensitive << irq_changes_;
}

void bo_accelerator::make_windows() {
  const size_t rows = size_t{config_.core.weight_banks} * config_.core.bank_rows;
  words_.resize(rows);
  and_.resize(rows, UINT64_MAX);
  or_.resize(rows);
  xor_.resize(rows);
  bank_faults_.resize(config_.core.bank_rows);
  act_.resize(config_.act_bytes);
  weight_zero_.resize(config_.outputs);
  sums_.resize(config_.sums);
  const auto make = [](uint32_t base, auto &elements, bool writable) {
    const uint64_t element = sizeof elements[0];
    return window{base, reinterpret_cast<uint8_t *>(elements.data()), elements.size() * element,
                  element, writable};
  };
  windows_ = {
      make(BO_WINDOW_WEIGHTS, words_, true),   make(BO_WINDOW_AND, and_, true),
      make(BO_WINDOW_OR, or_, true),           make(BO_WINDOW_XOR, xor_, true),
      make(BO_WINDOW_ACTIVATIONS, act_, true), make(BO_WINDOW_WEIGHT_ZERO, weight_zero_, true),
      make(BO_WINDOW_SUMS, sums_, false)};
}

void bo_accelerator::set_machine_registers() {
  const bo_core_config &core = config_.core;
  reg(BO_REG_ID) = BO_ID_VALUE;
  reg(BO_REG_VERSION) = BO_VERSION_VALUE;
  reg(BO_REG_ARRAY_ROWS) = core.rows;
  reg(BO_REG_ARRAY_COLS) = core.cols;
  reg(BO_REG_ACC_DEPTH) = core.accumulator_depth;
  reg(BO_REG_BANKS) = core.weight_banks;
  reg(BO_REG_BANK_ROWS) = core.bank_rows;
  reg(BO_REG_BANK_WIDTH) = core.bank_width_bits;
  reg(BO_REG_READ_LATENCY) = core.read_latency_cycles;
  reg(BO_REG_ACT_BYTES) = config_.act_bytes;
  reg(BO_REG_SUMS) = config_.sums;
  reg(BO_REG_OUTPUTS) = config_.outputs;
}

/* --- a layer ---------------------------------------------------------------------------------- */

bool bo_accelerator::busy() const {
  return (registers_[BO_REG_STATUS / 4] & BO_STATUS_BUSY) != 0;
}

void bo_accelerator::set_cycles(uint64_t cycles) {
  cycles_ = cycles;
  std::memcpy(&reg(BO_REG_CYCLES), &cycles_, sizeof cycles_);
}

/* As the registers say; pointers only if their offsets lie in the windows. */
bo_product_layer bo_accelerator::layer() {
  bo_product_layer layer = {};
  layer.k = reg(BO_REG_K);
  layer.n = reg(BO_REG_N);
  layer.m = reg(BO_REG_M);
  layer.bits = reg(BO_REG_BITS);
  layer.codes_per_row = reg(BO_REG_CODES_PER_ROW);
  layer.is_signed = reg(BO_REG_SIGNED) != 0;
  layer.weight_row = reg(BO_REG_WEIGHT_ROW);
  layer.act_zero = static_cast<uint8_t>(reg(BO_REG_ACT_ZERO));
  layer.act = act_.data() + std::min<size_t>(reg(BO_REG_ACT_OFFSET), act_.size());
  layer.sums = sums_.data() + std::min<size_t>(reg(BO_REG_SUM_OFFSET), sums_.size());
  layer.weight_zero = weight_zero_.data();
  return layer;
}

/* Whether rows * cols elements from offset on lie in size. */
static bool fits(uint32_t rows, uint32_t cols, uint32_t offset, uint64_t size) {
  return offset <= size && uint64_t{rows} * cols <= size - offset;
}

uint32_t bo_accelerator::check_layer(const bo_product_layer &layer) {
  if (layer.k == 0 || layer.n == 0 || layer.m == 0) {
    return BO_ERROR_SIZE;
  }
  if (layer.bits < 1 || layer.bits > 8 || reg(BO_REG_SIGNED) > 1 || layer.codes_per_row < 1 ||
      layer.codes_per_row > config_.core.bank_width_bits / layer.bits) {
    return BO_ERROR_CODE;
  }
  if (reg(BO_REG_ACT_ZERO) > UINT8_MAX) {
    return BO_ERROR_ACT_ZERO;
  }
  const uint64_t last_row = (uint64_t{layer.k} * layer.n - 1) / layer.codes_per_row;
  if (layer.weight_row + last_row >= words_.size()) {
    return BO_ERROR_WEIGHTS;
  }
  if (!fits(layer.m, layer.k, reg(BO_REG_ACT_OFFSET), act_.size())) {
    return BO_ERROR_ACTIVATIONS;
  }
  if (!fits(layer.m, layer.n, reg(BO_REG_SUM_OFFSET), sums_.size())) {
    return BO_ERROR_SUMS;
  }
  if (layer.n > weight_zero_.size()) {
    return BO_ERROR_OUTPUTS;
  }
  const int32_t lowest = layer.is_signed ? -(1 << (layer.bits - 1)) : 0;
  const int32_t highest = lowest + (1 << layer.bits) - 1;
  const bool zeros_fit =
      std::all_of(weight_zero_.begin(), weight_zero_.begin() + layer.n,
                  [&](int32_t zero) { return zero >= highest - 255 && zero <= lowest + 256; });
  return zeros_fit ? BO_ERROR_NONE : BO_ERROR_WEIGHT_ZERO;
}

void bo_accelerator::start() {
  if (busy()) {
    return;
  }
  const bo_product_layer asked = layer();
  const uint32_t error = check_layer(asked);
  reg(BO_REG_ERROR) = error;
  reg(BO_REG_STATUS) = error == BO_ERROR_NONE ? BO_STATUS_BUSY : BO_STATUS_ERROR;
  if (error == BO_ERROR_NONE) {
    product_.begin(asked);
    set_cycles(0);
    start_time_ = sc_core::sc_time_stamp();
  }
}

void bo_accelerator::reset() {
  bo_core_reset(core_.get());
  registers_.fill(0);
  cycles_ = 0;
  set_machine_registers();
}

void bo_accelerator::on_clock() {
  if (!busy() || sc_core::sc_time_stamp() == start_time_) {
    return;
  }
  product_.tick(core_.get());
  set_cycles(cycles_ + 1);
  if (product_.done()) {
    reg(BO_REG_STATUS) = BO_STATUS_DONE;
    irq_changes_.notify(sc_core::SC_ZERO_TIME);
  }
}

void bo_accelerator::drive_irq() {
  const bool anything = (reg(BO_REG_STATUS) & (BO_STATUS_DONE | BO_STATUS_ERROR)) != 0;
  irq_o.write(anything && (reg(BO_REG_IRQ_ENABLE) & 1) != 0);
}
