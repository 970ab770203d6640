#!/bin/sh
# Does lockstep find a fault? Builds the RTL with each of the single faults of
# rtl/lockstep/mutants.tsv, compares it with the C model, and prints a table: found where, or not.
# Usage: bench/mutants.sh [BUILD [ID...]]    BUILD: default build/release; IDs: default all
# Environment: JOBS, builds at a time (default 2).
# Exit code: 0 every fault was found, but for those that are argued to change nothing; else 1.
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build/release}" && pwd)
[ $# -eq 0 ] || shift
lockstep=$build/rtl/lockstep/brownout-lockstep
table=rtl/lockstep/mutants.tsv
if [ ! -x "$lockstep" ]; then
  echo "mutants.sh: $lockstep is not built: cmake --preset release && cmake --build --preset release" >&2
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export build lockstep table work

# Applies mutant ID, builds it and compares; one line into ID.result. Kinds in turn, until one finds
# it: the core cannot reach what only the array alone can be given.
cat >"$work/one.sh" <<'SCRIPT'
set -eu
id=$1
line=$(grep "^$id	" "$table")
field() { printf '%s\n' "$line" | cut -f "$1"; }
file=$(field 2) class=$(field 3) old=$(field 4) new=$(field 5) why=$(field 6)
here=$work/$id
mkdir -p "$here/rtl" "$here/dut"
sources=
while read -r source; do
  copy=$here/rtl/$(basename "$source")
  cp "$source" "$copy"
  sources="$sources $copy"
  cp "$(dirname "$source")"/*.svh "$here/rtl/" 2>/dev/null || true
done <"$build/rtl/lockstep/sources.txt"
OLD=$old NEW=$new awk '
  { at = index($0, ENVIRON["OLD"])
    if (at > 0) { found++
      $0 = substr($0, 1, at - 1) ENVIRON["NEW"] substr($0, at + length(ENVIRON["OLD"])) }
    print }
  END { exit found == 1 ? 0 : 1 }' "$here/rtl/$file" >"$here/mutant" || {
  echo "$id	$class	$file	BROKEN	the text is not there once" >"$work/$id.result"; exit 0; }
mv "$here/mutant" "$here/rtl/$file"

case $file in
bo_pe_os.sv) kinds=mesh_os ;;
bo_accumulator.sv | bo_weight_*.sv | bo_tile_ctrl.sv | bo_core.sv) kinds=core ;;
*) kinds="core mesh_ws mesh_os" ;;
esac
verdict="not found	"
for kind in $kinds; do
  # shellcheck disable=SC2086
  BO_OPTIMIZE=-O0 rtl/lockstep/verilate.sh "$here/dut/${kind}_3x5.so" "$kind" 3 5 3 20 11 3 7 \
    "$build/rtl/lockstep/libbo_verilated.a" $sources >"$here/log" 2>&1 || {
    verdict="BROKEN	does not build: $(grep -m 1 -i error "$here/log")"; break; }
  rc=0
  "$lockstep" --dut "$here/dut" --kind "$kind" --wave "$here/wave.vcd" >"$here/log" 2>&1 || rc=$?
  if [ $rc -eq 1 ]; then
    verdict="found	$(sed -n '1s/^lockstep: //p' "$here/log")"
    [ -s "$here/wave.vcd" ] || verdict="BROKEN	no waveform"
    break
  elif [ $rc -ne 0 ]; then
    verdict="BROKEN	$(tail -1 "$here/log")"
    break
  fi
done
[ -z "$why" ] || case $verdict in
"not found"*) verdict="changes nothing	$why" ;;
*) verdict="BROKEN	argued to change nothing, but: $verdict" ;;
esac
echo "$id	$class	$file	$verdict" >"$work/$id.result"
rm -rf "$here"
SCRIPT

if [ $# -gt 0 ]; then
  printf '%s\n' "$@"
else
  grep -v '^#' "$table" | cut -f 1
fi >"$work/ids"
xargs -P "${JOBS:-2}" -n 1 sh "$work/one.sh" <"$work/ids" || true

count=0 found=0 same=0 bad=0
while read -r id; do
  count=$((count + 1))
  result=$(cat "$work/$id.result" 2>/dev/null || printf '%s\t?\t?\tBROKEN\tno result' "$id")
  printf '%s\n' "$result" | awk -F '\t' '{ printf "%-26s %-10s %-20s %-16s %s\n", $1, $2, $3, $4, $5 }'
  case $(printf '%s\n' "$result" | cut -f 4) in
  found) found=$((found + 1)) ;;
  "changes nothing") same=$((same + 1)) ;;
  *) bad=$((bad + 1)) ;;
  esac
done <"$work/ids"
echo "mutants: $count faults, $found found, $same change nothing, $bad neither"
[ "$bad" -eq 0 ] && [ "$count" -gt 0 ]
