/**
 * @file runs.h
 * Which twins are compared together: those that lie side by side on both sides.
 */
#ifndef BO_LOCKSTEP_RUNS_H
#define BO_LOCKSTEP_RUNS_H

#include "compare.h"
#include "registers.h"

#include <vector>

namespace lockstep {

/** A run and what chooses its function. */
struct planned_run {
  bo_twin_run run;
  bo_probe_kind kind;
  bo_twin_form form;
  std::uint32_t rtl_bytes; /**< 1, 2, 4 or 8 */
};

/** Every twin is in one run. */
std::vector<planned_run> plan_runs(std::vector<twin> twins);

} // namespace lockstep

#endif
