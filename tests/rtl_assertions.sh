#!/usr/bin/env bash
# rtl_core_tb.sv once more, in Verilator with bo_assertions.sv bound to the core. Then with a broken core, and with a
# broken driver: the assertion that forbids it stops the run.
# Usage: tests/rtl_assertions.sh RTL_DIRECTORY SOURCE...
set -eu
tests=$(cd "$(dirname "$0")" && pwd)
rtl=$1
shift
sources=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "rtl_assertions: $*"
  exit 1
}

simulate() { # RTL_DIRECTORY TEST_BENCH: prints what the test bench and the assertions say
  local files=() source
  for source in "${sources[@]}"; do
    files+=("$([ -e "$1/$(basename "$source")" ] && echo "$1/$(basename "$source")" || echo "$source")")
  done
  rm -rf "$work/made"
  # -Wno-lint: the test bench is plain Verilog with 32-bit integers; rtl.lint checks the RTL.
  verilator --binary -j 2 --assert -Wno-lint -I"$1" --Mdir "$work/made" --top-module rtl_core_tb -GMasked=1 \
    "$1/bo_lint.vlt" "${files[@]}" "$1/bo_assertions.sv" "$2" >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
  "$work/made/Vrtl_core_tb" 2>&1
}
said=$(simulate "$rtl" "$tests/rtl_core_tb.sv") || fail "$said"
grep ' [1-9][0-9]* checks passed$' <<<"$said" || fail "$said"

# Our own RTL or test bench with one error, whatever RTL is under test.
stops() { # ASSERTION FILE SED_EXPRESSION
  local said
  rm -rf "$work/broken"
  cp -r "$tests/../rtl" "$work/broken"
  cp "$tests/rtl_core_tb.sv" "$work/broken"
  cp "$work/broken/$2" "$work/sound"
  sed -i "$3" "$work/broken/$2"
  cmp -s "$work/sound" "$work/broken/$2" && fail "$2: '$3' changes nothing"
  if said=$(simulate "$work/broken" "$work/broken/rtl_core_tb.sv"); then
    fail "$2: '$3': expected $1 to fail, got: $said"
  fi
  grep -m 1 "Assertion failed in .*\.$1\b" <<<"$said" || fail "$2: '$3': expected $1 to fail, got: $said"
}
stops LoadOnlyWithShift bo_tile_ctrl.sv "s/assign load_o .*/assign load_o = shifts_q == RowsWidth'(Rows - 1);/"
stops TileReadsItsWords rtl_core_tb.sv 's/\(tile_rows\[t\] = .*\) + 1;/\1 + 2;/'
