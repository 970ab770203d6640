/* CIFAR records: the first byte says whether they have one label or two. */
#include "net/dataset_format.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) {
    return 0;
  }
  bo_bytes bytes = {malloc(size), size - 1};
  bo_dataset *dataset = calloc(1, sizeof *dataset);
  bo_diag diag;
  if (bytes.data != NULL && dataset != NULL) {
    memcpy(bytes.data, data + 1, size - 1);
    (void)bo_dataset_from_cifar(dataset, (bo_dataset_file){"records", &bytes}, 1 + data[0] % 2,
                                &diag);
  }
  bo_dataset_free(dataset);
  bo_bytes_free(&bytes);
  return 0;
}
