#include "net/onnx_proto.h"

#include "net/onnx_wire.h"

#include <protobuf-c/protobuf-c.h>

#include <stdbool.h>
#include <stdlib.h>

/* protobuf-c says NULL for every failure; this tells a full memory from a broken message. */
static void *note_failure(void *out_of_memory, size_t size) {
  void *piece = malloc(size > 0 ? size : 1);
  if (piece == NULL) {
    *(bool *)out_of_memory = true;
  }
  return piece;
}

static void release(void *unused, void *piece) {
  (void)unused;
  free(piece);
}

bo_status bo_onnx_unpack(ProtobufCMessage **out, const ProtobufCMessageDescriptor *type,
                         const void *data, size_t size, bo_diag *diag) {
  *out = NULL;
  const bo_status status = bo_wire_check(type, data, size, diag);
  if (status != BO_OK) {
    return status;
  }
  bool out_of_memory = false;
  ProtobufCAllocator allocator = {note_failure, release, &out_of_memory};
  *out = protobuf_c_message_unpack(type, &allocator, size, data);
  if (*out != NULL) {
    return BO_OK;
  }
  return out_of_memory ? bo_fail(diag, BO_E_NOMEM, "out of memory")
                       : bo_fail(diag, BO_E_INVALID, "not a valid ONNX file: a field is broken");
}

void bo_onnx_release(ProtobufCMessage *message) {
  ProtobufCAllocator allocator = {note_failure, release, NULL};
  if (message != NULL) {
    protobuf_c_message_free_unpacked(message, &allocator);
  }
}
