#include "plugin.h"

#include "errors.h"

#include <dlfcn.h>

namespace lockstep {

std::unique_ptr<dut> load_dut(const std::string &path) {
  void *const object = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (object == nullptr) {
    throw usage_error(dlerror());
  }
  void *const symbol = dlsym(object, make_dut_name);
  if (symbol == nullptr) {
    throw usage_error(path + ": not a build of verilate.sh");
  }
  return std::unique_ptr<dut>(reinterpret_cast<make_dut_function *>(symbol)());
}

} // namespace lockstep
