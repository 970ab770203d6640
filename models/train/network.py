"""
The network in training. Its float master weights are never used as they are: a pass runs on the
values that `use` puts there, what the SRAM holds or what a chip reads of it.

A network is a list of blocks, then one classifier, behind a global average pool if there is no fc:
  conv64     3x3 convolution to 64 channels, batch norm, ReLU
  conv64k5   with a kernel of 5x5
  res64      two 3x3 ones around which the input is added (through a 1x1 one if the shape changes)
  pool       2x2 max pool
  fc256      fully connected, batch norm, ReLU; last block
conv64/2, conv64k5/2 and res64/2 have stride 2 (a residual block in its first convolution).
"""

import math
import re

import torch
from torch import nn
from torch.nn import functional as F

_MAX_WEIGHTS = 1 << 24  # of a layer
_BLOCK = re.compile(r"(conv|res|fc)([1-9][0-9]{0,3})(?:k([135]))?(?:/(2))?")


class NetworkError(Exception):
    """One line that says what is wrong with a block."""


class BatchNorm(nn.BatchNorm2d):
    """
    With |gamma|, so that folding it into the weight scales never flips a sign. `follow`: whether
    running statistics follow this pass; `frozen`: they are constants, and what normalises.
    """

    def __init__(self, channels):
        super().__init__(channels)
        self.follow = True
        self.frozen = False

    def forward(self, x):
        batch = self.training and not self.frozen
        running = (None, None) if batch and not self.follow else (self.running_mean,
                                                                 self.running_var)
        return F.batch_norm(x, *running, self.weight.abs(), self.bias, batch, self.momentum,
                            self.eps)


class Activation(nn.Module):
    """
    8-bit codes once a scale is calibrated; before, the identity. zero_point 128 where the values
    have both signs, otherwise 0.
    """

    def __init__(self, zero_point=0):
        super().__init__()
        self.zero_point = zero_point
        self.register_buffer("scale", torch.zeros(()))

    def quantize(self, x, scale):
        low = -self.zero_point
        return torch.clamp(torch.round(x / scale), low, low + 255) * scale

    def forward(self, x):
        return x if self.scale == 0 else self.quantize(x, self.scale)


class Stored(nn.Module):
    """Weights in the SRAM: `weight` is the float master, `value` what a pass computes with."""

    def __init__(self, *shape):
        super().__init__()
        if math.prod(shape) > _MAX_WEIGHTS:
            raise NetworkError(f"network: blocks: a layer of {'x'.join(map(str, shape))} weights, "
                               f"expected at most {_MAX_WEIGHTS}")
        self.weight = nn.Parameter(torch.empty(*shape))
        nn.init.kaiming_normal_(self.weight, mode="fan_out" if len(shape) == 4 else "fan_in")
        self.value = None


class Conv(Stored):
    """Convolution without bias, batch norm; `pad` keeps the size (stride 1) or halves it (2)."""

    def __init__(self, inputs, outputs, kernel, stride, pad):
        super().__init__(outputs, inputs, kernel, kernel)
        self.stride = stride
        self.padding = pad
        self.norm = BatchNorm(outputs)

    def forward(self, x):
        if x.shape[2:] == self.value.shape[2:] and self.padding == 0:  # faster as what it is
            x = F.linear(x.flatten(1), self.value.flatten(1))[:, :, None, None]
        else:
            x = F.conv2d(x, self.value, stride=self.stride, padding=self.padding)
        return self.norm(x)


class ConvBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, pad):
        super().__init__()
        self.conv = Conv(inputs, outputs, kernel, stride, pad)
        self.activation = Activation()

    def forward(self, x):
        return self.activation(F.relu(self.conv(x)))


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = ConvBlock(inputs, outputs, 3, stride, 1)
        self.second = Conv(outputs, outputs, 3, 1, 1)
        self.second_activation = Activation(zero_point=128)
        same = stride == 1 and inputs == outputs
        self.shortcut = None if same else Conv(inputs, outputs, 1, stride, 0)
        self.shortcut_activation = None if same else Activation(zero_point=128)
        self.activation = Activation()

    def forward(self, x):
        y = self.second_activation(self.second(self.first(x)))
        if self.shortcut is not None:
            x = self.shortcut_activation(self.shortcut(x))
        return self.activation(F.relu(x + y))


class PoolBlock(nn.Module):
    def forward(self, x):
        return F.max_pool2d(x, 2)


def _make_blocks(texts, channels, size):
    """The blocks for square images, and channels and size of what the last one gives."""
    blocks = []
    for text in texts:
        if size == 0:
            raise NetworkError(f"network: blocks: {text!r} stands behind fc, expected that last")
        if text == "pool" and size == 1:
            raise NetworkError("network: blocks: 'pool' of images of one pixel")
        if text == "pool":
            blocks.append(PoolBlock())
            size //= 2
            continue
        match = _BLOCK.fullmatch(text)
        if not match or (match[1] != "conv" and match[3]) or (match[1] == "fc" and match[4]):
            raise NetworkError("network: blocks: expected convN[kK][/2], resN[/2], pool or fcN, "
                               f"got {text!r}")
        outputs, kernel, stride = int(match[2]), int(match[3] or 3), int(match[4] or 1)
        if match[1] == "fc":
            blocks.append(ConvBlock(channels, outputs, size, 1, 0))
            size = 0
        elif match[1] == "res":
            blocks.append(ResidualBlock(channels, outputs, stride))
        else:
            blocks.append(ConvBlock(channels, outputs, kernel, stride, kernel // 2))
        channels, size = outputs, -(-size // stride)
    return blocks, channels, size


class Classifier(Stored):
    def __init__(self, inputs, classes):
        super().__init__(classes, inputs)
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, x):
        return F.linear(x, self.value, self.bias)


class Network(nn.Module):
    def __init__(self, blocks, shape, classes):
        """`shape`: (C, H, W) of an image, H = W."""
        super().__init__()
        if shape[1] != shape[2]:
            raise NetworkError(f"expected square images, got {shape[1]}x{shape[2]}")
        blocks, channels, size = _make_blocks(blocks, shape[0], shape[1])
        self.blocks = nn.ModuleList(blocks)
        self.average_activation = Activation() if size > 0 else None
        self.classifier = Classifier(channels, classes)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        if self.average_activation is None:
            return self.classifier(x.flatten(1))
        return self.classifier(self.average_activation(x.mean((2, 3))))

    def stored(self):
        """The weight tensors in the order in which the graph has them."""
        return [m for m in self.modules() if isinstance(m, Stored)]

    def norms(self):
        return [m for m in self.modules() if isinstance(m, BatchNorm)]

    def activations(self):
        """In the order of the forward pass."""
        return [m for m in self.modules() if isinstance(m, Activation)]

    def use(self, values):
        """Next passes compute with `values`, one float32 tensor a weight tensor."""
        for stored, value in zip(self.stored(), values):
            stored.value = value


def evaluate(network, images, labels, to_float, batch=500):
    """Error in per cent of the network with the weights in use, in float32."""
    network.eval()
    wrong = 0
    with torch.no_grad():
        for i in range(0, len(images), batch):
            logits = network(to_float(images[i:i + batch]))
            wrong += int((logits.argmax(1) != labels[i:i + batch]).sum())
    return 100 * wrong / len(images)


def _best_scale(activation, x):
    """Of some fractions of the largest value, the one with the least squared error."""
    largest = x.abs().max() / (255 - activation.zero_point)
    candidates = [largest * percent / 100 for percent in range(30, 101, 5)]
    errors = [((activation.quantize(x, s) - x) ** 2).sum() for s in candidates]
    return candidates[int(torch.stack(errors).argmin())]


def calibrate(network, images, to_float):
    """Sets the scale of each activation on `images`, in order: later ones see quantised inputs."""
    network.eval()
    for activation in network.activations():
        seen = []
        hook = activation.register_forward_hook(lambda _module, _input, output: seen.append(output))
        with torch.no_grad():
            network(to_float(images))
            activation.scale.copy_(_best_scale(activation, seen.pop()))
        hook.remove()
