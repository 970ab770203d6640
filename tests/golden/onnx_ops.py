#!/usr/bin/python3
"""Writes tests/golden/onnx_*.onnx: quantised operators where ONNX's own tests are thin.

Each model computes y from constants and has a second output, expected, computed here with NumPy in
another way than the simulator does: windows as slices of a padded array, sums by einsum in int64,
requantisation in float32. Run it from anywhere; it needs the packages python3-onnx, python3-numpy.
"""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
MICROSOFT = "com.microsoft"
ELEMENT = {np.uint8: TensorProto.UINT8, np.int8: TensorProto.INT8,
           np.int32: TensorProto.INT32, np.float32: TensorProto.FLOAT}
random = np.random.RandomState(20220907)


def codes(dtype, *shape):
    info = np.iinfo(dtype)
    return random.randint(info.min, info.max + 1, shape).astype(dtype)


def saturate(real, zero):
    """float32 -> codes of zero's type; np.rint rounds halves to even."""
    info = np.iinfo(zero.dtype)
    return np.clip(np.rint(real) + np.float32(zero), info.min, info.max).astype(zero.dtype)


def windows(x, kernel, strides, pads, dilations, fill):
    """[n][c][kh][kw][oh][ow]: for each kernel element a strided slice of the padded input."""
    top, left, bottom, right = pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    size = [(x.shape[2 + a] - (kernel[a] - 1) * dilations[a] - 1) // strides[a] + 1 for a in (0, 1)]
    rows = []
    for ky in range(kernel[0]):
        row = []
        for kx in range(kernel[1]):
            y0, x0 = ky * dilations[0], kx * dilations[1]
            row.append(x[:, :, y0:y0 + size[0] * strides[0]:strides[0],
                         x0:x0 + size[1] * strides[1]:strides[1]][:, :, :size[0], :size[1]])
        rows.append(np.stack(row, 2))
    return np.stack(rows, 2)


def conv_sum(x, zx, w, zw, strides, pads, dilations, group):
    centred_w = w.astype(np.int64) - np.asarray(zw, np.int64).reshape(-1, 1, 1, 1)
    win = windows(x.astype(np.int64) - int(zx), w.shape[2:], strides, pads, dilations, 0)
    parts = [np.einsum("ncyxhw,mcyx->nmhw", i, m)
             for i, m in zip(np.split(win, group, 1), np.split(centred_w, group, 0))]
    return np.concatenate(parts, 1)


def save(name, op, constants, inputs, expected, domain="", **attributes):
    """inputs: names into constants, "" for one that is left out."""
    node = helper.make_node(op, inputs, ["y"], domain=domain, **attributes)
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()]
    tensors.append(numpy_helper.from_array(expected, "expected"))
    outputs = [helper.make_tensor_value_info(n, ELEMENT[expected.dtype.type], expected.shape)
               for n in ("y", "expected")]
    graph = helper.make_graph([node], name, [], outputs, tensors)
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="onnx_ops.py")
    model.ir_version = 7
    with open(os.path.join(HERE, f"onnx_{name}.onnx"), "wb") as file:
        file.write(model.SerializeToString())


def qlinear_conv(name, x, zx, w, zw, sw, bias, zy, group=1, strides=(1, 1), pads=(0, 0, 0, 0),
                 dilations=(1, 1)):
    sx, sy = np.float32(0.037), np.float32(0.61)
    acc = conv_sum(x, zx, w, zw, strides, pads, dilations, group)
    if bias is not None:
        acc = acc + bias.astype(np.int64).reshape(1, -1, 1, 1)
    assert np.abs(acc).max() < 2 ** 31
    multiplier = (sx * np.asarray(sw, np.float32)) / sy
    assert multiplier.dtype == np.float32
    y = saturate(acc.astype(np.float32) * multiplier.reshape(1, -1, 1, 1), zy)
    assert len(np.unique(y)) > 20, "not vacuous"
    constants = dict(x=x, sx=sx, zx=zx, w=w, sw=sw, zw=zw, sy=sy, zy=zy)
    if bias is not None:
        constants["b"] = bias
    inputs = ["x", "sx", "zx", "w", "sw", "zw", "sy", "zy"] + (["b"] if bias is not None else [])
    save(name, "QLinearConv", constants, inputs, y, group=group, strides=strides, pads=pads,
         dilations=dilations, kernel_shape=w.shape[2:])


def convolutions():
    scales = np.array([0.011, 0.002, 0.031, 0.007], np.float32)
    bias = random.randint(-9000, 9000, 4).astype(np.int32)
    qlinear_conv("qlinear_conv_per_channel", codes(np.uint8, 2, 3, 6, 5), np.uint8(121),
                 codes(np.int8, 4, 3, 3, 2), np.array([0, -7, 3, 127], np.int8), scales, bias,
                 np.uint8(130), strides=(2, 1), pads=(1, 0, 2, 1))
    qlinear_conv("qlinear_conv_dilated", codes(np.int8, 1, 2, 7, 8), np.int8(-5),
                 codes(np.int8, 4, 2, 2, 3), np.array([0], np.int8), scales, None, np.int8(-11),
                 dilations=(3, 2), pads=(1, 2, 0, 1))
    qlinear_conv("qlinear_conv_grouped", codes(np.uint8, 1, 4, 5, 5), np.uint8(0),
                 codes(np.int8, 4, 2, 3, 3), np.zeros(4, np.int8), scales, bias, np.uint8(99),
                 group=2, pads=(1, 1, 1, 1))
    qlinear_conv("qlinear_conv_depthwise", codes(np.int8, 2, 2, 5, 4), np.int8(17),
                 codes(np.uint8, 4, 1, 3, 3), np.uint8(128), np.float32(0.013), bias, np.int8(3),
                 group=2, strides=(2, 2), pads=(1, 1, 1, 1))
    x, w = codes(np.uint8, 1, 2, 5, 5), codes(np.int8, 3, 2, 3, 3)
    zx, zw = np.uint8(200), np.array([-3, 0, 90], np.int8)
    acc = conv_sum(x, zx, w, zw, (1, 1), (1, 1, 0, 0), (1, 1), 1).astype(np.int32)
    save("conv_integer_per_channel", "ConvInteger", dict(x=x, w=w, zx=zx, zw=zw),
         ["x", "w", "zx", "zw"], acc, pads=(1, 1, 0, 0))


def matrix_products():
    a, za, sa = codes(np.uint8, 2, 3, 5), np.uint8(77), np.float32(0.021)
    b, sy, zy = codes(np.int8, 5, 4), np.float32(0.35), np.uint8(128)
    zb = np.array([0, 4, -9, -128], np.int8)
    sb = np.array([0.01, 0.02, 0.005, 0.001], np.float32)
    acc = np.einsum("bmk,kn->bmn", a.astype(np.int64) - int(za), b.astype(np.int64) - zb)
    y = saturate(acc.astype(np.float32) * ((sa * sb) / sy), zy)
    save("qlinear_matmul_per_column", "QLinearMatMul",
         dict(a=a, sa=sa, za=za, b=b, sb=sb, zb=zb, sy=sy, zy=zy),
         ["a", "sa", "za", "b", "sb", "zb", "sy", "zy"], y)
    a, bt = codes(np.uint8, 3, 6), codes(np.int8, 4, 6)
    c = random.randint(-5000, 5000, 4).astype(np.int32)
    acc = np.einsum("mk,nk->mn", a.astype(np.int64) - int(za),
                    bt.astype(np.int64) - zb.reshape(-1, 1)) + c
    alpha = np.float32(1.5)
    real = alpha * sa * sb
    constants = dict(a=a, sa=sa, za=za, b=bt, sb=sb, zb=zb, c=c)
    names = ["a", "sa", "za", "b", "sb", "zb", "c"]
    save("qgemm_float", "QGemm", constants, names, acc.astype(np.float32) * real,
         MICROSOFT, alpha=1.5, transB=1)
    save("qgemm_codes", "QGemm", dict(constants, sy=sy, zy=zy), names + ["sy", "zy"],
         saturate(acc.astype(np.float32) * (real / sy), zy), MICROSOFT, alpha=1.5, transB=1)


def sums_and_means():
    for dtype in (np.uint8, np.int8):
        suffix = np.dtype(dtype).name
        a, b = codes(dtype, 2, 3, 4), codes(dtype, 3, 1)
        za, zb, zy = dtype(9), dtype(101), dtype(60)
        sa, sb, sy = np.float32(0.03), np.float32(0.011), np.float32(0.024)
        real = ((a.astype(np.int32) - int(za)).astype(np.float32) * sa +
                (b.astype(np.int32) - int(zb)).astype(np.float32) * sb) / sy
        save(f"qlinear_add_{suffix}", "QLinearAdd",
             dict(a=a, sa=sa, za=za, b=b, sb=sb, zb=zb, sy=sy, zy=zy),
             ["a", "sa", "za", "b", "sb", "zb", "sy", "zy"], saturate(real, zy), MICROSOFT)
    x, sx, zx = codes(np.uint8, 2, 3, 5, 6), np.float32(0.05), np.uint8(33)
    sy, zy = np.float32(0.041), np.uint8(12)
    constants = dict(x=x, sx=sx, zx=zx, sy=sy, zy=zy)
    names = ["x", "sx", "zx", "sy", "zy"]
    centred = x.astype(np.int64) - int(zx)
    acc = centred.sum((2, 3), keepdims=True)
    y = saturate(acc.astype(np.float32) * (sx / (sy * np.float32(30))), zy)
    save("qlinear_global_average_pool", "QLinearGlobalAveragePool", constants, names, y, MICROSOFT)
    pads = (1, 0, 1, 1)
    acc = windows(centred, (3, 2), (2, 2), pads, (1, 1), 0).sum((2, 3))
    count = windows(np.ones_like(centred), (3, 2), (2, 2), pads, (1, 1), 0).sum((2, 3))
    for name, divisor in (("exclude_pad", count), ("include_pad", np.full_like(count, 6))):
        multiplier = sx / (sy * divisor.astype(np.float32))
        save(f"qlinear_average_pool_{name}", "QLinearAveragePool", constants, names,
             saturate(acc.astype(np.float32) * multiplier, zy), MICROSOFT, kernel_shape=(3, 2),
             strides=(2, 2), pads=pads, count_include_pad=int(name == "include_pad"))
    x = codes(np.int8, 1, 2, 5, 5)
    y = windows(x, (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), -128).max((2, 3))
    save("max_pool_int8", "MaxPool", dict(x=x), ["x"], y, kernel_shape=(3, 3), strides=(2, 2),
         pads=(1, 1, 1, 1))


def quantisers():
    x = (random.randn(3, 4) * 3).astype(np.float32)
    s, z = np.array([0.02, 0.1, 0.5], np.float32), np.array([0, -100, 100], np.int8)
    info = np.iinfo(np.int8)
    q = np.clip(np.rint(x / s.reshape(3, 1)) + z.reshape(3, 1), info.min, info.max).astype(np.int8)
    save("quantize_linear_int8_axis", "QuantizeLinear", dict(x=x, s=s, z=z), ["x", "s", "z"], q,
         axis=0)
    bias = random.randint(-2 ** 30, 2 ** 30, (2, 3)).astype(np.int32)
    save("dequantize_linear_int32", "DequantizeLinear", dict(x=bias, s=s), ["x", "s"],
         bias.astype(np.float32) * s, axis=-1)


if __name__ == "__main__":
    convolutions()
    matrix_products()
    sums_and_means()
    quantisers()
