/** @file random.h  Random numbers of a run: the same seed, the same run (splitmix64). */
#ifndef BO_LOCKSTEP_RANDOM_H
#define BO_LOCKSTEP_RANDOM_H

#include <cstdint>

namespace lockstep {

class random_numbers {
public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) {
  }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  /** 0 … bound - 1; bound at least 1. */
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }

  /** low … high. */
  std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return low + below(high - low + 1);
  }

  /** True once in @p n times. */
  bool one_in(std::uint32_t n) {
    return below(n) == 0;
  }

private:
  std::uint64_t state_;
};

} // namespace lockstep

#endif
