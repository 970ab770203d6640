/** @file temp_dir.h  A folder of its own for one test. */
#ifndef BO_TESTS_TEMP_DIR_H
#define BO_TESTS_TEMP_DIR_H

/** A new folder below /tmp, and the path that a store in it has. */
typedef struct temp_dir {
  char dir[64];
  char file[128];
} temp_dir;

/** Aborts when it cannot be made. */
temp_dir temp_dir_make(void);

/** Removes the folder with the files in it; it has no folders in it. */
void temp_dir_remove(const temp_dir *temp);

#endif
