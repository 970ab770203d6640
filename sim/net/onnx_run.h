/**
 * @file onnx_run.h
 * Runs an ONNX model node by node with the reference operators. Slow, and meant to be obvious: what
 * it computes is what the model means.
 */
#ifndef BO_NET_ONNX_RUN_H
#define BO_NET_ONNX_RUN_H

#include "net/onnx_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes that the values of a run may take at a time, those of the operator at work aside. */
#define BO_ONNX_RUN_MAX_BYTES ((size_t)1 << 30)

/**
 * Runs @p model.
 *
 * @param inputs   [model->inputs], in the order of model->input; borrowed. Shapes may differ from
 *                 the declared ones (the batch), as long as each operator accepts them.
 * @param outputs  [model->outputs], overwritten; owned by the caller. All {0} on failure.
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (a node that cannot be computed: @p diag names it).
 */
bo_status bo_onnx_run(const bo_onnx_model *model, const bo_tensor *inputs, bo_tensor *outputs,
                      bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
