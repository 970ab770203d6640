"""Training and test images as uint8 tensors, and their augmentation."""

import gzip
import math
import pathlib
import zlib

import numpy as np
import torch

_FMNIST = pathlib.Path("/usr/share/datasets/fashion-mnist")  # Debian: dataset-fashion-mnist
_CIFAR_BYTES = 1 + 3 * 32 * 32  # of a record: label, then red, green, blue


class DataError(Exception):
    """One line that says what is missing."""


def _read_idx(path, rank):
    """A uint8 array of `rank` dimensions from path or, where there is none, path.gz."""
    compressed = path.with_name(path.name + ".gz")
    try:
        content = path.read_bytes() if path.exists() else gzip.decompress(compressed.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}[.gz]: {error}") from None
    if len(content) < 4 + 4 * rank or content[:4] != bytes([0, 0, 8, rank]):
        raise DataError(f"{path}: expected an IDX file of bytes in {rank} dimensions")
    dims = np.frombuffer(content, ">u4", rank, 4).tolist()
    if len(content) - 4 - 4 * rank != math.prod(dims):
        raise DataError(f"{path}: its size is not that of {'x'.join(map(str, dims))} bytes")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(dims)


def _load_idx(folder, split):
    name = {"train": "train", "test": "t10k"}[split]
    images = _read_idx(folder / f"{name}-images-idx3-ubyte", 3)
    labels = _read_idx(folder / f"{name}-labels-idx1-ubyte", 1)
    return images[:, None], labels


def _load_cifar10(folder, split):
    files = {"train": [f"data_batch_{i}.bin" for i in range(1, 6)], "test": ["test_batch.bin"]}
    records = []
    for name in files[split]:
        try:
            content = np.fromfile(folder / name, np.uint8)
        except OSError as error:
            raise DataError(f"{folder / name}: {error.strerror}") from None
        if content.size == 0 or content.size % _CIFAR_BYTES != 0:
            raise DataError(f"{folder / name}: expected records of {_CIFAR_BYTES} bytes, "
                            f"got {content.size} bytes")
        records.append(content.reshape(-1, _CIFAR_BYTES))
    records = np.concatenate(records)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


_LOADERS = {"fmnist": _load_idx, "mnist": _load_idx, "cifar10": _load_cifar10}


def load(dataset, split, folder=None):
    """Images [N, C, H, W] uint8 and labels [N] int64; split is "train" or "test"."""
    if dataset not in _LOADERS:
        raise DataError(f"dataset {dataset}: expected {', '.join(_LOADERS)}")
    if folder is None and dataset != "fmnist":
        raise DataError(f"dataset {dataset}: expected --data DIR with its files")
    images, labels = _LOADERS[dataset](pathlib.Path(folder or _FMNIST), split)
    if len(images) != len(labels):
        raise DataError(f"{dataset}: {len(images)} {split} images but {len(labels)} labels")
    if len(images) == 0:
        raise DataError(f"{dataset}: expected {split} images, got none")
    if labels.max() > 9:
        raise DataError(f"{dataset}: {split}: expected labels 0 ... 9, got {labels.max()}")
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))


def to_float(images):
    """What the exported graph expects: 0 ... 1."""
    return images.float() / 255


def augment(images, shift_px, flip, generator):
    """Shifts each image by up to shift_px in both directions and, if `flip`, mirrors half of them."""
    n, channels, h, w = images.shape
    padded = torch.nn.functional.pad(images, [shift_px] * 4)
    span = 2 * shift_px + 1
    down = torch.randint(span, (n, 1), generator=generator)
    right = torch.randint(span, (n, 1), generator=generator)
    mirrored = torch.randint(2 if flip else 1, (n, 1), generator=generator).bool()
    rows = down + torch.arange(h)
    columns = torch.arange(w)
    columns = right + torch.where(mirrored, w - 1 - columns, columns)
    batch = torch.arange(n)[:, None, None, None]
    channel = torch.arange(channels)[None, :, None, None]
    return padded[batch, channel, rows[:, None, :, None], columns[:, None, None, :]]


def warp(x, rotate_deg, scale_pct, generator):
    """
    Turns each image [N, C, H, W] about its centre by up to rotate_deg in both directions and makes it up
    to scale_pct larger or smaller; bilinear, black from outside.
    """
    if rotate_deg == 0 and scale_pct == 0:
        return x
    n = len(x)
    angle = math.radians(rotate_deg) * (2 * torch.rand(n, generator=generator) - 1)
    scale = 1 + scale_pct / 100 * (2 * torch.rand(n, generator=generator) - 1)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = torch.cos(angle) / scale
    theta[:, 1, 0] = torch.sin(angle) / scale
    theta[:, 0, 1] = -theta[:, 1, 0]
    grid = torch.nn.functional.affine_grid(theta, list(x.shape), align_corners=False)
    return torch.nn.functional.grid_sample(x, grid, align_corners=False)
