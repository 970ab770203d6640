#!/usr/bin/python3
"""
Bad input to the training program: one clear line, exit code 2, and no model.

  train_refusals.py BROWNOUT LIBRARY
"""

import gzip
import os
import shutil
import sys
import tempfile
from unittest import mock

import numpy as np
import torch
from train_fixture import Fixture

_CONFIGS = [
    ("bad.yaml: unknown key 'epohcs', expected name, dataset", "epohcs: 3"),
    ("bad.yaml: training: unknown key 'epohcs'", "training: { epohcs: 3 }"),
    ("bad.yaml: training: expected a mapping, got 3", "training: 3"),
    ("training: epochs: expected int, got 'three'", "training: { epochs: three }"),
    ("training: epochs: expected int, got True", "training: { epochs: true }"),
    ("training: epochs: expected 1 ... 10000, got 0", "training: { epochs: 0 }"),
    ("training: flip: expected bool, got 1", "training: { flip: 1 }"),
    ("training: lr_max: expected float, got nan", "training: { lr_max: .nan }"),
    ("training: unknown key 'momentum'", "training: { momentum: 0.9 }"),
    ("training: shift_px: expected 0 ... 16, got 17", "training: { shift_px: 17 }"),
    ("training: rotate_deg: expected 0 ... 45, got 46", "training: { rotate_deg: 46 }"),
    ("training: precision: expected float32, bfloat16, got 'float64'",
     "training: { precision: float64 }"),
    ("fmnist: 1280 images are less than a batch", "training: { batch: 1281 }"),
    ("bit_errors: ber_pct: expected 0 ... 50, got 70", "bit_errors: { ber_pct: 70 }"),
    ("bit error rate: expected 0..20.56 %, got 50 %", "bit_errors: { ber_pct: 50 }"),
    ("no-such-silicon.yaml: cannot open", "bit_errors: { ber_pct: 1, profile: no-such-silicon }"),
    ("bit_errors: chip: expected int, got 1.5", "bit_errors: { chip: 1.5 }"),
    ("quantization: bits: expected 2 ... 8, got 9", "quantization: { bits: 9 }"),
    ("quantization: w_max: expected 0 ... 1000, got -1", "quantization: { w_max: -1 }"),
    ("scheme: expected global, normal, asymmetric, unsigned or rquant, got 'best'",
     "quantization: { scheme: best }"),
    ("batch_norm: statistics: expected clean, faulty, both, got 'none'",
     "batch_norm: { statistics: none }"),
    ("expected convN[kK][/2], resN[/2], pool or fcN, got 'dense16'",
     "network: { blocks: [dense16] }"),
    ("expected convN[kK][/2], resN[/2], pool or fcN, got 'res4k3'", "network: { blocks: [res4k3] }"),
    ("'conv8' stands behind fc", "network: { blocks: [fc16, conv8] }"),
    ("'pool' of images of one pixel", "network: { blocks: [pool, pool, pool, pool, pool] }"),
    ("a layer of 9999x9999x3x3 weights, expected at most", "network: { blocks: [conv9999, conv9999] }"),
    ("network: blocks: expected", "network: { blocks: [] }"),
    ("bad.yaml: name: expected bad, got '../escaped'", "name: ../escaped"),
    ("bad.yaml: name: expected bad, got ''", "name: ''"),
    ("nobase.yaml: No such file or directory", "base: nobase.yaml"),
    ("bad.yaml: base: expected a file's name, got 3", "base: 3"),
    ("middle.yaml: is a base, expected that it has none itself", "base: middle.yaml"),
    ("bad.yaml: missing key 'dataset'", "base: short.yaml"),
    ("bad.yaml: start: bad would start from itself", "start: bad"),
    ("x/y.yaml: No such file or directory", "start: x/y"),
    ("dataset svhn: expected fmnist, mnist, cifar10", "dataset: svhn"),
    ("bad.yaml: while parsing", "training: [1"),
    ("bad.yaml: maximum recursion depth", "x: " + "[" * 5000),
    # Trainings that cannot end well.
    (": expected a finite number, got", "training: { lr_max: 1.0e+3, epochs: 3, weight_decay: 0 }"),
    ("bad: epoch 1: the loss is not finite any more",
     "training: { lr_max: 1.0e+3, weight_decay: 1 }\nquantization: { w_max: 0.1 }"),
    (": the bias of a channel does not fit into 32 bits", "quantization: { w_max: 1.0e-30 }"),
]


def refuse_configs(fixture):
    base = (fixture.root / "base.yaml").read_text()
    (fixture.root / "middle.yaml").write_text("base: base.yaml\n")
    (fixture.root / "short.yaml").write_text(base.replace("dataset: fmnist\n", ""))
    for text, yaml in _CONFIGS:
        (fixture.root / "work" / "bad.pt").unlink(missing_ok=True)
        fixture.configure("bad", yaml)
        fixture.refuses(text, "bad")


class _Raises:
    """A pickle that calls something which fails."""

    def __reduce__(self):
        return int, ("no number",)


def refuse_checkpoints(fixture):
    fixture.configure("other", "network: { blocks: [conv4/2, fc8] }")
    fixture.configure("bad", "start: other")
    (fixture.root / "work" / "bad.pt").unlink()
    fixture.refuses("other.yaml trains another network", "bad")
    fixture.configure("bad", "network: { blocks: [conv4/2, fc8] }")
    good = (fixture.root / "work" / "other.pt").read_bytes()
    state = torch.load(fixture.root / "work" / "other.pt")
    state["config"]["name"] = "bad"
    checkpoint = fixture.root / "work" / "bad.pt"
    for content in (good[:1000], good[:-1000], b"garbage", b""):
        checkpoint.write_bytes(content)
        fixture.refuses("bad.pt: is not a checkpoint", "bad")
    for wrong in (7, [1, 2], _Raises(), {"config": state["config"]}, {**state, "done": 7},
                  {**state, "done": {"epochs": "one"}}, {**state, "network": {}},
                  {**state, "network": 5}, {**state, "optimizer": {}}, {**state, "scheduler": 3}):
        torch.save(wrong, checkpoint)
        fixture.refuses("bad.pt: is not a checkpoint", "bad")
    checkpoint.write_bytes(good)
    fixture.refuses("bad.pt: is a checkpoint of another configuration", "bad")
    checkpoint.unlink()


def _idx(*dims, body=b""):
    return np.array([0x800 + len(dims), *dims], ">u4").tobytes() + body


def refuse_data(fixture):
    images, labels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
    whole = (fixture.root / "idx" / images).read_bytes()
    packed = bytearray(gzip.compress(whole, 1))
    torn = bytes(packed[:50000])
    packed[2000:2100] = bytes(range(100))
    fixture.configure("bad", "")
    fixture.refuses("nowhere/train-images-idx3-ubyte", "bad", "nowhere")
    for text, files in [
            ("its size is not that of 1280x28x28 bytes", {images: whole[:5000]}),
            ("expected an IDX file of bytes in 3 dimensions", {images: b""}),
            ("expected an IDX file of bytes in 3 dimensions", {images: _idx(1280)}),
            ("its size is not that of 2147483648x2147483648x4 bytes",
             {images: _idx(1 << 31, 1 << 31, 4)}),
            ("idx3-ubyte[.gz]: Not a gzipped file", {images: None, images + ".gz": b"garbage"}),
            ("idx3-ubyte[.gz]: Compressed file ended", {images: None, images + ".gz": torn}),
            ("idx3-ubyte[.gz]: ", {images: None, images + ".gz": bytes(packed)}),
            ("expected train images, got none", {images: _idx(0, 28, 28), labels: _idx(0)}),
            ("1280 train images but 3 labels", {labels: _idx(3, body=bytes(3))}),
            ("train: expected labels 0 ... 9, got 11", {labels: _idx(1280, body=b"\x0b" * 1280)}),
            ("expected square images, got 2x1", {
                images: _idx(1280, 2, 1, body=bytes(2560)),
                "t10k-images-idx3-ubyte": _idx(600, 2, 1, body=bytes(1200))}),
            ("test images are not as large as training images", {
                "t10k-images-idx3-ubyte": _idx(600, 20, 20, body=bytes(600 * 400))})]:
        folder = fixture.root / "torn"
        shutil.copytree(fixture.root / "idx", folder)
        for name, content in files.items():
            (folder / name).unlink(missing_ok=True)
            if content is not None:
                (folder / name).write_bytes(content)
        fixture.refuses(text, "bad", "torn")
        shutil.rmtree(folder)


def refuse_cifar10(fixture):
    fixture.configure("bad", "dataset: cifar10")
    batch = fixture.root / "cifar10" / "data_batch_3.bin"
    whole = batch.read_bytes()
    for content in (whole[:-1], b""):
        batch.write_bytes(content)
        fixture.refuses("data_batch_3.bin: expected records of 3073 bytes", "bad", "cifar10")
    batch.write_bytes(whole)
    fixture.refuses("idx/data_batch_1.bin: No such file or directory", "bad", "idx")


def refuse_programs(fixture):
    fixture.configure("bad", "")
    liar = fixture.root / "liar"
    liar.write_text('#!/bin/sh\necho "{ \\"clean_error_pct\\": 99 }"\n')
    liar.chmod(0o755)
    for text, name, value in [
            ("build it: ninja -C build/release libbrownout", "BROWNOUT_LIBRARY", "/nowhere.so"),
            ("libm.so.6: is not libbrownout", "BROWNOUT_LIBRARY", "libm.so.6"),
            ("build it: ninja -C build/release brownout", "BROWNOUT", str(fixture.root / "none")),
            ("/bin/echo: expected its JSON report", "BROWNOUT", "/bin/echo"),
            ("brownout 99.00 %: nothing written", "BROWNOUT", str(liar))]:
        with mock.patch.dict(os.environ, {name: value}):
            fixture.refuses(text, "bad")


def main():
    with tempfile.TemporaryDirectory() as folder:
        fixture = Fixture(folder, *sys.argv[1:])
        for check in (refuse_configs, refuse_checkpoints, refuse_data, refuse_cifar10,
                      refuse_programs):
            check(fixture)
            print(f"{check.__name__}: done", flush=True)


main()
