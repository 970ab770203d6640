#!/usr/bin/python3
"""
Writes the model card models/NAME.md from what the training and the simulator measured:

  brownout run models/NAME.onnx --json > NAME.run.json
  card.py models/NAME.json [--run NAME.run.json]
"""

import argparse
import json
import pathlib

_TEXT = """\
# {name}

{layers} convolutions 3x3 ({stages} channels, 2x2 max pool between stages), batch norm,
ReLU, global average pool, fully connected: {parameters} parameters. Written by `models/train/card.py`.

| | |
|---|---|
| Data | {dataset}, {test_images} test images; input float NCHW in 0 ... 1, nothing else to do |
| Weights | {scheme} as deployed, {bits} bits, one range and integer zero-point a layer; batch norm is folded into scales and biases |
| Activations | uint8, zero-point 0, scales of least squared error on training images |
| Training | straight-through on quantised weights at every step; {epochs} epochs of batch {batch} |
| Optimiser | SGD, Nesterov {momentum}, weight decay {weight_decay}, OneCycle up to {lr_max}; bfloat16 |
| Augmentation | horizontal flip, shift by up to {shift_px} pixels |
| Seed | {seed} |
| Command | `{command}` |
| Time | {wall:.0f} min on one thread ({cpu:.0f} min of processor time), PyTorch {torch} |

| Clean test error | % |
|---|---|
| PyTorch, quantised weights, float activations | {float_activations:.2f} |
| PyTorch, quantised weights and activations | {torch_error:.2f} |
| the ONNX graph in float64 (`models/train/check_onnx.py`) | {onnx:.2f} |
| {brownout} |
"""


def _brownout_row(run):
    if run is None:
        return "brownout, integers | not measured yet"
    return (f"brownout {run['version']}, integers, {run['images']:,} images | "
            f"{run['clean_error_pct']:.2f}")


def card(facts, run):
    config = facts["config"]
    stages = config["network"]["stages"]
    return _TEXT.format(
        name=config["name"], dataset=config["dataset"], **config["quantization"],
        **config["training"], layers=sum(len(s) for s in stages),
        stages=" / ".join("-".join(map(str, s)) for s in stages),
        parameters=f"{facts['parameters']:,}", test_images=f"{facts['test_images']:,}",
        command=facts["command"], wall=facts["wall_s"] / 60, cpu=facts["cpu_s"] / 60,
        torch=facts["torch"], torch_error=facts["error_pct"]["torch"],
        float_activations=facts["error_pct"]["float_activations"], onnx=facts["error_pct"]["onnx"],
        brownout=_brownout_row(run))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", type=pathlib.Path, help="models/NAME.json, written by train.py")
    parser.add_argument("--run", type=pathlib.Path, help="output of brownout run --json")
    arguments = parser.parse_args()
    facts = json.loads(arguments.facts.read_text())
    run = json.loads(arguments.run.read_text()) if arguments.run else None
    arguments.facts.with_suffix(".md").write_text(card(facts, run))


if __name__ == "__main__":
    main()
