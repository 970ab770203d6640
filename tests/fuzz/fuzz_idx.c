/* IDX images and labels: the first two bytes say how many of the rest are the labels' file. */
#include "net/dataset_format.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bo_bytes copy(const uint8_t *data, size_t size) {
  bo_bytes bytes = {malloc(size + 1), size};
  if (bytes.data == NULL) {
    abort();
  }
  memcpy(bytes.data, data, size);
  return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) {
    return 0;
  }
  const size_t wanted = (size_t)data[0] | (size_t)data[1] << 8;
  const size_t label_size = wanted < size - 2 ? wanted : size - 2;
  bo_bytes labels = copy(data + 2, label_size);
  bo_bytes images = copy(data + 2 + label_size, size - 2 - label_size);
  bo_dataset *dataset = calloc(1, sizeof *dataset);
  bo_diag diag;
  if (dataset != NULL) {
    (void)bo_dataset_from_idx(dataset, (bo_dataset_file){"images", &images},
                              (bo_dataset_file){"labels", &labels}, &diag);
  }
  bo_dataset_free(dataset);
  bo_bytes_free(&images);
  bo_bytes_free(&labels);
  return 0;
}
