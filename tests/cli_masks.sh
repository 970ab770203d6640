#!/usr/bin/env bash
# The masks of a chip turn the words of a network into those of the network that export-faulty writes for that chip;
# the two formats, the manifest and what run counts agree; wrong options write nothing.
# Usage: cli_masks.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
model=models/fmnist-cnn-8b-rquant.onnx
fail() {
  echo "$*"
  exit 1
}

chip=(--vdd 0.84 --seed 7)
for format in readmemh csv; do
  "$brownout" masks "${chip[@]}" --format $format --out "$scratch/$format"
  [ "$(jq -r .format "$scratch/$format/masks.json")" = $format ] || fail "masks.json: expected format $format"
done
"$brownout" export-faulty $model --vdd 1 --placement linear --interleave 1 --out "$scratch/clean.onnx" >/dev/null
"$brownout" export-faulty $model "${chip[@]}" --placement linear --interleave 1 --out "$scratch/faulty.onnx" >/dev/null
/usr/bin/python3 tests/check_masks.py "$scratch/readmemh" "$scratch/csv" "$scratch/clean.onnx" "$scratch/faulty.onnx" \
  "$scratch/words"

# All cells of 8 banks of 512 x 64 hold weights of this network, so run counts the same cells on them.
"$brownout" masks "${chip[@]}" --banks 8 --out "$scratch/eight"
expected=$("$brownout" run $model "${chip[@]}" --banks 8 --chips 1 --images 1 --json | jq .cells_faulty)
got=$(jq .cells_faulty "$scratch/eight/masks.json")
[ "$got" = "$expected" ] || fail "8 banks: run counts $expected faulty cells, masks.json says $got"
[ "$(find "$scratch/eight" -name '*.hex' | wc -l)" = 24 ] || fail "expected 3 files for each of 8 banks"
diff "$scratch/eight/bank_007_xor.hex" "$scratch/readmemh/bank_007_xor.hex" || fail "a bank depends on how many there are"

# A folder never has files of two chips: those of other banks, formats and of vectors go, what is not ours stays.
"$brownout" masks --banks 4 --seed 1 --out "$scratch/two" >/dev/null
mine=(bank_2_and.hex bank_0002_and.hex bank_.csv bank_003_and.hex.old tile.hex notes)
for name in "${mine[@]}" bank_001_words.hex bank_1000.csv vectors.vh; do
  echo mine >"$scratch/two/$name"
done
"$brownout" masks --banks 2 --seed 2 --out "$scratch/two" >/dev/null
for name in "${mine[@]}"; do
  rm "$scratch/two/$name"
done
"$brownout" masks --banks 2 --seed 2 --out "$scratch/fresh" >/dev/null
diff -r "$scratch/two" "$scratch/fresh" || fail "files of an earlier chip are left"
"$brownout" masks --banks 2 --seed 2 --format csv --out "$scratch/two" >/dev/null
names=$(ls -x -w 99 "$scratch/two")
[ "$names" = "bank_000.csv  bank_001.csv  masks.json" ] || fail "csv after readmemh: got $names"

# At Vmin nothing fails; a width that is no multiple of four has its own number of digits.
sed 's/^bank_width_bits:.*/bank_width_bits: 37/; s/^bank_rows:.*/bank_rows: 3/' profiles/arch/ibm14.yaml >"$scratch/odd.yaml"
"$brownout" masks --vdd 1 --arch "$scratch/odd.yaml" --banks 1 --out "$scratch/vmin"
for mask in and:1fffffffff or:0000000000 xor:0000000000; do
  words=$(grep -v '^//' "$scratch/vmin/bank_000_${mask%:*}.hex" | tr '\n' ' ')
  [ "$words" = "${mask#*:} ${mask#*:} ${mask#*:} " ] || fail "Vmin, ${mask%:*}: got $words"
done

# A name of two lines, which YAML allows, does not end the comment.
sed 's/^name:.*/name: "a\\nb"/' profiles/silicon/ibm14.yaml >"$scratch/lines.yaml"
"$brownout" masks --vdd 1 --profile "$scratch/lines.yaml" --banks 1 --out "$scratch/lines"
[ "$(wc -l <"$scratch/lines/bank_000_or.hex")" = 513 ] || fail "a name with a line break makes a line"

refuses() { # MESSAGE ARGUMENT...
  local expected="brownout: $1" got
  shift
  if got=$("$brownout" masks "$@" 2>&1); then
    fail "masks $*: expected a refusal"
  fi
  [ "$got" = "$expected" ] || fail "masks $*: expected '$expected', got '$got'"
}
sed 's/^weight_banks:.*/weight_banks: 0/' profiles/arch/ibm14.yaml >"$scratch/auto.yaml"
refuses "--out: expected a folder to write to"
refuses "--format: expected readmemh or csv, got 'hex'" --out "$scratch/none" --format hex
refuses "weight_banks: 0 stands for as many as a network needs; say how many with --banks N" \
  --out "$scratch/none" --arch "$scratch/auto.yaml"
refuses "--banks: expected a whole number, got 'auto'" --out "$scratch/none" --banks auto
refuses "masks: expected options only, got 1 operands (see: brownout masks --help)" --out "$scratch/none" $model
[ ! -e "$scratch/none" ] || fail "a refused command left a folder"

# A set that could not be completed has no manifest, even where an older one stood.
rm "$scratch/readmemh/bank_001_or.hex" && mkdir "$scratch/readmemh/bank_001_or.hex"
if "$brownout" masks --out "$scratch/readmemh" >/dev/null 2>&1; then
  fail "a file that cannot be written: expected a refusal"
fi
[ ! -e "$scratch/readmemh/masks.json" ] || fail "an incomplete set has a manifest"
echo "masks as run and export-faulty have them"
