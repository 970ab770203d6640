#include "settings.h"

#include "base/number.h"
#include "errors.h"

#include <cstdio>

namespace lockstep {

namespace {

const settings defaults = {BO_LOCKSTEP_DUT_DIR,
                           "",
                           "",
                           200000,
                           1,
                           "",
                           "",
                           64,
                           1.0,
                           1,
                           BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml",
                           "lockstep.vcd",
                           false,
                           false};

/* One option; exactly one of the members is set. */
struct option {
  const char *name, *value_name, *help;
  std::string settings::*text;
  std::uint64_t settings::*count;
  double settings::*ratio;
  bool settings::*flag;
};

const option options[] = {
    {"size", "RxC", "only builds of this size, as 8x8", &settings::size, nullptr, nullptr, nullptr},
    {"kind", "KIND", "only core, mesh_ws or mesh_os", &settings::kind, nullptr, nullptr, nullptr},
    {"cycles", "N", "random cycles of each build (200000)", nullptr, &settings::cycles, nullptr,
     nullptr},
    {"seed", "S", "of tiles, words, masks and activations (1)", nullptr, &settings::seed, nullptr,
     nullptr},
    {"model", "FILE", "ONNX network: then also its layers, on the cores", &settings::model, nullptr,
     nullptr, nullptr},
    {"layer", "L", "only this layer of the network, number or name", &settings::layer, nullptr,
     nullptr, nullptr},
    {"places", "N", "outputs of each layer, from the first on (64)", nullptr, &settings::places,
     nullptr, nullptr},
    {"vdd", "V", "V/Vmin of the chip that the layers run on (1: no faults)", nullptr, nullptr,
     &settings::vdd_ratio, nullptr},
    {"chip", "S", "seed of that chip (1)", nullptr, &settings::chip, nullptr, nullptr},
    {"profile", "FILE", "silicon profile (profiles/silicon/ibm14.yaml)", &settings::profile,
     nullptr, nullptr, nullptr},
    {"wave", "FILE", "waveform if something differs (lockstep.vcd)", &settings::wave, nullptr,
     nullptr, nullptr},
    {"dut", "DIR", "other builds of the RTL (made by rtl/lockstep/verilate.sh)", &settings::dut_dir,
     nullptr, nullptr, nullptr},
    {"time", nullptr, "measure what comparing costs, instead", nullptr, nullptr, nullptr,
     &settings::time},
    {"help", nullptr, "print this", nullptr, nullptr, nullptr, &settings::help},
};

const option &find_option(const std::string &word) {
  for (const option &candidate : options) {
    if (word == std::string("--") + candidate.name) {
      return candidate;
    }
  }
  throw usage_error(word + ": expected an option, see brownout-lockstep --help");
}

void set_value(settings &set, const option &named, const char *value) {
  const std::string where = std::string("--") + named.name + ": ";
  if (named.text != nullptr) {
    set.*named.text = value;
  } else if (named.count != nullptr) {
    if (!bo_number_count(&(set.*named.count), value)) {
      throw usage_error(where + "expected a count, got " + value);
    }
  } else if (!bo_number_ratio(&(set.*named.ratio), value)) {
    throw usage_error(where + "expected a number, got " + value);
  }
}

} // namespace

settings parse_settings(int argc, char **argv) {
  settings set = defaults;
  for (int i = 1; i < argc; i++) {
    const option &named = find_option(argv[i]);
    if (named.flag != nullptr) {
      set.*named.flag = true;
    } else if (i + 1 == argc) {
      throw usage_error(std::string("--") + named.name + ": expected " + named.value_name);
    } else {
      set_value(set, named, argv[++i]);
    }
  }
  if (set.cycles == 0) {
    throw usage_error("--cycles: expected at least 1, got 0");
  }
  if (set.places == 0) {
    throw usage_error("--places: expected at least 1, got 0");
  }
  if (set.model.empty() && !set.layer.empty()) {
    throw usage_error("--layer: expected --model too");
  }
  return set;
}

void print_help() {
  std::printf("Usage: brownout-lockstep [OPTIONS]\n"
              "Clocks the RTL and the C model together and compares every register after every "
              "edge.\nExit code: 0 all equal, 1 something differs, 2 wrong usage or input.\n\n");
  for (const option &shown : options) {
    std::string left = std::string("--") + shown.name;
    left += shown.value_name != nullptr ? std::string(" ") + shown.value_name : "";
    std::printf("  %-15s %s\n", left.c_str(), shown.help);
  }
}

} // namespace lockstep
