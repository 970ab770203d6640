#!/usr/bin/env bash
# profile show prints the published curve and the chip that run and generate have, for cells from every source; --out
# writes each figure and its data; wrong input ends with exit code 2 and one line, and writes nothing.
# Usage: cli_profile_show.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
  echo "$*"
  exit 1
}
has() { # FILE LINE: a line of the file, but for what is behind it
  grep -qF -- "$2" "$1" || fail "$1: expected '$2', got: $(cat "$1")"
}

model=$scratch/model.yaml
map=$scratch/map.yaml
sed 's/^name:.*/name: columns/' profiles/silicon/ibm14.yaml >"$model"
cat >>"$model" <<'YAML'
cells:
  model:
    prefers_1: 0.75
    effects_0to1: { array: 0.05, column: 0.5, row: 0.01, read: 0.05 }
    effects_1to0: { array: 0.0, column: 0.02, row: 0.01, read: 0.05 }
YAML
"$brownout" profile generate "$model" --seed 3 --arrays 2 --rows 64 --columns 32 --out "$map" >/dev/null

# The published points, and the voltage and saving at 1 % that README.md has.
"$brownout" profile show ibm14 >"$scratch/ibm14.txt"
has "$scratch/ibm14.txt" "ibm14"
has "$scratch/ibm14.txt" "cells        random: the curve alone; a faulty cell flips what is stored"
for point in "0.7500       20.56       -         0.5625     43.75" "0.7917       5.573       -         0.6267     37.33" \
  "0.8333       1.115       -         0.6944     30.56" "0.8750       0.129       -         0.7656     23.44" \
  "0.9167    0.006866       -         0.8403     15.97" "0.9583   0.0001907       -         0.9184      8.16" \
  "1.0000           0       -         1.0000      0.00"; do
  has "$scratch/ibm14.txt" "  $point"
done
has "$scratch/ibm14.txt" "chip 0 at V/Vmin 0.8354 (BER 1 %, saving 30.20 %): 32 arrays of 512 x 64 cells"

# A random chip has the faulty cells that masks writes for it.
"$brownout" masks --vdd 0.84 --seed 7 --out "$scratch/masks" >/dev/null
expected=$(jq .cells_faulty "$scratch/masks/masks.json")
got=$("$brownout" profile show ibm14 --vdd 0.84 --seed 7 --json | jq .chip.cells_persistent)
[ "$got" = "$expected" ] || fail "chip 7: masks has $expected faulty cells, profile show $got"

# A map has its own shape and the voltage nearest to 1 %; it says of its cells what the chip it was made of says.
"$brownout" profile show "$map" --json >"$scratch/map.json"
[ "$(jq -c '[.cells.source, .chip.shape.arrays, .chip.shape.rows, .chip.shape.columns]' "$scratch/map.json")" = \
  '["map",2,64,32]' ] || fail "map: $(jq -c .chip "$scratch/map.json")"
jq -e '(.chip.vdd_ratio - 20/24 | fabs) < 1e-9' "$scratch/map.json" >/dev/null || fail "map: expected 20/24"
"$brownout" profile show "$model" --seed 3 --arrays 2 --rows 64 --columns 32 --vdd 20/24 --json >"$scratch/model.json"
for key in rate_pct rate_0to1_pct rate_1to0_pct cells_persistent cells_between; do
  jq -es "(.[0].chip.$key - .[1].chip.$key | fabs) <= 0.02 * .[1].chip.$key" "$scratch/model.json" "$scratch/map.json" \
    >/dev/null || fail "$key: model $(jq .chip.$key "$scratch/model.json"), map $(jq .chip.$key "$scratch/map.json")"
done
"$brownout" profile show "$model" >"$scratch/model.txt"
has "$scratch/model.txt" \
  "0->1: 75 % of the cells; variance of array 0.05, column 0.5, row 0.01, read 0.05, cell 0.39"
has "$scratch/model.txt" "  0.7500       20.56   0.750         0.5625     43.75"
"$brownout" profile show "$map" >"$scratch/map.txt"
has "$scratch/map.txt" "cells        map: 2 arrays of 64 x 32 cells at"

# Every figure as PNG and SVG beside its data, for every source; a chip without errors and one of a single row too.
expect_folder() { # FOLDER ARGUMENT...
  local folder=$scratch/$1 names
  shift
  "$brownout" profile show "$@" --out "$folder" >"$scratch/out" 2>"$scratch/err" || fail "$*: $(cat "$scratch/err")"
  [ ! -s "$scratch/err" ] || fail "$*: $(cat "$scratch/err")"
  names=$(cd "$folder" && find . -type f -size +30c | sort | tr '\n' ' ')
  [ "$names" = "./cell_map.png ./cell_map.svg ./cells.csv ./chip_curve.csv ./chip_curve.png ./chip_curve.svg \
./faulty_lines.csv ./faulty_lines.png ./faulty_lines.svg " ] || fail "$*: got $names"
  for name in cell_map chip_curve faulty_lines; do
    [ "$(head -c 4 "$folder/$name.png" | tail -c 3)" = PNG ] || fail "$*: $name.png is no PNG"
    tail -n 3 "$folder/$name.svg" | grep -q '</svg>' || fail "$*: $name.svg does not end"
    ! grep -q '>[^<]*\bnan\b' "$folder/$name.svg" || fail "$*: $name.svg says nan"
  done
}
small=(--arrays 2 --rows 64 --columns 32)
if command -v gnuplot >/dev/null; then
  expect_folder random ibm14 "${small[@]}"
  expect_folder model "$model" "${small[@]}"
  expect_folder map "$map"
  expect_folder vmin ibm14 --vdd 1 "${small[@]}"
  expect_folder row "$model" --arrays 1 --rows 1 --columns 9
  [ "$(wc -l <"$scratch/map/cells.csv")" = $((1 + 2 * 64 * 32)) ] || fail "cells.csv: expected every cell of the map"
else
  echo "(no gnuplot: not drawn)"
fi

refuses() { # MESSAGE ARGUMENT...
  local message="brownout: $1" code=0
  shift
  "$brownout" profile show "$@" --out "$scratch/none" >"$scratch/out" 2>"$scratch/err" || code=$?
  if [ $code != 2 ] || [ -s "$scratch/out" ] || [ "$(cat "$scratch/err")" != "$message" ]; then
    fail "profile show $*: exit $code, expected '$message', got '$(cat "$scratch/err" "$scratch/out")'"
  fi
}
refuses "profile show: expected PROFILE, got 0 operands (see: brownout profile show --help)"
refuses "nowhere.yaml: cannot open: No such file or directory" nowhere.yaml
refuses "profile ibm14: vdd_ratio: expected 0.75..1.25, got 0.7" ibm14 --vdd 0.7
refuses "profile ibm14: bit error rate: expected 0..20.56 %, got 30 %" ibm14 --ber 30
refuses "--vdd and --ber: expected one of them, got both" ibm14 --vdd 0.8 --ber 1
refuses "--rows: expected 1..65536, got 0" ibm14 --rows 0
refuses "random cells: expected at most 65536 rows and 64 columns, got 512 and 65" ibm14 --columns 65
"$brownout" profile show "$map" --vdd 0.9 2>&1 | grep -q '^brownout: profile columns-3: vdd_ratio: expected one of its maps' ||
  fail "a voltage between those of the map: expected a refusal"
[ ! -e "$scratch/none" ] || fail "a refused command left a folder"
echo "profiles shown: random, model, map"
