"""The network in training: float master weights, every pass on what the SRAM would hold."""

import torch
from torch import nn
from torch.nn import functional as F


class _StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, weights, quantizer):
        return torch.from_numpy(quantizer(weights.detach().numpy()).value)

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


class _PositiveBatchNorm(nn.BatchNorm2d):
    """Batch norm with |gamma|: folding it into the weight scales never flips a sign."""

    def forward(self, x):
        if self.training:
            self.num_batches_tracked += 1
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight.abs(), self.bias,
                            self.training, self.momentum, self.eps)


class _Activation(nn.Module):
    """Unsigned 8-bit codes with zero-point 0 once a scale is calibrated; before, the identity."""

    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.zeros(()))

    def forward(self, x):
        if self.scale == 0:
            return x
        return torch.clamp(torch.round(x / self.scale), 0, 255) * self.scale


class _Block(nn.Module):
    """Convolution 3x3, batch norm, ReLU, 8-bit activation."""

    def __init__(self, inputs, outputs, quantizer):
        super().__init__()
        self.quantizer = quantizer
        self.weight = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        nn.init.kaiming_normal_(self.weight, mode="fan_out")
        self.norm = _PositiveBatchNorm(outputs)
        self.activation = _Activation()

    def forward(self, x):
        x = F.conv2d(x, _StraightThrough.apply(self.weight, self.quantizer), padding=1)
        return self.activation(F.relu(self.norm(x)))


class Vgg(nn.Module):
    """Stages of 3x3 convolutions, 2x2 max pools between; global average pool; one classifier."""

    def __init__(self, stages, classes, quantizer):
        super().__init__()
        self.quantizer = quantizer
        inputs = 1
        self.stages = nn.ModuleList()
        for widths in stages:
            blocks = nn.ModuleList()
            for outputs in widths:
                blocks.append(_Block(inputs, outputs, quantizer))
                inputs = outputs
            self.stages.append(blocks)
        self.pool_activation = _Activation()
        self.classifier = nn.Linear(inputs, classes)

    def forward(self, x):
        for i, blocks in enumerate(self.stages):
            if i > 0:
                x = F.max_pool2d(x, 2)
            for block in blocks:
                x = block(x)
        x = self.pool_activation(x.mean((2, 3)))
        weight = _StraightThrough.apply(self.classifier.weight, self.quantizer)
        return F.linear(x, weight, self.classifier.bias)

    def activations(self):
        return [m for m in self.modules() if isinstance(m, _Activation)]


def evaluate(network, images, labels, to_float, batch=500):
    """Error in per cent in float32."""
    network.eval()
    wrong = 0
    with torch.no_grad():
        for i in range(0, len(images), batch):
            logits = network(to_float(images[i:i + batch]))
            wrong += int((logits.argmax(1) != labels[i:i + batch]).sum())
    return 100 * wrong / len(images)


def _best_scale(x):
    """Of some fractions of the largest value / 255, the one with the least squared error."""
    candidates = [x.max() * percent / 100 / 255 for percent in range(30, 101, 5)]
    errors = [((torch.clamp(torch.round(x / s), 0, 255) * s - x) ** 2).sum() for s in candidates]
    return candidates[int(torch.stack(errors).argmin())]


def calibrate(network, images, to_float):
    """Sets the scale of each activation on `images`, in order: later ones see quantised inputs."""
    network.eval()
    for activation in network.activations():
        seen = []
        hook = activation.register_forward_hook(lambda _module, _input, output: seen.append(output))
        with torch.no_grad():
            network(to_float(images))
            activation.scale.copy_(_best_scale(seen.pop()))
        hook.remove()
