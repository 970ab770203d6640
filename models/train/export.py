"""
A trained network as an ONNX graph (opset 13, QDQ). What the SRAM stores are integer initialisers,
quantised with one range a layer; batch norm is folded into per-channel scales and int32 biases,
never into the codes, so that every runtime computes the integers that an array computes.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import network as networks

_OPSET = 13
_MAX_BIAS = 2**31 - 1


class ExportError(Exception):
    """One line that says what the graph cannot hold."""


class _Graph:
    """Nodes in order; each method appends one and returns the name of its output."""

    def __init__(self, quantizer, quantized):
        self.quantizer = quantizer
        self.quantized = quantized
        self.nodes = []
        self.initializers = []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, op, name, inputs, **attributes):
        output = f"{name}_out"
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        return output

    def requantize(self, name, x, activation):
        """QuantizeLinear to uint8, then DequantizeLinear."""
        parameters = [self.constant(f"{name}_scale", np.float32(activation.scale)),
                      self.constant(f"{name}_zero_point", np.uint8(activation.zero_point))]
        x = self.node("QuantizeLinear", f"{name}_quantize", [x, *parameters])
        return self.node("DequantizeLinear", f"{name}_dequantize", [x, *parameters])

    def affine(self, name, x, quantized, gain, offset, x_scale):
        """
        Inputs of a Conv or Gemm that computes gain * (W x) + offset: x, W and the bias in the
        accumulator's own steps, x_scale times the weight scale, both de-quantised from integers.
        """
        kind = np.int8 if self.quantizer.is_signed else np.uint8
        scale = (np.float64(quantized.scale) * gain).astype(np.float32)
        step = np.float32(x_scale) * scale
        with np.errstate(all="ignore"):  # a step may be 0
            bias = np.rint(offset / step.astype(np.float64))
        if not np.all(np.abs(bias) <= _MAX_BIAS):
            raise ExportError(f"{name}: the bias of a channel does not fit into 32 bits: its weights "
                              "times batch norm are next to nothing")
        zero_point = np.full(scale.shape, quantized.zero_point, kind)
        weight = self.constant(f"{name}_weight", quantized.code.astype(kind))
        if self.quantizer.bits < 8:  # Clip says how many bits of the byte the SRAM stores
            limits = [self.constant(f"{name}_weight_{side}", np.asarray(code, kind))
                      for side, code in zip(("min", "max"), self.quantizer.code_range)]
            weight = self.node("Clip", f"{name}_weight_clip", [weight, *limits])
        bias = self.constant(f"{name}_bias", bias.astype(np.int32))
        return [x, self._dequantize(f"{name}_weight", weight, scale, zero_point),
                self._dequantize(f"{name}_bias", bias, step, np.zeros(scale.shape, np.int32))]

    def _dequantize(self, name, codes, scale, zero_point):
        inputs = [codes, self.constant(f"{name}_scale", scale),
                  self.constant(f"{name}_zero_point", zero_point)]
        return self.node("DequantizeLinear", f"{name}_dequantize", inputs, axis=0)

    def conv(self, name, x, conv, x_scale):
        """Convolution with its batch norm folded in."""
        norm = conv.norm
        gain = _array(norm.weight.abs()) / np.sqrt(_array(norm.running_var) + norm.eps)
        offset = _array(norm.bias) - _array(norm.running_mean) * gain
        inputs = self.affine(name, x, self.quantized[conv], gain, offset, x_scale)
        kernel, pad, stride = conv.weight.shape[-1], conv.padding, conv.stride
        return self.node("Conv", name, inputs, kernel_shape=[kernel] * 2, pads=[pad] * 4,
                         strides=[stride] * 2)


def _array(tensor):
    return tensor.detach().numpy().astype(np.float64)


def _add_conv(graph, name, x, block, x_scale):
    x = graph.conv(name, x, block.conv, x_scale)
    x = graph.node("Relu", f"{name}_relu", [x])
    return graph.requantize(f"{name}_activation", x, block.activation)


def _add_residual(graph, name, x, block, x_scale):
    y = _add_conv(graph, f"{name}_first", x, block.first, x_scale)
    y = graph.conv(f"{name}_second", y, block.second, block.first.activation.scale)
    y = graph.requantize(f"{name}_second_activation", y, block.second_activation)
    if block.shortcut is not None:
        x = graph.conv(f"{name}_shortcut", x, block.shortcut, x_scale)
        x = graph.requantize(f"{name}_shortcut_activation", x, block.shortcut_activation)
    x = graph.node("Relu", f"{name}_relu", [graph.node("Add", f"{name}_add", [x, y])])
    return graph.requantize(f"{name}_activation", x, block.activation)


def _add_pool(graph, name, x, activation):
    x = graph.node("MaxPool", name, [x], kernel_shape=[2, 2], strides=[2, 2])
    return graph.requantize(f"{name}_activation", x, activation)


def _add_classifier(graph, x, network, activation):
    if network.average_activation is not None:
        activation = network.average_activation
        x = graph.node("GlobalAveragePool", "average", [x])
        x = graph.requantize("average_activation", x, activation)
    x = graph.node("Flatten", "flatten", [x])
    layer = network.classifier
    inputs = graph.affine("classifier", x, graph.quantized[layer], np.ones(len(layer.bias)),
                          _array(layer.bias), activation.scale)
    graph.nodes.append(helper.make_node("Gemm", inputs, ["logits"], name="classifier", transB=1))


def build(network, quantizer, quantized, name, shape):
    """
    The checked model. `quantized`: of network.stored(), in its order; `shape`: (C, H, W) of the
    input, which is float in 0 ... 1.
    """
    graph = _Graph(quantizer, dict(zip(network.stored(), quantized)))
    activation = networks.Activation()
    activation.scale.fill_(1 / 255)
    x = graph.requantize("image", "image", activation)
    for i, block in enumerate(network.blocks, 1):
        if isinstance(block, networks.PoolBlock):
            x = _add_pool(graph, f"pool{i}", x, activation)
            continue
        add, prefix = {networks.ConvBlock: (_add_conv, "conv"),
                       networks.ResidualBlock: (_add_residual, "res")}[type(block)]
        x = add(graph, f"{prefix}{i}", x, block, activation.scale)
        activation = block.activation
    _add_classifier(graph, x, network, activation)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, name,
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *shape])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT,
                                           ["N", len(network.classifier.bias)])],
            graph.initializers),
        producer_name="brownout", opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    onnx.checker.check_model(model, full_check=True)
    return model
