/**
 * @file onnx_ops.h
 * The operators of ONNX that networks here use, in plain loops: the meaning of a model.
 *
 * They follow the ONNX operator definitions (opset 7 … 19; older models where nothing differs) and,
 * for the domain com.microsoft, ONNX Runtime's contrib operators. Sums are accumulated in double,
 * in which every sum of products of 8-bit codes is exact; integer results wrap to int32. Codes are
 * requantised by requant.h with these float32 multipliers:
 *
 *   QLinearConv, QLinearMatMul                      (sx * sw) / sy
 *   QGemm                                           (alpha * sa * sb) / sy
 *   QLinearAveragePool, QLinearGlobalAveragePool    sx / (sy * (float)count), of sum (x - zx)
 *   QLinearAdd          rint(((float)(a - za) * sa + (float)(b - zb) * sb) / sy)
 */
#ifndef BO_NET_ONNX_OPS_H
#define BO_NET_ONNX_OPS_H

#include "net/onnx_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One execution of a node. */
typedef struct bo_onnx_call {
  const bo_onnx_node *node;
  int64_t opset;
  const bo_tensor *const *input; /**< [node->inputs]; NULL: left out */
  bo_tensor *output;             /**< [node->outputs], all {0} */
} bo_onnx_call;

/**
 * Computes the outputs of @p call, which become the caller's. On failure all are {0} and the
 * diagnostic names the node.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID: unknown operator or attribute, number, type or shape of
 *         the inputs, an output that is not computed here.
 */
bo_status bo_onnx_op_run(const bo_onnx_call *call, bo_diag *diag);

/** Whether there is an operator @p name in @p domain. */
bool bo_onnx_op_known(const char *domain, const char *name);

#ifdef __cplusplus
}
#endif

#endif
