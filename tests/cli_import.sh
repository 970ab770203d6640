#!/usr/bin/env bash
# Measurements in every format become profiles with the numbers that numpy wrote; masks of them are the stuck cells; what
# is wrong is refused and leaves no file.
# Usage: cli_import.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
  echo "$*"
  exit 1
}

/usr/bin/python3 tests/check_import.py make "$scratch"
for format in csv npy npz stuck bram log; do
  "$brownout" profile import "$scratch/$format.csv" --format $format --vmin 0.6 --source 'a "laboratory"' \
    --out "$scratch/$format.yaml" >"$scratch/out" 2>"$scratch/err"
  [ $format = bram ] || [ ! -s "$scratch/err" ] || fail "$format: unexpected: $(cat "$scratch/err")"
  [ $format != bram ] || cp "$scratch/err" "$scratch/warning"
done
rows=$(sed -n 's/^brownout: warning: high and low byte are equal in each of \([0-9]*\) faulty rows: 8 of 16 columns are imported (--keep-copies: all)$/\1/p' "$scratch/warning")
[ "$(wc -l <"$scratch/warning")" = 1 ] && [ "${rows:-0}" -gt 100 ] || fail "bram: $(cat "$scratch/warning")"
[ "$(cat "$scratch/out")" = "$scratch/log.yaml: 3 voltages, 2 arrays of 4 x 5 cells" ] || fail "log: $(cat "$scratch/out")"
/usr/bin/python3 tests/check_import.py check "$scratch"

# What run and masks read: chip 0 begins on the map's first cell, and stuck cells are the same at every load.
for format in stuck bram; do
  "$brownout" masks --profile "$scratch/$format.yaml" --vdd 0.9 --banks 2 --out "$scratch/masks" >/dev/null
  /usr/bin/python3 tests/check_import.py masks "$scratch" $format
  rm -r "$scratch/masks"
done
for format in csv npy npz log; do
  "$brownout" masks --profile "$scratch/$format.yaml" --vdd 0.9 --banks 2 --out "$scratch/$format.masks" >/dev/null
done
grep -qx 'source: "a \\"laboratory\\""' "$scratch/csv.yaml" || fail "the source is not in the profile"
grep -qx 'vmin_mv: 600' "$scratch/csv.yaml" || fail "Vmin is not in the profile"
grep -qx 'name: "csv"' "$scratch/csv.yaml" || fail "the name is not that of the file"
grep -qx 'licence: "not given"' "$scratch/csv.yaml" || fail "the licence is not 'not given'"

"$brownout" profile import "$scratch/bram.csv" --format bram --vmin 0.6 --keep-copies --out "$scratch/kept.yaml" \
  >"$scratch/out" 2>"$scratch/err"
[ ! -s "$scratch/err" ] || fail "--keep-copies: $(cat "$scratch/err")"
grep -q '2 arrays of 1024 x 16 cells' "$scratch/out" || fail "--keep-copies: $(cat "$scratch/out")"
diff <(sed -n /ber/p "$scratch/kept.yaml") <(sed -n /ber/p "$scratch/bram.yaml") || fail "copies change the mean rate"

# Cells that are not nested are kept, and counted.
header=array,row,column,voltage,reads,fails_0to1,fails_1to0
printf '%s\n0,0,0,0.8,8,4,0\n0,0,1,0.8,8,0,1\n0,0,1,0.9,8,0,2\n' $header >"$scratch/rising.csv"
warning=$("$brownout" profile import "$scratch/rising.csv" --format log --rows 4 --out "$scratch/rising.yaml" 2>&1 >/dev/null)
[ "$warning" = "brownout: warning: 1 rates rise with the voltage: cells that are not nested ('profile check' names them)" ] || fail "rising: $warning"

refuses() { # MESSAGE ARGUMENT...
  local expected="brownout: $1" got
  shift
  code=0
  got=$("$brownout" profile import --out "$scratch/none.yaml" "$@" 2>&1) || code=$?
  [ $code = 2 ] && [ "$got" = "$expected" ] || fail "import $*: exit $code, expected '$expected', got '$got'"
  [ ! -e "$scratch/none.yaml" ] && [ ! -e "$scratch/none.npz" ] || fail "import $*: a refused import left a file"
}
list=$scratch/list.csv
log=$scratch/rising.csv
refuses "--format: expected csv, npy, npz, stuck, bram or log, got ''" "$log"
refuses "--format: expected csv, npy, npz, stuck, bram or log, got 'LOG'" "$log" --format LOG
refuses "--keep-copies: expected --format bram, got log" "$log" --format log --keep-copies
refuses "--arrays, --rows and --columns: expected --format log, got csv" "$log" --format csv --rows 3
refuses "$log:3: column: expected 0..0, got '1'" "$log" --format log --columns 1
refuses "$scratch/nowhere: cannot open: No such file or directory" "$scratch/nowhere" --format log
printf 'voltage,0to1\n0.8,none.csv\n' >"$list"
refuses "$scratch/none.csv: cannot open: No such file or directory" "$list" --format csv
printf 'voltage,0to1\n0.8,a.csv\n0.9,b.csv\n' >"$list"
printf '0,0.25\n0,0\n' >"$scratch/a.csv"
printf '0,0.25\n0,0.125\n' >"$scratch/b.csv"
refuses "mean rate at vdd_ratio 0.9: expected below 6.25 % of the voltage before, got 9.375 %" "$list" --format csv
printf '0,0\n0,0,0\n' >"$scratch/b.csv"
refuses "$scratch/b.csv:2: expected 2 columns as in the first row, got 3" "$list" --format csv
refuses "$list:1: expected a header voltage,file, got 'voltage,0to1'" "$list" --format npz
printf '0,0\n0,0\n' >"$scratch/a.csv"
printf '0,0\n0,0\n' >"$scratch/b.csv"
refuses "expected cells that fail, got none" "$list" --format csv
if "$brownout" profile import "$log" --format log >/dev/null 2>"$scratch/err"; then
  fail "no --out: expected a refusal"
fi
[ "$(cat "$scratch/err")" = "brownout: --out: expected a file to write, ending in .yaml" ] || fail "$(cat "$scratch/err")"
echo "every format is imported, every mistake refused"
