#!/bin/sh
# A fault in the RTL is reported with cycle, register, both values and a waveform.
# Usage: tests/lockstep_difference.sh LOCKSTEP SOURCE_DIRECTORY RUNTIME.a RTL_SOURCE...
set -eu
lockstep=$1 source=$2 runtime=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "lockstep_difference: $1"; cat "$work/out"; exit 1; }

# The output-stationary PE keeps its sum in the first cycle of a tile instead of beginning with 0.
mkdir "$work/dut"
sources=
for file in "$@"; do
  cp "$file" "$work/"
  sources="$sources $work/$(basename "$file")"
  last=$file
done
cp "$(dirname "$last")"/*.svh "$work/"
sed -i "s/(first_i ? 32'sd0 : sum_q)/sum_q/" "$work/bo_pe_os.sv"
# shellcheck disable=SC2086
BO_OPTIMIZE=-O0 "$source/rtl/lockstep/verilate.sh" "$work/dut/mesh_os_2x3.so" mesh_os 2 3 1 1 8 1 1 \
  "$runtime" $sources >"$work/out" 2>&1 || fail "does not build"

rc=0
"$lockstep" --dut "$work/dut" --wave "$work/w.vcd" >"$work/out" 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "exit code: expected 1, got $rc"
pattern='^lockstep: 2x3 mesh_os, random: cycle [0-9]*: bo_mesh\.u_array\.gen_row\[[01]\]\.u_row\.gen_pe\[[012]\]\.gen_kind\.u_pe\.sum_q: expected 0x[0-9a-f]*, found 0x[0-9a-f]* ([0-9]* more differ)$'
[ "$(sed -n 1p "$work/out" | grep -c "$pattern")" -eq 1 ] || fail "expected a line like $pattern"
cycle=$(sed -n '1s/.*cycle \([0-9]*\):.*/\1/p' "$work/out")
first=$((cycle > 200 ? cycle - 199 : 1))
grep -qx "lockstep: 2x3 mesh_os, random: $((cycle - 1)) cycles equal; cycles $first to $cycle are in $work/w.vcd" \
  "$work/out" || fail "expected the cycles that were equal, $((cycle - 1)), and those in the waveform"

# The waveform has the register on both sides, different in the last cycle alone.
[ "$(grep -c '^\$var .* sum_q ' "$work/w.vcd")" -eq 12 ] || fail "expected sum_q of 6 PEs, twice"
grep -q 'scope module c_model' "$work/w.vcd" || fail "expected a scope c_model"
grep -q "^#$((cycle * 1000))\$" "$work/w.vcd" || fail "expected cycle $cycle in the waveform"
echo "difference in cycle $cycle reported"
