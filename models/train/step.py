"""
One step of training, as in Stutz et al., MLSys 2021: a pass on the quantised weights, a second one on
what a chip with bit errors reads of them (RandBET; PattBET if it is always the same chip), the mean
of both gradients applied to the float weights (straight-through), and weight clipping.

As published evaluations did: a component of the second gradient is clamped, and there is no second
pass while the clean loss is large. Other than there, batch norm and biases are not in the SRAM: they
are neither quantised, nor clipped, nor hit by errors.
"""

import math

import torch
from torch.nn import functional as F

import native

class DivergedError(Exception):
    """The loss is not finite."""


class Stepper:
    def __init__(self, network, config):
        self._network = network
        self.config = config
        self._stored = network.stored()
        self._bfloat16 = config.training.precision == "bfloat16"
        scheme = config.quantization
        self.quantizer = native.Quantizer(scheme.scheme, scheme.bits, scheme.w_max or 1.0)
        self._memory = None
        if config.bit_errors.ber_pct > 0:
            self._memory = native.FaultyMemory(
                config.bit_errors.profile, [s.weight.shape for s in self._stored], scheme.bits)
            self._vdd_ratio = self._memory.vdd_for_ber(config.bit_errors.ber_pct / 100)

    def quantize(self):
        """The weights as deployed; the network uses them from here on."""
        quantized = [self.quantizer(s.weight.detach().numpy()) for s in self._stored]
        self._network.use([torch.from_numpy(q.value) for q in quantized])
        return quantized

    def freeze_norms(self):
        for norm in self._network.norms():
            norm.frozen = True

    def _pass(self, values, x, labels, follow):
        """Loss and gradients of the weights; those of the other parameters accumulate."""
        values = [torch.from_numpy(v).requires_grad_() for v in values]
        self._network.use(values)
        for norm in self._network.norms():
            norm.follow = follow
        with torch.autocast("cpu", torch.bfloat16, self._bfloat16):
            logits = self._network(x)
        loss = F.cross_entropy(logits.float(), labels,
                               label_smoothing=self.config.training.label_smoothing)
        loss.backward()
        if not math.isfinite(loss.item()):
            raise DivergedError("the loss is not finite any more")
        return loss.item(), [v.grad for v in values]

    def _faulty_values(self, quantized, number):
        errors = self.config.bit_errors
        seed = errors.chip
        if seed < 0:  # far from the seeds of evaluations, which count from 0
            seed = ((self.config.training.seed + 1) << 32) + number
        faulty = self._memory.read(seed, self._vdd_ratio,
                                   [self.quantizer.pattern(q) for q in quantized])
        return [self.quantizer.value_of_pattern(q, f) for q, f in zip(quantized, faulty)]

    def gradients(self, x, labels, number):
        """Sets .grad of every parameter for step `number`; returns the clean loss."""
        errors = self.config.bit_errors
        statistics = self.config.batch_norm.statistics
        quantized = self.quantize()
        loss, clean = self._pass([q.value for q in quantized], x, labels, statistics != "faulty")
        for stored, gradient in zip(self._stored, clean):
            stored.weight.grad = gradient
        if self._memory is None or loss >= errors.max_clean_loss:
            return loss
        _, faulty = self._pass(self._faulty_values(quantized, number), x, labels,
                               statistics != "clean")
        for stored, gradient in zip(self._stored, faulty):
            stored.weight.grad += gradient.clamp_(-errors.max_gradient, errors.max_gradient)
        for parameter in self._network.parameters():
            parameter.grad /= 2
        return loss

    def clip(self):
        w_max = self.config.quantization.w_max
        if w_max > 0:
            with torch.no_grad():
                for stored in self._stored:
                    stored.weight.clamp_(-w_max, w_max)
