/**
 * @file layers.h
 * Layers of a network as a program for a core: its weights by their placement, an image's
 * activations, a chip's faults, the order of tiles of accel/schedule.h.
 */
#ifndef BO_LOCKSTEP_LAYERS_H
#define BO_LOCKSTEP_LAYERS_H

#include "network.h"
#include "program.h"

#include <cstdint>
#include <memory>
#include <string>

namespace lockstep {

struct layer_settings {
  std::string layer;    /**< number or name; "": every convolution */
  std::uint64_t places; /**< output positions of each layer, from the first on; at least 1 */
  std::string profile;  /**< silicon profile, YAML */
  double vdd_ratio;     /**< V/Vmin */
  std::uint64_t chip;   /**< seed of the chip */
};

/**
 * The chosen convolutions, one after the other. Complete sums are checked against plain loops over
 * the codes that the faults leave. Throws usage_error.
 */
std::unique_ptr<program> make_layer_program(std::shared_ptr<const network> net, const shape &built,
                                            const layer_settings &set);

} // namespace lockstep

#endif
