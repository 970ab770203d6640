// That lockstep looks at every bit of every register: each one is turned over in the RTL's memory,
// by itself, and has to be noticed and named.
// Usage: lockstep_registers BUILD.so...
#include "plugin.h"
#include "program.h"
#include "run.h"

#include <cstdio>
#include <exception>
#include <set>

namespace {

using namespace lockstep;

constexpr int cycles = 3000;

void turn_over(const twin &pair, std::uint32_t bit) {
  const std::size_t at = pair.first_bit + bit;
  auto *const bytes = const_cast<unsigned char *>(pair.rtl); // on purpose, behind Verilator's back
  bytes[at / 8] = static_cast<unsigned char>(bytes[at / 8] ^ 1U << (at % 8));
}

/* Whether a change of this bit alone is seen, and is gone when it is undone. */
bool is_noticed(const run &both, const twin &pair, std::uint32_t bit) {
  turn_over(pair, bit);
  const bool seen = !both.equal() && read_rtl(pair) == (read_model(pair) ^ std::uint64_t{1} << bit);
  turn_over(pair, bit);
  return seen && both.equal();
}

bool check(const char *path) {
  std::unique_ptr<dut> rtl = load_dut(path);
  const bool is_core = rtl->is_core();
  std::unique_ptr<program> tiles = make_random_program(rtl->get_shape(), 1);
  const std::unique_ptr<run> both =
      is_core ? make_core_run(std::move(rtl), std::move(tiles)) : make_mesh_run(std::move(rtl), 1);
  for (int i = 0; i < cycles; i++) {
    if (!both->step()) {
      std::printf("%s: differs by itself\n", path);
      return false;
    }
  }
  std::set<std::string> names;
  std::size_t bits = 0;
  for (const twin &pair : both->twins()) {
    names.insert(pair.scope + "." + pair.name);
    for (std::uint32_t bit = 0; bit < pair.width; bit++, bits++) {
      if (!is_noticed(*both, pair, bit)) {
        std::printf("%s: %s.%s: bit %u is not compared\n", path, pair.scope.c_str(),
                    pair.name.c_str(), bit);
        return false;
      }
    }
  }
  std::printf("%s: %zu bits of %zu registers\n", path, bits, names.size());
  return bits > 0 && names.size() == both->twins().size();
}

} // namespace

int main(int argc, char **argv) {
  try {
    bool good = argc > 1;
    for (int i = 1; i < argc; i++) {
      good = check(argv[i]) && good;
    }
    return good ? 0 : 1;
  } catch (const std::exception &error) {
    std::printf("%s\n", error.what());
    return 1;
  }
}
