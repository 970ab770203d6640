/**
 * @file folder.h
 * A folder of results: made if need be, then filled file by file.
 */
#ifndef BO_CLI_FOLDER_H
#define BO_CLI_FOLDER_H

#include "base/file.h"
#include "base/status.h"

/** Makes the folder @p dir, unless it is there. BO_OK, BO_E_IO. */
bo_status bo_folder_make(const char *dir, bo_diag *diag);

/** Path of @p name in @p dir, into @p path, BO_PATH_SIZE bytes. BO_OK, BO_E_INVALID (too long). */
bo_status bo_folder_path(char *path, const char *dir, const char *name, bo_diag *diag);

/** Writes @p text as a whole; @p path, BO_PATH_SIZE bytes, is where. BO_OK, BO_E_INVALID, BO_E_IO.
 */
bo_status bo_folder_write(char *path, const char *dir, const char *name, const bo_bytes *text,
                          bo_diag *diag);

/** The same, and frees @p text in any case. */
bo_status bo_folder_write_and_free(const char *dir, const char *name, bo_bytes *text,
                                   bo_diag *diag);

/** Removes @p name from @p dir, if it is there. BO_OK, BO_E_INVALID, BO_E_IO. */
bo_status bo_folder_remove(const char *dir, const char *name, bo_diag *diag);

#endif
