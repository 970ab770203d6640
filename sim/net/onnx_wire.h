/**
 * @file onnx_wire.h
 * Looks through a protobuf message before it is unpacked, and bounds what unpacking will cost.
 *
 * protobuf-c recurses once a nested message and merges a singular message that comes twice by
 * copying all its lists: without this a small file could exhaust the stack or take hours.
 */
#ifndef BO_NET_ONNX_WIRE_H
#define BO_NET_ONNX_WIRE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ProtobufCMessageDescriptor;

enum {
  BO_WIRE_MAX_DEPTH = 32,       /**< messages inside each other */
  BO_WIRE_MAX_FIELDS = 1 << 20, /**< of all messages, known and unknown; a message is a field too */
  BO_WIRE_MAX_NUMBERS = 1 << 26, /**< bytes of packed integers, each of which becomes 4 or 8 */
};

/**
 * Checks that @p data is a well-formed message of @p type: every size lies inside its parent, no
 * groups, no singular message twice, all counts within the limits above. Unknown fields are
 * stepped over.
 *
 * @return BO_OK or BO_E_INVALID with the byte offset.
 */
bo_status bo_wire_check(const struct ProtobufCMessageDescriptor *type, const void *data,
                        size_t size, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
