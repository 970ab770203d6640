/**
 * @file network.h
 * A network with one image and what every layer of it reads.
 */
#ifndef BO_LOCKSTEP_NETWORK_H
#define BO_LOCKSTEP_NETWORK_H

#include "net/net.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

struct free_with {
  void operator()(bo_net *net) const {
    bo_net_free(net);
  }
  void operator()(std::uint8_t **codes) const;
};
using net_pointer = std::unique_ptr<bo_net, free_with>;
using codes_pointer = std::unique_ptr<std::uint8_t *, free_with>;

class network {
public:
  /**
   * The image is the first of Debian's Fashion-MNIST if there is that and the network fits to it,
   * else a pattern. Throws usage_error.
   */
  explicit network(const std::string &path);

  const bo_net &net() const {
    return *loaded_;
  }

  /** Indices of the convolutions to run: one by number or name, or all of them for "". */
  std::vector<std::uint32_t> find_layers(const std::string &wanted) const;

  /** Codes that a layer reads, [h][w][c], with clean weights. */
  std::vector<std::uint8_t> layer_input(std::uint32_t index) const;

private:
  net_pointer loaded_;
  std::vector<std::uint8_t> image_; /* codes */
};

} // namespace lockstep

#endif
