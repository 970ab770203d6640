#!/usr/bin/python3
"""
Writes small made data sets that a small network can tell apart: a bright bar whose height is the class, in noise.

  make_train_data.py FOLDER      FOLDER/idx as MNIST's files, FOLDER/cifar10 as CIFAR-10's binary ones
"""

import pathlib
import sys

import numpy as np


def draw(random, count, channels, size):
    labels = random.integers(0, 10, count).astype(np.uint8)
    images = random.integers(0, 20, (count, channels, size, size)).astype(np.uint8)
    for image, label in zip(images, labels):
        image[:, 4:6 + 2 * label, 4:24] = 220
    return images, labels


def write_idx(folder, split, images, labels):
    for name, kind, array in (("images-idx3", 3, images[:, 0]), ("labels-idx1", 1, labels)):
        header = np.array([0x800 + kind, *array.shape], ">u4").tobytes()
        (folder / f"{split}-{name}-ubyte").write_bytes(header + array.tobytes())


def write_cifar10(folder, names, images, labels):
    records = np.concatenate([labels[:, None], images.reshape(len(images), -1)], axis=1)
    for name, part in zip(names, np.array_split(records, len(names))):
        part.tofile(folder / name)


def main():
    random = np.random.default_rng(1)
    root = pathlib.Path(sys.argv[1])
    for name in ("idx", "cifar10"):
        (root / name).mkdir()
    write_idx(root / "idx", "train", *draw(random, 1280, 1, 28))
    write_idx(root / "idx", "t10k", *draw(random, 600, 1, 28))
    batches = [f"data_batch_{i}.bin" for i in range(1, 6)]
    write_cifar10(root / "cifar10", batches, *draw(random, 1280, 3, 32))
    write_cifar10(root / "cifar10", ["test_batch.bin"], *draw(random, 600, 3, 32))


main()
