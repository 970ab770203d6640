#!/usr/bin/env python3
"""Compares the waveform of the C model with one that a simulator dumped from the RTL, register by register and cycle by
cycle. Every register of the model must be in the RTL under the same path; both must have the same value in every cycle.
Usage: check_vcd.py MODEL.vcd RTL.vcd      RTL.vcd has a variable bo_vectors_tb.cycle, -1 before the first
"""
import itertools
import sys

# Elements of arrays that may be wider in the model than in the RTL, which knows the size of its memories.
MODEL_ELEMENT_BITS = {
    "rdata_q": 64,
    "addr_q": 32,
    "token_addr_q": 32,
    "word_slot_q": 32,
    "word_count_q": 32,
    "word_bank_q": 32,
}


def read_header(file):
    """Variables by path: (short name, bits)."""
    scopes, variables = [], {}
    for line in file:
        words = line.split()
        if words[:1] == ["$scope"]:
            scopes.append(words[2])
        elif words[:1] == ["$upscope"]:
            scopes.pop()
        elif words[:1] == ["$var"]:
            variables[".".join(scopes + [words[4].lstrip("\\")])] = (words[3], int(words[2]))
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


def narrowed(value, element_bits, to_bits, count):
    """A vector of elements as the RTL packs it: each cut to its bits, which loses nothing."""
    number, result = int(value, 2), 0
    for i in range(count):
        element = number >> (i * element_bits) & ((1 << element_bits) - 1)
        if element >> to_bits:
            return None
        result |= element << (i * to_bits)
    return result


def pair(path, model, rtl):
    """How to compare a register: (its path and short names, a function of the model's value)."""
    # The delay of tokens is a generate block in the RTL, because one row has none.
    rtl_path = path if path in rtl else path.replace(".token_", ".gen_token_delay.token_")
    if rtl_path not in rtl:
        sys.exit(f"{path}: not in the RTL")
    (model_name, model_bits), (rtl_name, rtl_bits) = model[path], rtl[rtl_path]
    element_bits = model_bits
    if model_bits != rtl_bits:
        element_bits = MODEL_ELEMENT_BITS.get(path.rsplit(".", 1)[-1], model_bits)
    count = model_bits // element_bits
    return path, model_name, rtl_name, lambda value: narrowed(value, element_bits, rtl_bits // count, count)


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
            for path, model_name, rtl_name, expected in pairs:
                value = model_values[model_name]
                if str(expected(value)) != str(int(rtl_values[rtl_name], 2)):
                    sys.exit(f"cycle {cycles}: {path}: model has {value}, RTL {rtl_values[rtl_name]}")
                if last.setdefault(path, value) != value:
                    changes.add(path)
                    last[path] = value
            cycles += 1
    if cycles < 100 or len(changes) < 50:
        sys.exit(f"expected at least 100 cycles and 50 registers that change, got {cycles} and {len(changes)}")
    print(f"{len(pairs)} registers equal in {cycles} cycles, {len(changes)} of them change")


main(*sys.argv[1:])
