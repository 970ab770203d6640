/**
 * @file import_weights.h
 * Constants as codes: what QuantizeLinear, Clip, Transpose and DequantizeLinear do to a tensor of
 * the file, and how a convolution takes its weights from there. Internal to the import.
 */
#ifndef BO_NET_IMPORT_WEIGHTS_H
#define BO_NET_IMPORT_WEIGHTS_H

#include "net/import_context.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A constant on its way from the file's tensor to codes with a scale. */
typedef struct bo_const_codes {
  const bo_tensor *tensor;   /**< of the file: integers, or floats that the graph quantises */
  bo_dtype dtype;            /**< of the codes: BO_I8, BO_U8, BO_I32 */
  int32_t lo, hi;            /**< range that Clip leaves to them */
  bool is_transposed;        /**< two dimensions, read the other way round */
  bool is_real;              /**< DequantizeLinear was applied */
  size_t scales;             /**< 0: not known yet, 1: one for all, else one per index of axis */
  uint32_t axis;             /**< of the file's tensor */
  const float *scale;        /**< [scales] */
  const int32_t *zero_point; /**< [scales] */
} bo_const_codes;

/** Handlers of operators whose first input is a constant or WEIGHTS. */
bo_status bo_import_const_quantize(bo_import *import, const bo_onnx_node *node, bo_diag *diag);
bo_status bo_import_const_dequantize(bo_import *import, const bo_onnx_node *node, bo_diag *diag);
bo_status bo_import_const_clip(bo_import *import, const bo_onnx_node *node, double lo, double hi,
                               bo_diag *diag);
bo_status bo_import_const_transpose(bo_import *import, const bo_onnx_node *node, bo_diag *diag);

/** Element @p i in the file's order. Precondition: i < tensor->count, scales > 0 for floats. */
int32_t bo_const_code(const bo_const_codes *codes, size_t i);
/** Index of its scale and zero-point. Precondition: scales > 0. */
size_t bo_const_channel(const bo_const_codes *codes, size_t i);

/** Which part of a node's inputs is the weights, and how it lies there. */
typedef struct bo_weight_use {
  uint32_t input;       /**< of the node */
  uint32_t scale_input; /**< of QLinear operators, followed by the zero-point; else 0 */
  uint32_t zero_input;  /**< of integer operators without scale; else 0 */
  bool is_matrix;       /**< two dimensions; else [outputs][inputs][kernel_h][kernel_w] */
  bool is_transposed;   /**< matrix stored [inputs][outputs] */
  uint32_t groups;
} bo_weight_use;

/** Codes of the weights of @p node, checked, with scale and zero-point. */
bo_status bo_import_weight_codes(const bo_const_codes **out, bo_import *import,
                                 const bo_onnx_node *node, const bo_weight_use *use, bo_diag *diag);

/**
 * Makes the network's tensor of them, or finds it where another layer uses the same; @p *index is
 * its number.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (shapes, per-channel axis, a zero-point outside of the
 *         bits, a second use with another quantisation).
 */
bo_status bo_import_weights_take(uint32_t *index, bo_import *import, const bo_onnx_node *node,
                                 const bo_weight_use *use, const bo_const_codes *codes,
                                 bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
