/* What starts like a zip archive is read as a dataset, anything else as one NPY array. */
#include "net/dataset_format.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_archive(const uint8_t *data, size_t size) {
  bo_diag diag;
  bo_npz *npz = NULL;
  bo_dataset *dataset = calloc(1, sizeof *dataset);
  if (dataset != NULL && bo_npz_open_memory(&npz, "archive", data, size, &diag) == BO_OK) {
    (void)bo_dataset_from_npz(dataset, "archive", npz, &diag);
  }
  bo_npz_close(npz);
  bo_dataset_free(dataset);
}

static void read_array(const uint8_t *data, size_t size) {
  bo_diag diag;
  bo_npy array;
  bo_bytes bytes = {malloc(size + 1), size};
  if (bytes.data == NULL) {
    abort();
  }
  memcpy(bytes.data, data, size);
  if (bo_npy_take(&array, &bytes, "array", &diag) == BO_OK) {
    if (bo_npy_is_integer(array.type) && array.count > 0) {
      (void)bo_npy_int(&array, array.count - 1);
    }
    bo_npy_free(&array);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size >= 2 && memcmp(data, "PK", 2) == 0) {
    read_archive(data, size);
  } else {
    read_array(data, size);
  }
  return 0;
}
