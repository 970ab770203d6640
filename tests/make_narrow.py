#!/usr/bin/env python3
"""Writes a small QDQ network for images of 28x28 with weights of fewer than 8 bits: `narrow` has 5 bits, two's complement,
`offset` 3 bits with zero-points. Weights are random, nobody trained it.
Usage: make_narrow.py OUT.onnx
"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = numpy.random.RandomState(3)
constants, nodes = {}, []


def scale(value):
    return numpy.float32(value)


def quantised(name, out, step, zero):
    """QuantizeLinear and DequantizeLinear of activations."""
    constants.update({f"{out}_scale": scale(step), f"{out}_zero": numpy.uint8(zero)})
    parameters = [f"{out}_scale", f"{out}_zero"]
    nodes.append(helper.make_node("QuantizeLinear", [name, *parameters], [f"{out}_codes"], name=f"{out}_q"))
    nodes.append(helper.make_node("DequantizeLinear", [f"{out}_codes", *parameters], [out], name=f"{out}_dq"))


def convolution(name, source, shape, bits, zero, stride):
    """A convolution; a zero of None: two's complement."""
    dtype = numpy.int8 if zero is None else numpy.uint8
    low = -(2 ** (bits - 1)) if zero is None else 0
    step = scale(2.0**-bits)
    codes = rng.randint(low, low + 2**bits, shape)
    constants.update({
        f"{name}_float": ((codes - (zero or 0)) * step).astype(numpy.float32),
        f"{name}_scale": step,
        f"{name}_zero": dtype(zero or 0),
        f"{name}_low": dtype(low),
        f"{name}_high": dtype(low + 2**bits - 1),
    })
    parameters = [f"{name}_scale", f"{name}_zero"]
    nodes.extend([
        helper.make_node("QuantizeLinear", [f"{name}_float", *parameters], [f"{name}_q"], name=f"{name}_quantise"),
        helper.make_node("Clip", [f"{name}_q", f"{name}_low", f"{name}_high"], [f"{name}_c"], name=f"{name}_clip"),
        helper.make_node("DequantizeLinear", [f"{name}_c", *parameters], [f"{name}_w"], name=f"{name}_dequantise"),
        helper.make_node("Conv", [source, f"{name}_w"], [f"{name}_sums"], name=name, strides=[stride, stride]),
    ])


quantised("x", "image", 1 / 255, 0)
convolution("narrow", "image", (6, 1, 7, 7), 5, None, 7)
quantised("narrow_sums", "hidden", 1 / 16, 100)
convolution("offset", "hidden", (10, 6, 4, 4), 3, 3, 1)
quantised("offset_sums", "logits", 1 / 4, 128)
nodes.append(helper.make_node("Flatten", ["logits"], ["y"], name="flatten"))
graph = helper.make_graph(
    nodes,
    "narrow",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 1, 28, 28])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 10])],
    [numpy_helper.from_array(numpy.asarray(value), name) for name, value in constants.items()],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
model.ir_version = 8
onnx.checker.check_model(model)
onnx.save(model, sys.argv[1])
