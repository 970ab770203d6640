"""
A trained network as an ONNX graph (opset 13, QDQ): what the SRAM stores are integer
initialisers, one scale and zero-point a layer; batch norms stay nodes of their own.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_OPSET = 13


class _Graph:
    """Nodes in order; each method appends one and returns the name of its output."""

    def __init__(self):
        self.nodes = []
        self.initializers = []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, op, name, inputs, **attributes):
        output = f"{name}_out"
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        return output

    def requantize(self, name, x, scale):
        """QuantizeLinear to uint8 with zero-point 0, then DequantizeLinear."""
        parameters = [self.constant(f"{name}_scale", np.float32(scale)),
                      self.constant(f"{name}_zero_point", np.uint8(0))]
        x = self.node("QuantizeLinear", f"{name}_quantize", [x, *parameters])
        return self.node("DequantizeLinear", f"{name}_dequantize", [x, *parameters])

    def weights(self, name, tensor, quantizer):
        """Integer codes and their DequantizeLinear."""
        kind = np.int8 if quantizer.is_signed else np.uint8
        quantized = quantizer(tensor)
        inputs = [self.constant(f"{name}_weight", quantized.code.astype(kind)),
                  self.constant(f"{name}_weight_scale", np.float32(quantized.scale)),
                  self.constant(f"{name}_weight_zero_point", kind(quantized.zero_point))]
        return self.node("DequantizeLinear", f"{name}_weight_dequantize", inputs)


def _array(tensor):
    return tensor.detach().numpy().astype(np.float32)


def _add_block(graph, name, x, block):
    weights = graph.weights(name, _array(block.weight), block.quantizer)
    x = graph.node("Conv", name, [x, weights], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    norm = block.norm
    parameters = {"gamma": norm.weight.abs(), "beta": norm.bias,
                  "mean": norm.running_mean, "variance": norm.running_var}
    constants = [graph.constant(f"{name}_norm_{key}", _array(value))
                 for key, value in parameters.items()]
    x = graph.node("BatchNormalization", f"{name}_norm", [x, *constants], epsilon=norm.eps)
    x = graph.node("Relu", f"{name}_relu", [x])
    return graph.requantize(f"{name}_activation", x, block.activation.scale)


def _add_classifier(graph, x, network):
    x = graph.node("GlobalAveragePool", "average", [x])
    x = graph.requantize("average_activation", x, network.pool_activation.scale)
    x = graph.node("Flatten", "flatten", [x])
    layer = network.classifier
    weights = graph.weights("classifier", _array(layer.weight), network.quantizer)
    bias = graph.constant("classifier_bias", _array(layer.bias))
    graph.nodes.append(helper.make_node("Gemm", [x, weights, bias], ["logits"], name="classifier",
                                        transB=1))


def build(network, config, shape):
    """The checked model; `shape` is (C, H, W) of the input, which is float in 0 ... 1."""
    graph = _Graph()
    x = graph.requantize("image", "image", 1 / 255)
    for i, blocks in enumerate(network.stages, 1):
        for j, block in enumerate(blocks, 1):
            x = _add_block(graph, f"conv{i}_{j}", x, block)
        if i < len(network.stages):
            x = graph.node("MaxPool", f"pool{i}", [x], kernel_shape=[2, 2], strides=[2, 2])
            x = graph.requantize(f"pool{i}_activation", x, block.activation.scale)
    _add_classifier(graph, x, network)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, config.name,
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *shape])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT,
                                           ["N", network.classifier.out_features])],
            graph.initializers),
        producer_name="brownout", opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    onnx.checker.check_model(model, full_check=True)
    return model
