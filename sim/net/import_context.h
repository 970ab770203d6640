/**
 * @file import_context.h
 * How the import sees a graph: every ONNX value has a *meaning*. Nodes are walked in order; each
 * turns the meanings of its inputs into that of its output. Float arithmetic between quantised
 * values is only remembered (what is pending), until QuantizeLinear makes a layer of it.
 *
 * Internal to the import (import_*.c). Everything that lives as long as the import lies in its
 * arena; layers and weights are built in the network itself.
 */
#ifndef BO_NET_IMPORT_CONTEXT_H
#define BO_NET_IMPORT_CONTEXT_H

#include "net/arena.h"
#include "net/net.h"
#include "net/onnx_model.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Producer of nothing yet; BO_NET_INPUT is -1. */
#define BO_IMPORT_NO_LAYER (-2)

typedef enum bo_meaning_kind {
  BO_MEANS_NOTHING,  /**< no node that is supported computes it */
  BO_MEANS_CONSTANT, /**< a tensor of the file */
  BO_MEANS_WEIGHTS,  /**< a constant as codes: import_weights.h */
  BO_MEANS_INPUT,    /**< x * gain[c] + offset[c] of the network's input x */
  BO_MEANS_CODES,    /**< activation codes of a layer */
  BO_MEANS_LEVELS,   /**< a float function of the codes of a layer, one value a code */
  BO_MEANS_ACC,      /**< clamp((sum + base) * unit * gain + offset) of a convolution */
  BO_MEANS_SUM,      /**< clamp(a + b) of two dequantised values */
  BO_MEANS_MEAN,     /**< clamp(average pool of a dequantised value) */
} bo_meaning_kind;

/** A convolution whose result is not quantised yet. */
typedef struct bo_conv_draft {
  const char *name;
  int32_t input;
  bo_act_quant in_quant;
  bo_shape in, out;
  bo_window window;
  uint32_t weights;    /**< index in the network */
  const float *unit;   /**< [out.c] real value of one step of the accumulator: sx * sw, or 1 */
  const int32_t *base; /**< [out.c] bias that the file gives in such steps */
  int32_t layer;       /**< what it became, BO_IMPORT_NO_LAYER until quantised */
  const double *layer_gain, *layer_offset; /**< with which it became that */
} bo_conv_draft;

/** Of SUM (both inputs) and MEAN (the first, and the window). */
typedef struct bo_pool_draft {
  const char *name;
  int32_t input[2];
  bo_act_quant in_quant[2];
  bo_shape in;
  bo_window window;
  bool count_include_pad;
} bo_pool_draft;

typedef struct bo_meaning {
  bo_meaning_kind kind;
  bool at_end;    /**< after Softmax, ArgMax: nothing may compute with it */
  bool is_flat;   /**< two dimensions [N][features], features in the order [c][h][w] */
  bo_shape shape; /**< of one image; not for CONSTANT and WEIGHTS */

  uint32_t source;                    /**< CONSTANT, WEIGHTS: value of the file */
  const struct bo_const_codes *codes; /**< WEIGHTS */

  int32_t layer;      /**< CODES, LEVELS: producer or BO_NET_INPUT */
  bool is_signed;     /**< CODES: int8 in the file, here + 128 */
  bool is_plain;      /**< LEVELS: exactly (code - zero_point) * scale */
  bo_act_quant quant; /**< CODES: as written, if known (scale > 0); LEVELS: as read */
  const float *level; /**< LEVELS: [256] */

  const double *gain, *offset; /**< INPUT, ACC: [shape.c] */
  float lo, hi;                /**< ACC, SUM, MEAN: clamp, infinite if none */
  bo_conv_draft *conv;         /**< ACC */
  const bo_pool_draft *pool;   /**< SUM, MEAN */
} bo_meaning;

typedef struct bo_import {
  const bo_onnx_model *model;
  bo_net *net; /**< owned until the import ends well */
  bo_arena arena;
  bo_meaning *meaning; /**< [model->values] */
  bool input_is_quantised;
  const double *input_gain; /**< with which it was; NULL: the input is codes */
  size_t bytes;             /**< taken from the arena so far */
} bo_import;

/**
 * Zeroed memory in the arena; NULL when memory is out or the import has taken 512 MiB, which only
 * a file made to do so needs.
 */
void *bo_import_alloc(bo_import *import, size_t count, size_t size);

/** "an unquantised convolution", ... for diagnostics. */
const char *bo_meaning_text(const bo_meaning *meaning);

/** Meaning of input @p i of @p node; NULL if it is left out. */
const bo_meaning *bo_import_input(const bo_import *import, const bo_onnx_node *node, uint32_t i);

/** Gives the first output of @p node its meaning. */
void bo_import_output(bo_import *import, const bo_onnx_node *node, const bo_meaning *meaning);

/** Name of input @p i for diagnostics. */
const char *bo_import_input_name(const bo_import *import, const bo_onnx_node *node, uint32_t i);

/** "no memory", BO_E_NOMEM. */
bo_status bo_import_no_memory(bo_diag *diag);

/** The file's tensor that input @p i is; NULL, and why in @p diag, if it is not a constant. */
const bo_tensor *bo_import_constant(const bo_import *import, const bo_onnx_node *node, uint32_t i,
                                    bo_diag *diag);

/**
 * Real values of a constant input, in the arena: a float tensor, or DequantizeLinear of integers.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (not such a constant, a value not finite).
 */
bo_status bo_import_reals(const double **out, const bo_tensor **tensor, bo_import *import,
                          const bo_onnx_node *node, uint32_t i, bo_diag *diag);

/** Scale and zero-point of activations at inputs @p i and @p i + 1 (the latter may be left out). */
bo_status bo_import_act_quant(bo_act_quant *out, bool *is_signed, const bo_import *import,
                              const bo_onnx_node *node, uint32_t i, bo_diag *diag);

/** The zero-point alone, at input @p i; uint8 0 if it is left out. The scale is not touched. */
bo_status bo_import_act_zero_point(bo_act_quant *out, bool *is_signed, const bo_import *import,
                                   const bo_onnx_node *node, uint32_t i, bo_diag *diag);

/**
 * Appends a layer of the network and names it; op, input, shapes and quantisation are the caller's.
 * The pointer holds until the next call. BO_OK, BO_E_NOMEM.
 */
bo_status bo_import_layer_new(bo_layer **out, bo_import *import, const char *name, bo_op op,
                              bo_diag *diag);

/** Window that is the whole input: fully connected layers, global pools. */
bo_window bo_import_whole_window(bo_shape shape);

/**
 * Window of Conv and the pools from kernel_shape, strides, dilations, pads, auto_pad and ceil_mode.
 * @p shape is that of the input and becomes that of the output, channels untouched.
 *
 * @param overhangs  set if ceil_mode let the last window reach beyond the padding; NULL: Conv
 * @param kernel     what kernel_shape must be if given; NULL: it must be given
 *
 * @return BO_OK, BO_E_INVALID.
 */
bo_status bo_import_window(bo_window *out, bo_shape *shape, bool *overhangs,
                           const bo_onnx_node *node, const uint32_t kernel[2], bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
