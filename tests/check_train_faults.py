#!/usr/bin/python3
"""
Checks that the faulty memory of training reads, for a chip, the codes that `brownout export-faulty` writes for it.

  check_train_faults.py BROWNOUT MODEL.onnx SCHEME BITS SCRATCH
"""

import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "models" / "train"))
import native  # pylint: disable=wrong-import-position

_BER = 0.03
_SEED = 11


def weights(path):
    """Codes of every weight tensor, in the order of the graph's layers."""
    return [numpy_helper.to_array(p) for p in onnx.load(path).graph.initializer
            if p.name.endswith("_weight")]


def read(quantizer, memory, codes, seed):
    """Codes that training reads for chip `seed`, the way that it does."""
    unit = native._Affine(scale=1, zero_point=0)  # pylint: disable=protected-access
    clean = [native.Quantized(c.astype(np.int32), unit, None) for c in codes]
    patterns = memory.read(seed, memory.vdd_for_ber(_BER), [quantizer.pattern(q) for q in clean])
    return [quantizer.value_of_pattern(q, p) for q, p in zip(clean, patterns)]


def main():
    brownout, model, scheme, bits, scratch = sys.argv[1:]
    faulty = f"{scratch}/faulty.onnx"
    subprocess.run([brownout, "export-faulty", model, "--ber", f"{_BER:.0%}", "--seed", str(_SEED),
                    "--banks", "auto", "--out", faulty], check=True, stdout=subprocess.DEVNULL)
    clean, expected = weights(model), weights(faulty)
    quantizer = native.Quantizer(scheme, int(bits))
    memory = native.FaultyMemory("ibm14", [c.shape for c in clean], int(bits))
    changed = sum(int((c != e).sum()) for c, e in zip(clean, expected))
    assert changed > 0, "no code has changed"
    for index, (got, want) in enumerate(zip(read(quantizer, memory, clean, _SEED), expected)):
        different = int((got != want).sum())
        assert different == 0, f"tensor {index}: {different} of {want.size} codes differ"
    other = read(quantizer, memory, clean, _SEED + 1)
    assert any((o != e).any() for o, e in zip(other, expected)), "another chip reads the same"
    print(f"{model}: {changed} changed codes of chip {_SEED} agree")


main()
