/* A sweep file of any bytes is refused in one line or makes a configuration within its bounds. */
#include "campaign/sweep_config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t trials_of(const bo_sweep_config *config) {
  return (uint64_t)config->models * config->profiles * config->placements * config->steps *
         config->chips;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_sweep_config *config = NULL;
  bo_diag diag = {""};
  const bo_status status =
      bo_sweep_config_parse(&config, "dir/fuzz.yaml", data, size, "profiles", &diag);
  if ((status == BO_OK) != (config != NULL) || (status != BO_OK && diag.text[0] == '\0')) {
    abort();
  }
  if (status == BO_OK && (config->models < 1 || config->models > BO_SWEEP_MAX_MODELS ||
                          config->steps < 1 || config->steps > BO_SWEEP_MAX_VOLTAGES ||
                          config->profiles < 1 || config->profiles > BO_SWEEP_MAX_PROFILES ||
                          config->placements < 1 || config->placements > BO_SWEEP_MAX_PLACEMENTS ||
                          config->chips < 1 || trials_of(config) > BO_SWEEP_MAX_TRIALS)) {
    abort();
  }
  bo_sweep_config_free(config);
  return 0;
}
