#!/usr/bin/env python3
"""Makes small measurements in every format of `brownout profile import`, and checks the profiles that come of them.

Knows nothing of brownout but the file formats. Usage:
  check_import.py make FOLDER             FORMAT.csv (a list, or the log) and the files that it names
  check_import.py check FOLDER            FORMAT.yaml and FORMAT.npz against the numbers that were drawn
  check_import.py masks FOLDER FORMAT     FOLDER/masks, of chip 0 at the lowest voltage on two banks, against the cells
"""
import json
import pathlib
import sys

import numpy
import yaml

VMIN_V = 0.6
VOLTS = [0.57, 0.54, 0.55]  # in the order of the list; the profile's is rising
ROWS, COLUMNS, BRAMS = 32, 40, 2


def draw(seed, shape, only_bits=False):
    """[voltages][...] rates of one direction, fewer and smaller the higher the voltage is; 1/1024 is exact."""
    random = numpy.random.default_rng(seed)
    weak = random.random(shape) < 0.2
    rate = numpy.ones(shape) if only_bits else random.integers(1, 1025, shape) / 1024
    alive = random.random(shape)
    return numpy.stack([weak * rate * (alive < 1 / (1 + v)) for v in range(len(VOLTS))])


def measurements():
    """name: (rates 0->1, rates 1->0), [voltages][arrays][rows][columns], voltages rising."""
    one = (1, ROWS, COLUMNS)
    copies = draw(7, (BRAMS, 1024, 8), True) * (numpy.arange(BRAMS) == 1)[:, None, None]
    none = numpy.zeros_like(copies)
    return {
        "csv": (draw(1, one), draw(2, one)),
        "npy": (draw(3, (3, ROWS, COLUMNS)), numpy.zeros((len(VOLTS), 3, ROWS, COLUMNS))),
        "npz": (draw(4, one), draw(5, one)),
        "stuck": (draw(6, one, True), draw(9, one, True)),
        "bram": (none, copies),
        "log": (draw(10, (2, 4, 5)), draw(11, (2, 4, 5))),
    }


def write_list(folder, name, columns, files):
    lines = [f"voltage,{columns}"] + [f"{VOLTS[i]},{files(i)}" for i in range(len(VOLTS))]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def dump(rates):
    """Hex text of BRAMs whose two bytes are the same."""
    bits = (rates == 0).astype(int)
    byte = (bits << numpy.arange(8)).sum(axis=-1)
    return "".join(f"{b:02X}{b:02x}" for b in byte.ravel())


def make(folder):
    rank = numpy.argsort(numpy.argsort(VOLTS))  # of the voltage in line i
    sets = measurements()
    for i, v in enumerate(rank):
        for d, direction in enumerate(("0to1", "1to0")):
            numpy.savetxt(folder / f"csv_{i}_{direction}.csv", sets["csv"][d][v][0], delimiter=",", fmt="%.17g")
            stuck = sets["stuck"][d][v][0].astype(numpy.uint8)
            if d == 0:
                numpy.save(folder / f"stuck_{i}_1", stuck)
            else:
                numpy.savetxt(folder / f"stuck_{i}_0", stuck, delimiter=", ", fmt="%d", newline="\r\n")
        numpy.save(folder / f"npy_{i}.npy", sets["npy"][0][v].astype([numpy.float32, numpy.float64][i % 2]))
        numpy.savez_compressed(folder / f"npz_{i}.npz", p_0to1=sets["npz"][0][v], p_1to0=sets["npz"][1][v][0])
        (folder / f"bram_{i}.bin").write_text(dump(sets["bram"][1][v]))
    write_list(folder, "csv", "1to0,0to1", lambda i: f"csv_{i}_1to0.csv,csv_{i}_0to1.csv")
    write_list(folder, "npy", "0to1", lambda i: f"npy_{i}.npy")
    write_list(folder, "npz", "file", lambda i: f"npz_{i}.npz")
    write_list(folder, "stuck", "stuck_at_1,stuck_at_0", lambda i: f"stuck_{i}_1.npy,{folder}/stuck_{i}_0")
    write_list(folder, "bram", "file", lambda i: f"bram_{i}.bin")
    lines = ["array,row,column,voltage,reads,fails_0to1,fails_1to0"]
    for i, v in enumerate(rank):
        fails = [numpy.rint(sets["log"][d][v] * 1024).astype(int) for d in (0, 1)]
        for cell in zip(*numpy.nonzero(fails[0] + fails[1])):
            lines.append(",".join(map(str, (*cell, VOLTS[i], 1024, fails[0][cell], fails[1][cell]))))
    (folder / "log.csv").write_text("\n".join(lines) + "\n")


def check(folder):
    for name, expected in measurements().items():
        vdd_ratio = numpy.sort(VOLTS) / VMIN_V
        with numpy.load(folder / f"{name}.npz") as got:
            if not numpy.array_equal(got["vdd_ratio"], vdd_ratio):
                sys.exit(f"{name}: vdd_ratio: expected {vdd_ratio}, got {got['vdd_ratio']}")
            for d, key in enumerate(("p_0to1", "p_1to0")):
                if got[key].dtype != numpy.float32 or not numpy.array_equal(got[key], expected[d]):
                    sys.exit(f"{name}: {key} is not what was written: {got[key].shape}, {expected[d].shape}")
        profile = yaml.safe_load((folder / f"{name}.yaml").read_text())
        means = 100 * (expected[0] + expected[1]).mean(axis=(1, 2, 3))
        curve = [point["ber_pct"] for point in profile["curve"]]
        if not numpy.allclose(curve, [*means, 0], rtol=1e-6, atol=0) or min(means) == 0:
            sys.exit(f"{name}: ber_pct: expected {means}, got {curve}")
        print(f"{name}: {expected[0].shape} cells, {numpy.count_nonzero(expected[0] + expected[1])} rates")


def masks(folder, name):
    manifest = json.loads((folder / "masks/masks.json").read_text())
    rows, width = manifest["bank_rows"], manifest["bank_width_bits"]
    cells = [direction[0].ravel() for direction in measurements()[name]]
    for bank in range(2):
        text = {
            kind: [line for line in (folder / f"masks/bank_{bank:03}_{kind}.hex").read_text().splitlines() if line[0] != "/"]
            for kind in ("and", "or", "xor")
        }
        for row in range(rows):
            at = [((bank * rows + row) * width + c) % cells[0].size for c in range(width)]
            to_1, to_0 = (sum(int(direction[a]) << c for c, a in enumerate(at)) for direction in cells)
            both = to_1 & to_0
            expected = ((1 << width) - 1 - (to_0 - both), to_1 - both, both)
            got = tuple(int(text[kind][row], 16) for kind in ("and", "or", "xor"))
            if got != expected:
                sys.exit(f"bank {bank}, row {row}: expected masks {expected}, got {got}")
    print(f"{name}: masks of {2 * rows} rows")


command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
masks(folder, sys.argv[3]) if command == "masks" else {"make": make, "check": check}[command](folder)
