"""The error that brownout itself finds, to compare training with."""

import json
import os
import subprocess

import native

_DEFAULT = native.ROOT / "build" / "release" / "sim" / "cli" / "brownout"


class SimulatorError(Exception):
    """One line: what brownout said, or that it is not there."""


def clean_error_pct(model, dataset, folder):
    """Test error of the ONNX file `model` without bit errors, as brownout's integers have it."""
    program = os.environ.get("BROWNOUT") or str(_DEFAULT)
    command = [program, "run", str(model), "--dataset", dataset, "--vdd", "1", "--chips", "1",
               "--json"]
    if folder is not None:
        command += ["--data", str(folder)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise SimulatorError(f"{program}: {error.strerror}; build it: "
                             "ninja -C build/release brownout") from None
    if run.returncode != 0:
        raise SimulatorError(run.stderr.strip() or f"{program} ended with {run.returncode}")
    try:
        return float(json.loads(run.stdout)["clean_error_pct"])
    except (ValueError, KeyError, TypeError):
        raise SimulatorError(f"{program}: expected its JSON report with clean_error_pct") from None
