#!/usr/bin/env python3
"""Compares the waveform of the C model with one that a simulator dumped from the RTL, register by register and cycle by
cycle. Every register of the model must be in the RTL under the same path and with the same bits; both must have the same
value in every cycle.
Usage: check_vcd.py MODEL.vcd RTL.vcd      RTL.vcd has a variable bo_vectors_tb.cycle, -1 before the first
"""
import itertools
import sys


def read_header(file):
    """Variables by path: (short name, bits, range as it is written)."""
    scopes, variables = [], {}
    for line in file:
        words = line.split()
        if words[:1] == ["$scope"]:
            scopes.append(words[2])
        elif words[:1] == ["$upscope"]:
            scopes.pop()
        elif words[:1] == ["$var"]:
            variables[".".join(scopes + [words[4].lstrip("\\")])] = (words[3], int(words[2]), " ".join(words[5:-1]))
        elif words[:1] == ["$enddefinitions"]:
            return variables
    sys.exit(f"{file.name}: no $enddefinitions")


def read_edges(file, clock):
    """Values of all short names after each rising edge of the clock."""
    values, rose = {}, False
    for line in itertools.chain(file, ["#end"]):
        line = line.strip()
        if line.startswith("#"):
            if rose:
                yield values
            rose = False
        elif line[:1] in ("b", "B"):
            value, name = line[1:].split()
            values[name] = value
        elif line[:1] in ("0", "1", "x", "z"):
            rose = rose or (line[1:] == clock and line[0] == "1")
            values[line[1:]] = line[0]


def same(value, rtl_value):
    """Leading zeros do not count; an unknown bit of the RTL is a difference."""
    return value.lstrip("0") == rtl_value.lstrip("0")


def pair(path, model, rtl):
    """Path and both short names of a register."""
    if path not in rtl:
        sys.exit(f"{path}: not in the RTL")
    (model_name, *model_size), (rtl_name, *rtl_size) = model[path], rtl[path]
    if model_size != rtl_size:
        sys.exit(f"{path}: the model has bits and range {model_size}, the RTL {rtl_size}")
    return path, model_name, rtl_name


def main(model_path, rtl_path):
    with open(model_path) as model_file, open(rtl_path) as rtl_file:
        model, rtl = read_header(model_file), read_header(rtl_file)
        clock = next(path for path in model if path.endswith(".clk_i"))
        pairs = [pair(path, model, rtl) for path in model if path != clock]
        cycle_name = rtl["bo_vectors_tb.cycle"][0]
        rtl_cycles = (v for v in read_edges(rtl_file, rtl[clock][0]) if not v[cycle_name].startswith("1" * 32))
        changes, last, cycles = set(), {}, 0
        for model_values, rtl_values in zip(read_edges(model_file, model[clock][0]), rtl_cycles):
            if int(rtl_values[cycle_name], 2) != cycles:
                sys.exit(f"cycle {cycles}: the RTL is in cycle {rtl_values[cycle_name]}")
            for path, model_name, rtl_name in pairs:
                value = model_values[model_name]
                if not same(value, rtl_values[rtl_name]):
                    sys.exit(f"cycle {cycles}: {path}: model has {value}, RTL {rtl_values[rtl_name]}")
                if last.setdefault(path, value) != value:
                    changes.add(path)
                    last[path] = value
            cycles += 1
    if cycles < 100 or len(changes) < 50:
        sys.exit(f"expected at least 100 cycles and 50 registers that change, got {cycles} and {len(changes)}")
    print(f"{len(pairs)} registers equal in {cycles} cycles, {len(changes)} of them change")


main(*sys.argv[1:])
