#!/usr/bin/env python3
"""How much faster is the fast engine than PyTorch on the same network? One core each.

usage: bench_torch.py PATH/TO/bench_engine MODEL      (Debian: python3-torch; run by engine.sh)

The network is the one bench_engine dumps. PyTorch runs it as the published robustness code does:
float32, weights already de-quantised, batch norm as modules, eval, no_grad. Every round times the
engine and every variant after each other, so that a busy machine disturbs all of them alike.
Before that, PyTorch computes the same integers as the engine and the classes must agree.
"""
import os
import subprocess
import sys
import tempfile
import time

import numpy
import torch

CONV, ADD, MAX_POOL, AVG_POOL, TABLE = range(5)
ROUNDS = 7
BATCHES = (50, 100, 200)


def read_arrays(path):
    """Arrays of dump_net.h: a line "name dtype dims...", then the bytes."""
    arrays = {}
    with open(path, "rb") as file:
        for line in iter(file.readline, b""):
            name, dtype, *dims = line.decode().split()
            dims = [int(dim) for dim in dims]
            item = numpy.dtype(dtype)
            data = file.read(int(numpy.prod(dims)) * item.itemsize)
            arrays[name] = torch.from_numpy(numpy.frombuffer(data, item).reshape(dims).copy())
    return arrays


def layers_of(arrays):
    count = sum(name.endswith(".op") for name in arrays)
    for i in range(count):
        keys = ("op", "kernel", "stride", "pad", "zx", "zy", "lo", "hi")
        layer = dict(zip(keys, arrays[f"{i}.op"].tolist()))
        layer["last"] = i == count - 1
        for key in ("scale", "weight", "weight_scale", "bias", "multiplier"):
            layer[key] = arrays.get(f"{i}.{key}")
        yield layer


def integer_logits(layers, codes):
    """The engine's arithmetic in float64 convolutions, which are exact here."""
    x = codes.permute(0, 3, 1, 2).double()
    for layer in layers:
        if layer["op"] == CONV:
            acc = torch.nn.functional.conv2d(x - layer["zx"], layer["weight"].double(), stride=layer["stride"],
                                             padding=layer["pad"])
            acc = acc + layer["bias"].double()[None, :, None, None]
            y = acc.float() * layer["multiplier"][None, :, None, None]
            if layer["last"]:
                return y.flatten(1)
            x = (torch.round(y) + layer["zy"]).clamp(layer["lo"], layer["hi"]).double()
        elif layer["op"] == MAX_POOL:
            x = torch.nn.functional.max_pool2d(x, layer["kernel"], layer["stride"], layer["pad"])
        elif layer["op"] == AVG_POOL:
            window = layer["kernel"] ** 2
            total = torch.nn.functional.avg_pool2d(x - layer["zx"], layer["kernel"], layer["stride"]) * window
            scale = layer["scale"][0] / (layer["scale"][1] * float(window))
            y = torch.round(total.round().float() * scale) + layer["zy"]
            x = y.clamp(layer["lo"], layer["hi"]).double()
        else:
            sys.exit("bench_torch: only chains of convolutions and pools")
    sys.exit("bench_torch: the last layer is no convolution with float logits")


def modules(layers, fold):
    """Float network with de-quantised weights: Conv, BatchNorm (unless folded), ReLU, pools."""
    parts = []
    for layer in layers:
        if layer["op"] == CONV:
            weight = layer["weight"].float() * layer["weight_scale"][:, None, None, None]
            bias = layer["bias"].float() * layer["weight_scale"] * layer["scale"][0]
            plain = fold or layer["last"]
            conv = torch.nn.Conv2d(weight.shape[1], weight.shape[0], layer["kernel"], layer["stride"],
                                   layer["pad"], bias=plain)
            conv.weight.data = weight
            parts.append(conv)
            if plain:
                conv.bias.data = bias
            else:
                norm = torch.nn.BatchNorm2d(weight.shape[0], eps=0.0)
                norm.bias.data = bias
                parts.append(norm)
            if not layer["last"]:
                parts.append(torch.nn.ReLU())
        elif layer["op"] == MAX_POOL:
            parts.append(torch.nn.MaxPool2d(layer["kernel"], layer["stride"], layer["pad"]))
        else:
            parts.append(torch.nn.AvgPool2d(layer["kernel"], layer["stride"]))
    return torch.nn.Sequential(*parts, torch.nn.Flatten()).eval()


def us_per_image(net, images):
    start = time.thread_time()
    net(images)
    return (time.thread_time() - start) * 1e6 / len(images)


def best_batch(net, images):
    """The batch that PyTorch likes best."""
    timed = [(min(us_per_image(net, images[:batch]) for _ in range(3)), batch) for batch in BATCHES]
    return min(timed)[1]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    engine = sys.argv[1:3]
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net")
        subprocess.run([*engine, "--dump", path], check=True)
        arrays = read_arrays(path)
    layers = list(layers_of(arrays))
    codes = arrays["input"]
    with torch.no_grad():
        logits = torch.cat([integer_logits(layers, part) for part in codes.split(200)])
        agree = (logits.argmax(1) == arrays["logits"].argmax(1)).double().mean().item()
        print(f"PyTorch {torch.__version__}, 1 thread; same integers: {100 * agree:.2f} % of "
              f"{len(codes)} classes agree, largest difference of a logit "
              f"{(logits - arrays['logits']).abs().max().item():.3g}")
        if agree < 0.999:
            sys.exit("bench_torch: the classes differ: not the same network")

        pixels = codes.permute(0, 3, 1, 2).float() * layers[0]["scale"][0]
        last = torch.channels_last
        variants = {
            "float32": (modules(layers, False), pixels),
            "float32, channels_last": (modules(layers, False).to(memory_format=last),
                                       pixels.to(memory_format=last)),
            "float32, BN folded": (modules(layers, True), pixels),
            "bfloat16, channels_last": (modules(layers, False).bfloat16().to(memory_format=last),
                                        pixels.bfloat16().to(memory_format=last)),
        }
        batches = {name: best_batch(net, images) for name, (net, images) in variants.items()}
        times = {name: [] for name in variants}
        ours = []
        for _ in range(ROUNDS):
            run = subprocess.run([*engine, "--once"], check=True, capture_output=True, text=True)
            ours.append(float(run.stdout))
            for name, (net, images) in variants.items():
                times[name].append(us_per_image(net, images[:batches[name]]))

    print(f"\nmeasured, {ROUNDS} rounds  {'batch':>6} {'us min':>8} {'median':>8} {'max':>8} "
          f"{'engine is x times as fast (median of rounds)':>46}")
    print(f"{'engine':24} {'':>6} {min(ours):8.1f} {numpy.median(ours):8.1f} {max(ours):8.1f}")
    for name, values in times.items():
        ratio = numpy.median([theirs / mine for theirs, mine in zip(values, ours)])
        print(f"{name:24} {batches[name]:>6} {min(values):8.1f} {numpy.median(values):8.1f} "
              f"{max(values):8.1f} {ratio:46.1f}")


main()
