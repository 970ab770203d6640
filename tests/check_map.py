#!/usr/bin/env python3
"""Checks the map that `brownout profile generate` wrote, and the masks of chip 0 on it, by numpy alone.

The archive has the arrays, types and shapes of profiles/README.md, rates that are whole 1024ths, and no cell that fails
both ways; the curve of the profile is their mean. Bank b, row r, column c of chip 0 lies on that cell of the map: one that
always fails is in its mask, one that never fails in none, and of those between about as many fail as their rates say.
Usage: check_map.py MAP.yaml MASKS VDD_RATIO ARRAYS ROWS COLUMNS      MASKS: as $readmemh files
"""
import pathlib
import sys

import numpy
import yaml


def read_bits(folder, bank, kind, columns):
    lines = (folder / f"bank_{bank:03}_{kind}.hex").read_text().splitlines()
    words = [int(line, 16) for line in lines if not line.startswith("//")]
    return numpy.array([[word >> c & 1 for c in range(columns)] for word in words], dtype=bool)


def check_arrays(profile, archive, shape):
    curve, vdd_ratio = profile["curve"], archive["vdd_ratio"]
    if sorted(archive.files) != ["p_0to1", "p_1to0", "vdd_ratio"]:
        sys.exit(f"arrays: got {archive.files}")
    if vdd_ratio.dtype != numpy.float64 or not (numpy.diff(vdd_ratio) > 0).all():
        sys.exit(f"vdd_ratio: got {vdd_ratio.dtype} {vdd_ratio}")
    for key in "p_0to1", "p_1to0":
        p = archive[key]
        if p.dtype != numpy.float32 or p.shape != (len(vdd_ratio), *shape):
            sys.exit(f"{key}: got {p.dtype} {p.shape}")
        if not ((p >= 0) & (p <= 1) & (p * 1024 == numpy.rint(p * 1024))).all():
            sys.exit(f"{key}: expected whole 1024ths from 0 to 1")
    up, down = (archive[key].astype(float) for key in ("p_0to1", "p_1to0"))
    if ((up > 0) & (down > 0)).any():
        sys.exit("a cell of a model fails both ways")
    for point, mean in zip(curve, (up + down).mean(axis=(1, 2, 3))):
        if abs(point["ber_pct"] - 100 * mean) > 1e-6 * mean:  # nine digits
            sys.exit(f"curve at {point['vdd_ratio']}: expected {100 * mean}, got {point['ber_pct']}")
    if curve[-1] != {"vdd_ratio": 1, "ber_pct": 0} or len(curve) != len(vdd_ratio) + 1:
        sys.exit(f"curve: got {curve}")


def check_masks(p, got, name):
    if (got & (p == 0)).any() or (~got & (p == 1)).any():
        sys.exit(f"{name}: a mask has a cell that never fails, or lacks one that always does")
    between = (p > 0) & (p < 1)
    expected, deviation = p[between].sum(), numpy.sqrt((p * (1 - p))[between].sum())
    if (p == 1).sum() < 100 or between.sum() < 100 or abs(got[between].sum() - expected) > 5 * deviation:
        sys.exit(f"{name}: expected about {expected} of {between.sum()} cells between 0 and 1, got {got[between].sum()}")


def main(profile_path, masks, vdd_ratio, *shape):
    profile = yaml.safe_load(profile_path.read_text())
    archive = numpy.load(profile_path.parent / profile["cells"]["map"])
    check_arrays(profile, archive, shape)
    voltage = int(numpy.argmin(abs(archive["vdd_ratio"] - vdd_ratio)))
    for key, kind in ("p_0to1", "or"), ("p_1to0", "and"):
        bits = numpy.array([read_bits(masks, bank, kind, shape[2]) for bank in range(shape[0])])
        check_masks(archive[key][voltage].astype(float), bits if kind == "or" else ~bits, key)
    if any(read_bits(masks, bank, "xor", shape[2]).any() for bank in range(shape[0])):
        sys.exit("xor: expected no cell")
    print(f"{archive['p_0to1'].size} rates as documented, masks at {vdd_ratio} as the rates say")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), float(sys.argv[3]), *(int(n) for n in sys.argv[4:]))
