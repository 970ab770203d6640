/**
 * @file paths.h
 * Where the shipped files are: a bare name like "ibm14" stands for one of them.
 */
#ifndef BO_CLI_PATHS_H
#define BO_CLI_PATHS_H

#include "base/status.h"

enum {
  BO_PATH_SIZE = 4096
};

/**
 * Resolves @p name of @p kind ("silicon", "energy", "arch") into @p path, BO_PATH_SIZE bytes: a
 * name with a '/' or ending in ".yaml" is a path already; any other stands for
 * profiles/<kind>/<name>.yaml below $BROWNOUT_HOME or, if that is not set, the source tree that the
 * program was built from.
 *
 * @return BO_OK, BO_E_INVALID (too long).
 */
bo_status bo_path_resolve(char *path, const char *kind, const char *name, bo_diag *diag);

/** The shipped file profiles/<kind>/<name>.yaml, whether it is there or not. */
bo_status bo_path_shipped_profile(char *path, const char *kind, const char *name, bo_diag *diag);

/** Folder @p name ("plots") of the same tree. */
bo_status bo_path_shipped(char *path, const char *name, bo_diag *diag);

#endif
