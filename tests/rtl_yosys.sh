#!/bin/sh
# Synthesises bo_core and both kinds of bo_mesh with Yosys; fails on a latch, a combinational loop
# or an undriven or doubly driven net. Prints the gates of one processing element of either kind.
# Usage: tests/rtl_yosys.sh RTL_DIRECTORY SOURCE...
set -eu
rtl=$1
shift
sources=$*
log=$(mktemp)
trap 'rm -f "$log"' EXIT

synthesise() { # TOP CHPARAM_OPTIONS...
  top=$1
  shift
  yosys -p "
    read_verilog -sv -defer -I$rtl $sources
    hierarchy -top $top $*
    proc
    flatten
    select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr
    check -assert
    synth -top $top
    select -assert-none t:\$_DLATCH_* t:\$_DLATCHSR_*
    select -assert-any t:\$_DFF*
    check -assert
    stat" >"$log" 2>&1 || {
    echo "rtl_yosys: $top $*: refused:"
    grep -E '^(Warning|ERROR)|found logic loop|Latch inferred|multiple conflicting' "$log"
    tail -n 3 "$log"
    exit 1
  }
  cells=$(sed -n 's/^ *Number of cells: *//p' "$log" | tail -n 1)
  registers=$(
    awk '/Number of cells/ { n = 0 } /\$_DFF|\$_SDFF/ { n += $2 } END { print n + 0 }' "$log")
  [ "${cells:-0}" -gt 0 ] || { echo "rtl_yosys: $top $*: no cell in stat"; exit 1; }
}

synthesise bo_core -chparam ArrayRows 2 -chparam ArrayCols 3 -chparam WeightBanks 2 \
  -chparam BankRows 4 -chparam BankWidth 8 -chparam AccDepth 4
echo "bo_core 2x3: $cells cells, no latch, no loop"
for dataflow in 0 1; do
  synthesise bo_mesh -chparam Rows 2 -chparam Cols 2 -chparam Dataflow $dataflow
  echo "bo_mesh 2x2 dataflow $dataflow: $cells cells, no latch, no loop"
done
for top in bo_pe bo_pe_os; do
  synthesise $top
  echo "$top: $cells cells, $registers of them flip-flops"
done
