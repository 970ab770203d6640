/**
 * @file onnx_attr.h
 * Attributes of a node by name, with ONNX's default when absent. An attribute of another type or
 * length than asked for is refused: diagnostics name the attribute ("strides: expected 2
 * integers"), the caller adds the node.
 */
#ifndef BO_NET_ONNX_ATTR_H
#define BO_NET_ONNX_ATTR_H

#include "net/onnx_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** BO_OK or BO_E_INVALID, here and below; @p fallback is what an absent attribute means. */
bo_status bo_onnx_attr_int(int64_t *out, const bo_onnx_node *node, const char *name,
                           int64_t fallback, bo_diag *diag);

bo_status bo_onnx_attr_float(float *out, const bo_onnx_node *node, const char *name, float fallback,
                             bo_diag *diag);

/** @p out is borrowed from the node, or @p fallback. */
bo_status bo_onnx_attr_text(const char **out, const bo_onnx_node *node, const char *name,
                            const char *fallback, bo_diag *diag);

/** Exactly @p count integers within lo … hi; all are @p fallback when absent. */
bo_status bo_onnx_attr_ints(int64_t *out, size_t count, int64_t lo, int64_t hi,
                            const bo_onnx_node *node, const char *name, int64_t fallback,
                            bo_diag *diag);

/** Refuses an attribute that is not in @p known, names separated by spaces: it could matter. */
bo_status bo_onnx_attrs_known(const bo_onnx_node *node, const char *known, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
