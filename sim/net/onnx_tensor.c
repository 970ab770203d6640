#include "net/onnx_tensor.h"

#include "net/onnx_model.h"
#include "net/onnx_proto.h"

#include <onnx.pb-c.h>

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "raw_data is little-endian, copied as is");

/* By TensorProto.DataType. */
static const struct {
  const char *name;
  bool supported;
  bo_dtype dtype;
} types[] = {
    {"undefined", false, BO_F32},  {"float32", true, BO_F32},   {"uint8", true, BO_U8},
    {"int8", true, BO_I8},         {"uint16", false, BO_F32},   {"int16", false, BO_F32},
    {"int32", true, BO_I32},       {"int64", true, BO_I64},     {"string", false, BO_F32},
    {"bool", false, BO_F32},       {"float16", false, BO_F32},  {"float64", false, BO_F32},
    {"uint32", false, BO_F32},     {"uint64", false, BO_F32},   {"complex64", false, BO_F32},
    {"complex128", false, BO_F32}, {"bfloat16", false, BO_F32},
};

bo_status bo_onnx_dtype(bo_dtype *dtype, int32_t onnx_type, bo_diag *diag) {
  *dtype = BO_F32;
  if (onnx_type < 0 || (size_t)onnx_type >= sizeof types / sizeof *types) {
    return bo_fail(diag, BO_E_INVALID, "element type: unknown number %" PRId32, onnx_type);
  }
  if (!types[onnx_type].supported) {
    return bo_fail(diag, BO_E_INVALID,
                   "element type: expected float32, uint8, int8, int32 or int64, got %s",
                   types[onnx_type].name);
  }
  *dtype = types[onnx_type].dtype;
  return BO_OK;
}

static bo_status copy_small_ints(bo_tensor *out, const int32_t *values, bo_diag *diag) {
  const int32_t lo = out->dtype == BO_U8 ? 0 : INT8_MIN;
  const int32_t hi = out->dtype == BO_U8 ? UINT8_MAX : INT8_MAX;
  for (size_t i = 0; i < out->count; i++) {
    if (values[i] < lo || values[i] > hi) {
      return bo_fail(diag, BO_E_INVALID,
                     "element %zu: expected %" PRId32 "..%" PRId32 ", got %" PRId32, i, lo, hi,
                     values[i]);
    }
    ((uint8_t *)out->data)[i] = (uint8_t)values[i]; /* two's complement for int8 */
  }
  return BO_OK;
}

/* The typed field that holds elements of this type, and how many there are. */
static const void *typed_field(const Onnx__TensorProto *proto, bo_dtype dtype, size_t *count) {
  switch (dtype) {
  case BO_F32:
    *count = proto->n_float_data;
    return proto->float_data;
  case BO_I64:
    *count = proto->n_int64_data;
    return proto->int64_data;
  case BO_I32:
  case BO_I8:
  case BO_U8:
    break;
  }
  *count = proto->n_int32_data;
  return proto->int32_data;
}

static bo_status check_size(const Onnx__TensorProto *proto, bo_dtype dtype, bo_diag *diag) {
  size_t expected = 0;
  if (proto->n_dims > BO_TENSOR_MAX_RANK) {
    return bo_fail(diag, BO_E_INVALID, "rank: expected 0..%d, got %zu", BO_TENSOR_MAX_RANK,
                   proto->n_dims);
  }
  const bo_status status = bo_dims_count(&expected, (uint32_t)proto->n_dims, proto->dims, diag);
  if (status != BO_OK) {
    return status;
  }
  size_t count = 0;
  (void)typed_field(proto, dtype, &count);
  const size_t size = bo_dtype_size(dtype);
  if (proto->has_raw_data && (proto->raw_data.len % size != 0 || count != 0)) {
    return bo_fail(diag, BO_E_INVALID,
                   "raw data: expected whole elements of %zu bytes and no "
                   "other data, got %zu bytes and %zu elements",
                   size, proto->raw_data.len, count);
  }
  count = proto->has_raw_data ? proto->raw_data.len / size : count;
  if (count != expected) {
    return bo_fail(diag, BO_E_INVALID, "expected %zu elements of the shape, got %zu", expected,
                   count);
  }
  return BO_OK;
}

bo_status bo_onnx_tensor_copy(bo_tensor *out, const Onnx__TensorProto *proto, bo_diag *diag) {
  *out = (bo_tensor){0};
  bo_dtype dtype = BO_F32;
  if (proto->n_external_data > 0 ||
      proto->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL) {
    return bo_fail(diag, BO_E_INVALID, "external data: expected the data inside the file");
  }
  if (proto->segment != NULL) {
    return bo_fail(diag, BO_E_INVALID, "segment: expected a whole tensor");
  }
  bo_status status = bo_onnx_dtype(&dtype, proto->data_type, diag);
  status = status == BO_OK ? check_size(proto, dtype, diag) : status;
  status = status == BO_OK ? bo_tensor_init(out, dtype, (uint32_t)proto->n_dims, proto->dims, diag)
                           : status;
  if (status != BO_OK || out->count == 0) {
    return status;
  }
  size_t count = 0;
  const void *typed = typed_field(proto, dtype, &count);
  if (proto->has_raw_data) {
    memcpy(out->data, proto->raw_data.data, proto->raw_data.len);
  } else if (dtype == BO_U8 || dtype == BO_I8) {
    status = copy_small_ints(out, typed, diag);
  } else {
    memcpy(out->data, typed, count * bo_dtype_size(dtype));
  }
  if (status != BO_OK) {
    bo_tensor_free(out);
  }
  return status;
}

bo_status bo_onnx_tensor_parse(bo_tensor *out, const char *name, const void *data, size_t size,
                               bo_diag *diag) {
  *out = (bo_tensor){0};
  ProtobufCMessage *message = NULL;
  bo_diag inner = {{0}};
  bo_status status = bo_onnx_unpack(&message, &onnx__tensor_proto__descriptor, data, size, &inner);
  if (status == BO_OK) {
    status = bo_onnx_tensor_copy(out, (const Onnx__TensorProto *)message, &inner);
  }
  bo_onnx_release(message);
  return status == BO_OK ? BO_OK : bo_fail(diag, status, "%s: %s", name, inner.text);
}
