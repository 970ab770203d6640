/**
 * @file run.h
 * The RTL and the C model, clocked together and compared after every edge.
 */
#ifndef BO_LOCKSTEP_RUN_H
#define BO_LOCKSTEP_RUN_H

#include "dut.h"
#include "program.h"
#include "registers.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

/** What was not equal first. */
struct difference {
  std::string name; /**< hierarchical */
  std::uint64_t expected, found;
  std::size_t more; /**< registers that differ after the same edge, besides this one */
};

class run {
public:
  virtual ~run() = default;

  /** One clock edge. False: something differs now, see first_difference(). */
  virtual bool step() = 0;
  /** Whether there is nothing more to do. */
  virtual bool over() const = 0;

  virtual const difference &first_difference() const = 0;
  /** Whether all registers are equal now. */
  virtual bool equal() const = 0;
  virtual const std::vector<twin> &twins() const = 0;
  virtual const std::vector<port> &ports() const = 0;
  /** Off: only clocks both; what step() returns says nothing. For measuring. */
  virtual void set_comparing(bool on) = 0;
};

/** A core of the size of @p rtl under @p what. Throws usage_error: no memory, names that differ. */
std::unique_ptr<run> make_core_run(std::unique_ptr<dut> rtl, std::unique_ptr<program> what);

/** A mesh of either dataflow under random lanes and tokens; it is never over. */
std::unique_ptr<run> make_mesh_run(std::unique_ptr<dut> rtl, std::uint64_t seed);

/** Which twin differs, for a register_file that is not equal(). */
difference find_difference(const register_file &registers);

} // namespace lockstep

#endif
