"""Training and test images as uint8 tensors, and their augmentation."""

import gzip
import pathlib

import numpy as np
import torch

_FOLDERS = {"fmnist": pathlib.Path("/usr/share/datasets/fashion-mnist")}


class DataError(Exception):
    """One line that says what is missing."""


def _read_idx(path, rank):
    """A uint8 array of `rank` dimensions from path or, where there is none, path.gz."""
    compressed = path.with_name(path.name + ".gz")
    try:
        content = path.read_bytes() if path.exists() else gzip.decompress(compressed.read_bytes())
    except (OSError, EOFError) as error:
        raise DataError(f"{path}[.gz]: {error}") from None
    if len(content) < 4 + 4 * rank or content[:4] != bytes([0, 0, 8, rank]):
        raise DataError(f"{path}: expected an IDX file of bytes in {rank} dimensions")
    dims = np.frombuffer(content, ">u4", rank, 4)
    if len(content) - 4 - 4 * rank != np.prod(dims, dtype=np.uint64):
        raise DataError(f"{path}: its size is not that of {'x'.join(map(str, dims))} bytes")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(dims)


def load(dataset, split, folder=None):
    """Images [N, 1, H, W] uint8 and labels [N] int64; split is "train" or "t10k"."""
    if folder is None and dataset not in _FOLDERS:
        raise DataError(f"dataset {dataset}: expected --data DIR, or one of {', '.join(_FOLDERS)}")
    folder = pathlib.Path(folder or _FOLDERS[dataset])
    images = _read_idx(folder / f"{split}-images-idx3-ubyte", 3)
    labels = _read_idx(folder / f"{split}-labels-idx1-ubyte", 1)
    return torch.from_numpy(images.copy()).unsqueeze(1), torch.from_numpy(labels.astype(np.int64))


def to_float(images):
    """What the exported graph expects: 0 ... 1."""
    return images.float() / 255


def augment(images, shift_px, generator):
    """Shifts each image by up to shift_px in both directions and flips half of them."""
    n, _, h, w = images.shape
    padded = torch.nn.functional.pad(images, [shift_px] * 4)
    span = 2 * shift_px + 1
    down = torch.randint(span, (n, 1), generator=generator)
    right = torch.randint(span, (n, 1), generator=generator)
    flip = torch.randint(2, (n, 1), generator=generator).bool()
    rows = down + torch.arange(h)
    columns = torch.arange(w)
    columns = right + torch.where(flip, w - 1 - columns, columns)
    batch = torch.arange(n)[:, None, None]
    return padded[batch, 0, rows[:, :, None], columns[:, None, :]].unsqueeze(1)
