"""A model's YAML file as dataclasses: unknown and missing keys and wrong types are refused."""

import dataclasses
import typing

import yaml


class ConfigError(Exception):
    """One line that says where and what is wrong."""


@dataclasses.dataclass(frozen=True)
class Network:
    stages: typing.List[typing.List[int]]


@dataclasses.dataclass(frozen=True)
class Quantization:
    scheme: str
    bits: int


@dataclasses.dataclass(frozen=True)
class Training:
    seed: int
    epochs: int
    batch: int
    lr_max: float
    momentum: float
    weight_decay: float
    shift_px: int


@dataclasses.dataclass(frozen=True)
class Config:
    name: str
    dataset: str
    network: Network
    quantization: Quantization
    training: Training


def _matches(value, kind):
    if typing.get_origin(kind) is list:
        (inner,) = typing.get_args(kind)
        return isinstance(value, list) and value and all(_matches(v, inner) for v in value)
    if kind is float:
        return type(value) in (int, float)
    return type(value) is kind


def _build(cls, where, data):
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: expected a mapping, got {data!r}")
    kinds = {f.name: f.type for f in dataclasses.fields(cls)}
    for key in data:
        if key not in kinds:
            raise ConfigError(f"{where}: unknown key '{key}', expected {', '.join(kinds)}")
    values = {}
    for key, kind in kinds.items():
        if key not in data:
            raise ConfigError(f"{where}: missing key '{key}'")
        if dataclasses.is_dataclass(kind):
            values[key] = _build(kind, f"{where}: {key}", data[key])
        elif _matches(data[key], kind):
            values[key] = data[key]
        else:
            raise ConfigError(f"{where}: {key}: expected {getattr(kind, '__name__', kind)}, "
                              f"got {data[key]!r}")
    return cls(**values)


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            data = yaml.safe_load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from error
    return _build(Config, str(path), data)
