#include "base/npy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

enum {
  MAX_NAME = 256,       /* of a file or an array in diagnostics */
  DEFLATE_RATIO = 1032, /* most bytes that one byte of a deflate stream can become */
};

struct bo_npz {
  zip_t *archive;
  uint64_t size; /* of the archive */
  char name[MAX_NAME];
};

/* Takes @p source over, which is NULL if it could not be made; @p error then says why. */
static bo_status open_source(bo_npz **out, const char *name, uint64_t size, zip_source_t *source,
                             zip_error_t *error, bo_diag *diag) {
  bo_npz *npz = source == NULL ? NULL : calloc(1, sizeof *npz);
  if (npz == NULL) {
    zip_source_free(source);
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", name);
  }
  npz->archive = zip_open_from_source(source, ZIP_RDONLY, error);
  if (npz->archive == NULL) {
    const bool is_io =
        zip_error_code_zip(error) == ZIP_ER_OPEN || zip_error_code_zip(error) == ZIP_ER_READ;
    (void)bo_fail(diag, BO_E_INVALID, "%s: %s", name, zip_error_strerror(error));
    zip_source_free(source);
    free(npz);
    return is_io ? BO_E_IO : BO_E_INVALID;
  }
  npz->size = size;
  (void)snprintf(npz->name, sizeof npz->name, "%s", name);
  *out = npz;
  return BO_OK;
}

bo_status bo_npz_open(bo_npz **out, const char *path, bo_diag *diag) {
  struct stat info;
  *out = NULL;
  if (stat(path, &info) != 0) {
    return bo_fail(diag, BO_E_IO, "%s: cannot open: %s", path, strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a regular file", path);
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source = zip_source_file_create(path, 0, -1, &error);
  const bo_status status = open_source(out, path, (uint64_t)info.st_size, source, &error, diag);
  zip_error_fini(&error);
  return status;
}

bo_status bo_npz_open_memory(bo_npz **out, const char *name, const void *data, size_t size,
                             bo_diag *diag) {
  zip_error_t error;
  *out = NULL;
  zip_error_init(&error);
  zip_source_t *source = zip_source_buffer_create(data, size, 0, &error);
  const bo_status status = open_source(out, name, size, source, &error, diag);
  zip_error_fini(&error);
  return status;
}

void bo_npz_close(bo_npz *npz) {
  if (npz != NULL) {
    zip_discard(npz->archive);
    free(npz);
  }
}

/* Where in which file a diagnostic belongs: "maps.npz: images.npy". */
typedef struct npz_entry {
  char entry[MAX_NAME];
  char where[2 * MAX_NAME + 2];
} npz_entry;

static bo_status check_entry(const zip_stat_t *stat, const npz_entry *entry, uint64_t archive_size,
                             size_t max_bytes, bo_diag *diag) {
  const zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((stat->valid & needed) != needed) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected size and compression to be given",
                   entry->where);
  }
  if (stat->encryption_method != ZIP_EM_NONE) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected no encryption", entry->where);
  }
  if (stat->comp_method != ZIP_CM_STORE && stat->comp_method != ZIP_CM_DEFLATE) {
    return bo_fail(diag, BO_E_INVALID, "%s: compression: expected none or deflate, got method %u",
                   entry->where, stat->comp_method);
  }
  if (stat->size > max_bytes) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %zu bytes, got %llu", entry->where,
                   max_bytes, (unsigned long long)stat->size);
  }
  if (stat->comp_size > archive_size) {
    return bo_fail(diag, BO_E_INVALID, "%s: %llu compressed bytes do not fit into the archive",
                   entry->where, (unsigned long long)stat->comp_size);
  }
  if (stat->size / DEFLATE_RATIO > stat->comp_size) {
    return bo_fail(diag, BO_E_INVALID, "%s: %llu bytes cannot come from %llu compressed ones",
                   entry->where, (unsigned long long)stat->size,
                   (unsigned long long)stat->comp_size);
  }
  return BO_OK;
}

/* Reads to the end, where libzip compares the checksum. */
static bool read_exactly(zip_file_t *file, bo_bytes *bytes) {
  size_t done = 0;
  while (done < bytes->size) {
    const zip_int64_t got = zip_fread(file, bytes->data + done, bytes->size - done);
    if (got <= 0) {
      return false;
    }
    done += (size_t)got;
  }
  uint8_t beyond = 0;
  return zip_fread(file, &beyond, 1) == 0;
}

static bo_status read_entry(bo_bytes *bytes, bo_npz *npz, zip_uint64_t index, size_t size,
                            const npz_entry *entry, bo_diag *diag) {
  bytes->data = malloc(size + 1);
  if (bytes->data == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory for %zu bytes", entry->where, size);
  }
  bytes->size = size;
  zip_file_t *file = zip_fopen_index(npz->archive, index, 0);
  const bool is_read = file != NULL && read_exactly(file, bytes);
  if (file != NULL) {
    (void)zip_fclose(file);
  }
  if (!is_read) {
    bo_bytes_free(bytes);
    return bo_fail(diag, BO_E_INVALID, "%s: broken or truncated data", entry->where);
  }
  return BO_OK;
}

bo_status bo_npz_read(bo_npy *out, bo_npz *npz, const char *key, size_t max_bytes, bo_diag *diag) {
  npz_entry entry;
  zip_stat_t stat;
  *out = (bo_npy){0};
  (void)snprintf(entry.entry, sizeof entry.entry, "%s.npy", key);
  (void)snprintf(entry.where, sizeof entry.where, "%s: %s", npz->name, entry.entry);
  const zip_int64_t index = zip_name_locate(npz->archive, entry.entry, 0);
  if (index < 0 || zip_stat_index(npz->archive, (zip_uint64_t)index, 0, &stat) != 0) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected an array '%s', got none", npz->name, key);
  }
  bo_bytes bytes = {0};
  bo_status status = check_entry(&stat, &entry, npz->size, max_bytes, diag);
  if (status == BO_OK) {
    status = read_entry(&bytes, npz, (zip_uint64_t)index, (size_t)stat.size, &entry, diag);
  }
  if (status == BO_OK) {
    status = bo_npy_take(out, &bytes, entry.where, diag);
  }
  return status;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static const zip_uint16_t no_date = 1 << 5 | 1; /* 1980-01-01, where the format's time begins */

static size_t bytes_of(const bo_npz_array *array) {
  size_t bytes = bo_npy_type_size(array->type);
  for (uint32_t i = 0; i < array->rank; i++) {
    bytes *= array->shape[i];
  }
  return bytes;
}

/* libzip reads header and data when the archive is closed. False: the archive knows why. */
static bool add_array(zip_t *archive, const bo_npz_array *array, char header[BO_NPY_HEADER_SIZE]) {
  char name[MAX_NAME];
  bo_npy_header(header, array->type, array->rank, array->shape);
  (void)snprintf(name, sizeof name, "%s.npy", array->key);
  zip_uint8_t *data; /* the interface has no const, but only reads */
  memcpy(&data, &array->data, sizeof data);
  const zip_buffer_fragment_t part[] = {{(zip_uint8_t *)header, BO_NPY_HEADER_SIZE},
                                        {data, bytes_of(array)}};
  zip_source_t *source = zip_source_buffer_fragment(archive, part, 2, 0);
  if (source == NULL) {
    return false;
  }
  const zip_int64_t index = zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  /* As local time, which is what the file holds: the same bytes in every time zone. */
  return zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_DEFLATE, 1) == 0 &&
         zip_file_set_dostime(archive, (zip_uint64_t)index, 0, no_date, 0) == 0;
}

bo_status bo_npz_write(const char *path, const bo_npz_array *array, uint32_t count, bo_diag *diag) {
  char(*header)[BO_NPY_HEADER_SIZE] = calloc(count + 1ULL, sizeof *header);
  if (header == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", path);
  }
  int code = 0;
  zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (archive == NULL) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const bo_status status =
        bo_fail(diag, BO_E_IO, "%s: cannot write: %s", path, zip_error_strerror(&error));
    zip_error_fini(&error);
    free(header);
    return status;
  }
  bool is_added = true;
  for (uint32_t i = 0; i < count && is_added; i++) {
    is_added = add_array(archive, &array[i], header[i]);
  }
  bo_status status = BO_OK;
  if (!is_added || zip_close(archive) != 0) { /* a temporary file and a rename */
    const bool is_memory = zip_error_code_zip(zip_get_error(archive)) == ZIP_ER_MEMORY;
    status = bo_fail(diag, is_memory ? BO_E_NOMEM : BO_E_IO, "%s: cannot write: %s", path,
                     zip_strerror(archive));
    zip_discard(archive);
  }
  free(header);
  return status;
}
