#!/usr/bin/env python3
"""Checks the masks that `brownout masks` wrote against the networks that `brownout export-faulty` wrote.

Knows nothing of brownout but the file formats and the placement "linear" with interleave 1: tensors in file order, each
from a new row, as many 8-bit codes as fit into a row from column 0 up, rows bank after bank, round and round. Every code
of the faulty network must be what the masks make of the clean one's; then the words of the first round are written for
$readmemh.
Usage: check_masks.py MASKS CSV CLEAN.onnx FAULTY.onnx WORDS      MASKS, CSV (the same masks as CSV) and WORDS are folders
"""
import json
import pathlib
import sys

import numpy
import onnx
import onnx.numpy_helper


def read_mask(folder, bank, kind, rows, digits):
    lines = (folder / f"bank_{bank:03}_{kind}.hex").read_text().splitlines()
    words = [line for line in lines if not line.startswith("//")]
    if len(words) != rows or {len(word) for word in words} != {digits}:
        sys.exit(f"bank {bank} {kind}: expected {rows} lines of {digits} digits, got {len(words)}")
    return [int(word, 16) for word in words]


def read_words(path, codes_per_row):
    """Rows of the stream, as words."""
    words = []
    for tensor in onnx.load(path).graph.initializer:
        if tensor.name.endswith("_weight"):
            codes = onnx.numpy_helper.to_array(tensor).astype(numpy.uint8).tobytes()
            if len(codes) % codes_per_row != 0:
                sys.exit(f"{tensor.name}: expected a multiple of {codes_per_row} codes, got {len(codes)}")
            words += [int.from_bytes(codes[i : i + codes_per_row], "little") for i in range(0, len(codes), codes_per_row)]
    return words


def check_csv(folder, bank, masks, digits):
    """The CSV has the same rows, less those without a fault."""
    all_ones = 16**digits - 1
    expected = [
        f"{bank},{row},{a:0{digits}x},{o:0{digits}x},{x:0{digits}x}"
        for row, (a, o, x) in enumerate(zip(*masks))
        if (a, o, x) != (all_ones, 0, 0)
    ]
    if (folder / f"bank_{bank:03}.csv").read_text().splitlines() != ["bank,row,and,or,xor"] + expected:
        sys.exit(f"bank {bank}: the CSV differs from the $readmemh files")
    return len(expected)


def main(mask_folder, csv_folder, clean_path, faulty_path, word_folder):
    manifest = json.loads((mask_folder / "masks.json").read_text())
    banks, rows, width = manifest["banks"], manifest["bank_rows"], manifest["bank_width_bits"]
    digits = width // 4
    masks = [[read_mask(mask_folder, bank, kind, rows, digits) for kind in ("and", "or", "xor")] for bank in range(banks)]
    all_ones = 16**digits - 1
    faulty_cells = sum(bin(a ^ all_ones | o | x).count("1") for bank in masks for a, o, x in zip(*bank))
    if faulty_cells != manifest["cells_faulty"] or faulty_cells == 0:
        sys.exit(f"cells_faulty: expected {faulty_cells}, got {manifest['cells_faulty']}")
    faulty_rows = sum(check_csv(csv_folder, bank, masks[bank], digits) for bank in range(banks))
    if faulty_rows != manifest["rows_faulty"]:
        sys.exit(f"rows_faulty: expected {faulty_rows}, got {manifest['rows_faulty']}")

    clean, faulty = read_words(clean_path, width // 8), read_words(faulty_path, width // 8)
    changed = 0
    for i, (stored, got) in enumerate(zip(clean, faulty)):
        and_mask, or_mask, xor_mask = (mask[i % rows] for mask in masks[i // rows % banks])
        expected = ((stored & and_mask) | or_mask) ^ xor_mask
        if got != expected:
            sys.exit(f"word {i}: expected {expected:x} for {stored:x}, got {got:x}")
        changed += stored != got
    if changed == 0:
        sys.exit("no word changed")
    word_folder.mkdir(exist_ok=True)
    for name, words in ("clean", clean), ("faulty", faulty):
        for bank in range(min(banks, len(words) // rows)):
            lines = [f"{word:0{digits}x}\n" for word in words[bank * rows : (bank + 1) * rows]]
            (word_folder / f"bank_{bank:03}_{name}.hex").write_text("".join(lines))
    print(f"{faulty_cells} faulty cells in {banks} banks; {len(clean)} words as export-faulty reads them, {changed} changed")


main(*(pathlib.Path(argument) for argument in sys.argv[1:]))
