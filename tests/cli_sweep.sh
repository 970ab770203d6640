#!/usr/bin/env bash
# A sweep that is killed and run again gives the results of one that was not; export and plot read them.
# Usage: cli_sweep.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
images=${BO_TEST_IMAGES:-200} # fewer where the program is slow
cat >"$scratch/sweep.yaml" <<YAML
models: [$PWD/models/fmnist-cnn-8b-normal.onnx, $PWD/models/fmnist-cnn-8b-rquant.onnx]
ber_pct: [0, 0.1, 1]
chips: 8
images: $images
YAML

"$brownout" sweep "$scratch/sweep.yaml" --out "$scratch/whole.db" --jobs 2 >"$scratch/table"
grep -q 'rquant' "$scratch/table"

# Killed in the middle: wait until some trials are there, then SIGKILL.
"$brownout" sweep "$scratch/sweep.yaml" --out "$scratch/killed.db" --jobs 1 >/dev/null &
pid=$!
for _ in $(seq 200); do
  rows=$("$brownout" export "$scratch/killed.db" --trials 2>/dev/null | wc -l) || true
  [ "${rows:-0}" -gt 3 ] && break
  sleep 0.02
done
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
rows=$("$brownout" export "$scratch/killed.db" --trials | wc -l)
[ "$rows" -gt 1 ] && [ "$rows" -lt 49 ] || { echo "killed too late or too early: $rows rows"; exit 1; }
"$brownout" sweep "$scratch/sweep.yaml" --out "$scratch/killed.db" --jobs 2 >/dev/null
"$brownout" export "$scratch/whole.db" --trials --out "$scratch/whole.csv"
"$brownout" export "$scratch/killed.db" --trials --out "$scratch/killed.csv"
cmp "$scratch/whole.csv" "$scratch/killed.csv"
[ "$(wc -l <"$scratch/whole.csv")" -eq 49 ] || { echo "expected 48 trials and a header"; exit 1; }

# Ctrl-C and kill end it after the trials in flight, say so in one line and keep what was done.
sed 's/chips: 8/chips: 400/' "$scratch/sweep.yaml" >"$scratch/long.yaml"
attend_signals='import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])'
for signal in INT TERM; do
  store=$scratch/$signal.db
  # A shell starts its background jobs deaf to SIGINT.
  /usr/bin/python3 -c "$attend_signals" "$brownout" sweep "$scratch/long.yaml" --out "$store" >/dev/null 2>"$scratch/err" &
  pid=$!
  for _ in $(seq 200); do
    rows=$("$brownout" export "$store" --trials 2>/dev/null | wc -l) || true
    [ "${rows:-0}" -gt 3 ] && break
    sleep 0.02
  done
  kill -$signal $pid
  code=0
  wait $pid || code=$?
  [ $code -eq 130 ] || { echo "sweep after SIG$signal: expected exit code 130, got $code"; exit 1; }
  grep -qx "brownout: interrupted: what was done is in $store; the same command goes on" "$scratch/err" ||
    { cat "$scratch/err"; exit 1; }
  [ "$("$brownout" export "$store" --trials | wc -l)" -ge "$rows" ] || { echo "trials were lost"; exit 1; }
done

# Another grid into the same store is refused, and the store stays as it was.
sed "s/images: $images/images: $((images / 2))/" "$scratch/sweep.yaml" >"$scratch/other.yaml"
if "$brownout" sweep "$scratch/other.yaml" --out "$scratch/whole.db" 2>"$scratch/err"; then
  echo "another sweep into the same store: expected a refusal"
  exit 1
fi
grep -q images "$scratch/err" || { cat "$scratch/err"; exit 1; }
"$brownout" export "$scratch/whole.db" --trials | cmp - "$scratch/whole.csv"

# Standard output that is a file is written on, not over.
echo kept >"$scratch/appended.csv"
"$brownout" export "$scratch/whole.db" --trials --out /dev/stdout >>"$scratch/appended.csv"
{ echo kept; cat "$scratch/whole.csv"; } | cmp - "$scratch/appended.csv"

"$brownout" export "$scratch/whole.db" --manifest | jq -e 'has("seed") or has("chips")' >/dev/null
"$brownout" plot "$scratch/whole.db" --out "$scratch/figures"
for figure in voltage_curve error_over_ber error_over_voltage pareto; do
  head -c 8 "$scratch/figures/$figure.png" | grep -q PNG || { echo "$figure.png is no PNG"; exit 1; }
  grep -q '<svg' "$scratch/figures/$figure.svg" || { echo "$figure.svg is no SVG"; exit 1; }
done

# A sweep that saw no bit errors has figures all the same; a store without a trial has none.
printf 'models: [%s]\nvdd_ratio: [1]\nchips: 2\nimages: 20\n' "$PWD/models/fmnist-cnn-8b-normal.onnx" >"$scratch/vmin.yaml"
"$brownout" sweep "$scratch/vmin.yaml" --out "$scratch/vmin.db" >/dev/null
"$brownout" plot "$scratch/vmin.db" --out "$scratch/vmin"
[ -s "$scratch/vmin/error_over_ber.svg" ] || { echo "a sweep at Vmin: not drawn"; exit 1; }
/usr/bin/python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db: db.execute("delete from trials")' "$scratch/vmin.db"
code=0
"$brownout" plot "$scratch/vmin.db" --out "$scratch/none" 2>"$scratch/err" || code=$?
[ $code -eq 2 ] && grep -qx "brownout: $scratch/vmin.db: expected the results of a sweep, got none yet" "$scratch/err" ||
  { echo "a store without trials: exit $code, $(cat "$scratch/err")"; exit 1; }

# Profiles and placements as axes: the rows of a sweep of each, one after the other, and a line of its own in a figure.
head='{"models": ["'$PWD/models/fmnist-cnn-8b-rquant.onnx'"], "ber_pct": [0.1, 1], "chips": 2, "images": 20'
placements=('{"policy": "tile"}' '{"policy": "linear", "rotate": true}')
echo "$head, \"profiles\": [\"ibm14\", \"ibm14-chip2\"], \"placements\": [${placements[0]}, ${placements[1]}]}" >"$scratch/axes.yaml"
"$brownout" sweep "$scratch/axes.yaml" --out "$scratch/axes.db" --jobs 2 >"$scratch/table"
"$brownout" export "$scratch/axes.db" --out "$scratch/axes.csv"
for profile in ibm14 ibm14-chip2; do
  for i in 0 1; do
    echo "$head, \"profile\": \"$profile\", \"placement\": ${placements[i]}}" >"$scratch/one.yaml"
    "$brownout" sweep "$scratch/one.yaml" --out "$scratch/one.$profile.$i.db" >/dev/null
    "$brownout" export "$scratch/one.$profile.$i.db" | tail -n +2
  done
done >"$scratch/ones.csv"
tail -n +2 "$scratch/axes.csv" | cmp - "$scratch/ones.csv"
[ "$(cut -d, -f2,3 "$scratch/ones.csv" | uniq | tr '\n' ' ')" = \
  "ibm14,tile ibm14,linear+rotate ibm14-chip2,tile ibm14-chip2,linear+rotate " ] || { cat "$scratch/ones.csv"; exit 1; }
grep -q '^fmnist-cnn-8b-rquant on ibm14-chip2, linear+rotate: clean error' "$scratch/table" || { cat "$scratch/table"; exit 1; }
"$brownout" plot "$scratch/axes.db" --out "$scratch/axes"
"$brownout" plot "$scratch/one.ibm14.1.db" --out "$scratch/one"
for figure in error_over_ber error_over_voltage pareto; do
  for line in 'ibm14, tile' 'ibm14, linear+rotate' 'ibm14-chip2, tile' 'ibm14-chip2, linear+rotate'; do
    grep -q ">fmnist-cnn-8b-rquant, $line<" "$scratch/axes/$figure.svg" || { echo "$figure: no line $line"; exit 1; }
  done
  grep -q '>fmnist-cnn-8b-rquant<' "$scratch/one/$figure.svg" || { echo "$figure: a line with too long a name"; exit 1; }
done

# What an axis cannot have is told in one line.
refused() { # YAML EXPECTED
  local code=0
  echo "$head, $1}" >"$scratch/bad.yaml"
  "$brownout" sweep "$scratch/bad.yaml" --out "$scratch/bad.db" 2>"$scratch/err" || code=$?
  [ $code -eq 2 ] && grep -q "^brownout: .*$2" "$scratch/err" && [ "$(wc -l <"$scratch/err")" -eq 1 ] ||
    { echo "$1: exit $code, $(cat "$scratch/err")"; exit 1; }
}
refused '"profile": "ibm14", "profiles": ["ibm14"]' 'expected at most one of profile and profiles, got both'
refused '"placement": {}, "placements": [{}]' 'expected at most one of placement and placements, got both'
refused '"profiles": ["ibm14", "none"]' 'profiles/silicon/none.yaml: '
refused '"profiles": ["ibm14", "bram28"]' 'profile bram28: bit error rate: expected 0..0.0155948253 %, got 0.1 %'
refused '"placements": [{}, {"policy": "tile"}]' 'placements: tile is there twice'
refused '"placements": [{"rows": 1}]' 'rows'
[ ! -e "$scratch/bad.db" ] || { echo "a refused sweep left a store"; exit 1; }

# A store of an older version.
/usr/bin/python3 -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("pragma user_version=1")' "$scratch/axes.db"
code=0
"$brownout" export "$scratch/axes.db" 2>"$scratch/err" || code=$?
[ $code -eq 2 ] && grep -qx "brownout: $scratch/axes.db: expected a store of schema version 2, got version 1, which another version of brownout writes" "$scratch/err" ||
  { echo "an old store: exit $code, $(cat "$scratch/err")"; exit 1; }
