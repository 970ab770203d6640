/**
 * @file onnx_import.h
 * From an ONNX graph to the quantised network.
 *
 * Accepted: QDQ graphs (weights as float initialisers + Q [+ Clip] + DQ or integer initialisers
 * [+ Clip] + DQ; per tensor or per channel; int8 and uint8) and QOperator graphs (QLinearConv,
 * QLinearMatMul, ConvInteger, MatMulInteger; QLinearAdd, QLinearGlobalAveragePool,
 * QLinearAveragePool, QGemm of com.microsoft). Batch norm is folded into per-channel multipliers
 * and the bias, never into codes. Everything else is refused in one line: node, operator, reason.
 *
 * Integer operators give the codes that ONNX defines, bit by bit. In a QDQ graph the same numbers
 * are written as float32 arithmetic: there the network rounds once where a runtime rounds several
 * times, and a float bias is rounded to whole steps sx * sw of the int32 accumulator, so a code at
 * a rounding tie can differ by one.
 */
#ifndef BO_NET_ONNX_IMPORT_H
#define BO_NET_ONNX_IMPORT_H

#include "net/net.h"
#include "net/onnx_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Lowers @p model; the network is owned by the caller. BO_OK, BO_E_INVALID, BO_E_NOMEM. */
bo_status bo_net_import(bo_net **out, const bo_onnx_model *model, const char *name, bo_diag *diag);

/**
 * bo_onnx_model_load and bo_net_import in one; the name is the file's without folder and .onnx,
 * with
 * '_' for double quotes and for what is not printable UTF-8.
 */
bo_status bo_net_load(bo_net **out, const char *path, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
