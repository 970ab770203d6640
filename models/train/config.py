"""
A model's YAML file as dataclasses: unknown and missing keys, wrong types and values out of range are
refused. `base: FILE` takes the keys that are not there from another file in the same folder, which
has no base itself.
"""

import dataclasses
import math
import pathlib
import typing

import yaml


class ConfigError(Exception):
    """One line that says where and what is wrong."""


def _limits(low, high):
    return dataclasses.field(metadata={"range": (low, high)})


def _choice(*names):
    return dataclasses.field(metadata={"choice": names})


@dataclasses.dataclass(frozen=True)
class Network:
    blocks: typing.List[str]  # network.py: its grammar


@dataclasses.dataclass(frozen=True)
class Quantization:
    scheme: str
    bits: int = _limits(2, 8)
    w_max: float = _limits(0, 1000)  # weights are clipped to +-w_max; 0: not


@dataclasses.dataclass(frozen=True)
class BitErrors:
    profile: str  # silicon whose cells fail: a name in profiles/silicon, or a YAML file
    ber_pct: float = _limits(0, 50)  # of the faulty pass of a step; 0: there is none
    chip: int = _limits(-1, 2**31)  # train for this chip (PattBET); -1: another one each step
    max_clean_loss: float = _limits(0, 1000)  # steps with a larger clean loss have no faulty pass
    max_gradient: float = _limits(0, 1000)  # of a weight in the faulty pass; larger ones are clamped


@dataclasses.dataclass(frozen=True)
class BatchNorm:
    statistics: str = _choice("clean", "faulty", "both")  # passes that running statistics follow
    freeze_after: float = _limits(0, 1)  # part of the training after which they are constants


@dataclasses.dataclass(frozen=True)
class Training:
    seed: int = _limits(0, 2**31)
    epochs: int = _limits(1, 10000)
    batch: int = _limits(1, 65536)
    lr_max: float = _limits(1e-9, 1000)
    weight_decay: float = _limits(0, 1)
    label_smoothing: float = _limits(0, 0.9)
    shift_px: int = _limits(0, 16)
    flip: bool
    rotate_deg: float = _limits(0, 45)
    scale_pct: float = _limits(0, 50)
    precision: str = _choice("float32", "bfloat16")  # of both passes; parameters are float32


@dataclasses.dataclass(frozen=True)
class Config:
    name: str  # that of the file
    dataset: str
    start: str  # goes on from what the configuration of this name in the same folder trains; "": none
    network: Network
    quantization: Quantization
    bit_errors: BitErrors
    batch_norm: BatchNorm
    training: Training


def _matches(value, kind):
    if typing.get_origin(kind) is list:
        (inner,) = typing.get_args(kind)
        return isinstance(value, list) and value and all(_matches(v, inner) for v in value)
    if kind is float:
        return type(value) in (int, float) and math.isfinite(value)
    return type(value) is kind


def _check_value(where, field, value):
    if not _matches(value, field.type):
        raise ConfigError(f"{where}: expected {getattr(field.type, '__name__', field.type)}, "
                          f"got {value!r}")
    low, high = field.metadata.get("range", (value, value))
    if field.metadata and "range" in field.metadata and not low <= value <= high:
        raise ConfigError(f"{where}: expected {low} ... {high}, got {value!r}")
    if "choice" in field.metadata and value not in field.metadata["choice"]:
        raise ConfigError(f"{where}: expected {', '.join(field.metadata['choice'])}, got {value!r}")


def _build(cls, where, data):
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: expected a mapping, got {data!r}")
    fields = {f.name: f for f in dataclasses.fields(cls)}
    for key in data:
        if key not in fields:
            raise ConfigError(f"{where}: unknown key '{key}', expected {', '.join(fields)}")
    values = {}
    for key, field in fields.items():
        if key not in data:
            raise ConfigError(f"{where}: missing key '{key}'")
        if dataclasses.is_dataclass(field.type):
            values[key] = _build(field.type, f"{where}: {key}", data[key])
        else:
            _check_value(f"{where}: {key}", field, data[key])
            values[key] = data[key]
    return cls(**values)


def _read(path):
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a mapping")
    return data


def _merge(base, data):
    """`data` on top of `base`; mappings merge key by key."""
    merged = dict(base)
    for key, value in data.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _merge(base[key], value) if both else value
    return merged


def load(path):
    path = pathlib.Path(path)
    data = _read(path)
    base = data.pop("base", None)
    if base is not None:
        if not isinstance(base, str):
            raise ConfigError(f"{path}: base: expected a file's name, got {base!r}")
        below = _read(path.parent / base)
        if "base" in below:
            raise ConfigError(f"{path.parent / base}: is a base, expected that it has none itself")
        data = _merge(below, data)
    config = _build(Config, str(path), data)
    if config.name != path.stem:  # what `start` finds it by, and the name of what it writes
        raise ConfigError(f"{path}: name: expected {path.stem}, got {config.name!r}")
    return config
