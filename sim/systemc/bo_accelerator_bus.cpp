/* The TLM-2.0 side of bo_accelerator: who may do what to which address. */
#include "systemc/bo_accelerator.h"

#include <algorithm>
#include <cstring>

namespace {

enum class access_kind {
  READ_ONLY,
  WRITE_ONLY,
  READ_WRITE,
  LAYER, /* READ_WRITE, but not while busy */
};

struct register_rule {
  uint32_t address;
  access_kind kind;
};

constexpr register_rule register_rules[] = {
    {BO_REG_ID, access_kind::READ_ONLY},
    {BO_REG_VERSION, access_kind::READ_ONLY},
    {BO_REG_CONTROL, access_kind::WRITE_ONLY},
    {BO_REG_STATUS, access_kind::READ_ONLY},
    {BO_REG_ERROR, access_kind::READ_ONLY},
    {BO_REG_IRQ_ENABLE, access_kind::READ_WRITE},
    {BO_REG_IRQ_CLEAR, access_kind::WRITE_ONLY},
    {BO_REG_CYCLES, access_kind::READ_ONLY},
    {BO_REG_CYCLES + 4, access_kind::READ_ONLY},
    {BO_REG_K, access_kind::LAYER},
    {BO_REG_N, access_kind::LAYER},
    {BO_REG_M, access_kind::LAYER},
    {BO_REG_BITS, access_kind::LAYER},
    {BO_REG_SIGNED, access_kind::LAYER},
    {BO_REG_CODES_PER_ROW, access_kind::LAYER},
    {BO_REG_ACT_ZERO, access_kind::LAYER},
    {BO_REG_WEIGHT_ROW, access_kind::LAYER},
    {BO_REG_ACT_OFFSET, access_kind::LAYER},
    {BO_REG_SUM_OFFSET, access_kind::LAYER},
    {BO_REG_ARRAY_ROWS, access_kind::READ_ONLY},
    {BO_REG_ARRAY_COLS, access_kind::READ_ONLY},
    {BO_REG_ACC_DEPTH, access_kind::READ_ONLY},
    {BO_REG_BANKS, access_kind::READ_ONLY},
    {BO_REG_BANK_ROWS, access_kind::READ_ONLY},
    {BO_REG_BANK_WIDTH, access_kind::READ_ONLY},
    {BO_REG_READ_LATENCY, access_kind::READ_ONLY},
    {BO_REG_ACT_BYTES, access_kind::READ_ONLY},
    {BO_REG_SUMS, access_kind::READ_ONLY},
    {BO_REG_OUTPUTS, access_kind::READ_ONLY},
};

} // namespace

void bo_accelerator::b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay) {
  const tlm::tlm_response_status response = access(trans);
  if (response == tlm::TLM_OK_RESPONSE) {
    const uint64_t beats = (uint64_t{trans.get_data_length()} + 7) / 8;
    delay += config_.clock_period * static_cast<double>(beats);
  }
  trans.set_dmi_allowed(false);
  trans.set_response_status(response);
}

tlm::tlm_response_status bo_accelerator::access(tlm::tlm_generic_payload &trans) {
  const unsigned int length = trans.get_data_length();
  if (trans.get_command() == tlm::TLM_IGNORE_COMMAND) {
    return tlm::TLM_OK_RESPONSE;
  }
  if (trans.get_byte_enable_ptr() != nullptr) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  if (length == 0 || trans.get_streaming_width() < length) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  return trans.get_address() < BO_REG_END ? access_register(trans) : access_window(trans);
}

tlm::tlm_response_status bo_accelerator::access_register(tlm::tlm_generic_payload &trans) {
  const auto address = static_cast<uint32_t>(trans.get_address());
  const unsigned int length = trans.get_data_length();
  const auto *const rule =
      std::find_if(std::begin(register_rules), std::end(register_rules),
                   [&](const register_rule &each) { return each.address == address; });
  if (rule == std::end(register_rules)) {
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  }
  if (length != 4 && !(address == BO_REG_CYCLES && length == 8)) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (trans.is_read()) {
    if (rule->kind == access_kind::WRITE_ONLY) {
      return tlm::TLM_COMMAND_ERROR_RESPONSE;
    }
    std::memcpy(trans.get_data_ptr(), &reg(address), length);
    return tlm::TLM_OK_RESPONSE;
  }
  if (rule->kind == access_kind::READ_ONLY) {
    return tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  if (rule->kind == access_kind::LAYER && busy()) {
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  uint32_t value = 0;
  std::memcpy(&value, trans.get_data_ptr(), sizeof value);
  write_register(address, value);
  return tlm::TLM_OK_RESPONSE;
}

void bo_accelerator::write_register(uint32_t address, uint32_t value) {
  if (address == BO_REG_CONTROL) {
    if ((value & BO_CONTROL_RESET) != 0) {
      reset();
    } else if ((value & BO_CONTROL_START) != 0) {
      start();
    }
  } else if (address == BO_REG_IRQ_CLEAR) {
    if ((value & 1) != 0) {
      reg(BO_REG_STATUS) &= BO_STATUS_BUSY;
    }
  } else {
    reg(address) = value;
  }
  irq_changes_.notify(sc_core::SC_ZERO_TIME);
}

const bo_accelerator::window *bo_accelerator::find_window(uint64_t address) const {
  const auto *const found = std::find_if(windows_.begin(), windows_.end(), [&](const window &each) {
    return address >= each.base && address - each.base < each.size;
  });
  return found == windows_.end() ? nullptr : found;
}

tlm::tlm_response_status bo_accelerator::access_window(tlm::tlm_generic_payload &trans) {
  const uint64_t length = trans.get_data_length();
  const window *const at = find_window(trans.get_address());
  if (at == nullptr || trans.get_address() % at->element != 0) {
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  }
  if (length % at->element != 0 || length > at->base + at->size - trans.get_address()) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (trans.is_write() && !at->writable) {
    return tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  if (trans.is_write() && busy()) {
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  move_bytes(*at, trans, length);
  return tlm::TLM_OK_RESPONSE;
}

/* Precondition: length > 0 bytes from the address on lie in the window. */
void bo_accelerator::move_bytes(const window &at, tlm::tlm_generic_payload &trans,
                                uint64_t length) {
  const uint64_t offset = trans.get_address() - at.base;
  if (trans.is_read()) {
    std::memcpy(trans.get_data_ptr(), at.bytes + offset, length);
  } else {
    std::memcpy(at.bytes + offset, trans.get_data_ptr(), length);
    update_core(at.base, offset / 8, (offset + length - 1) / 8);
  }
}

/* What was written to the window at base, if it is one of rows of banks, goes into them. */
void bo_accelerator::update_core(uint32_t base, uint64_t first_row, uint64_t last_row) {
  bo_weight_sram *const sram = bo_core_weights(core_.get());
  const uint32_t bank_rows = config_.core.bank_rows;
  if (base == BO_WINDOW_WEIGHTS) {
    for (uint64_t row = first_row; row <= last_row; row++) {
      bo_weight_sram_write(sram, static_cast<uint32_t>(row / bank_rows),
                           static_cast<uint32_t>(row % bank_rows), words_[row]);
    }
  } else if (base == BO_WINDOW_AND || base == BO_WINDOW_OR || base == BO_WINDOW_XOR) {
    for (uint64_t bank = first_row / bank_rows; bank <= last_row / bank_rows; bank++) {
      for (uint32_t row = 0; row < bank_rows; row++) {
        const uint64_t i = bank * bank_rows + row;
        bank_faults_[row] = {and_[i], or_[i], xor_[i]};
      }
      bo_weight_sram_set_faults(sram, static_cast<uint32_t>(bank), bank_faults_.data());
    }
  }
}

unsigned int bo_accelerator::transport_dbg(tlm::tlm_generic_payload &trans) {
  const unsigned int length = trans.get_data_length();
  if (trans.get_command() == tlm::TLM_IGNORE_COMMAND || length == 0) {
    return 0;
  }
  if (trans.get_address() < BO_REG_END) {
    return trans.is_read() && access_register(trans) == tlm::TLM_OK_RESPONSE ? length : 0;
  }
  const window *const at = find_window(trans.get_address());
  if (at == nullptr || (trans.is_write() && (!at->writable || busy()))) {
    return 0;
  }
  const uint64_t left = at->base + at->size - trans.get_address();
  const auto moved = static_cast<unsigned int>(std::min<uint64_t>(length, left));
  move_bytes(*at, trans, moved);
  return moved;
}
