#!/usr/bin/env bash
# Chips of models and maps: what profile generate writes is what numpy reads and what the masks do, in every time zone;
# masks turn the words of a network into those that export-faulty writes for the chip, read by read or persistent only.
# Usage: cli_generate.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
model=models/fmnist-cnn-8b-rquant.onnx
preset=profiles/silicon/ibm14-chip2.yaml
fail() {
  echo "$*"
  exit 1
}

# The same files in every time zone.
for zone in UTC0 EST5 JST-9; do
  mkdir "$scratch/$zone"
  TZ=$zone "$brownout" profile generate $preset --seed 5 --out "$scratch/$zone/map.yaml" >/dev/null
  cmp "$scratch/$zone/map.npz" "$scratch/UTC0/map.npz" || fail "$zone: the archive differs"
  cmp "$scratch/$zone/map.yaml" "$scratch/UTC0/map.yaml" || fail "$zone: the profile differs"
done
map=$scratch/UTC0/map.yaml
"$brownout" masks --profile "$map" --vdd 0.75 --seed 0 --out "$scratch/chip0" >/dev/null
/usr/bin/python3 tests/check_map.py "$map" "$scratch/chip0" 0.75 32 512 64

# Model and map, with noise and without.
sed 's/^cells:/cells:\n  persistent_only: true/' $preset >"$scratch/model_persistent.yaml"
sed 's/^cells:/cells:\n  persistent_only: true/' "$map" >"$scratch/UTC0/map_persistent.yaml"
"$brownout" export-faulty $model --vdd 1 --placement linear --interleave 1 --out "$scratch/clean.onnx" >/dev/null
for profile in $preset "$scratch/model_persistent.yaml" "$map" "$scratch/UTC0/map_persistent.yaml"; do
  chip=(--profile "$profile" --vdd 0.7916666667 --seed 7)
  for format in readmemh csv; do
    "$brownout" masks "${chip[@]}" --format $format --out "$scratch/$format" >/dev/null
  done
  "$brownout" export-faulty $model "${chip[@]}" --placement linear --interleave 1 --out "$scratch/faulty.onnx" >/dev/null
  /usr/bin/python3 tests/check_masks.py "$scratch/readmemh" "$scratch/csv" "$scratch/clean.onnx" "$scratch/faulty.onnx" \
    "$scratch/words"
  sha256sum <"$scratch/faulty.onnx" >>"$scratch/sums"
done
[ "$(sort -u "$scratch/sums" | wc -l)" = 4 ] || fail "expected four different chips"

# Texts are cut between characters, to what a profile has room for.
long=$(printf 'é%.0s' $(seq 28))
sed "s/^name:.*/name: \"a$long\"/; s/^source:.*/source: \"a$long$long$long$long$long$long\"/" $preset >"$scratch/long.yaml"
"$brownout" profile generate "$scratch/long.yaml" --arrays 4 --out "$scratch/cut.yaml" >/dev/null
grep -q "^name: \"a${long:0:19}-0\"$" "$scratch/cut.yaml" || fail "name: got $(head -1 "$scratch/cut.yaml")"
"$brownout" masks --profile "$scratch/cut.yaml" --vdd 0.75 --banks 1 --out "$scratch/cut" >/dev/null

refuses() { # MESSAGE ARGUMENT...
  local expected="brownout: $1" got
  shift
  if got=$("$brownout" profile generate "$@" 2>&1); then
    fail "profile generate $*: expected a refusal"
  fi
  [ "$got" = "$expected" ] || fail "profile generate $*: expected '$expected', got '$got'"
}
refuses "--out: expected a file to write, ending in .yaml" $preset
refuses "none.txt: expected a file name that ends in .yaml" $preset --out none.txt
refuses "profile ibm14: expected one with a cell model" ibm14 --out "$scratch/none.yaml"
refuses "6 voltages x 65536 arrays x 65536 rows x 64 columns: expected each at least 1, together at most 67108864" \
  $preset --arrays 65536 --rows 65536 --out "$scratch/none.yaml"
[ ! -e "$scratch/none.yaml" ] && [ ! -e "$scratch/none.npz" ] || fail "a refused command left a file"
echo "chips of models and maps as numpy, masks and export-faulty have them"
