/**
 * @file quant.h
 * Quantisation schemes of weights, m = 2 … 8 bits, and how a code is stored.
 *
 * Stutz, Chandramoorthy, Hein, Schiele, MLSys 2021: equation 1 (symmetric, truncating), the
 * asymmetric map and the robust scheme RQUANT, with the constants of the published evaluation:
 * range widened by 0.001, offset 2^(m-1). All arithmetic is float32.
 */
#ifndef BO_NET_QUANT_H
#define BO_NET_QUANT_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How the SRAM stores a code. Under XOR faults the two are equivalent, under stuck-at not. */
typedef enum bo_storage {
  BO_STORAGE_OFFSET_BINARY,   /**< the unsigned code itself */
  BO_STORAGE_TWOS_COMPLEMENT, /**< signed code, sign bit on top */
  BO_STORAGES
} bo_storage;

/** "offset_binary", "twos_complement": what files and command lines call it. */
const char *bo_storage_name(bo_storage storage);

/** The ablation of the paper, in its order; each row of the table in quant.c. */
typedef enum bo_scheme {
  BO_SCHEME_GLOBAL,     /**< symmetric signed truncating, one range for the network (w_max) */
  BO_SCHEME_NORMAL,     /**< the same with max|w| of the tensor: the reference */
  BO_SCHEME_ASYMMETRIC, /**< NORMAL with range [min, max], signed */
  BO_SCHEME_UNSIGNED,   /**< asymmetric, unsigned, truncating */
  BO_SCHEME_RQUANT,     /**< asymmetric, unsigned, rounding */
  BO_SCHEMES
} bo_scheme;

/** "normal", "rquant", ...; and back: BO_E_INVALID lists the names. */
const char *bo_scheme_name(bo_scheme scheme);
bo_status bo_scheme_parse(bo_scheme *scheme, const char *name, bo_diag *diag);

/** What de-quantisation needs to know of a tensor: found once, on clean weights. */
typedef struct bo_quant_range {
  bo_scheme scheme;
  uint32_t bits;
  float qmin, qmax;
} bo_quant_range;

/**
 * Range of @p w. GLOBAL takes [-global_range, global_range]; the others ignore global_range.
 *
 * @return BO_OK, BO_E_INVALID (bits outside 2 … 8, count 0, a weight not finite, empty range).
 */
bo_status bo_quant_fit(bo_quant_range *range, bo_scheme scheme, uint32_t bits, float global_range,
                       const float *w, size_t count, bo_diag *diag);

/** GLOBAL, NORMAL, ASYMMETRIC have codes -2^(m-1) … 2^(m-1)-1, the others 0 … 2^m-1. */
bool bo_scheme_is_signed(bo_scheme scheme);

/**
 * Codes as published; code[i] is the code as an integer, not its storage pattern. Weights are
 * finite; those outside the range saturate. De-quantisation takes any m-bit code, also one that
 * only an error can make: asymmetric schemes clamp to the range, symmetric ones do not.
 */
void bo_quantize(const bo_quant_range *range, const float *w, size_t count, int32_t *code);
void bo_dequantize(const bo_quant_range *range, const int32_t *code, size_t count, float *w);

/**
 * The same scheme *as deployed*: ONNX and integer hardware know w = scale * (code - zero_point)
 * with an integer zero_point. What is trained, exported to ONNX and run here is this form.
 *
 * Symmetric schemes keep their published codes; zero_point = 0. Asymmetric ones divide the range,
 * widened to contain 0, into 2^m - 1 steps, so clean codes use all 2^m patterns (the published map
 * leaves the lowest to errors and has no code for 0), and move it by at most half a step until 0 is
 * a code: zero_point = rint(lowest - qmin / scale).
 */
typedef struct bo_affine {
  float scale;
  int32_t zero_point;
  int32_t code_min, code_max; /**< clean codes lie in this range */
  bool rounds; /**< w / scale to nearest even, then + zero_point; else the sum truncated to 0 */
} bo_affine;

bo_affine bo_quant_deploy(const bo_quant_range *range);
void bo_affine_quantize(const bo_affine *affine, const float *w, size_t count, int32_t *code);
void bo_affine_dequantize(const bo_affine *affine, const int32_t *code, size_t count, float *w);

#ifdef __cplusplus
}
#endif

#endif
