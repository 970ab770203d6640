/**
 * @file tensor.h
 * A dense n-dimensional array, row-major, of one of the element types that ONNX graphs here use.
 */
#ifndef BO_NET_TENSOR_H
#define BO_NET_TENSOR_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_TENSOR_MAX_RANK = 8,
};
/** Elements of one tensor: bounds the memory that a hostile file can ask for. */
#define BO_TENSOR_MAX_ELEMENTS ((size_t)1 << 28)

typedef enum bo_dtype {
  BO_F32,
  BO_U8,
  BO_I8,
  BO_I32,
  BO_I64,
} bo_dtype;

/** {0} is an empty tensor. Owns data; free with bo_tensor_free. rank 0 is a scalar (count 1). */
typedef struct bo_tensor {
  bo_dtype dtype;
  uint32_t rank;
  int64_t dims[BO_TENSOR_MAX_RANK];
  size_t count; /**< product of dims */
  void *data;   /**< count elements of dtype; not NULL even when count is 0 */
} bo_tensor;

/** Bytes of one element. */
size_t bo_dtype_size(bo_dtype dtype);

/** "float32", "uint8", ...; never NULL. */
const char *bo_dtype_name(bo_dtype dtype);

/**
 * Number of elements of a shape, 1 for rank 0, in @p *count (0 on failure).
 *
 * @return BO_OK, BO_E_INVALID (rank or a dimension out of range, too many elements).
 */
bo_status bo_dims_count(size_t *count, uint32_t rank, const int64_t *dims, bo_diag *diag);

/**
 * Zero-filled tensor in @p *out (overwritten, not freed before).
 *
 * @return BO_OK, BO_E_INVALID (rank or a dimension out of range, too many elements), BO_E_NOMEM.
 */
bo_status bo_tensor_init(bo_tensor *out, bo_dtype dtype, uint32_t rank, const int64_t *dims,
                         bo_diag *diag);
void bo_tensor_free(bo_tensor *tensor);

/** Element @p i widened; precondition: i < count; the integer form also: dtype is not BO_F32. */
int64_t bo_tensor_int(const bo_tensor *tensor, size_t i);
double bo_tensor_real(const bo_tensor *tensor, size_t i);

/** Stores the low bits of @p value: two's complement, wraps. Preconditions as of bo_tensor_int. */
void bo_tensor_set_int(bo_tensor *tensor, size_t i, int64_t value);

#ifdef __cplusplus
}
#endif

#endif
