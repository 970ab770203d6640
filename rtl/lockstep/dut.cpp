// Inside the shared object: what Verilator made of bo_core or bo_mesh. Compiled by verilate.sh.
#include "dut.h"

#include "Vdut.h"
#include "Vdut___024root.h"
#include "verilated.h"
#include "verilated_syms.h"

#include <cstring>

namespace {

#if BO_IS_CORE
#define BO_PORTS(X)                                                                                \
  X(clk_i)                                                                                         \
  X(rst_ni)                                                                                        \
  X(host_req_i)                                                                                    \
  X(host_we_i)                                                                                     \
  X(host_bank_i)                                                                                   \
  X(host_row_i)                                                                                    \
  X(host_wdata_i)                                                                                  \
  X(mask_we_i)                                                                                     \
  X(and_mask_i)                                                                                    \
  X(or_mask_i)                                                                                     \
  X(xor_mask_i)                                                                                    \
  X(tile_valid_i)                                                                                  \
  X(tile_ready_o)                                                                                  \
  X(tile_bank_i)                                                                                   \
  X(tile_row_i)                                                                                    \
  X(tile_slot_i)                                                                                   \
  X(tile_rows_i)                                                                                   \
  X(tile_codes_per_row_i)                                                                          \
  X(tile_bits_i)                                                                                   \
  X(tile_signed_i)                                                                                 \
  X(tile_k_i)                                                                                      \
  X(tile_n_i)                                                                                      \
  X(tile_m_i)                                                                                      \
  X(tile_accumulate_i)                                                                             \
  X(tile_last_i)                                                                                   \
  X(act_ready_o)                                                                                   \
  X(act_i)                                                                                         \
  X(act_zero_i)                                                                                    \
  X(weight_zero_i)                                                                                 \
  X(sum_valid_o)                                                                                   \
  X(sum_o)
#else
#define BO_PORTS(X)                                                                                \
  X(clk_i)                                                                                         \
  X(rst_ni)                                                                                        \
  X(act_i)                                                                                         \
  X(first_i)                                                                                       \
  X(last_i)                                                                                        \
  X(weight_i)                                                                                      \
  X(shift_i)                                                                                       \
  X(load_i)                                                                                        \
  X(sum_o)
#endif

std::size_t element_bytes(const VerilatedVar &var) {
  switch (var.vltype()) {
  case VLVT_UINT8:
    return 1;
  case VLVT_UINT16:
    return 2;
  case VLVT_UINT32:
    return 4;
  case VLVT_UINT64:
    return 8;
  default:
    return static_cast<std::size_t>(var.packed().elements() + 31) / 32 * 4;
  }
}

class verilated_dut final : public lockstep::dut {
public:
  /* Verilator takes a model's scopes out of the thread's context, which may be another one's. */
  ~verilated_dut() override {
    Verilated::threadContextp(&context_);
  }

  bool is_core() const override {
    return BO_IS_CORE != 0;
  }

  const lockstep::shape &get_shape() const override {
    static const lockstep::shape built = BO_SHAPE;
    return built;
  }

  std::vector<lockstep::port> ports() override {
#define BO_PORT(name) {#name, &top_.name, sizeof top_.name},
    return {BO_PORTS(BO_PORT)};
#undef BO_PORT
  }

  std::vector<lockstep::variable> variables() const override {
    std::vector<lockstep::variable> all;
    for (const auto &[scope_name, scope] : *context_.scopeNameMap()) {
      if (scope->varsp() == nullptr) {
        continue;
      }
      for (const auto &[name, var] : *scope->varsp()) {
        std::size_t elements = 1;
        for (int dim = 1; dim <= var.udims(); dim++) {
          elements *= static_cast<std::size_t>(var.elements(dim));
        }
        all.push_back({std::strchr(scope_name, '.') + 1, name,
                       static_cast<const unsigned char *>(var.datap()),
                       static_cast<std::uint32_t>(var.packed().elements()), elements,
                       element_bytes(var)});
      }
    }
#if BO_IS_CORE
    // Verilator names no array of arrays at run time.
    const auto &mem = top_.rootp->bo_core__DOT__u_accumulator__DOT__mem;
    all.push_back({"bo_core.u_accumulator", "mem", reinterpret_cast<const unsigned char *>(&mem),
                   32, sizeof mem / 4, 4});
#endif
    return all;
  }

  void eval() override {
    top_.eval();
  }

private:
  mutable VerilatedContext context_; // its map of scopes has no const access
  Vdut top_{&context_, "TOP"};
};

} // namespace

extern "C" lockstep::dut *lockstep_make_dut() {
  return new verilated_dut;
}
