/**
 * @file onnx_read.h
 * Inside of the ONNX reader: from unpacked protobuf messages to bo_onnx_model.
 */
#ifndef BO_NET_ONNX_READ_H
#define BO_NET_ONNX_READ_H

#include "net/arena.h"
#include "net/onnx_model.h"
#include "net/onnx_names.h"

#ifdef __cplusplus
extern "C" {
#endif

struct Onnx__AttributeProto;
struct Onnx__GraphProto;
struct Onnx__NodeProto;

/** A graph that is being read. model->value has room for all that the file defines. */
typedef struct bo_onnx_reader {
  bo_onnx_model *model;
  bo_arena *arena; /**< model->storage */
  bo_onnx_names names;
} bo_onnx_reader;

/**
 * Copies @p text (NULL: "") into @p arena. Control characters are refused: names end up in
 * one-line diagnostics. BO_OK, BO_E_INVALID, BO_E_NOMEM.
 */
bo_status bo_onnx_read_text(const char **out, bo_arena *arena, const char *text, bo_diag *diag);

/**
 * One attribute; out->tensor is the caller's to free, all else lies in @p arena. Subgraphs and
 * references to attributes of a function are refused. BO_OK, BO_E_INVALID, BO_E_NOMEM.
 */
bo_status bo_onnx_read_attr(bo_onnx_attr *out, bo_arena *arena,
                            const struct Onnx__AttributeProto *proto, bo_diag *diag);

/** A new value of the name, which must be neither empty nor taken. As above. */
bo_status bo_onnx_add_value(bo_onnx_reader *r, uint32_t *index, const char *name, bo_diag *diag);

/** Names, attributes and outputs of a node, which become values. As above. */
bo_status bo_onnx_read_node(bo_onnx_reader *r, bo_onnx_node *node,
                            const struct Onnx__NodeProto *proto, bo_diag *diag);

/** Then, when all values are known, its inputs. As above. */
bo_status bo_onnx_link_node(bo_onnx_reader *r, bo_onnx_node *node,
                            const struct Onnx__NodeProto *proto, bo_diag *diag);

/** If it is a Constant node, moves its attribute into the value that it defines. As above. */
bo_status bo_onnx_fold_constant(bo_onnx_reader *r, bo_onnx_node *node, bo_diag *diag);
bool bo_onnx_is_constant(const bo_onnx_node *node);

/**
 * Values, nodes, inputs and outputs of @p model, whose storage is a bo_arena. What is there when it
 * fails can be freed with the model. BO_OK, BO_E_INVALID, BO_E_NOMEM.
 */
bo_status bo_onnx_read_graph(bo_onnx_model *model, const struct Onnx__GraphProto *graph,
                             bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
