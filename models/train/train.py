#!/usr/bin/python3
"""
Trains one model of configs/ and writes the ONNX file and what the model card needs.

  train.py configs/NAME.yaml [--data DIR] [--work DIR] [--out DIR]

A checkpoint is written after every epoch; the same command resumes. The result is a function of the
configuration alone: one thread, every random number from (seed, epoch) or (seed, step).
"""

import argparse
import dataclasses
import io
import json
import os
import pathlib
import sys
import tempfile
import time

import onnx
import torch

import check_onnx
import config as configs
import data
import export
import native
import network as networks
import simulator
import step as steps

_CALIBRATION_IMAGES = 1000
_MAX_DISAGREEMENT_PCT = 0.2
_MOMENTUM = (0.85, 0.95)  # OneCycle: low where the learning rate is high


class TrainingError(Exception):
    """One line that says what went wrong."""


def _generator(seed, epoch):
    return torch.Generator().manual_seed(seed * 1000003 + epoch)


def _train_epoch(stepper, parts, images, labels, training, epoch):
    generator = _generator(training.seed, epoch)
    order = torch.randperm(len(images), generator=generator)
    parts["network"].train()
    total = 0.0
    batches = len(images) // training.batch
    for i in range(batches):
        index = order[i * training.batch:(i + 1) * training.batch]
        x = data.to_float(data.augment(images[index], training.shift_px, training.flip, generator))
        x = data.warp(x, training.rotate_deg, training.scale_pct, generator)
        x = x.contiguous(memory_format=torch.channels_last)
        parts["optimizer"].zero_grad(set_to_none=True)
        total += stepper.gradients(x, labels[index], epoch * batches + i)
        parts["optimizer"].step()
        parts["scheduler"].step()
        stepper.clip()
    return total / batches


def _save(path, state):
    content = io.BytesIO()
    torch.save(state, content)
    partial = path.with_suffix(".tmp")
    partial.write_bytes(content.getvalue())
    os.replace(partial, path)


def _restore(path, config, parts):
    """Epochs and seconds done so far."""
    if not path.exists():
        return {"epochs": 0, "wall_s": 0.0, "cpu_s": 0.0}
    try:
        state = torch.load(path)  # a pickle: as trustworthy as who wrote it
        if state["config"] == dataclasses.asdict(config):
            for name, part in parts.items():
                part.load_state_dict(state[name])
            return {key: kind(state["done"][key])
                    for key, kind in (("epochs", int), ("wall_s", float), ("cpu_s", float))}
    except Exception as error:  # unpickling garbage raises whatever it happens to raise
        raise TrainingError(f"{path}: is not a checkpoint ({type(error).__name__})") from None
    raise TrainingError(f"{path}: is a checkpoint of another configuration; "
                        "remove it to train anew")


def _go_on_from(path, network, chain, folder, work):
    """Takes the parameters that the configuration `path` trains to, training it first if need be."""
    source, _, _ = train(path, chain, folder, work)
    try:
        network.load_state_dict(source.state_dict())
    except RuntimeError:
        raise TrainingError(f"{chain[-1].name}: start: {path} trains another network") from None


def train(path, chain, folder, work):
    """
    Trains what `path` configures; `chain`: configurations that wait for it. Returns the network, its
    stepper, and {"epochs", "wall_s", "cpu_s"}.
    """
    config = configs.load(path)
    if config.name in [c.name for c in chain]:
        raise TrainingError(f"{path}: start: {config.name} would start from itself")
    training = config.training
    images, labels = data.load(config.dataset, "train", folder)
    test_images, test_labels = data.load(config.dataset, "test", folder)
    if test_images.shape[1:] != images.shape[1:]:
        raise TrainingError(f"{config.dataset}: test images are not as large as training images")
    if len(images) < training.batch:
        raise TrainingError(f"{config.dataset}: {len(images)} images are less than a batch")
    torch.manual_seed(training.seed)
    network = networks.Network(config.network.blocks, images.shape[1:], int(labels.max()) + 1)
    network = network.to(memory_format=torch.channels_last)
    stepper = steps.Stepper(network, config)
    stepper.clip()
    optimizer = torch.optim.SGD(network.parameters(), training.lr_max, _MOMENTUM[1],
                                weight_decay=training.weight_decay, nesterov=True)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, training.lr_max, total_steps=training.epochs * (len(images) // training.batch),
        base_momentum=_MOMENTUM[0], max_momentum=_MOMENTUM[1])
    parts = {"network": network, "optimizer": optimizer, "scheduler": scheduler}
    checkpoint = work / f"{config.name}.pt"
    if config.start and not checkpoint.exists():
        start = path.parent / f"{config.start}.yaml"
        _go_on_from(start, network, [*chain, config], folder, work)
    done = _restore(checkpoint, config, parts)
    for epoch in range(done["epochs"], training.epochs):
        wall, cpu = time.monotonic(), time.process_time()
        if epoch >= config.batch_norm.freeze_after * training.epochs:
            stepper.freeze_norms()
        try:
            loss = _train_epoch(stepper, parts, images, labels, training, epoch)
            stepper.quantize()
        except (steps.DivergedError, native.NativeError) as error:
            raise TrainingError(f"{config.name}: epoch {epoch + 1}: {error}") from None
        error = networks.evaluate(network, test_images, test_labels, data.to_float)
        done = {"epochs": epoch + 1, "wall_s": done["wall_s"] + time.monotonic() - wall,
                "cpu_s": done["cpu_s"] + time.process_time() - cpu}
        _save(checkpoint, {"config": dataclasses.asdict(config), "done": done,
                           **{name: part.state_dict() for name, part in parts.items()}})
        print(f"{config.name}: epoch {epoch + 1}/{training.epochs}: loss {loss:.4f}, "
              f"test error {error:.2f} %, {done['wall_s']:.0f} s, "
              f"{done['wall_s'] / done['epochs'] * (training.epochs - done['epochs']):.0f} s to go",
              flush=True)
    return network, stepper, done


def _refuse_disagreement(name, errors):
    """`errors`: per cent, by who found it."""
    for who, error in errors.items():
        if not abs(error - errors["torch"]) <= _MAX_DISAGREEMENT_PCT:
            raise TrainingError(f"{name}: torch finds {errors['torch']:.2f} % test error, {who} "
                                f"{error:.2f} %: nothing written")


def finish(config, network, stepper, done, folder, out, command):
    """Calibrates the activations, exports, checks the file and writes the facts for the card."""
    images, _ = data.load(config.dataset, "train", folder)
    test_images, test_labels = data.load(config.dataset, "test", folder)
    quantized = stepper.quantize()
    float_error = networks.evaluate(network, test_images, test_labels, data.to_float)
    networks.calibrate(network, images[:_CALIBRATION_IMAGES], data.to_float)
    model = export.build(network, stepper.quantizer, quantized, config.name, test_images.shape[1:])
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        partial = pathlib.Path(scratch) / "model.onnx"
        onnx.save(model, str(partial))
        errors = {
            "torch": networks.evaluate(network, test_images, test_labels, data.to_float),
            "onnx": 100 * check_onnx.wrong_answers(model, test_images, test_labels)
                    / len(test_images),
            "brownout": simulator.clean_error_pct(partial, config.dataset, folder),
        }
        _refuse_disagreement(config.name, errors)
        facts = {"config": dataclasses.asdict(config), "command": command,
                 "torch": torch.__version__,
                 "parameters": sum(p.numel() for p in network.parameters()),
                 "weights": sum(q.code.size for q in quantized),
                 "error_pct": {"float_activations": float_error, **errors},
                 "test_images": len(test_images), **done}
        (partial.with_suffix(".json")).write_text(json.dumps(facts, indent=2) + "\n")
        os.replace(partial, out / f"{config.name}.onnx")
        os.replace(partial.with_suffix(".json"), out / f"{config.name}.json")
    print(f"{config.name}: test error {float_error:.2f} % with float activations, "
          f"{errors['torch']:.2f} % with 8-bit ones, {errors['onnx']:.2f} % of the ONNX graph in "
          f"float64, {errors['brownout']:.2f} % in brownout")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("--data", help="folder of the data set's files")
    parser.add_argument("--work", type=pathlib.Path, default=native.ROOT / "build" / "train")
    parser.add_argument("--out", type=pathlib.Path, default=native.ROOT / "models")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    try:
        for folder in (arguments.work, arguments.out):
            folder.mkdir(parents=True, exist_ok=True)
        network, stepper, done = train(arguments.config, [], arguments.data, arguments.work)
        finish(stepper.config, network, stepper, done, arguments.data, arguments.out,
               f"models/train/train.py models/train/configs/{arguments.config.name}")
    except (configs.ConfigError, data.DataError, export.ExportError, native.NativeError,
            networks.NetworkError, simulator.SimulatorError, TrainingError, OSError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
