#!/usr/bin/python3
"""
Evaluates an exported model node by node in float64, exactly as its QDQ graph says: independent of
the training code and of brownout, to compare both with.

  check_onnx.py MODEL.onnx [--dataset fmnist] [--data DIR] [--images N]
"""

import argparse

import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

import data


def _tensor(proto):
    return torch.from_numpy(numpy_helper.to_array(proto).copy())


def _quantize(x, scale, zero_point):
    limits = torch.iinfo(zero_point.dtype)
    code = torch.round(x / scale.double()) + zero_point.double()
    return code.clamp(limits.min, limits.max).to(zero_point.dtype)


def _dequantize(code, scale, zero_point, axis=1):
    column = [1] * code.dim()
    if scale.dim() == 1:
        column[axis] = -1
    return (code.double() - zero_point.double().view(column)) * scale.double().view(column)


def _conv(x, w, bias, pads, strides, **_):
    assert pads[:2] == pads[2:]
    return F.conv2d(x, w, bias, stride=strides, padding=pads[:2])


_OPERATORS = {
    "QuantizeLinear": _quantize,
    "DequantizeLinear": _dequantize,
    "Conv": _conv,
    "Clip": torch.clamp,
    "Add": torch.add,
    "Relu": lambda x: x.clamp(min=0),
    "MaxPool": lambda x, kernel_shape, strides: F.max_pool2d(x, kernel_shape, strides),
    "GlobalAveragePool": lambda x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda x: x.flatten(1),
    "Gemm": lambda x, w, bias, transB: x @ w.T + bias,
}


def run(model, images):
    """Logits of float images [N, C, H, W] in 0 ... 1."""
    values = {p.name: _tensor(p) for p in model.graph.initializer}
    values[model.graph.input[0].name] = images.double()
    for node in model.graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        inputs = [values[name] for name in node.input]
        values[node.output[0]] = _OPERATORS[node.op_type](*inputs, **attributes)
    return values[model.graph.output[0].name]


def wrong_answers(model, images, labels, batch=250):
    """How many of the uint8 images get another label than theirs."""
    wrong = 0
    with torch.no_grad():
        for i in range(0, len(images), batch):
            logits = run(model, data.to_float(images[i:i + batch]))
            wrong += int((logits.argmax(1) != labels[i:i + batch]).sum())
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--dataset", default="fmnist")
    parser.add_argument("--data", help="folder of the data set's files")
    parser.add_argument("--images", type=int, help="only the first N")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = onnx.load(arguments.model)
    onnx.checker.check_model(model, full_check=True)
    images, labels = data.load(arguments.dataset, "test", arguments.data)
    images, labels = images[:arguments.images], labels[:arguments.images]
    wrong = wrong_answers(model, images, labels)
    print(f"{arguments.model}: {wrong} of {len(images)} wrong, {100 * wrong / len(images):.2f} %")


if __name__ == "__main__":
    main()
