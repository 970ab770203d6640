#!/bin/sh
# Elaborates bo_core and bo_mesh in Icarus, then runs rtl_core_tb.sv: matrix products through
# bo_core against a loop, and the cycles in which tiles start and sums come, with and without fault
# masks.
# Usage: tests/rtl_icarus.sh RTL_DIRECTORY SOURCE...
set -eu
tests=$(cd "$(dirname "$0")" && pwd)
rtl=$1
shift
sources=$*
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

elaborate() { # TOP OPTIONS...: any word from Icarus is a failure
  top=$1
  shift
  # shellcheck disable=SC2086 # a list of files
  said=$(iverilog -g2012 -I"$rtl" -s "$top" "$@" -o "$work/$top.vvp" $sources 2>&1) || said="$said
failed"
  [ -z "$said" ] || { echo "rtl_icarus: $top $*: $said"; exit 1; }
}
elaborate bo_core -Wall
elaborate bo_mesh -Wall -Pbo_mesh.Dataflow=0
elaborate bo_mesh -Wall -Pbo_mesh.Dataflow=1

runs=0
sources="$sources $tests/rtl_core_tb.sv"
multiply() { # PARAMETERS...
  options=
  for parameter in "$@"; do
    options="$options -Prtl_core_tb.$parameter"
  done
  # shellcheck disable=SC2086 # a list of options
  elaborate rtl_core_tb $options
  said=$(vvp -n "$work/rtl_core_tb.vvp") || { echo "rtl_icarus: $*: $said"; exit 1; }
  echo "$said"
  echo "$said" | grep -q ' [1-9][0-9]* checks passed$' ||
    { echo "rtl_icarus: $*: no check"; exit 1; }
  runs=$((runs + 1))
}
for masked in 0 1; do
  multiply Masked=$masked
  multiply Rows=1 Cols=1 Latency=2 Masked=$masked
  multiply Rows=4 Cols=2 Width=8 Latency=3 Masked=$masked
  multiply Rows=1 Cols=20 Width=8 Latency=8 Banks=2 BankRows=1 Masked=$masked
  multiply Rows=5 Cols=3 Width=64 Banks=1 BankRows=3 AccDepth=1 Masked=$masked
  multiply Rows=8 Cols=8 Width=37 Latency=2 Tiles=100 Masked=$masked
done
echo "$runs runs passed"
