"""The quantisers of sim/net/quant.h, called through libbrownout.so: not a second implementation."""

import ctypes
import dataclasses
import os
import pathlib

import numpy as np

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_DEFAULT = _ROOT / "build" / "release" / "sim" / "net" / "libbrownout.so"


class _Range(ctypes.Structure):
    _fields_ = [("scheme", ctypes.c_int), ("bits", ctypes.c_uint32),
                ("qmin", ctypes.c_float), ("qmax", ctypes.c_float)]


class _Affine(ctypes.Structure):
    _fields_ = [("scale", ctypes.c_float), ("zero_point", ctypes.c_int32),
                ("code_min", ctypes.c_int32), ("code_max", ctypes.c_int32),
                ("rounds", ctypes.c_bool)]


class _Diag(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char * 512)]


@dataclasses.dataclass(frozen=True)
class Quantized:
    """A tensor as deployed: w = scale * (code - zero_point)."""
    code: np.ndarray  # int32
    value: np.ndarray  # float32, de-quantised
    scale: float
    zero_point: int


class NativeError(Exception):
    """The library's diagnostic."""


class Quantizer:
    """One scheme at one width, "as deployed"; `library` defaults to the release preset's."""

    def __init__(self, scheme, bits, library=None):
        path = library or os.environ.get("BROWNOUT_LIBRARY") or _DEFAULT
        self._lib = ctypes.CDLL(str(path))
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
        self._bits = bits
        self._call(self._lib.bo_scheme_parse, ctypes.byref(self._scheme), scheme.encode())

    def _call(self, function, *arguments):
        diag = _Diag()
        if function(*arguments, ctypes.byref(diag)) != 0:
            raise NativeError(diag.text.decode())

    @property
    def is_signed(self):
        return self._lib.bo_scheme_is_signed(self._scheme)

    def __call__(self, weights):
        """Quantises a float32 array with the range of its own values."""
        weights = np.ascontiguousarray(weights, np.float32)
        found = _Range()
        self._call(self._lib.bo_quant_fit, ctypes.byref(found), self._scheme, self._bits, 1.0,
                   weights, weights.size)
        affine = self._lib.bo_quant_deploy(ctypes.byref(found))
        code = np.empty(weights.shape, np.int32)
        value = np.empty(weights.shape, np.float32)
        self._lib.bo_affine_quantize(ctypes.byref(affine), weights, weights.size, code)
        self._lib.bo_affine_dequantize(ctypes.byref(affine), code, weights.size, value)
        return Quantized(code, value, affine.scale, affine.zero_point)
