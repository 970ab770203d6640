#include "net/dataset_format.h"

#include <string.h>

enum {
  CIFAR_CHANNELS = 3,
  CIFAR_SIDE = 32,
  CIFAR_PIXELS = CIFAR_CHANNELS * CIFAR_SIDE * CIFAR_SIDE,
};

bo_status bo_dataset_from_cifar(bo_dataset *dataset, bo_dataset_file file, size_t label_bytes,
                                bo_diag *diag) {
  const size_t record = label_bytes + CIFAR_PIXELS;
  if (file.bytes->size == 0 || file.bytes->size % record != 0) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a multiple of %zu bytes, got %zu", file.name,
                   record, file.bytes->size);
  }
  const size_t chw[3] = {CIFAR_CHANNELS, CIFAR_SIDE, CIFAR_SIDE};
  bo_status status = bo_dataset_set_shape(dataset, file.name, file.bytes->size / record, chw, diag);
  if (status == BO_OK) {
    status = bo_dataset_new_labels(dataset, file.name, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  uint8_t *data = file.bytes->data;
  for (size_t i = 0; i < dataset->images; i++) {
    const uint8_t *from = data + i * record;
    dataset->label[i] = from[label_bytes - 1];
    memmove(data + i * CIFAR_PIXELS, from + label_bytes, CIFAR_PIXELS);
  }
  dataset->pixels_u8 = data;
  *file.bytes = (bo_bytes){0};
  return BO_OK;
}
