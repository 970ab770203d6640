/** @file plugin.h  Loading a build of the RTL. */
#ifndef BO_LOCKSTEP_PLUGIN_H
#define BO_LOCKSTEP_PLUGIN_H

#include "dut.h"

#include <memory>
#include <string>

namespace lockstep {

/**
 * The model in a shared object of verilate.sh, reset not yet applied. The object stays loaded until
 * the program ends. Throws usage_error.
 */
std::unique_ptr<dut> load_dut(const std::string &path);

} // namespace lockstep

#endif
