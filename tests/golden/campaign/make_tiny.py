#!/usr/bin/python3
"""Makes tiny.onnx and tiny.npz, the network and images of tests/test_campaign.c.

Two convolutions in integers, computed here with numpy alone. The label of an image is what the
network says, but for every tenth image the next class: the clean error is 10 % by construction.
"""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
IMAGES, SIDE, CHANNELS, CLASSES = 80, 6, 4, 5
rng = np.random.RandomState(7)

pixels = rng.randint(0, 256, (IMAGES, 1, SIDE, SIDE)).astype(np.uint8)
w1 = rng.randint(-127, 128, (CHANNELS, 1, 3, 3)).astype(np.int8)
w2 = rng.randint(-127, 128, (CLASSES, CHANNELS, 4, 4)).astype(np.int8)
b1 = rng.randint(-2000, 2000, CHANNELS).astype(np.int32)
SX, SW1, SY1, SW2, SY2 = np.float32([1 / 255, 1 / 128, 1 / 32, 1 / 128, 1 / 4])


def sums(x, w, bias):
    kernel = w.shape[2]
    side = x.shape[2] - kernel + 1
    acc = np.zeros((x.shape[0], w.shape[0], side, side), np.int64)
    for i in range(side):
        for j in range(side):
            window = x[:, None, :, i:i + kernel, j:j + kernel].astype(np.int64)
            acc[:, :, i, j] = (window * w[None].astype(np.int64)).sum((2, 3, 4))
    return acc + bias[None, :, None, None]


def requantize(acc, multiplier, zero):
    y = np.rint(acc.astype(np.float32) * np.float32(multiplier)) + zero
    return np.clip(y, 0, 255).astype(np.uint8)


hidden = requantize(sums(pixels, w1, b1), np.float32(SX * SW1) / SY1, 0)
# A bias that makes every class about as frequent as any other.
b2 = -sums(hidden, w2, np.zeros(CLASSES, np.int32)).mean((0, 2, 3)).astype(np.int32)
logits = requantize(sums(hidden, w2, b2), np.float32(SY1 * SW2) / SY2, 128)
logits = logits.reshape(IMAGES, CLASSES)
labels = logits.argmax(1)
labels[::10] = (labels[::10] + 1) % CLASSES
np.savez(os.path.join(HERE, "tiny.npz"), images=pixels, labels=labels.astype(np.int64))

constants = {"sx": SX, "zx": np.uint8(0), "w1": w1, "sw1": SW1, "zw": np.int8(0), "sy1": SY1,
             "zy1": np.uint8(0), "b1": b1, "w2": w2, "sw2": SW2, "sy2": SY2, "zy2": np.uint8(128),
             "b2": b2}
node = helper.make_node
nodes = [
    node("QuantizeLinear", ["x", "sx", "zx"], ["qx"], name="input"),
    node("QLinearConv", ["qx", "sx", "zx", "w1", "sw1", "zw", "sy1", "zy1", "b1"], ["q1"], name="conv1"),
    node("QLinearConv", ["q1", "sy1", "zy1", "w2", "sw2", "zw", "sy2", "zy2", "b2"], ["q2"], name="conv2"),
    node("DequantizeLinear", ["q2", "sy2", "zy2"], ["y4"], name="output"),
    node("Flatten", ["y4"], ["y"], name="flatten"),
]
graph = helper.make_graph(
    nodes, "tiny",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", CLASSES])],
    [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
model.ir_version = 8
onnx.checker.check_model(model)
onnx.save(model, os.path.join(HERE, "tiny.onnx"))
print("classes", np.bincount(labels, minlength=CLASSES), "bytes", w1.size + w2.size)
