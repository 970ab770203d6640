#include "net/onnx_wire.h"

#include <protobuf-c/protobuf-c.h>

#include <inttypes.h>
#include <stdbool.h>

/* Wire types of the protobuf encoding; 3 and 4 are groups, which proto2 still knows. */
enum {
  WIRE_VARINT = 0,
  WIRE_FIXED64 = 1,
  WIRE_BYTES = 2,
  WIRE_FIXED32 = 5,
};

/* A message that is being looked through. */
typedef struct frame {
  const ProtobufCMessageDescriptor *type;
  size_t end;
  uint64_t seen; /* bit i: field i of the descriptor, a singular message, has come */
} frame;

typedef struct scan {
  const uint8_t *data;
  size_t at;
  size_t fields, numbers;
  uint32_t depth;
  frame frames[BO_WIRE_MAX_DEPTH];
  bo_diag *diag;
} scan;

static bo_status broken(const scan *s, const char *what) {
  return bo_fail(s->diag, BO_E_INVALID, "not a valid ONNX file: %s at byte %zu", what, s->at);
}

static bool read_varint(scan *s, size_t end, uint64_t *value) {
  *value = 0;
  for (uint32_t shift = 0; shift < 70 && s->at < end; shift += 7) {
    const uint8_t byte = s->data[s->at++];
    *value |= shift < 64 ? (uint64_t)(byte & 0x7fU) << shift : 0;
    if (byte < 0x80) {
      return true;
    }
  }
  return false;
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *type,
                                                  uint64_t id) {
  for (unsigned i = 0; i < type->n_fields; i++) {
    if (type->fields[i].id == id) {
      return &type->fields[i];
    }
  }
  return NULL;
}

static bo_status enter_message(scan *s, const ProtobufCFieldDescriptor *field, size_t length) {
  frame *parent = &s->frames[s->depth - 1];
  const uint64_t bit = UINT64_C(1) << ((size_t)(field - parent->type->fields) & 63U);
  if (field->label != PROTOBUF_C_LABEL_REPEATED && (parent->seen & bit) != 0) {
    return bo_fail(s->diag, BO_E_INVALID, "not a valid ONNX file: %s.%s twice at byte %zu",
                   parent->type->short_name, field->name, s->at);
  }
  parent->seen |= bit;
  if (s->depth == BO_WIRE_MAX_DEPTH) {
    return bo_fail(s->diag, BO_E_INVALID, "messages nested deeper than %d at byte %zu",
                   BO_WIRE_MAX_DEPTH, s->at);
  }
  s->frames[s->depth++] = (frame){.type = field->descriptor, .end = s->at + length};
  return BO_OK;
}

static bool is_text(const ProtobufCFieldDescriptor *field) {
  return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES;
}

/* A length-delimited field: a message to look into, or bytes or a packed list to step over. */
static bo_status step_bytes(scan *s, const ProtobufCFieldDescriptor *field, size_t end) {
  uint64_t length = 0;
  if (!read_varint(s, end, &length) || length > end - s->at) {
    return broken(s, "size beyond the enclosing message");
  }
  if (field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE) {
    return enter_message(s, field, (size_t)length);
  }
  if (field != NULL && !is_text(field) && field->type != PROTOBUF_C_TYPE_FLOAT &&
      field->type != PROTOBUF_C_TYPE_DOUBLE) {
    s->numbers += (size_t)length;
    if (s->numbers > BO_WIRE_MAX_NUMBERS) {
      return bo_fail(s->diag, BO_E_INVALID, "more than %d bytes of packed integers",
                     BO_WIRE_MAX_NUMBERS);
    }
  }
  s->at += (size_t)length;
  return BO_OK;
}

static bo_status step_fixed(scan *s, size_t bytes, size_t end) {
  if (end - s->at < bytes) {
    return broken(s, "number cut short");
  }
  s->at += bytes;
  return BO_OK;
}

static bo_status step_field(scan *s) {
  const frame *here = &s->frames[s->depth - 1];
  uint64_t tag = 0;
  if (!read_varint(s, here->end, &tag) || tag >> 3 == 0 || tag > UINT32_MAX) {
    return broken(s, "broken field tag");
  }
  if (++s->fields > BO_WIRE_MAX_FIELDS) {
    return bo_fail(s->diag, BO_E_INVALID, "more than %d fields", BO_WIRE_MAX_FIELDS);
  }
  const ProtobufCFieldDescriptor *field = find_field(here->type, tag >> 3);
  const bool needs_bytes =
      field != NULL && (field->type == PROTOBUF_C_TYPE_MESSAGE || is_text(field));
  if (needs_bytes && (tag & 7U) != WIRE_BYTES) {
    return broken(s, "field of the wrong type");
  }
  uint64_t ignored = 0;
  switch (tag & 7U) {
  case WIRE_VARINT:
    return read_varint(s, here->end, &ignored) ? BO_OK : broken(s, "number cut short");
  case WIRE_FIXED64:
    return step_fixed(s, 8, here->end);
  case WIRE_BYTES:
    return step_bytes(s, field, here->end);
  case WIRE_FIXED32:
    return step_fixed(s, 4, here->end);
  default:
    return broken(s, "group or unknown wire type");
  }
}

bo_status bo_wire_check(const ProtobufCMessageDescriptor *type, const void *data, size_t size,
                        bo_diag *diag) {
  scan s = {.data = data, .depth = 1, .diag = diag};
  s.frames[0] = (frame){.type = type, .end = size};
  while (s.depth > 0) {
    if (s.at == s.frames[s.depth - 1].end) {
      s.depth--;
      continue;
    }
    const bo_status status = step_field(&s);
    if (status != BO_OK) {
      return status;
    }
  }
  return BO_OK;
}
