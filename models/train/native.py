"""
libbrownout.so through ctypes: the quantisers of sim/net/quant.h and the faulty weight memory of
sim/train/faulty_memory.h, not second implementations.
"""

import ctypes
import dataclasses
import os
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
_PROFILES = ROOT / "profiles" / "silicon"
_DEFAULT = ROOT / "build" / "release" / "sim" / "train" / "libbrownout.so"


class _Range(ctypes.Structure):
    _fields_ = [("scheme", ctypes.c_int), ("bits", ctypes.c_uint32),
                ("qmin", ctypes.c_float), ("qmax", ctypes.c_float)]


class _Affine(ctypes.Structure):
    _fields_ = [("scale", ctypes.c_float), ("zero_point", ctypes.c_int32),
                ("code_min", ctypes.c_int32), ("code_max", ctypes.c_int32),
                ("rounds", ctypes.c_bool)]


class _Diag(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char * 512)]


class _WeightShape(ctypes.Structure):
    _fields_ = [("groups", ctypes.c_uint32), ("outputs", ctypes.c_uint32),
                ("inputs", ctypes.c_uint32), ("bits", ctypes.c_uint32)]


class NativeError(Exception):
    """The library's diagnostic."""


def _call(function, *arguments):
    diag = _Diag()
    if function(*arguments, ctypes.byref(diag)) != 0:
        raise NativeError(diag.text.decode())


def _library():
    path = os.environ.get("BROWNOUT_LIBRARY") or _DEFAULT
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise NativeError(f"{error}; build it: ninja -C build/release libbrownout") from None
    if not hasattr(library, "bo_faulty_memory_new"):
        raise NativeError(f"{path}: is not libbrownout")
    return library


@dataclasses.dataclass(frozen=True)
class Quantized:
    """A tensor as deployed: w = scale * (code - zero_point)."""
    code: np.ndarray  # int32
    affine: _Affine
    value: np.ndarray  # float32, de-quantised

    @property
    def scale(self):
        return self.affine.scale

    @property
    def zero_point(self):
        return self.affine.zero_point


class Quantizer:
    """One scheme at one width, "as deployed". The scheme GLOBAL has the range +-global_range."""

    def __init__(self, scheme, bits, global_range=1.0):
        self._lib = _library()
        array = np.ctypeslib.ndpointer
        f32, i32 = array(np.float32, flags="C"), array(np.int32, flags="C")
        diag = ctypes.POINTER(_Diag)
        self._lib.bo_scheme_parse.argtypes = [ctypes.POINTER(ctypes.c_int), ctypes.c_char_p, diag]
        self._lib.bo_scheme_is_signed.argtypes = [ctypes.c_int]
        self._lib.bo_scheme_is_signed.restype = ctypes.c_bool
        self._lib.bo_quant_fit.argtypes = [ctypes.POINTER(_Range), ctypes.c_int, ctypes.c_uint32,
                                           ctypes.c_float, f32, ctypes.c_size_t, diag]
        self._lib.bo_quant_deploy.argtypes = [ctypes.POINTER(_Range)]
        self._lib.bo_quant_deploy.restype = _Affine
        self._lib.bo_affine_quantize.argtypes = [ctypes.POINTER(_Affine), f32, ctypes.c_size_t, i32]
        self._lib.bo_affine_quantize.restype = None
        self._lib.bo_affine_dequantize.argtypes = [ctypes.POINTER(_Affine), i32, ctypes.c_size_t,
                                                   f32]
        self._lib.bo_affine_dequantize.restype = None
        self._scheme = ctypes.c_int()
        self._global_range = global_range
        self.bits = bits
        _call(self._lib.bo_scheme_parse, ctypes.byref(self._scheme), scheme.encode())

    @property
    def is_signed(self):
        return self._lib.bo_scheme_is_signed(self._scheme)

    @property
    def code_range(self):
        """Lowest and highest code that the bits can hold."""
        low = -(1 << (self.bits - 1)) if self.is_signed else 0
        return low, low + (1 << self.bits) - 1

    def __call__(self, weights):
        """Quantises a float32 array with the range that the scheme takes for it."""
        weights = np.ascontiguousarray(weights, np.float32)
        found = _Range()
        _call(self._lib.bo_quant_fit, ctypes.byref(found), self._scheme, self.bits,
              self._global_range, weights, weights.size)
        affine = self._lib.bo_quant_deploy(ctypes.byref(found))
        code = np.empty(weights.shape, np.int32)
        self._lib.bo_affine_quantize(ctypes.byref(affine), weights, weights.size, code)
        return Quantized(code, affine, self._value(affine, code))

    def _value(self, affine, code):
        value = np.empty(code.shape, np.float32)
        self._lib.bo_affine_dequantize(ctypes.byref(affine), code, code.size, value)
        return value

    def pattern(self, quantized):
        """What the SRAM stores, a byte a code."""
        return (quantized.code & ((1 << self.bits) - 1)).astype(np.uint8)

    def value_of_pattern(self, quantized, pattern):
        """The float32 weights that patterns of the same tensor stand for."""
        code = pattern.astype(np.int32)
        if self.is_signed:
            code -= (code >> (self.bits - 1)) << self.bits
        return self._value(quantized.affine, code)


class FaultyMemory:
    """The weight SRAM of the default machine with a cell for every bit (`--banks auto`)."""

    def __init__(self, profile, shapes, bits):
        """
        `profile`: a name in profiles/silicon or a YAML file; `shapes`: of the weight tensors in the
        order of the graph, outputs first.
        """
        self._lib = _library()
        path = profile if profile.endswith(".yaml") else _PROFILES / f"{profile}.yaml"
        diag = ctypes.POINTER(_Diag)
        handle = ctypes.c_void_p
        pointers = ctypes.POINTER(ctypes.c_void_p)
        self._lib.bo_faulty_memory_new.argtypes = [
            ctypes.POINTER(handle), ctypes.c_char_p, ctypes.POINTER(_WeightShape), ctypes.c_uint32,
            diag]
        self._lib.bo_faulty_memory_free.argtypes = [handle]
        self._lib.bo_faulty_memory_free.restype = None
        self._lib.bo_faulty_memory_vdd_for_ber.argtypes = [
            handle, ctypes.c_double, ctypes.POINTER(ctypes.c_double), diag]
        self._lib.bo_faulty_memory_read.argtypes = [handle, ctypes.c_uint64, ctypes.c_double,
                                                    pointers, pointers, diag]
        tensors = (_WeightShape * len(shapes))(*[
            _WeightShape(1, shape[0], int(np.prod(shape[1:])), bits) for shape in shapes])
        self._handle = handle()
        _call(self._lib.bo_faulty_memory_new, ctypes.byref(self._handle), str(path).encode(),
              tensors, len(shapes))

    def __del__(self):
        if hasattr(self, "_handle"):
            self._lib.bo_faulty_memory_free(self._handle)

    def vdd_for_ber(self, ber):
        """Lowest V/Vmin with at most `ber` (a fraction) failing cells."""
        found = ctypes.c_double()
        _call(self._lib.bo_faulty_memory_vdd_for_ber, self._handle, ber, ctypes.byref(found))
        return found.value

    def read(self, seed, vdd_ratio, clean):
        """What chip `seed` gives for the patterns `clean`, one uint8 array a tensor."""
        faulty = [np.empty_like(pattern) for pattern in clean]
        pointers = [(ctypes.c_void_p * len(clean))(*[array.ctypes.data for array in arrays])
                    for arrays in (clean, faulty)]
        _call(self._lib.bo_faulty_memory_read, self._handle, seed, vdd_ratio, *pointers)
        return faulty
