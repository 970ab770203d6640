#!/usr/bin/python3
"""
Writes the model card models/NAME.md from what train.py measured:

  card.py models/NAME.json...
"""

import argparse
import json
import pathlib

_TEXT = """\
# {name}

Blocks {blocks} (`models/train/network.py` explains them), fully connected classifier: {weights:,}
weights in the SRAM, {parameters:,} parameters with batch norm and biases. Written by
`models/train/card.py`.

| | |
|---|---|
| Data | {dataset}, {test_images:,} test images; input float NCHW in 0 ... 1, nothing else to do |
| Weights | scheme {scheme} as deployed, {bits} bits, {clipping}; batch norm is folded into scales and biases |
| Activations | uint8, scales of least squared error on training images |
| Starts from | {start} |
| Training | straight-through on quantised weights at every step; {epochs} epochs of batch {batch}; passes in {precision} |
| Bit errors | {errors} |
| Batch norm | {norm} |
| Optimiser | SGD, Nesterov, momentum 0.95 ... 0.85 ... 0.95 (OneCycle), weight decay {weight_decay}, OneCycle up to {lr_max} |
| Augmentation | {flip}shift by up to {shift_px} pixels{warp}; label smoothing {label_smoothing} |
| Seed | {seed} |
| Command | `{command}` |
| Time | {wall:.0f} min on one thread ({cpu:.0f} min of processor time), without what it starts from; PyTorch {torch} |

| Clean test error | % |
|---|---|
| PyTorch, quantised weights, float activations | {float_activations:.2f} |
| PyTorch, quantised weights and activations | {torch_error:.2f} |
| the ONNX graph in float64 (`models/train/check_onnx.py`) | {onnx:.2f} |
| brownout, integers | {brownout:.2f} |
"""


def _errors(errors):
    if errors["ber_pct"] == 0:
        return "none in training"
    chip = "another chip at every step" if errors["chip"] < 0 else f"always chip {errors['chip']}"
    return (f"second pass of a step with {errors['ber_pct']} % of the cells of {errors['profile']} faulty, {chip}, while the "
            f"clean loss is below {errors['max_clean_loss']}; its gradients clamped to "
            f"+-{errors['max_gradient']}")


def _norm(norm, errors):
    passes = {"both": "all passes", "clean": "passes without errors", "faulty": "passes with errors"}
    if norm["freeze_after"] == 0:
        return "constants, as the start has them"
    text = f"statistics follow {passes[norm['statistics'] if errors['ber_pct'] > 0 else 'both']}"
    return text if norm["freeze_after"] >= 1 else text + f", then frozen at {norm['freeze_after']}"


def _warp(training):
    if training["rotate_deg"] == 0 and training["scale_pct"] == 0:
        return ""
    return (f", turn by up to {training['rotate_deg']:g} degrees, size by up to "
            f"{training['scale_pct']:g} %")


def card(facts):
    config = facts["config"]
    w_max = config["quantization"]["w_max"]
    training = {**config["training"], "flip": "horizontal flip, " if config["training"]["flip"] else ""}
    return _TEXT.format(
        name=config["name"], dataset=config["dataset"], blocks=", ".join(config["network"]["blocks"]),
        start=f"`{config['start']}`" if config["start"] else "scratch", **config["quantization"],
        **training, warp=_warp(training), clipping=f"clipped to +-{w_max}" if w_max > 0 else "not clipped",
        errors=_errors(config["bit_errors"]),
        norm=_norm(config["batch_norm"], config["bit_errors"]), weights=facts["weights"],
        parameters=facts["parameters"], test_images=facts["test_images"], command=facts["command"],
        wall=facts["wall_s"] / 60, cpu=facts["cpu_s"] / 60, torch=facts["torch"],
        torch_error=facts["error_pct"]["torch"],
        float_activations=facts["error_pct"]["float_activations"], onnx=facts["error_pct"]["onnx"],
        brownout=facts["error_pct"]["brownout"])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", type=pathlib.Path, nargs="+", help="models/NAME.json")
    for path in parser.parse_args().facts:
        path.with_suffix(".md").write_text(card(json.loads(path.read_text())))


if __name__ == "__main__":
    main()
