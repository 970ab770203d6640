#include "net/tensor.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  size_t size;
  const char *name;
} dtypes[] = {
    [BO_F32] = {4, "float32"}, [BO_U8] = {1, "uint8"},  [BO_I8] = {1, "int8"},
    [BO_I32] = {4, "int32"},   [BO_I64] = {8, "int64"},
};

size_t bo_dtype_size(bo_dtype dtype) {
  return dtypes[dtype].size;
}

const char *bo_dtype_name(bo_dtype dtype) {
  return dtypes[dtype].name;
}

bo_status bo_dims_count(size_t *count, uint32_t rank, const int64_t *dims, bo_diag *diag) {
  *count = 0;
  if (rank > BO_TENSOR_MAX_RANK) {
    return bo_fail(diag, BO_E_INVALID, "rank: expected 0..%d, got %" PRIu32, BO_TENSOR_MAX_RANK,
                   rank);
  }
  size_t product = 1;
  bool empty = false;
  for (uint32_t d = 0; d < rank; d++) {
    if (dims[d] < 0 || (uint64_t)dims[d] > BO_TENSOR_MAX_ELEMENTS) {
      return bo_fail(diag, BO_E_INVALID, "dimension %" PRIu32 ": expected 0..%zu, got %" PRId64, d,
                     BO_TENSOR_MAX_ELEMENTS, dims[d]);
    }
    /* A 0 does not excuse the others: products of some of them must not overflow either. */
    empty = empty || dims[d] == 0;
    product *= dims[d] == 0 ? 1 : (size_t)dims[d]; /* both factors <= 2^28 */
    if (product > BO_TENSOR_MAX_ELEMENTS) {
      return bo_fail(diag, BO_E_INVALID, "tensor has more than %zu elements",
                     BO_TENSOR_MAX_ELEMENTS);
    }
  }
  *count = empty ? 0 : product;
  return BO_OK;
}

bo_status bo_tensor_init(bo_tensor *out, bo_dtype dtype, uint32_t rank, const int64_t *dims,
                         bo_diag *diag) {
  *out = (bo_tensor){0};
  size_t count = 0;
  const bo_status status = bo_dims_count(&count, rank, dims, diag);
  if (status != BO_OK) {
    return status;
  }
  void *data = calloc(count > 0 ? count : 1, bo_dtype_size(dtype));
  if (data == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "tensor of %zu elements: out of memory", count);
  }
  *out = (bo_tensor){.dtype = dtype, .rank = rank, .count = count, .data = data};
  if (rank > 0) {
    memcpy(out->dims, dims, rank * sizeof *dims);
  }
  return BO_OK;
}

void bo_tensor_free(bo_tensor *tensor) {
  free(tensor->data);
  *tensor = (bo_tensor){0};
}

int64_t bo_tensor_int(const bo_tensor *tensor, size_t i) {
  assert(i < tensor->count && tensor->dtype != BO_F32);
  switch (tensor->dtype) {
  case BO_U8:
    return ((const uint8_t *)tensor->data)[i];
  case BO_I8:
    return ((const int8_t *)tensor->data)[i];
  case BO_I32:
    return ((const int32_t *)tensor->data)[i];
  case BO_I64:
    return ((const int64_t *)tensor->data)[i];
  case BO_F32:
    break;
  }
  return 0;
}

double bo_tensor_real(const bo_tensor *tensor, size_t i) {
  assert(i < tensor->count);
  if (tensor->dtype == BO_F32) {
    return (double)((const float *)tensor->data)[i];
  }
  return (double)bo_tensor_int(tensor, i);
}

void bo_tensor_set_int(bo_tensor *tensor, size_t i, int64_t value) {
  assert(i < tensor->count && tensor->dtype != BO_F32);
  switch (tensor->dtype) {
  case BO_U8:
  case BO_I8:
    ((uint8_t *)tensor->data)[i] = (uint8_t)value;
    break;
  case BO_I32:
    ((uint32_t *)tensor->data)[i] = (uint32_t)value;
    break;
  case BO_I64:
    ((int64_t *)tensor->data)[i] = value;
    break;
  case BO_F32:
    break;
  }
}
