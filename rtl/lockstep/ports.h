/** @file ports.h  Writing the ports of a top module. */
#ifndef BO_LOCKSTEP_PORTS_H
#define BO_LOCKSTEP_PORTS_H

#include "dut.h"
#include "errors.h"

#include <cstring>
#include <string>
#include <vector>

namespace lockstep {

/** A port by name; fields of equal width are packed from bit 0 on. */
class pin {
public:
  pin(const std::vector<port> &ports, const char *name) {
    for (const port &candidate : ports) {
      if (candidate.name == name) {
        at_ = candidate;
      }
    }
    if (at_.data == nullptr) {
      throw usage_error(std::string(name) + ": the RTL has no such port");
    }
  }

  void set(std::uint64_t value) const {
    switch (at_.bytes) {
    case 1:
      std::memcpy(at_.data, &value, 1);
      return;
    case 2:
      std::memcpy(at_.data, &value, 2);
      return;
    case 4:
      std::memcpy(at_.data, &value, 4);
      return;
    default:
      std::memcpy(at_.data, &value, sizeof value); // 8 bytes, or the lowest of a wide port
    }
  }

  void set_bytes(const std::uint8_t *bytes, std::size_t count) const {
    std::memcpy(at_.data, bytes, count);
  }

  /** field(i) for i < count, each @p width bits (at most 32). */
  template <typename F> void set_fields(std::size_t count, std::uint32_t width, F field) const {
    auto *to = static_cast<unsigned char *>(at_.data);
    std::uint64_t pending = 0;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < count; i++) {
      pending |= (static_cast<std::uint64_t>(field(i)) & (UINT64_MAX >> (64 - width))) << bits;
      for (bits += width; bits >= 8; bits -= 8, pending >>= 8) {
        *to++ = static_cast<unsigned char>(pending);
      }
    }
    if (bits > 0) {
      *to = static_cast<unsigned char>(pending);
    }
  }

  std::uint64_t get() const {
    std::uint64_t value = 0;
    std::memcpy(&value, at_.data, at_.bytes < sizeof value ? at_.bytes : sizeof value);
    return value;
  }

  const port &where() const {
    return at_;
  }

private:
  port at_ = {};
};

} // namespace lockstep

#endif
