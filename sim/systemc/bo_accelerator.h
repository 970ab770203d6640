/**
 * @file bo_accelerator.h
 * The weight-stationary core (accel/core.h) as a SystemC module: TLM-2.0 target, clock, interrupt.
 * What lies where, and what each access does: register_map.h.
 *
 * One edge of the core is one rising edge of clk_i. A layer begins with the first edge later than
 * START; with the edge that brings out its last sum, DONE rises and BUSY falls, irq_o a delta cycle
 * later. Between layers the core stands still.
 */
#ifndef BO_SYSTEMC_BO_ACCELERATOR_H
#define BO_SYSTEMC_BO_ACCELERATOR_H

#include "accel/core.h"
#include "systemc/product.h"
#include "systemc/register_map.h"

#include <array>
#include <cstdint>
#include <memory>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

struct bo_accelerator_config {
  bo_core_config core;
  /** Sizes of windows, each at least one element and at most BO_WINDOW_MAX_BYTES. */
  uint32_t act_bytes;            /**< codes of activations */
  uint32_t sums;                 /**< int32 */
  uint32_t outputs;              /**< zero points, int32 */
  sc_core::sc_time clock_period; /**< in which an access moves 8 bytes */
};

class bo_accelerator : public sc_core::sc_module {
public:
  sc_core::sc_in<bool> clk_i;
  sc_core::sc_out<bool> irq_o; /**< high as long as there is something to clear */
  tlm_utils::simple_target_socket<bo_accelerator> socket; /**< blocking and debug, no DMI */

  /** Reports an SC_ERROR, which throws, if a field of @p config is out of range. */
  bo_accelerator(const sc_core::sc_module_name &name, const bo_accelerator_config &config);

private:
  struct window {
    uint32_t base = 0;
    uint8_t *bytes = nullptr;
    uint64_t size = 0;    /* bytes */
    uint64_t element = 1; /* bytes */
    bool writable = false;
  };
  struct core_deleter {
    void operator()(bo_core *core) const {
      bo_core_free(core);
    }
  };

  void make_windows();
  void set_machine_registers();

  void b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload &trans);
  tlm::tlm_response_status access(tlm::tlm_generic_payload &trans);
  tlm::tlm_response_status access_register(tlm::tlm_generic_payload &trans);
  tlm::tlm_response_status access_window(tlm::tlm_generic_payload &trans);
  const window *find_window(uint64_t address) const;
  void move_bytes(const window &at, tlm::tlm_generic_payload &trans, uint64_t length);
  void update_core(uint32_t base, uint64_t first_row, uint64_t last_row);
  void write_register(uint32_t address, uint32_t value);

  uint32_t &reg(uint32_t address) {
    return registers_[address / 4];
  }
  bool busy() const;
  void set_cycles(uint64_t cycles);
  bo_product_layer layer();
  uint32_t check_layer(const bo_product_layer &layer);
  void start();
  void reset();
  void on_clock();
  void drive_irq();

  const bo_accelerator_config config_;
  std::unique_ptr<bo_core, core_deleter> core_;
  bo_product product_;
  std::array<uint32_t, BO_REG_END / 4> registers_ = {};
  std::vector<uint64_t> words_, and_, or_, xor_; /* [banks * bank_rows], as the host wrote them */
  std::vector<bo_fault_word> bank_faults_;       /* [bank_rows], scratch */
  std::vector<uint8_t> act_;
  std::vector<int32_t> weight_zero_, sums_;
  std::array<window, 7> windows_;
  uint64_t cycles_ = 0;
  sc_core::sc_time start_time_;
  sc_core::sc_event irq_changes_;
};

#endif
