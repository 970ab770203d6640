#!/usr/bin/env bash
# The main job in one command: how low can the weight SRAM's voltage go, what does it save, what does it cost?
# Sweeps four shipped models over the 14 nm voltage curve on the Fashion-MNIST test set and leaves
# results.db, results.csv and the figures in out/quickstart/. The same command again resumes or is done at once.
set -euo pipefail
cd "$(dirname "$0")/.."
tests/setup.sh release
brownout=build/release/sim/cli/brownout
out=out/quickstart
mkdir -p "$out"
"$brownout" sweep bench/quickstart.yaml --out "$out/results.db"
"$brownout" export "$out/results.db" --out "$out/results.csv"
"$brownout" plot "$out/results.db" --out "$out"
echo "wrote $(ls "$out"/results.db "$out"/results.csv "$out"/*.png "$out"/*.svg | tr '\n' ' ')"
