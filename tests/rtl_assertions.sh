#!/bin/sh
# rtl_core_tb.sv once more, in Verilator with bo_assertions.sv bound to the core.
# Usage: tests/rtl_assertions.sh RTL_DIRECTORY SOURCE...
set -eu
tests=$(cd "$(dirname "$0")" && pwd)
rtl=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# -Wno-lint: the test bench is plain Verilog with 32-bit integers; rtl.lint checks the RTL.
verilator --binary -j 2 --assert -Wno-lint -I"$rtl" --Mdir "$work" --top-module rtl_core_tb \
  -GMasked=1 "$rtl/bo_lint.vlt" "$@" "$rtl/bo_assertions.sv" "$tests/rtl_core_tb.sv" \
  >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
said=$("$work/Vrtl_core_tb") || { echo "rtl_assertions: $said"; exit 1; }
echo "$said" | grep ' [1-9][0-9]* checks passed$'
