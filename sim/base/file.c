#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>

static bo_status fail_io(bo_diag *diag, const char *path, const char *action) {
  return bo_fail(diag, BO_E_IO, "%s: cannot %s: %s", path, action, strerror(errno));
}

static bo_status fail_memory(bo_diag *diag, const char *path) {
  return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", path);
}

static bo_status fail_size(bo_diag *diag, const char *path, size_t max_bytes) {
  return bo_fail(diag, BO_E_INVALID, "%s: expected at most %zu bytes, got more", path, max_bytes);
}

/* Reads until *size bytes are there or the file ends; *size becomes what was read. */
static bool read_fully(int fd, uint8_t *data, size_t *size) {
  size_t done = 0;
  while (done < *size) {
    const ssize_t got = read(fd, data + done, *size - done);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return false;
    }
    if (got == 0) {
      break;
    }
    done += (size_t)got;
  }
  *size = done;
  return true;
}

static bo_status read_open_file(bo_bytes *out, int fd, const char *path, size_t max_bytes,
                                bo_diag *diag) {
  struct stat info;
  if (fstat(fd, &info) != 0) {
    return fail_io(diag, path, "read");
  }
  if (!S_ISREG(info.st_mode)) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a regular file", path);
  }
  if ((uintmax_t)info.st_size > max_bytes) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %zu bytes, got %jd", path, max_bytes,
                   (intmax_t)info.st_size);
  }
  size_t size = (size_t)info.st_size;
  uint8_t *data = malloc(size + 1);
  if (data == NULL) {
    return fail_memory(diag, path);
  }
  if (!read_fully(fd, data, &size)) {
    free(data);
    return fail_io(diag, path, "read");
  }
  data[size] = 0;
  *out = (bo_bytes){data, size};
  return BO_OK;
}

bo_status bo_file_read(bo_bytes *out, const char *path, size_t max_bytes, bo_diag *diag) {
  *out = (bo_bytes){0};
  /* Not blocking: the open of a pipe without a writer would wait for ever. */
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return fail_io(diag, path, "open");
  }
  const bo_status status = read_open_file(out, fd, path, max_bytes, diag);
  (void)close(fd);
  return status;
}

/* Makes room for at least one byte more, never for more than limit; false: no memory. */
static bool grow(bo_bytes *bytes, size_t *capacity, size_t limit) {
  size_t wanted = *capacity < 4096 ? 4096 : *capacity;
  wanted = wanted > limit / 2 ? limit : 2 * wanted;
  uint8_t *data = realloc(bytes->data, wanted);
  if (data == NULL) {
    return false;
  }
  bytes->data = data;
  *capacity = wanted;
  return true;
}

/* One call of inflate into what room there is. Z_STREAM_END at the end of the last member. */
static int inflate_some(z_stream *stream, bo_bytes *out, size_t room) {
  const uInt room_now = room < UINT_MAX ? (uInt)room : UINT_MAX;
  stream->next_out = out->data + out->size;
  stream->avail_out = room_now;
  int result = inflate(stream, Z_NO_FLUSH);
  out->size += room_now - stream->avail_out;
  if (result == Z_STREAM_END && stream->avail_in > 0) {
    result = inflateReset(stream); /* the next member of a concatenation */
  }
  return result;
}

/* Inflates everything into out; the last byte of the capacity is kept for the final zero. */
static bo_status inflate_all(bo_bytes *out, z_stream *stream, const char *path, size_t max_bytes,
                             bo_diag *diag) {
  size_t capacity = 0;
  for (;;) {
    /* Two bytes beyond the bound: the final zero, and one to see that there is too much. */
    if (out->size + 1 >= capacity && !grow(out, &capacity, max_bytes + 2)) {
      return fail_memory(diag, path);
    }
    const int result = inflate_some(stream, out, capacity - 1 - out->size);
    if (out->size > max_bytes) {
      return fail_size(diag, path, max_bytes);
    }
    if (result == Z_STREAM_END) {
      break;
    }
    if (result == Z_MEM_ERROR) {
      return fail_memory(diag, path);
    }
    if (result != Z_OK) {
      return bo_fail(diag, BO_E_INVALID, "%s: expected gzip data, got a %s stream", path,
                     result == Z_BUF_ERROR ? "truncated" : "broken");
    }
  }
  out->data[out->size] = 0;
  return BO_OK;
}

static bo_status gunzip(bo_bytes *out, const bo_bytes *packed, const char *path, size_t max_bytes,
                        bo_diag *diag) {
  z_stream stream = {.next_in = packed->data, .avail_in = (uInt)packed->size};
  const int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_only) != Z_OK) {
    return fail_memory(diag, path);
  }
  const bo_status status = inflate_all(out, &stream, path, max_bytes, diag);
  (void)inflateEnd(&stream);
  if (status != BO_OK) {
    bo_bytes_free(out);
  }
  return status;
}

bo_status bo_file_read_gz(bo_bytes *out, const char *path, size_t max_bytes, bo_diag *diag) {
  *out = (bo_bytes){0};
  /* A deflate stream is longer than its content by less than 1/1000, but for header and name. */
  max_bytes = max_bytes < SIZE_MAX / 2 ? max_bytes : SIZE_MAX / 2;
  const size_t slack = max_bytes / 1000 + 8192;
  const size_t max_packed = max_bytes > UINT_MAX - slack ? UINT_MAX : max_bytes + slack;
  bo_bytes raw;
  bo_status status = bo_file_read(&raw, path, max_packed, diag);
  if (status != BO_OK) {
    return status;
  }
  if (raw.size >= 2 && raw.data[0] == 0x1f && raw.data[1] == 0x8b) {
    status = gunzip(out, &raw, path, max_bytes, diag);
    bo_bytes_free(&raw);
    return status;
  }
  if (raw.size > max_bytes) {
    bo_bytes_free(&raw);
    return fail_size(diag, path, max_bytes);
  }
  *out = raw;
  return BO_OK;
}

/* --- writing -----------------------------------------------------------------------------------
 */

struct bo_file_writer {
  FILE *file;
  bool in_place; /* there is no temp */
  char path[PATH_MAX], temp[PATH_MAX];
};

/* Creates a file beside path that nobody else has. -1: see errno. */
static int open_beside(bo_file_writer *writer) {
  int fd = -1;
  for (unsigned attempt = 0; attempt < 100; attempt++) {
    const int length = snprintf(writer->temp, sizeof writer->temp, "%s.%ld-%u.tmp", writer->path,
                                (long)getpid(), attempt);
    if (length < 0 || length >= (int)sizeof writer->temp) {
      errno = ENAMETOOLONG;
      return -1;
    }
    fd = open(writer->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) {
      break;
    }
  }
  return fd;
}

static bo_status open_writer(bo_file_writer *writer, const char *path, bo_diag *diag) {
  struct stat info;
  const int length = snprintf(writer->path, sizeof writer->path, "%s", path);
  if (length < 0 || length >= (int)sizeof writer->path) {
    errno = ENAMETOOLONG;
    return fail_io(diag, path, "create");
  }
  const bool to_stdout = strcmp(path, "/dev/stdout") == 0;
  writer->in_place = to_stdout || (lstat(path, &info) == 0 && !S_ISREG(info.st_mode));
  /* Opened by its name, standard output that is a file would begin anew: ">>" asks for the end. */
  const int fd = to_stdout          ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                 : writer->in_place ? open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
                                    : open_beside(writer);
  if (fd < 0) {
    return fail_io(diag, path, writer->in_place ? "open" : "create");
  }
  writer->file = fdopen(fd, "w");
  if (writer->file == NULL) {
    (void)close(fd);
    if (!writer->in_place) {
      (void)unlink(writer->temp);
    }
    return fail_memory(diag, path);
  }
  return BO_OK;
}

bo_status bo_file_begin(bo_file_writer **out, const char *path, bo_diag *diag) {
  *out = NULL;
  bo_file_writer *const writer = calloc(1, sizeof *writer);
  if (writer == NULL) {
    return fail_memory(diag, path);
  }
  const bo_status status = open_writer(writer, path, diag);
  if (status != BO_OK) {
    free(writer);
    return status;
  }
  *out = writer;
  return BO_OK;
}

FILE *bo_file_stream(const bo_file_writer *writer) {
  return writer->file;
}

/* Everything to the disk. A file without a disk behind it (EINVAL) cannot be flushed to it. */
static bool flush_fully(FILE *file) {
  if (ferror(file) != 0) {
    errno = EIO; /* of a write that the caller did not look at */
    return false;
  }
  return fflush(file) == 0 && (fsync(fileno(file)) == 0 || errno == EINVAL);
}

bo_status bo_file_commit(bo_file_writer *writer, bo_diag *diag) {
  bo_status status = BO_OK;
  if (!flush_fully(writer->file)) {
    status = fail_io(diag, writer->path, "write");
    bo_file_abort(writer);
    return status;
  }
  if (fclose(writer->file) != 0 || (!writer->in_place && rename(writer->temp, writer->path) != 0)) {
    status = fail_io(diag, writer->path, "write");
    if (!writer->in_place) {
      (void)unlink(writer->temp);
    }
  }
  free(writer);
  return status;
}

void bo_file_abort(bo_file_writer *writer) {
  if (writer == NULL) {
    return;
  }
  (void)fclose(writer->file);
  if (!writer->in_place) {
    (void)unlink(writer->temp);
  }
  free(writer);
}

bo_status bo_file_write(const char *path, const void *data, size_t size, bo_diag *diag) {
  bo_file_writer *writer = NULL;
  bo_status status = bo_file_begin(&writer, path, diag);
  if (writer == NULL) {
    return status;
  }
  if (fwrite(data, 1, size, writer->file) != size) {
    status = fail_io(diag, path, "write");
    bo_file_abort(writer);
    return status;
  }
  return bo_file_commit(writer, diag);
}

void bo_bytes_free(bo_bytes *bytes) {
  free(bytes->data);
  *bytes = (bo_bytes){0};
}

uint64_t bo_hash(const void *data, size_t size) {
  return XXH3_64bits(data, size);
}
