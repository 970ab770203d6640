#include "net/onnx_broadcast.h"

#include <inttypes.h>

/* The axis of @p shape that lies under axis @p d of a shape of @p rank axes; 1 if there is none. */
static int64_t aligned(const bo_dims *shape, uint32_t rank, uint32_t d) {
  const uint32_t missing = rank - shape->rank;
  return d < missing ? 1 : shape->dims[d - missing];
}

bo_status bo_broadcast(bo_dims *out, const bo_dims *a, const bo_dims *b, bo_diag *diag) {
  *out = (bo_dims){.rank = a->rank > b->rank ? a->rank : b->rank};
  for (uint32_t d = 0; d < out->rank; d++) {
    const int64_t from_a = aligned(a, out->rank, d);
    const int64_t from_b = aligned(b, out->rank, d);
    if (from_a != from_b && from_a != 1 && from_b != 1) {
      return bo_fail(diag, BO_E_INVALID,
                     "axis %" PRIu32 ": %" PRId64 " and %" PRId64 " do not broadcast", d, from_a,
                     from_b);
    }
    out->dims[d] = from_a == 1 ? from_b : from_a;
  }
  return BO_OK;
}

size_t bo_broadcast_index(const bo_dims *out, size_t index, const bo_dims *shape) {
  size_t result = 0;
  size_t step = 1;
  for (uint32_t d = out->rank; d-- > 0;) {
    const size_t coordinate = index % (size_t)out->dims[d];
    const size_t size = (size_t)aligned(shape, out->rank, d);
    index /= (size_t)out->dims[d];
    result += size == 1 ? 0 : coordinate * step;
    step *= size;
  }
  return result;
}
