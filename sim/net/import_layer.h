/**
 * @file import_layer.h
 * How nodes read activation codes, and how what is pending becomes a layer. Internal to the import.
 */
#ifndef BO_NET_IMPORT_LAYER_H
#define BO_NET_IMPORT_LAYER_H

#include "net/import_context.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where the scale and zero-point of an activation input come from. */
typedef enum bo_read_form {
  BO_READ_LEVELS, /**< DequantizeLinear before the node */
  BO_READ_QUANT,  /**< inputs of the node: scale, then zero-point */
  BO_READ_ZERO,   /**< only a zero-point is an input (ConvInteger); the scale is as written */
} bo_read_form;

/** Codes that a layer reads. */
typedef struct bo_read {
  int32_t layer;
  bo_act_quant quant;
  bo_shape shape;
  bool is_flat, is_signed;
} bo_read;

/** Input @p i of @p node; @p quant_input is that of its scale, or of its zero-point alone. */
bo_status bo_import_read(bo_read *out, bo_import *import, const bo_onnx_node *node, uint32_t i,
                         bo_read_form form, uint32_t quant_input, bo_diag *diag);

/**
 * The network's input is quantised thus, after @p prologue (INPUT; NULL: it is codes). Asked
 * twice, it must be the same.
 */
bo_status bo_import_quantize_input(bo_import *import, const bo_meaning *prologue,
                                   bo_act_quant quant, bo_diag *diag);

/**
 * Quantises a pending @p meaning (ACC, SUM, MEAN) or LEVELS with scale and zero-point at inputs
 * @p i and @p i + 1 of @p node: appends the layer and makes its codes the output of @p node.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (a bias that does not fit int32, an accumulator that is
 *         needed in two ways).
 */
bo_status bo_import_quantize_as(bo_import *import, const bo_onnx_node *node,
                                const bo_meaning *meaning, uint32_t i, bo_diag *diag);

/** Makes the output of the graph the last layer and fills float_logits and classes. */
bo_status bo_import_finish(bo_import *import, const bo_meaning *output, bo_diag *diag);

/** Takes tables that only clamp into the layers that nobody else reads. BO_OK, BO_E_NOMEM. */
bo_status bo_import_fold_clamps(bo_import *import, bo_diag *diag);

/** The layer of an ACC; @p out_scale is that of the codes, or 1 for float logits. */
bo_status bo_import_conv_layer(bo_layer **out, bo_import *import, const bo_meaning *acc,
                               float out_scale, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
