#!/bin/sh
# Fails on any finding of Verilator -Wall in bo_core or in bo_mesh, at sizes with and without corner
# cases; the core with its assertions too. Usage: tests/rtl_lint.sh RTL_DIRECTORY SOURCE...
set -eu
rtl=$1
shift
runs=0
lint() { # TOP PARAMETERS...
  top=$1
  shift
  # shellcheck disable=SC2086 # a list of files
  verilator --lint-only -Wall -I"$rtl" --top-module "$top" "$rtl/bo_lint.vlt" "$@" $sources ||
    { echo "rtl_lint: $top $*: verilator found the above"; exit 1; }
  runs=$((runs + 1))
}
sources=$*
for size in 1x1 1x4 4x1 3x5 16x16 256x2; do
  rows=${size%x*} cols=${size#*x}
  for latency in 1 3; do
    lint bo_core -GArrayRows="$rows" -GArrayCols="$cols" -GWeightReadLatencyCycles=$latency
    lint bo_core -GArrayRows="$rows" -GArrayCols="$cols" -GWeightReadLatencyCycles=$latency \
      -GWeightBanks=1 -GBankRows=1 -GBankWidth=8 -GAccDepth=1
  done
  lint bo_core --assert -GArrayRows="$rows" -GArrayCols="$cols" "$rtl/bo_assertions.sv"
  for dataflow in 0 1; do
    lint bo_mesh -GRows="$rows" -GCols="$cols" -GDataflow=$dataflow
  done
done
echo "$runs elaborations clean"
