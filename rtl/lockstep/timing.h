/**
 * @file timing.h
 * What comparing costs on top of Verilator's own time.
 */
#ifndef BO_LOCKSTEP_TIMING_H
#define BO_LOCKSTEP_TIMING_H

#include "run.h"

#include <functional>
#include <memory>
#include <string>

namespace lockstep {

using dut_maker = std::function<std::unique_ptr<dut>()>;
using run_maker = std::function<std::unique_ptr<run>(std::unique_ptr<dut>)>;

/**
 * Prints the CPU time of @p cycles cycles, medians of several rounds in turn: of the RTL alone,
 * replaying recorded inputs, and of a whole run that makes them, clocks both and compares.
 */
void print_cost(const std::string &title, const dut_maker &make_dut, const run_maker &make_run,
                std::uint64_t cycles);

} // namespace lockstep

#endif
