#include "network.h"

#include "base/number.h"
#include "errors.h"
#include "net/dataset.h"
#include "net/onnx_import.h"

#include <cstdlib>

namespace lockstep {

void free_with::operator()(std::uint8_t **codes) const {
  std::free(codes);
}

network::network(const std::string &path) {
  bo_net *made = nullptr;
  bo_diag diag;
  require(bo_net_load(&made, path.c_str(), &diag), diag);
  loaded_.reset(made);
  const bo_shape in = made->input;
  image_.resize(std::size_t{in.h} * in.w * in.c);
  bo_dataset *images = nullptr;
  if (bo_dataset_load(&images, "fmnist", nullptr, nullptr) == BO_OK && images->c == in.c &&
      images->h == in.h && images->w == in.w && images->pixels_u8 != nullptr) {
    bo_net_quantize_u8(made, images->pixels_u8, 1, image_.data());
  } else {
    for (std::size_t i = 0; i < image_.size(); i++) {
      image_[i] = static_cast<std::uint8_t>(i * i / 7 + 31 * i);
    }
  }
  bo_dataset_free(images);
}

std::vector<std::uint32_t> network::find_layers(const std::string &wanted) const {
  std::vector<std::uint32_t> found;
  std::uint64_t number = UINT64_MAX;
  const bool has_number = bo_number_count(&number, wanted.c_str());
  for (std::uint32_t i = 0; i < loaded_->layers; i++) {
    const bo_layer &layer = loaded_->layer[i];
    if (layer.op == BO_OP_CONV &&
        (wanted.empty() || (has_number && number == i) || wanted == layer.name)) {
      found.push_back(i);
    }
  }
  if (found.empty()) {
    std::string numbers;
    for (std::uint32_t i = 0; i < loaded_->layers; i++) {
      numbers += loaded_->layer[i].op == BO_OP_CONV ? " " + std::to_string(i) : "";
    }
    throw usage_error("--layer: expected a convolution of " + std::string(loaded_->name) +
                      ", by name or number (" + numbers + " ), got " + wanted);
  }
  return found;
}

std::vector<std::uint8_t> network::layer_input(std::uint32_t index) const {
  const bo_shape in = loaded_->layer[index].in;
  std::vector<std::uint8_t> codes(std::size_t{in.h} * in.w * in.c);
  bo_diag diag;
  require(bo_net_reference_input(loaded_.get(), nullptr, image_.data(), index, codes.data(), &diag),
          diag);
  return codes;
}

} // namespace lockstep
