#include "net/import_handlers.h"
#include "net/import_layer.h"
#include "net/import_weights.h"

bo_status bo_import_quantize_linear(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  const bo_meaning *meaning = bo_import_input(import, node, 0);
  if (meaning->kind == BO_MEANS_CONSTANT) {
    return bo_import_const_quantize(import, node, diag);
  }
  if (meaning->kind != BO_MEANS_INPUT) {
    return bo_import_quantize_as(import, node, meaning, 1, diag);
  }
  bo_meaning codes = {.kind = BO_MEANS_CODES,
                      .is_flat = meaning->is_flat,
                      .shape = meaning->shape,
                      .layer = BO_NET_INPUT};
  bo_status status = bo_import_act_quant(&codes.quant, &codes.is_signed, import, node, 1, diag);
  if (status == BO_OK) {
    status = bo_import_quantize_input(import, meaning, codes.quant, diag);
  }
  if (status == BO_OK) {
    bo_import_output(import, node, &codes);
  }
  return status;
}

bo_status bo_import_dequantize_linear(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  const bo_meaning_kind kind = bo_import_input(import, node, 0)->kind;
  if (kind == BO_MEANS_CONSTANT || kind == BO_MEANS_WEIGHTS) {
    return bo_import_const_dequantize(import, node, diag);
  }
  bo_read read;
  const bo_status status = bo_import_read(&read, import, node, 0, BO_READ_QUANT, 1, diag);
  if (status != BO_OK) {
    return status;
  }
  float *level = bo_import_alloc(import, 256, sizeof *level);
  if (level == NULL) {
    return bo_import_no_memory(diag);
  }
  for (int32_t code = 0; code < 256; code++) {
    level[code] = (float)(code - read.quant.zero_point) * read.quant.scale;
  }
  const bo_meaning levels = {.kind = BO_MEANS_LEVELS,
                             .is_flat = read.is_flat,
                             .shape = read.shape,
                             .layer = read.layer,
                             .is_plain = true,
                             .quant = read.quant,
                             .level = level};
  bo_import_output(import, node, &levels);
  return BO_OK;
}
