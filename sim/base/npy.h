/**
 * @file npy.h
 * NumPy arrays: one array in NPY format (versions 1, 2 and 3), and NPZ archives of them, as written
 * by numpy.save, numpy.savez and numpy.savez_compressed (numpy.lib.format).
 *
 * Read are little-endian arrays in C order of integers, float32 and float64. Nothing in a file is
 * trusted: no size is allocated before it is known to fit the caller's bound and the file. What is
 * written depends on the arrays alone, not on the time.
 */
#ifndef BO_BASE_NPY_H
#define BO_BASE_NPY_H

#include "base/file.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_NPY_MAX_RANK = 8,
};

typedef enum bo_npy_type {
  BO_NPY_U8,
  BO_NPY_I8,
  BO_NPY_U16,
  BO_NPY_I16,
  BO_NPY_U32,
  BO_NPY_I32,
  BO_NPY_U64,
  BO_NPY_I64,
  BO_NPY_F32,
  BO_NPY_F64,
  BO_NPY_TYPES
} bo_npy_type;

/** Row-major array; {0} is empty. Owns data; free with bo_npy_free. */
typedef struct bo_npy {
  bo_npy_type type;
  uint32_t rank; /**< 0: a scalar, count 1 */
  size_t shape[BO_NPY_MAX_RANK];
  size_t count; /**< product of shape */
  void *data;   /**< count elements, aligned as malloc aligns */
} bo_npy;

/**
 * Makes an array of a whole NPY file in memory. The buffer of @p bytes goes over to @p out and
 * @p bytes becomes empty; on failure both are empty. @p name stands for the file in diagnostics.
 *
 * @return BO_OK, BO_E_INVALID (not NPY, truncated, trailing bytes, other type or order, shape and
 *         size disagree).
 */
bo_status bo_npy_take(bo_npy *out, bo_bytes *bytes, const char *name, bo_diag *diag);
void bo_npy_free(bo_npy *array);

/** "uint8", ..., "float64". */
const char *bo_npy_type_name(bo_npy_type type);

/** Bytes of an element. */
size_t bo_npy_type_size(bo_npy_type type);

enum {
  BO_NPY_HEADER_SIZE = 384, /**< of bo_npy_header: room for the largest shape, a multiple of 64 */
};

/** The header of a file that holds such an array. Precondition: rank <= BO_NPY_MAX_RANK. */
void bo_npy_header(char header[BO_NPY_HEADER_SIZE], bo_npy_type type, uint32_t rank,
                   const size_t *shape);

bool bo_npy_is_integer(bo_npy_type type);

/** Element @p i widened; uint64 beyond INT64_MAX saturates. Preconditions: integer, i < count. */
int64_t bo_npy_int(const bo_npy *array, size_t i);

/** An open NPZ archive. */
typedef struct bo_npz bo_npz;

/** Opens the archive @p path. BO_OK, BO_E_IO, BO_E_INVALID (no zip archive), BO_E_NOMEM. */
bo_status bo_npz_open(bo_npz **out, const char *path, bo_diag *diag);

/** The same in memory; @p data is borrowed, @p name stands for the file in diagnostics. */
bo_status bo_npz_open_memory(bo_npz **out, const char *name, const void *data, size_t size,
                             bo_diag *diag);

/**
 * Reads the array @p key (stored as "key.npy"), at most @p max_bytes with its header.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (no such array, encrypted, compressed other than by
 *         deflate, too large, broken; and as bo_npy_take).
 */
bo_status bo_npz_read(bo_npy *out, bo_npz *npz, const char *key, size_t max_bytes, bo_diag *diag);
void bo_npz_close(bo_npz *npz);

/** An array to write; everything borrowed. */
typedef struct bo_npz_array {
  const char *key;
  bo_npy_type type;
  uint32_t rank;       /**< at most BO_NPY_MAX_RANK */
  const size_t *shape; /**< [rank] */
  const void *data;    /**< product of shape elements, row-major */
} bo_npz_array;

/** Writes the archive @p path, deflated: all of it or nothing. BO_OK, BO_E_IO, BO_E_NOMEM. */
bo_status bo_npz_write(const char *path, const bo_npz_array *array, uint32_t count, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
