/**
 * @file onnx_proto.h
 * Unpacks ONNX protobuf messages of strangers: checked first (onnx_wire.h), then by protobuf-c.
 */
#ifndef BO_NET_ONNX_PROTO_H
#define BO_NET_ONNX_PROTO_H

#include "base/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ProtobufCMessage;
struct ProtobufCMessageDescriptor;

/**
 * Unpacks a message of @p type; owned by the caller (bo_onnx_release). The result is a copy: it
 * does not point into @p data. Strings are zero-terminated, but their bytes are not checked.
 *
 * @return BO_OK, BO_E_INVALID (not such a message, or beyond a limit of onnx_wire.h), BO_E_NOMEM.
 */
bo_status bo_onnx_unpack(struct ProtobufCMessage **out,
                         const struct ProtobufCMessageDescriptor *type, const void *data,
                         size_t size, bo_diag *diag);

/** NULL is fine. */
void bo_onnx_release(struct ProtobufCMessage *message);

#ifdef __cplusplus
}
#endif

#endif
