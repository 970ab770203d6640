/** @file settings.h  The command line of brownout-lockstep. */
#ifndef BO_LOCKSTEP_SETTINGS_H
#define BO_LOCKSTEP_SETTINGS_H

#include <cstdint>
#include <string>

namespace lockstep {

struct settings {
  std::string dut_dir;  /**< shared objects of verilate.sh, KIND_ROWSxCOLS.so */
  std::string size;     /**< "8x8"; "": all that were built */
  std::string kind;     /**< "core", "mesh_ws", "mesh_os"; "": all */
  std::uint64_t cycles; /**< of random tiles or lanes, for each build */
  std::uint64_t seed;   /**< of tiles, words, masks and activations */
  std::string model;    /**< ONNX; "": no real layers */
  std::string layer;    /**< number or name; "": every convolution */
  std::uint64_t places; /**< of each layer, from the first on */
  double vdd_ratio;     /**< V/Vmin of the chip; its faults go into the masks */
  std::uint64_t chip;   /**< its seed */
  std::string profile;  /**< silicon profile, YAML */
  std::string wave;     /**< VCD that is written if something differs */
  bool time;            /**< measures what comparing costs, instead */
  bool help;
};

/** Throws usage_error with what was expected. */
settings parse_settings(int argc, char **argv);

void print_help();

} // namespace lockstep

#endif
