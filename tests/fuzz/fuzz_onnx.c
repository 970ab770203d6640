/* An ONNX file: read into a graph, then lowered to a network. Seeds: libonnx-testdata. */
#include "net/onnx_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_diag diag;
  bo_tensor tensor;
  bo_onnx_model *model = NULL;
  bo_net *net = NULL;
  if (bo_onnx_model_parse(&model, "model", data, size, &diag) == BO_OK &&
      bo_net_import(&net, model, "model", &diag) == BO_OK && bo_net_check(net, &diag) != BO_OK) {
    __builtin_trap(); /* what was imported is what the engines rely on */
  }
  bo_net_free(net);
  bo_onnx_model_free(model);
  if (bo_onnx_tensor_parse(&tensor, "tensor", data, size, &diag) == BO_OK) {
    bo_tensor_free(&tensor);
  }
  return 0;
}
