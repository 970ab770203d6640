#!/usr/bin/env bash
# The claim: how far down robust networks let the weight SRAM's voltage go, and what that saves, at 1 and at 2.5 points
# of accuracy below the normally trained network without errors. From the shipped models; exit 1 if a bar is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
tests/setup.sh release
brownout=build/release/sim/cli/brownout
out=out/headline
mkdir -p "$out"
for sweep in headline headline_default; do
  "$brownout" sweep "bench/$sweep.yaml" --out "$out/$sweep.db" >"$out/$sweep.txt"
  "$brownout" export "$out/$sweep.db" --out "$out/$sweep.csv"
done
awk -v machine="default machine, 128 KiB" -f models/evaluate/columns.awk -f bench/headline.awk "$out/headline_default.csv"
awk -v machine="a cell for every weight bit" -v check=1 -f models/evaluate/columns.awk -f bench/headline.awk "$out/headline.csv"
