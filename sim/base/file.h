/**
 * @file file.h
 * Whole files, bounded: reading never takes more memory than the caller allows, writing leaves
 * either the complete new file or the old one, whether it comes at once or through a stream.
 */
#ifndef BO_BASE_FILE_H
#define BO_BASE_FILE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes on the heap; {0} is empty. Free with bo_bytes_free. */
typedef struct bo_bytes {
  uint8_t *data;
  size_t size;
} bo_bytes;

/**
 * Reads the regular file @p path, at most @p max_bytes, into @p out (owned by the caller).
 * One byte beyond the end is allocated and zero, so text can be used as a string.
 *
 * @return BO_OK, BO_E_IO (cannot open or read; diag has the path and the reason),
 *         BO_E_INVALID (not a regular file, or larger than @p max_bytes), BO_E_NOMEM.
 */
bo_status bo_file_read(bo_bytes *out, const char *path, size_t max_bytes, bo_diag *diag);

/**
 * The same for a file that may be gzip-compressed (told by its first two bytes): @p max_bytes
 * bounds the *decompressed* size.
 *
 * @return as bo_file_read; BO_E_INVALID also for a broken or truncated gzip stream.
 */
bo_status bo_file_read_gz(bo_bytes *out, const char *path, size_t max_bytes, bo_diag *diag);

void bo_bytes_free(bo_bytes *bytes);

/** A file that is being written. */
typedef struct bo_file_writer bo_file_writer;

/**
 * Begins to write @p path, in a temporary file beside it whose name no other process has. A path
 * that exists and is not a plain file (a device, a pipe, a symbolic link such as /dev/stdout) is
 * written in place. bo_file_commit or bo_file_abort ends it.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM; on failure @p *out is NULL and the file is as it was.
 */
bo_status bo_file_begin(bo_file_writer **out, const char *path, bo_diag *diag);

/** What to write to. Borrowed; not to be closed. */
FILE *bo_file_stream(const bo_file_writer *writer);

/** Makes it the file, after fsync, by a rename, and frees it in any case. BO_OK, BO_E_IO: then the
 * old file is still there, unless it is written in place, and no temporary one. */
bo_status bo_file_commit(bo_file_writer *writer, bo_diag *diag);

/** Drops what was written, unless in place, and frees it. NULL is fine. */
void bo_file_abort(bo_file_writer *writer);

/** All of this for bytes in memory. BO_OK, BO_E_IO, BO_E_NOMEM. */
bo_status bo_file_write(const char *path, const void *data, size_t size, bo_diag *diag);

/** XXH3-64 of the bytes: identifies an input in a manifest. */
uint64_t bo_hash(const void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
