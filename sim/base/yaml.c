#include "base/yaml.h"

#include "base/yaml_check.h"

#include <stdlib.h>

enum {
  MAX_FILE_BYTES = 1 << 20
};

/* All memory of libcyaml; a size of 0 frees. */
static void *reallocate(void *context, void *old, size_t size) {
  (void)context;
  if (size == 0) {
    free(old);
    return NULL;
  }
  return realloc(old, size);
}

static const cyaml_config_t config = {.mem_fn = reallocate, .flags = CYAML_CFG_NO_ALIAS};

bo_status bo_yaml_read(bo_bytes *out, const char *path, bo_diag *diag) {
  return bo_file_read(out, path, MAX_FILE_BYTES, diag);
}

bo_status bo_yaml_parse(void **out, const char *name, const void *text, size_t size,
                        const cyaml_schema_value_t *schema, bo_diag *diag) {
  *out = NULL;
  const bo_status status = bo_yaml_check(name, text, size, schema, diag);
  if (status != BO_OK) {
    return status;
  }
  const cyaml_err_t result = cyaml_load_data(text, size, &config, schema, out, NULL);
  if (result == CYAML_OK) {
    return BO_OK;
  }
  return bo_fail(diag, result == CYAML_ERR_OOM ? BO_E_NOMEM : BO_E_INVALID, "%s: %s", name,
                 cyaml_strerror(result));
}

void bo_yaml_free(void *data, const cyaml_schema_value_t *schema) {
  (void)cyaml_free(&config, schema, data, 0);
}
