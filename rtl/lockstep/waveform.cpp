#include "waveform.h"

#include "errors.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lockstep {

namespace {

constexpr std::uint32_t period_ps = 1000;

std::size_t words_of(const port &pin) {
  return (pin.bytes + 3) / 4;
}

} // namespace

waveform::waveform(const std::string &path, const run &shown)
    : of_(shown), registers_(shown.twins().size()), file_(std::fopen(path.c_str(), "w")) {
  if (file_ == nullptr) {
    throw usage_error(path + ": " + std::strerror(errno));
  }
  const bo_vcd_config config = {file_.get(), period_ps, "rtl"};
  bo_vcd *made = nullptr;
  bo_diag diag;
  require(bo_vcd_new(&made, &config, &diag), diag);
  vcd_.reset(made);
  std::uint32_t i = 0;
  for (const twin &pair : of_.twins()) {
    const bo_probe rtl = {BO_PROBE_U64, pair.width, &registers_base_, i++};
    const std::string model_scope = "c_model." + pair.scope;
    const std::string rtl_scope = "rtl." + pair.scope;
    require(bo_vcd_add(made, model_scope.c_str(), pair.name.c_str(), &pair.model),
            {"out of memory"});
    require(bo_vcd_add(made, rtl_scope.c_str(), pair.name.c_str(), &rtl), {"out of memory"});
  }
  registers_base_ = registers_.data();
  add_ports();
  require(bo_vcd_begin(made, &diag), diag);
}

/* A wide port is a vector of words. */
void waveform::add_ports() {
  std::size_t words = 0;
  for (const port &pin : of_.ports()) {
    const std::size_t count = words_of(pin);
    for (std::size_t i = 0; i < count; i++) {
      const bo_probe probe = {BO_PROBE_U32,
                              static_cast<std::uint32_t>(8 * std::min<std::size_t>(pin.bytes, 4)),
                              &port_words_base_, words++};
      const std::string name = pin.name + (count > 1 ? "[" + std::to_string(i) + "]" : "");
      require(bo_vcd_add(vcd_.get(), "rtl.ports", name.c_str(), &probe), {"out of memory"});
    }
  }
  port_words_.resize(words);
  port_words_base_ = port_words_.data();
}

void waveform::read_rtl_side() {
  std::transform(of_.twins().begin(), of_.twins().end(), registers_.begin(), read_rtl);
  std::size_t words = 0;
  for (const port &pin : of_.ports()) {
    std::memcpy(&port_words_[words], pin.data, pin.bytes);
    words += words_of(pin);
  }
}

void waveform::sample(std::uint64_t cycle) {
  read_rtl_side();
  bo_diag diag;
  require(bo_vcd_cycle(vcd_.get(), cycle, &diag), diag);
}

void waveform::end() {
  bo_diag diag;
  require(bo_vcd_end(vcd_.get(), &diag), diag);
}

} // namespace lockstep
