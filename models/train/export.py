"""
A trained network as an ONNX graph (opset 13, QDQ). What the SRAM stores are integer initialisers,
quantised with one range a layer; batch norm is folded into per-channel scales and int32 biases,
never into the codes, so that every runtime computes the integers that an array computes.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_OPSET = 13


class _Graph:
    """Nodes in order; each method appends one and returns the name of its output."""

    def __init__(self, quantizer):
        self.quantizer = quantizer
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

    def affine(self, name, x, weights, gain, offset, x_scale):
        """
        Inputs of a Conv or Gemm that computes gain * (W x) + offset: x, W and the bias in the
        accumulator's own steps, x_scale times the weight scale, both de-quantised from integers.
        """
        kind = np.int8 if self.quantizer.is_signed else np.uint8
        quantized = self.quantizer(weights)
        scale = (np.float64(quantized.scale) * gain).astype(np.float32)
        step = np.float32(x_scale) * scale
        bias = np.rint(offset / step.astype(np.float64)).astype(np.int32)
        zero_point = np.full(scale.shape, quantized.zero_point, kind)
        parts = {"weight": (quantized.code.astype(kind), scale, zero_point),
                 "bias": (bias, step, np.zeros(scale.shape, np.int32))}
        inputs = [x]
        for part, (codes, scales, zero_points) in parts.items():
            constants = [self.constant(f"{name}_{part}", codes),
                         self.constant(f"{name}_{part}_scale", scales),
                         self.constant(f"{name}_{part}_zero_point", zero_points)]
            inputs.append(
                self.node("DequantizeLinear", f"{name}_{part}_dequantize", constants, axis=0))
        return inputs


def _array(tensor, kind=np.float64):
    return tensor.detach().numpy().astype(kind)


def _add_block(graph, name, x, block, x_scale):
    norm = block.norm
    gain = _array(norm.weight.abs()) / np.sqrt(_array(norm.running_var) + norm.eps)
    offset = _array(norm.bias) - _array(norm.running_mean) * gain
    inputs = graph.affine(name, x, _array(block.weight, np.float32), gain, offset, x_scale)
    x = graph.node("Conv", name, inputs, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = graph.node("Relu", f"{name}_relu", [x])
    return graph.requantize(f"{name}_activation", x, block.activation.scale)


def _add_classifier(graph, x, network):
    x = graph.node("GlobalAveragePool", "average", [x])
    x_scale = network.pool_activation.scale
    x = graph.requantize("average_activation", x, x_scale)
    x = graph.node("Flatten", "flatten", [x])
    layer = network.classifier
    inputs = graph.affine("classifier", x, _array(layer.weight, np.float32),
                          np.ones(layer.out_features), _array(layer.bias), x_scale)
    graph.nodes.append(helper.make_node("Gemm", inputs, ["logits"], name="classifier", transB=1))


def build(network, config, shape):
    """The checked model; `shape` is (C, H, W) of the input, which is float in 0 ... 1."""
    graph = _Graph(network.quantizer)
    x_scale = 1 / 255
    x = graph.requantize("image", "image", x_scale)
    for i, blocks in enumerate(network.stages, 1):
        for j, block in enumerate(blocks, 1):
            x = _add_block(graph, f"conv{i}_{j}", x, block, x_scale)
            x_scale = block.activation.scale
        if i < len(network.stages):
            x = graph.node("MaxPool", f"pool{i}", [x], kernel_shape=[2, 2], strides=[2, 2])
            x = graph.requantize(f"pool{i}_activation", x, x_scale)
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
