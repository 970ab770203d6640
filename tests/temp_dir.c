#include "temp_dir.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

temp_dir temp_dir_make(void) {
  temp_dir temp = {"/tmp/bo_test_XXXXXX", ""};
  if (mkdtemp(temp.dir) == NULL) {
    abort();
  }
  (void)snprintf(temp.file, sizeof temp.file, "%s/results.db", temp.dir);
  return temp;
}

void temp_dir_remove(const temp_dir *temp) {
  DIR *const dir = opendir(temp->dir);
  if (dir == NULL) {
    return;
  }
  const struct dirent *entry = NULL;
  while ((entry = readdir(dir)) != NULL) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", temp->dir, entry->d_name);
    (void)unlink(path);
  }
  (void)closedir(dir);
  (void)rmdir(temp->dir);
}
