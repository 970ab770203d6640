#include "import_graphs.h"

onnx_builder *quantised_input(int64_t opset) {
  onnx_builder *b = onnx_builder_new(opset);
  onnx_builder_input(b, "x", BO_F32, "-1 2 1 1");
  onnx_builder_output(b, "y");
  onnx_builder_scalar(b, "xs", BO_F32, 0.5);
  onnx_builder_scalar(b, "xz", BO_U8, 10);
  onnx_builder_scalar(b, "ys", BO_F32, 0.25);
  onnx_builder_scalar(b, "yz", BO_U8, 20);
  onnx_builder_node(b, "QuantizeLinear", "q", "x xs xz", "xq", "");
  onnx_builder_node(b, "DequantizeLinear", "dq", "xq xs xz", "xf", "");
  return b;
}

void conv_weights(onnx_builder *builder) {
  onnx_builder_tensor(builder, "w", BO_I8, "2 2 1 1", (const int8_t[]){3, -4, 5, 6});
  onnx_builder_f32(builder, "ws", "2", (const float[]){0.5F, 0.125F});
  onnx_builder_tensor(builder, "wz", BO_I8, "2", (const int8_t[]){0, 0});
  onnx_builder_node(builder, "DequantizeLinear", "wdq", "w ws wz", "wf", "axis=0");
}
