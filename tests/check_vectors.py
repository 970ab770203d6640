#!/usr/bin/env python3
"""Checks the sums that `brownout vectors` expects of the layer conv1 against a convolution in numpy.

Weights are those of the network that `brownout export-faulty` wrote for the same chip and machine, pixels come from the
data set's own file: nothing here is brownout's but the two outputs that are compared.
Usage: check_vectors.py VECTORS FAULTY.onnx IMAGES.gz IMAGE FIRST_PLACE PLACES      VECTORS is a folder
"""
import gzip
import pathlib
import re
import sys

import numpy
import onnx
import onnx.numpy_helper

SIDE = 28
STRIDE = 2


def read_lines(path):
    return [line for line in path.read_text().splitlines() if not line.startswith("//")]


def sums_by_column(folder, columns):
    """The sums that come out below each column, in their order."""
    result = [[] for _ in range(columns)]
    for valid, line in zip(read_lines(folder / "sum_valid.hex"), read_lines(folder / "sum.hex")):
        for column in range(columns):
            if int(valid, 16) >> column & 1:
                value = int(line, 16) >> (32 * column) & 0xFFFFFFFF
                result[column].append(value - (value >> 31 << 32))
    return result


def convolution(model, pixels):
    """Sums of the 3x3 convolution with padding 1 and stride 2, [places][outputs], without bias."""
    values = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    quantise = model.graph.node[0]
    scale, zero = values[quantise.input[1]], int(values[quantise.input[2]])
    codes = numpy.clip(numpy.rint(pixels.astype(numpy.float32) / numpy.float32(255) / scale) + zero, 0, 255)
    levels = numpy.pad(codes.astype(numpy.int64) - zero, 1)
    weight_zero = values["conv1_weight_zero_point"].astype(numpy.int64)[:, None]
    weights = values["conv1_weight"].astype(numpy.int64).reshape(-1, 9) - weight_zero
    taps = numpy.stack([levels[y : y + SIDE : STRIDE, x : x + SIDE : STRIDE].ravel() for y in range(3) for x in range(3)])
    return (weights @ taps).T


def main(folder, model_path, image_path, image, first_place, places):
    header = (folder / "vectors.vh").read_text()
    columns = int(re.search(r"localparam ArrayCols = (\d+);", header).group(1))
    with gzip.open(image_path) as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, SIDE, SIDE)[image]
    expected = convolution(onnx.load(model_path), pixels)[first_place : first_place + places]
    outputs = expected.shape[1]
    checked = 0
    for column, got in enumerate(sums_by_column(folder, columns)):
        # One N-tile after the other, each with all places; columns beyond the last output give 0.
        wanted = [
            int(place[first + column]) if first + column < outputs else 0
            for first in range(0, outputs, columns)
            for place in expected
        ]
        if got != wanted:
            at = next((i for i, pair in enumerate(zip(got, wanted)) if pair[0] != pair[1]), min(len(got), len(wanted)))
            sys.exit(f"column {column}: {len(got)} sums, expected {len(wanted)}; the first that differs is {at}")
        checked += len(got)
    if numpy.count_nonzero(expected) < expected.size / 2:
        sys.exit("expected most sums to be other than 0")
    print(f"{checked} sums as numpy has them")


main(pathlib.Path(sys.argv[1]), *sys.argv[2:4], *map(int, sys.argv[4:]))
