#include "cli/paths.h"

#include "campaign/settings.h"

#include <stdio.h>
#include <stdlib.h>

static const char *home(void) {
  const char *const set = getenv("BROWNOUT_HOME");
  return set != NULL && set[0] != '\0' ? set : BO_SOURCE_DIR;
}

static bo_status check_length(int length, const char *name, bo_diag *diag) {
  if (length < 0 || length >= BO_PATH_SIZE) {
    return bo_fail(diag, BO_E_INVALID, "%.64s...: path longer than %d bytes", name, BO_PATH_SIZE);
  }
  return BO_OK;
}

bo_status bo_path_shipped_profile(char *path, const char *kind, const char *name, bo_diag *diag) {
  const int length = snprintf(path, BO_PATH_SIZE, "%s/profiles/%s/%s.yaml", home(), kind, name);
  return check_length(length, name, diag);
}

bo_status bo_path_resolve(char *path, const char *kind, const char *name, bo_diag *diag) {
  return bo_setting_is_path(name, ".yaml")
             ? check_length(snprintf(path, BO_PATH_SIZE, "%s", name), name, diag)
             : bo_path_shipped_profile(path, kind, name, diag);
}

bo_status bo_path_shipped(char *path, const char *name, bo_diag *diag) {
  return check_length(snprintf(path, BO_PATH_SIZE, "%s/%s", home(), name), name, diag);
}
