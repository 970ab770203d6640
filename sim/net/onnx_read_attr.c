#include "base/utf8.h"
#include "net/onnx_read.h"
#include "net/onnx_tensor.h"

#include <onnx.pb-c.h>

#include <string.h>

static bo_status no_memory(bo_diag *diag) {
  return bo_fail(diag, BO_E_NOMEM, "out of memory");
}

static bo_status copy_text(const char **out, bo_arena *arena, const void *text, size_t length,
                           bo_diag *diag) {
  char *copy = bo_arena_text(arena, text, length);
  if (copy == NULL) {
    return no_memory(diag);
  }
  for (size_t at = 0; copy[at] != '\0';) {
    const size_t bytes = bo_utf8_printable(copy + at);
    if (bytes == 0) {
      return bo_fail(diag, BO_E_INVALID,
                     "name or string: expected printable UTF-8, got the byte 0x%02x",
                     (unsigned char)copy[at]);
    }
    at += bytes;
  }
  *out = copy;
  return BO_OK;
}

bo_status bo_onnx_read_text(const char **out, bo_arena *arena, const char *text, bo_diag *diag) {
  return copy_text(out, arena, text, text != NULL ? strlen(text) : 0, diag);
}

static bo_status copy_numbers(const void **out, bo_arena *arena, const void *numbers, size_t count,
                              size_t size, bo_diag *diag) {
  void *copy = bo_arena_alloc(arena, count, size);
  if (copy == NULL) {
    return no_memory(diag);
  }
  if (count > 0) {
    memcpy(copy, numbers, count * size);
  }
  *out = copy;
  return BO_OK;
}

static bo_status read_tensor(bo_onnx_attr *out, const Onnx__AttributeProto *proto, bo_diag *diag) {
  out->type = BO_ONNX_ATTR_TENSOR;
  return proto->t == NULL ? bo_fail(diag, BO_E_INVALID, "tensor is missing")
                          : bo_onnx_tensor_copy(&out->tensor, proto->t, diag);
}

static bo_status read_value(bo_onnx_attr *out, bo_arena *arena, const Onnx__AttributeProto *proto,
                            bo_diag *diag) {
  const void *numbers = NULL;
  bo_status status = BO_OK;
  switch (proto->type) {
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
    *out = (bo_onnx_attr){.name = out->name, .type = BO_ONNX_ATTR_FLOAT, .f = proto->f};
    return BO_OK;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
    *out = (bo_onnx_attr){.name = out->name, .type = BO_ONNX_ATTR_INT, .i = proto->i};
    return BO_OK;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
    out->type = BO_ONNX_ATTR_STRING;
    return copy_text(&out->s, arena, proto->s.data, proto->s.len, diag);
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
    return read_tensor(out, proto, diag);
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
    out->type = BO_ONNX_ATTR_FLOATS;
    out->count = proto->n_floats;
    status = copy_numbers(&numbers, arena, proto->floats, out->count, sizeof(float), diag);
    out->floats = numbers;
    return status;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
    out->type = BO_ONNX_ATTR_INTS;
    out->count = proto->n_ints;
    status = copy_numbers(&numbers, arena, proto->ints, out->count, sizeof(int64_t), diag);
    out->ints = numbers;
    return status;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH:
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
    return bo_fail(diag, BO_E_INVALID, "subgraphs are not supported");
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED:
    return bo_fail(diag, BO_E_INVALID, "type is missing");
  default:
    out->type = BO_ONNX_ATTR_OTHER;
    return BO_OK;
  }
}

bo_status bo_onnx_read_attr(bo_onnx_attr *out, bo_arena *arena, const Onnx__AttributeProto *proto,
                            bo_diag *diag) {
  *out = (bo_onnx_attr){0};
  bo_status status = bo_onnx_read_text(&out->name, arena, proto->name, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_diag inner = {{0}};
  /* A graph counts whatever the type says: nothing here would ever look at it. */
  if (proto->g != NULL || proto->n_graphs > 0) {
    status = bo_fail(&inner, BO_E_INVALID, "subgraphs are not supported");
  } else if (proto->ref_attr_name != NULL && proto->ref_attr_name[0] != '\0') {
    status = bo_fail(&inner, BO_E_INVALID, "reference outside a function");
  } else {
    status = read_value(out, arena, proto, &inner);
  }
  return status == BO_OK ? BO_OK
                         : bo_fail(diag, status, "attribute '%s': %s", out->name, inner.text);
}
