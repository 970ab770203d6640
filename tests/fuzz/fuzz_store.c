/* A store of any bytes is refused in one line or read to its end. */
#include "campaign/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(bo_store *store) {
  uint32_t points = 0;
  (void)bo_store_points(store, &points);
  for (uint32_t i = 0; i < points; i++) {
    bo_trial *trials = NULL;
    uint32_t count = 0;
    (void)bo_store_trials(store, i, &trials, &count, NULL);
    free(trials);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[64];
  (void)snprintf(path, sizeof path, "/tmp/bo_fuzz_store_%ld", (long)getpid());
  FILE *const file = fopen(path, "wb");
  if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
    abort();
  }
  bo_store *store = NULL;
  bo_diag diag = {""};
  const bo_status status = bo_store_open(&store, path, &diag);
  if ((status == BO_OK) != (store != NULL) || (status != BO_OK && diag.text[0] == '\0')) {
    abort();
  }
  if (store != NULL) {
    read_all(store);
  }
  bo_store_free(store);
  (void)unlink(path);
  return 0;
}
