/**
 * @file engine.h
 * The fast engine: the whole network in integers, bit-equal to bo_net_reference, one thread.
 *
 * Convolutions run on oneDNN where it is exact (VNNI or AMX: onednn_conv.h), else on our own
 * kernel.
 */
#ifndef BO_ACCEL_ENGINE_H
#define BO_ACCEL_ENGINE_H

#include "base/status.h"
#include "net/net.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_engine_kernel {
  BO_ENGINE_AUTO,   /**< oneDNN if exact on this processor, else OWN */
  BO_ENGINE_ONEDNN, /**< refused where not exact */
  BO_ENGINE_OWN,
} bo_engine_kernel;

typedef struct bo_engine bo_engine;

/**
 * Engine for @p net (borrowed, must outlive it), loaded with the clean weights. Everything that
 * running needs is allocated here. For one thread at a time.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (ONEDNN asked for where it is not exact).
 */
bo_status bo_engine_new(bo_engine **out, const bo_net *net, bo_engine_kernel kernel, bo_diag *diag);
void bo_engine_free(bo_engine *engine);

/** "oneDNN avx512_core_vnni", "own": what runs. */
const char *bo_engine_kernel_name(const bo_engine *engine);

/** Loads storage patterns, one pointer a weight tensor of the net: what the array reads. */
bo_status bo_engine_load(bo_engine *engine, const uint8_t *const *codes, bo_diag *diag);

/** Runs @p count images: input [count][h][w][c] codes, logits [count][classes]. */
bo_status bo_engine_run(bo_engine *engine, const uint8_t *input, size_t count, float *logits,
                        bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
