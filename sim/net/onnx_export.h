/**
 * @file onnx_export.h
 * Back from the network to an ONNX file, with other weights.
 */
#ifndef BO_NET_ONNX_EXPORT_H
#define BO_NET_ONNX_EXPORT_H

#include "base/status.h"
#include "net/net.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Writes the ONNX file @p source_path again as @p path with the weight codes @p codes (storage
 * patterns, one pointer a weight tensor of @p net) in place of its weights: any ONNX runtime then
 * computes what the array computed. Float weights that the file quantises itself are written as the
 * float that quantises to the code.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (the file is not the one net was read from).
 */
bo_status bo_onnx_export(const char *path, const char *source_path, const bo_net *net,
                         const uint8_t *const *codes, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
