// brownout-lockstep: the RTL against the C model, register by register, cycle by cycle.
#include "dut.h"
#include "errors.h"
#include "layers.h"
#include "plugin.h"
#include "run.h"
#include "settings.h"
#include "timing.h"
#include "waveform.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <functional>

namespace {

using namespace lockstep;

constexpr std::uint64_t wave_cycles = 200;

/** A build of the RTL. */
struct build {
  std::string kind, size;
  std::string path;
};

std::vector<build> find_builds(const settings &set) {
  std::vector<build> found;
  std::error_code error;
  for (const auto &entry : std::filesystem::directory_iterator(set.dut_dir, error)) {
    const std::string stem = entry.path().stem().string();
    const std::size_t cut = stem.rfind('_');
    if (entry.path().extension() == ".so" && cut != std::string::npos) {
      const build candidate = {stem.substr(0, cut), stem.substr(cut + 1), entry.path().string()};
      if ((set.size.empty() || set.size == candidate.size) &&
          (set.kind.empty() || set.kind == candidate.kind)) {
        found.push_back(candidate);
      }
    }
  }
  if (found.empty()) {
    throw usage_error(set.dut_dir + ": expected a build" +
                      (set.kind.empty() ? "" : " of " + set.kind) +
                      (set.size.empty() ? "" : " of size " + set.size) + ", found none");
  }
  std::sort(found.begin(), found.end(), [](const build &a, const build &b) {
    return std::pair(a.size.size() * 1000 + a.size[0], a.kind) <
           std::pair(b.size.size() * 1000 + b.size[0], b.kind);
  });
  return found;
}

using fresh_run = std::function<std::unique_ptr<run>()>;

/** Once more from the start, the last cycles into the waveform. */
void write_waveform(const fresh_run &make, std::uint64_t cycles, const std::string &path) {
  const std::unique_ptr<run> again = make();
  waveform wave(path, *again);
  for (std::uint64_t cycle = 1; cycle <= cycles; cycle++) {
    (void)again->step();
    if (cycle + wave_cycles > cycles) {
      wave.sample(cycle);
    }
  }
  wave.end();
}

/** True if all cycles were equal. */
bool compare(const std::string &title, const fresh_run &make, std::uint64_t max_cycles,
             const std::string &wave) {
  const std::unique_ptr<run> both = make();
  std::uint64_t cycles = 0;
  bool equal = true;
  while (equal && cycles < max_cycles && !both->over()) {
    equal = both->step();
    cycles++;
  }
  if (!equal) {
    const difference &first = both->first_difference();
    write_waveform(make, cycles, wave);
    std::printf("lockstep: %s: cycle %" PRIu64 ": %s: expected 0x%" PRIx64 ", found 0x%" PRIx64
                " (%zu more differ)\n"
                "lockstep: %s: %" PRIu64 " cycles equal; cycles %" PRIu64 " to %" PRIu64
                " are in %s\n",
                title.c_str(), cycles, first.name.c_str(), first.expected, first.found, first.more,
                title.c_str(), cycles - 1, cycles > wave_cycles ? cycles - wave_cycles + 1 : 1,
                cycles, wave.c_str());
    return false;
  }
  if (cycles == 0) {
    throw usage_error(title + ": no cycle was compared");
  }
  std::printf("lockstep: %s: %" PRIu64 " cycles equal (%zu registers compared after each)\n",
              title.c_str(), cycles, both->twins().size());
  (void)std::fflush(stdout);
  return true;
}

std::unique_ptr<run> make_random_run(std::unique_ptr<dut> rtl, std::uint64_t seed) {
  if (!rtl->is_core()) {
    return make_mesh_run(std::move(rtl), seed);
  }
  std::unique_ptr<program> tiles = make_random_program(rtl->get_shape(), seed);
  return make_core_run(std::move(rtl), std::move(tiles));
}

bool compare_build(const build &of, const settings &set,
                   const std::shared_ptr<const network> &net) {
  const fresh_run random = [&] { return make_random_run(load_dut(of.path), set.seed); };
  if (!compare(of.size + " " + of.kind + ", random", random, set.cycles, set.wave)) {
    return false;
  }
  if (net == nullptr || of.kind != "core") {
    return true;
  }
  const layer_settings layers = {set.layer, set.places, set.profile, set.vdd_ratio, set.chip};
  const fresh_run real = [&] {
    std::unique_ptr<dut> rtl = load_dut(of.path);
    std::unique_ptr<program> tiles = make_layer_program(net, rtl->get_shape(), layers);
    return make_core_run(std::move(rtl), std::move(tiles));
  };
  return compare(of.size + " " + of.kind + ", " + net->net().name, real, UINT64_MAX, set.wave);
}

int measure(const settings &set) {
  std::printf("CPU time of a cycle in ns; medians of 7 rounds\n%-14s %12s %12s %12s %10s\n", "",
              "RTL", "and C model", "compared", "added %");
  for (const build &of : find_builds(set)) {
    print_cost(
        of.size + " " + of.kind, [&] { return load_dut(of.path); },
        [&](std::unique_ptr<dut> rtl) { return make_random_run(std::move(rtl), set.seed); },
        set.cycles);
  }
  return 0;
}

int run_all(const settings &set) {
  std::shared_ptr<const network> net;
  if (!set.model.empty()) {
    net = std::make_shared<const network>(set.model);
    (void)net->find_layers(set.layer); // refused before anything runs
  }
  for (const build &of : find_builds(set)) {
    if (!compare_build(of, set, net)) {
      return 1;
    }
  }
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  try {
    const settings set = parse_settings(argc, argv);
    if (set.help) {
      print_help();
      return 0;
    }
    return set.time ? measure(set) : run_all(set);
  } catch (const std::exception &error) {
    (void)std::fprintf(stderr, "brownout-lockstep: %s\n", error.what());
    return 2;
  }
}
