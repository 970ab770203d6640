"""Writes the archives of this folder with NumPy, the reference of their format."""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent

np.savez_compressed(HERE / "arrays_deflated.npz",
                    images=np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
                    labels=np.array([7, -1, 300], np.int64),
                    map=np.array([[0.5, -2.0]], np.float32))
np.savez(HERE / "arrays_stored.npz",
         scalar=np.float64(0.25),
         shorts=np.array([-2, 513], np.int16),
         columns=np.asfortranarray(np.arange(6, dtype=np.uint8).reshape(2, 3)),
         big=np.array([1], ">i4"))

BYTES = np.zeros((2, 1, 1), np.uint8)
LABELS = np.array([0, 1], np.int32)
DATASETS = {
    "u8": (np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.array([7, 300], np.int64)),
    "f32": (np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2) / 32, np.array([1, 0], np.uint8)),
    # From here on one thing is wrong in each.
    "labels_float": (BYTES, LABELS.astype(np.float32)),
    "labels_short": (BYTES, LABELS[:1]),
    "label_negative": (BYTES, np.array([0, -1], np.int32)),
    "images_f64": (BYTES.astype(np.float64), LABELS),
    "images_flat": (BYTES.reshape(2, 1), LABELS),
    "images_nan": (np.array([[[0]], [[np.nan]]], np.float32), LABELS),
    "images_none": (BYTES[:0], LABELS[:0]),
}
for name, (images, labels) in DATASETS.items():
    np.savez_compressed(HERE / f"dataset_{name}.npz", images=images, labels=labels)
