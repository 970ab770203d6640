#!/usr/bin/python3
"""
What the training program promises: an interrupted training ends with the file of an uninterrupted
one, export writes only what two others agree with, and the configurations belong together.

  train_program.py BROWNOUT LIBRARY
"""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from unittest import mock

import torch
from train_fixture import SOURCE, Fixture, train

_FAULTY = """
quantization: { bits: 4, w_max: 0.2 }
bit_errors: { ber_pct: 2, max_clean_loss: 1000 }
batch_norm: { freeze_after: 0.5, statistics: faulty }
training: { epochs: 2, shift_px: 1, flip: true, rotate_deg: 5, scale_pct: 5, label_smoothing: 0.1 }
"""


def _kill():
    os.kill(os.getpid(), signal.SIGKILL)


def _train_until_killed(fixture, name, saves, before_replace):
    """Trains in a child that is killed while or after it saves for the `saves`-th time."""
    child = os.fork()
    if child == 0:
        count, replace = 0, os.replace

        def killing_replace(source, target):
            nonlocal count
            count += 1
            if count == saves and before_replace:
                _kill()
            replace(source, target)
            if count == saves:
                _kill()

        with mock.patch.object(os, "replace", killing_replace):
            fixture.train(name)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child was to be killed"


def a_killed_training_ends_with_the_same_file(fixture):
    fixture.configure("faulty", _FAULTY)
    model, checkpoint = fixture.out / "faulty.onnx", fixture.root / "work" / "faulty.pt"
    assert fixture.train("faulty") == (0, "")
    expected = model.read_bytes()
    for saves, before_replace, epochs in ((1, True, 0), (1, False, 1), (2, True, 1), (3, True, 2)):
        model.unlink()
        checkpoint.unlink()
        _train_until_killed(fixture, "faulty", saves, before_replace)
        done = torch.load(checkpoint)["done"]["epochs"] if checkpoint.exists() else 0
        assert done == epochs, f"killed at save {saves}: {done} epochs saved, expected {epochs}"
        assert not model.exists(), f"killed at save {saves}, but there is a model"
        assert fixture.train("faulty") == (0, "")
        assert model.read_bytes() == expected, f"killed at save {saves}: another model"
    for folder in fixture.out.glob("tmp*"):  # of the one killed in its export
        shutil.rmtree(folder)


def keys_change_what_is_trained(fixture):
    """The test above is not about keys without an effect."""
    for old, new in (("ber_pct: 2", "ber_pct: 2, chip: 7"), ("w_max: 0.2", "w_max: 0.1"),
                     ("after: 0.5", "after: 1"), ("faulty }", "clean }"), ("flip: true", "flip: false"),
                     ("rotate_deg: 5", "rotate_deg: 0"), ("scale_pct: 5", "scale_pct: 0"),
                     ("flip: true", "flip: true, precision: bfloat16"),
                     ("smoothing: 0.1", "smoothing: 0"), ("shift_px: 1", "shift_px: 0, seed: 1")):
        assert old in _FAULTY
        fixture.configure("changed", _FAULTY.replace(old, new))
        (fixture.root / "work" / "changed.pt").unlink(missing_ok=True)
        assert fixture.train("changed") == (0, "")
        assert _weights(fixture, "changed") != _weights(fixture, "faulty"), f"{new}: the same weights"


def _weights(fixture, name):
    state = torch.load(fixture.root / "work" / f"{name}.pt")["network"]
    return {key: value.numpy().tobytes() for key, value in state.items()}


def export_refuses_what_the_graph_does_not_agree_with(fixture):
    honest = train.check_onnx.wrong_answers
    fixture.configure("agreed", "")
    assert fixture.train("agreed") == (0, "")

    def off_by(count):
        return mock.patch.object(train.check_onnx, "wrong_answers",
                                 lambda *arguments: honest(*arguments) + count)

    with off_by(1):  # of 600: 0.17 points
        assert fixture.train("agreed") == (0, "")
    with off_by(2):
        fixture.refuses("onnx 0.33 %: nothing written", "agreed")
    with mock.patch.object(train.check_onnx, "wrong_answers", lambda *_: float("nan")):
        fixture.refuses("onnx nan %: nothing written", "agreed")
    (fixture.out / "agreed.onnx").unlink()
    (fixture.out / "agreed.json").unlink()
    with off_by(2):
        fixture.refuses("onnx 0.33 %: nothing written", "agreed")
    assert not (fixture.out / "agreed.onnx").exists()


def the_card_says_what_was_trained(fixture):
    facts = fixture.out / "faulty.json"
    subprocess.run([sys.executable, SOURCE / "models" / "train" / "card.py", facts], check=True)
    card = facts.with_suffix(".md").read_text()
    errors = json.loads(facts.read_text())["error_pct"]
    for text in ("# faulty\n", "conv8/2, conv16/2, fc32", "4 bits, clipped to +-0.2",
                 "2 % of the cells of ibm14 faulty, another chip at every step",
                 "passes with errors, then frozen at 0.5", "horizontal flip, shift by up to 1 pixels",
                 "label smoothing 0.1", f"| brownout, integers | {errors['brownout']:.2f} |"):
        assert text in card, f"expected {text!r} in\n{card}"
    facts.with_suffix(".md").unlink()


def _gradients(network, values, x, labels):
    """Of the weights and of the other parameters, in a pass of its own."""
    network.zero_grad(set_to_none=True)
    values = [torch.from_numpy(v).requires_grad_() for v in values]
    network.use(values)
    torch.nn.functional.cross_entropy(network(x), labels).backward()
    others = {name: p.grad.clone() for name, p in network.named_parameters() if p.grad is not None}
    return [v.grad for v in values], others


def a_step_applies_the_mean_of_both_gradients_and_clamps_the_faulty_one(fixture):
    limit = 0.01
    fixture.configure("step", "quantization: { w_max: 0.1 }\nbit_errors: { ber_pct: 5, chip: 3, "
                      f"max_clean_loss: 1000, max_gradient: {limit} }}\nbatch_norm: {{ freeze_after: 0 }}")
    config = train.configs.load(fixture.root / "step.yaml")
    torch.manual_seed(5)
    network = train.networks.Network(config.network.blocks, (1, 28, 28), 10)
    stepper = train.steps.Stepper(network, config)
    stepper.freeze_norms()
    stepper.clip()
    assert max(float(s.weight.abs().max()) for s in network.stored()) == torch.tensor(0.1).item()
    x, labels = torch.rand(8, 1, 28, 28), torch.arange(8)
    quantizer = stepper.quantizer
    quantized = [quantizer(s.weight.detach().numpy()) for s in network.stored()]
    memory = train.native.FaultyMemory("ibm14", [s.weight.shape for s in network.stored()], 8)
    read = memory.read(3, memory.vdd_for_ber(0.05), [quantizer.pattern(q) for q in quantized])
    faulty = [quantizer.value_of_pattern(q, r) for q, r in zip(quantized, read)]
    clean_weights, clean_others = _gradients(network, [q.value for q in quantized], x, labels)
    faulty_weights, faulty_others = _gradients(network, faulty, x, labels)
    assert any(bool((g.abs() > limit).any()) for g in faulty_weights), "nothing to clamp"

    def check(weights, others):
        for stored, expected in zip(network.stored(), weights):
            assert torch.allclose(stored.weight.grad, expected, rtol=1e-4, atol=1e-7)
        for name, parameter in network.named_parameters():
            if name in others:
                assert torch.allclose(parameter.grad, others[name], rtol=1e-4, atol=1e-7), name

    network.zero_grad(set_to_none=True)
    loss = stepper.gradients(x, labels, 0)
    check([(c + f.clamp(-limit, limit)) / 2 for c, f in zip(clean_weights, faulty_weights)],
          {name: (clean_others[name] + faulty_others[name]) / 2 for name in clean_others})
    # The start rule: while the clean loss is not below the limit, there is no faulty pass.
    late = dataclasses.replace(config, bit_errors=dataclasses.replace(config.bit_errors,
                                                                      max_clean_loss=loss))
    stepper.config = late
    network.zero_grad(set_to_none=True)
    stepper.gradients(x, labels, 0)
    check(clean_weights, clean_others)


def images_are_shifted_and_mirrored_as_drawn(_fixture):
    image = torch.zeros(1, 1, 5, 5, dtype=torch.uint8)
    image[0, 0, 1, 2] = 9
    image[0, 0, 1, 3] = 5
    seen = set()
    for seed in range(200):
        x = train.data.augment(image, 1, True, torch.Generator().manual_seed(seed))
        row, column = divmod(int(x.argmax()), 5)
        other = divmod(int(((x == 5) * 1).argmax()), 5)
        seen.add((row, column, other[1] - column))
        assert x.sum() == 14 and other[0] == row
    right = {(row, column, 1) for row in (0, 1, 2) for column in (1, 2, 3)}
    mirrored = {(row, column, -1) for row in (0, 1, 2) for column in (1, 2, 3)}
    assert seen == right | mirrored


def every_configuration_is_complete_and_starts_from_the_same_network(_fixture):
    folder = SOURCE / "models" / "train" / "configs"
    paths = [path for path in sorted(folder.glob("*.yaml")) if "base:" in path.read_text()]
    assert len(paths) > 20
    for path in paths:
        config = train.configs.load(path)
        if config.start:
            start = train.configs.load(folder / f"{config.start}.yaml")
            assert start.network == config.network, f"{path}: another network than {start.name}"
            assert start.dataset == config.dataset, f"{path}: other data than {start.name}"


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        fixture = Fixture(folder, *sys.argv[1:])
        for check in (a_killed_training_ends_with_the_same_file, keys_change_what_is_trained,
                      export_refuses_what_the_graph_does_not_agree_with,
                      the_card_says_what_was_trained,
                      a_step_applies_the_mean_of_both_gradients_and_clamps_the_faulty_one,
                      images_are_shifted_and_mirrored_as_drawn,
                      every_configuration_is_complete_and_starts_from_the_same_network):
            check(fixture)
            print(f"{check.__name__}: done", flush=True)


main()
