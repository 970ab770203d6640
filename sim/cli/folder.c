#include "cli/folder.h"

#include "cli/paths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bo_status bo_folder_make(const char *dir, bo_diag *diag) {
  if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
    return bo_fail(diag, BO_E_IO, "%s: cannot make the folder: %s", dir, strerror(errno));
  }
  return BO_OK;
}

bo_status bo_folder_path(char *path, const char *dir, const char *name, bo_diag *diag) {
  const int length = snprintf(path, BO_PATH_SIZE, "%s/%s", dir, name);
  if (length < 0 || length >= BO_PATH_SIZE) {
    return bo_fail(diag, BO_E_INVALID, "--out: path too long");
  }
  return BO_OK;
}

bo_status bo_folder_write(char *path, const char *dir, const char *name, const bo_bytes *text,
                          bo_diag *diag) {
  const bo_status status = bo_folder_path(path, dir, name, diag);
  return status == BO_OK ? bo_file_write(path, text->data, text->size, diag) : status;
}

bo_status bo_folder_write_and_free(const char *dir, const char *name, bo_bytes *text,
                                   bo_diag *diag) {
  char path[BO_PATH_SIZE];
  const bo_status status = bo_folder_write(path, dir, name, text, diag);
  bo_bytes_free(text);
  return status;
}

bo_status bo_folder_remove(const char *dir, const char *name, bo_diag *diag) {
  char path[BO_PATH_SIZE];
  const bo_status status = bo_folder_path(path, dir, name, diag);
  if (status == BO_OK && unlink(path) != 0 && errno != ENOENT) {
    return bo_fail(diag, BO_E_IO, "%s: cannot remove: %s", path, strerror(errno));
  }
  return status;
}
