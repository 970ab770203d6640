/**
 * @file mesh_module.h
 * The C model of the array with its skews (array/mesh.h) as a SystemC module with the ports that
 * `verilator --sc --pins-bv 2` gives rtl/bo_mesh.sv, to be used in its place: operands of 9 bits
 * and sums of 32 bits packed into one vector, lane 0 in the lowest bits.
 */
#ifndef BO_SYSTEMC_MESH_MODULE_H
#define BO_SYSTEMC_MESH_MODULE_H

#include "array/lane.h"
#include "array/mesh.h"

#include <array>
#include <cstdint>
#include <memory>
#include <systemc>

template <uint32_t rows, uint32_t cols> class mesh_module : public sc_core::sc_module {
public:
  sc_core::sc_in<bool> clk_i, rst_ni; /**< rising edge; low resets at once */
  sc_core::sc_in<sc_dt::sc_bv<rows * BO_LANE_OPERAND_BITS>> act_i;
  sc_core::sc_in<bool> first_i, last_i;
  sc_core::sc_in<sc_dt::sc_bv<cols * BO_LANE_OPERAND_BITS>> weight_i;
  sc_core::sc_in<bool> shift_i, load_i;
  sc_core::sc_out<sc_dt::sc_bv<cols * 32>> sum_o;

  /** Dataflow as bo_mesh_new. Reports an SC_ERROR, which throws, if there is no memory. */
  mesh_module(const sc_core::sc_module_name &name, uint32_t dataflow) : sc_module(name) {
    bo_mesh *made = nullptr;
    bo_diag diag = {};
    if (bo_mesh_new(&made, dataflow, rows, cols, &diag) != BO_OK) {
      SC_REPORT_ERROR("mesh_module", diag.text);
    }
    mesh_.reset(made);
    SC_HAS_PROCESS(mesh_module);
    SC_METHOD(edge);
    sensitive << clk_i.pos() << rst_ni.neg();
    dont_initialize();
  }

private:
  struct mesh_deleter {
    void operator()(bo_mesh *mesh) const {
      bo_mesh_free(mesh);
    }
  };

  /* Lane i of a packed vector, with tokens. */
  template <typename V> static bo_lane lane(const V &packed, int i, uint32_t tokens) {
    const int low = i * BO_LANE_OPERAND_BITS;
    return bo_lane_pack(packed.range(low + BO_LANE_OPERAND_BITS - 1, low).to_int(), tokens);
  }

  void edge() {
    if (rst_ni.read()) {
      std::array<bo_lane, rows> row;
      std::array<bo_lane, cols> col;
      const uint32_t row_tokens = first_i.read() * BO_LANE_FIRST + last_i.read() * BO_LANE_LAST;
      const uint32_t col_tokens = shift_i.read() * BO_LANE_SHIFT + load_i.read() * BO_LANE_LOAD;
      for (uint32_t r = 0; r < rows; r++) {
        row[r] = lane(act_i.read(), static_cast<int>(r), row_tokens);
      }
      for (uint32_t c = 0; c < cols; c++) {
        col[c] = lane(weight_i.read(), static_cast<int>(c), col_tokens);
      }
      bo_mesh_tick(mesh_.get(), row.data(), col.data());
    } else {
      bo_mesh_reset(mesh_.get());
    }
    sc_dt::sc_bv<cols * 32> sums;
    for (uint32_t c = 0; c < cols; c++) {
      const int low = static_cast<int>(c) * 32;
      sums.range(low + 31, low) = bo_mesh_sums(mesh_.get())[c];
    }
    sum_o.write(sums);
  }

  std::unique_ptr<bo_mesh, mesh_deleter> mesh_;
};

#endif
