/**
 * @file net.h
 * The network as integers: what the accelerator runs, whatever ONNX dialect it came from.
 *
 * Activations are uint8 codes, layout [h][w][c] an image (int8 graphs are shifted by 128 at import,
 * codes and zero-point alike, which changes no result). Weights are m-bit storage patterns, exactly
 * the bits that lie in the SRAM. A convolution computes
 *
 *   acc[n] = bias[n] + sum (x - zx) * (w' - zw[n])      int32, two's complement
 *   y      = clamp(rint((float)acc * multiplier[n]) + zy, lo, hi)
 *
 * in ONNX QLinearConv arithmetic: float32 product, rint to even, then the zero-point (requant.h).
 * Padding contributes nothing (x = zx). Fully connected layers are convolutions whose kernel is the
 * whole input. Elementwise float arithmetic between codes (Relu, requantisation, ...) is a table of
 * 256. Every operation on float32 below is rounded to float32 by itself, in the order written.
 */
#ifndef BO_NET_NET_H
#define BO_NET_NET_H

#include "base/status.h"
#include "net/quant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Products and window taps of one image: bounds the time that a hostile file can ask for. */
#define BO_NET_MAX_WORK 0x1p40

/** Input index of a layer that reads the network's input. */
#define BO_NET_INPUT (-1)

typedef struct bo_shape {
  uint32_t h, w, c;
} bo_shape;

/** Codes of an activation of this shape. */
static inline size_t bo_shape_size(bo_shape shape) {
  return (size_t)shape.h * shape.w * shape.c;
}

typedef enum bo_op {
  BO_OP_CONV,
  /** y = clamp(rint((a + b) / sy) + zy, lo, hi), a = (float)(qa - za) * sa, likewise b. */
  BO_OP_ADD,
  /** Maximum of the codes in the window; padding never wins. lo = 0, hi = 255. */
  BO_OP_MAX_POOL,
  /**
   * y = clamp(rint((float)(sum (x - zx)) * (sx / (sy * (float)count))) + zy, lo, hi); the sum is
   * exact (int32). count: taps of the window that lie in the input at this position, or all
   * kernel_h * kernel_w taps if count_include_pad.
   */
  BO_OP_AVG_POOL,
  BO_OP_TABLE, /**< y = table[x]. lo = 0, hi = 255. */
} bo_op;

/**
 * Sliding window of CONV and the pools: out.h = (in.h + pad_top + pad_bottom
 * - ((kernel_h - 1) * dilation_h + 1)) / stride_h + 1, likewise the width. Every window of a pool
 * has at least one tap in the input.
 */
typedef struct bo_window {
  uint32_t kernel_h, kernel_w;
  uint32_t stride_h, stride_w;
  uint32_t dilation_h, dilation_w;
  uint32_t pad_top, pad_left, pad_bottom, pad_right;
} bo_window;

/** Quantisation of an activation: real = (code - zero_point) * scale. */
typedef struct bo_act_quant {
  float scale;
  uint8_t zero_point;
} bo_act_quant;

/**
 * The codes of a CONV layer, in the order and the patterns in which the SRAM stores them. Layers
 * that share a tensor in the file share it here.
 */
typedef struct bo_weights {
  bo_storage storage;
  uint32_t bits; /**< 1 … 8 */
  uint32_t groups;
  uint32_t outputs;       /**< N of one group */
  uint32_t inputs;        /**< K of one group = c / groups * kernel_h * kernel_w, in ONNX order */
  uint8_t *code;          /**< [groups][outputs][inputs], upper 8 - bits bits zero */
  int32_t *zero_point;    /**< zw [groups * outputs], a value that the bits can decode to */
  float *scale;           /**< as in the file [groups * outputs]; batch norm not folded in */
  uint32_t source_value;  /**< value index in the ONNX model that holds these weights */
  bool source_transposed; /**< the file stores [inputs][outputs] (MatMul) */
  bo_storage source_storage; /**< the file's: int8 or uint8 */
} bo_weights;

typedef struct bo_layer {
  bo_op op;
  char *name;       /**< ONNX node name */
  int32_t input[2]; /**< producing layers, BO_NET_INPUT for the network's input; [1] for ADD only */
  bo_shape in, out;
  bo_act_quant in_quant[2]; /**< how this layer reads its inputs' codes */
  bo_act_quant out_quant;
  uint8_t lo, hi;   /**< clamp of the output codes (Relu, Clip); 0 and 255 if none; lo <= hi */
  bo_window window; /**< CONV and pools */
  bool count_include_pad; /**< AVG_POOL: padding counts in the divisor */
  uint32_t weights;       /**< CONV: index into bo_net.weights */
  int32_t *bias;          /**< CONV: [out.c] */
  float *multiplier;      /**< CONV: [out.c], (sx * sw) / sy; for float logits sx * sw; finite */
  uint8_t table[256];     /**< TABLE */
} bo_layer;

typedef struct bo_net {
  char *name;
  bo_shape input;
  bo_act_quant input_quant;
  /**
   * The input as the graph wants it: code = sat(rint((x * gain[c] + offset[c]) / scale) + zp);
   * NaN gives code 0.
   */
  float *input_gain;               /**< [input.c], float32 arithmetic: multiply, then add */
  float *input_offset;             /**< [input.c] */
  uint32_t layers, weight_tensors; /**< at least one layer */
  bo_layer *layer;                 /**< topologically ordered; the last one is the output */
  bo_weights *weights;
  /**
   * The last layer is a CONV that leaves float logits (float)acc * multiplier[n]; otherwise logits
   * are (float)(code - zy) * sy of the last layer.
   */
  bool float_logits;
  uint32_t classes; /**< out.h * out.w * out.c of the last layer */
  uint64_t hash;    /**< of the ONNX file */
} bo_net;

void bo_net_free(bo_net *net);

/**
 * Checks every invariant that the engines rely on: shapes chain, windows fit, indices are in range,
 * the activations of an image are at most 2^28 codes and its work BO_NET_MAX_WORK, no accumulator
 * can leave int32 even with the worst weights (K * 255 * 255 + |bias| < 2^31).
 *
 * @return BO_OK or BO_E_INVALID naming the layer.
 */
bo_status bo_net_check(const bo_net *net, bo_diag *diag);

/** Multiply-accumulates of one image; taps in the padding count. */
uint64_t bo_net_macs(const bo_net *net);

/** Codes of the tensor: groups * outputs * inputs. */
size_t bo_weights_count(const bo_weights *weights);

/**
 * Room for other codes than the network's own: one pointer a weight tensor, all in one block that
 * free() gives back. NULL: out of memory.
 */
uint8_t **bo_net_codes_new(const bo_net *net);

/**
 * Stores the codes of one tensor, or of all weights, in the format @p storage: top bits and
 * zero-points change, what the codes stand for does not.
 */
void bo_weights_store_as(bo_weights *weights, bo_storage storage);
void bo_net_store_as(bo_net *net, bo_storage storage);

/** w' of a storage pattern: the code itself, or sign-extended from weights->bits. */
int32_t bo_weights_decode(const bo_weights *weights, uint8_t pattern);

/**
 * Quantises @p count images of float or uint8 pixels, NCHW, to input codes, [count][h][w][c].
 * uint8 pixels p stand for x = (float)p / 255.
 */
void bo_net_quantize_f32(const bo_net *net, const float *pixels, size_t count, uint8_t *codes);
void bo_net_quantize_u8(const bo_net *net, const uint8_t *pixels, size_t count, uint8_t *codes);

/**
 * The oracle of every engine: runs @p count images through plain loops, layer by layer.
 * Precondition: bo_net_check holds.
 *
 * @param codes   one pointer a weight tensor: the storage patterns to use; NULL: the clean ones
 * @param input   [count][h][w][c]
 * @param logits  [count][classes], classes in [h][w][c] order of the last layer
 *
 * @return BO_OK, BO_E_NOMEM.
 */
bo_status bo_net_reference(const bo_net *net, const uint8_t *const *codes, const uint8_t *input,
                           size_t count, float *logits, bo_diag *diag);

/**
 * The codes that layer @p index reads first when @p image goes through the network: @p in, as
 * layer[index].in says. Codes as in bo_net_reference.
 *
 * @return BO_OK, BO_E_INVALID (there is no such layer), BO_E_NOMEM.
 */
bo_status bo_net_reference_input(const bo_net *net, const uint8_t *const *codes,
                                 const uint8_t *image, uint32_t index, uint8_t *in, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
