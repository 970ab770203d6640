/**
 * @file dut.h
 * One build of the RTL at one size, as seen from outside: ports and registers by name. It is a
 * shared object of its own (verilate.sh), so that a build of other RTL can take its place.
 */
#ifndef BO_LOCKSTEP_DUT_H
#define BO_LOCKSTEP_DUT_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

/** What was built. Of a mesh only rows, cols and dataflow count. */
struct shape {
  std::uint32_t rows, cols;
  std::uint32_t dataflow; /**< 0: weight-stationary, 1: output-stationary */
  std::uint32_t banks, bank_rows, bank_width, latency, depth;
};

/** A port of the top module: little-endian, from bit 0 of data. */
struct port {
  std::string name;
  void *data;
  std::size_t bytes;
};

/** A variable of the RTL: elements of bits each, element i at data + i * bytes. */
struct variable {
  std::string scope; /**< instances from the top, joined by dots */
  std::string name;
  const unsigned char *data;
  std::uint32_t bits;
  std::size_t elements, bytes;
};

class dut {
public:
  virtual ~dut() = default;
  virtual bool is_core() const = 0;
  virtual const shape &get_shape() const = 0;
  virtual std::vector<port> ports() = 0;
  /** Every register (_q), and the memories that lockstep compares. */
  virtual std::vector<variable> variables() const = 0;
  /** Lets everything settle after ports were changed. */
  virtual void eval() = 0;
};

/** What the shared object exports as BO_MAKE_DUT_NAME; the caller deletes the object. */
using make_dut_function = dut *();
constexpr const char *make_dut_name = "lockstep_make_dut";

} // namespace lockstep

#endif
