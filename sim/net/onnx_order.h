/**
 * @file onnx_order.h
 * Puts the nodes of a graph into an order in which each uses only what stands before it.
 */
#ifndef BO_NET_ONNX_ORDER_H
#define BO_NET_ONNX_ORDER_H

#include "net/onnx_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Sorts model->node; a file that is in order stays as it is. Needs node, value and their counts.
 *
 * @return BO_OK, BO_E_NOMEM, BO_E_INVALID (a cycle: names a node on it).
 */
bo_status bo_onnx_sort_nodes(bo_onnx_model *model, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
