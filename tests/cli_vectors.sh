#!/usr/bin/env bash
# The sums that `brownout vectors` expects are those of a convolution in numpy with the weights that export-faulty wrote
# for the same chip; layers and machines that the RTL does not know are refused; what is written depends on nothing else.
# Usage: cli_vectors.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
model=models/fmnist-cnn-8b-rquant.onnx
images=/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz
fail() {
  echo "$*"
  exit 1
}
machine() { # FILE KEY=VALUE...
  local file=$1 setting
  shift
  cp profiles/arch/ibm14.yaml "$file"
  for setting in accumulator_sram_kib=1 "$@"; do
    sed -i "s/^${setting%=*}:.*/${setting%=*}: ${setting#*=}/" "$file"
  done
}

# 60 places in chunks of 51 sums a column (1 KiB over 5 columns), K = 9 in tiles of 4, N = 32 in tiles of 5.
machine "$scratch/arch.yaml" array_rows=4 array_cols=5 weight_banks=7 bank_rows=90 bank_width_bits=30
chip=(--arch "$scratch/arch.yaml" --vdd 0.82 --seed 5)
"$brownout" vectors $model "${chip[@]}" --layer conv1 --image 11 --first-place 70 --places 60 --out "$scratch/vectors"
"$brownout" export-faulty $model "${chip[@]}" --interleave 1 --out "$scratch/faulty.onnx" >/dev/null
/usr/bin/python3 tests/check_vectors.py "$scratch/vectors" "$scratch/faulty.onnx" $images 11 70 60
signed=models/fmnist-cnn-8b-normal.onnx
"$brownout" vectors $signed "${chip[@]}" --layer conv1 --image 4 --first-place 100 --places 55 --out "$scratch/signed"
"$brownout" export-faulty $signed "${chip[@]}" --interleave 1 --out "$scratch/signed.onnx" >/dev/null
/usr/bin/python3 tests/check_vectors.py "$scratch/signed" "$scratch/signed.onnx" $images 4 100 55

# By name or index, and again: the same files. Every port has a line a cycle.
"$brownout" vectors $model "${chip[@]}" --layer 0 --image 11 --first-place 70 --places 60 --out "$scratch/again" >/dev/null
diff -r "$scratch/vectors" "$scratch/again" || fail "the same layer again: other files"
cycles=$(sed -n 's/^localparam Cycles = \(.*\);/\1/p' "$scratch/vectors/vectors.vh")
for port in tile act act_zero weight_zero ready sum_valid sum; do
  lines=$(grep -vc '^//' "$scratch/vectors/$port.hex")
  [ "$lines" = "$cycles" ] || fail "$port.hex: expected $cycles lines, got $lines"
done
"$brownout" masks "${chip[@]}" --out "$scratch/masks" >/dev/null
for bank in 000 006; do
  cmp "$scratch/vectors/bank_${bank}_xor.hex" "$scratch/masks/bank_${bank}_xor.hex" || fail "other masks than 'masks' writes"
done

# A waveform that grows too large, or whose run fails later, is not left behind, not even an older one.
machine "$scratch/large.yaml" array_rows=128 array_cols=128 accumulator_sram_kib=512
drops() { # MESSAGE ARGUMENT...
  local expected="brownout: $1" got
  shift
  if got=$("$brownout" vectors $model --vcd --out "$scratch/drawn" "$@" 2>&1); then
    fail "vectors $*: expected a refusal"
  fi
  [[ $got == $expected ]] || fail "vectors $*: expected '$expected', got '$got'"
  ! ls "$scratch/drawn" | grep -e vcd -e vectors.vh || fail "vectors $*: a waveform or header is left behind"
}
"$brownout" vectors $model --layer 0 --places 9 --vcd --out "$scratch/drawn" >/dev/null
[ -s "$scratch/drawn/vectors.vcd" ] || fail "--vcd: expected a waveform"
drops "vectors.vcd: expected at most 268435456 bytes, got more by cycle *: take fewer places" \
  --layer conv3 --arch "$scratch/large.yaml"
"$brownout" vectors $model --layer 0 --places 9 --vcd --out "$scratch/drawn" >/dev/null
rm "$scratch/drawn/sum.hex" && mkdir "$scratch/drawn/sum.hex"
drops "$scratch/drawn/sum.hex: cannot open: Is a directory" --layer 0 --places 9

# Nor are files of a chip with more banks.
"$brownout" masks "${chip[@]}" --banks 9 --out "$scratch/again" >/dev/null
"$brownout" vectors $model "${chip[@]}" --layer 0 --image 11 --first-place 70 --places 60 --out "$scratch/again" >/dev/null
diff -r "$scratch/vectors" "$scratch/again" || fail "files of an earlier chip are left"

refuses() { # MESSAGE ARGUMENT...
  local expected="brownout: $1" got
  shift
  if got=$("$brownout" vectors $model --out "$scratch/none" "$@" 2>&1); then
    fail "vectors $*: expected a refusal"
  fi
  [ "$got" = "$expected" ] || fail "vectors $*: expected '$expected', got '$got'"
}
refuses "--layer: expected the name or index of a layer"
refuses "--layer: expected the name of a layer (see: brownout inspect) or 0..4, got '5'" --layer 5
refuses "--format: expected readmemh, got 'csv'" --layer 0 --format csv
model=models/fmnist-resnet-8b-rquant.onnx
refuses "layer 4 (res2_add): expected a convolution or fully connected layer" --layer res2_add
model=models/fmnist-cnn-8b-rquant.onnx
refuses "layer 0 (conv1): expected a first place of 0..195, got 196" --layer 0 --first-place 196
refuses "layer 3 (conv4): expected at most 16384 words of weights, which the banks hold, got 65536" --layer conv4
refuses "placement: expected tile, bank after bank, as bo_core reads it, got linear over 1 banks" \
  --layer 0 --placement linear
refuses "placement: expected tile, bank after bank, as bo_core reads it, got tile over 2 banks" --layer 0 --interleave 2
refuses "banks: expected at most 1024, as bo_core has, got 1025" --layer 0 --banks 1025
# 4 files a bank, 17 bytes for a row of 64 bits: 1024 * 3855 * 68 bytes are below 256 MiB, 3856 rows are not.
machine "$scratch/deep.yaml" bank_rows=3856
refuses "banks: expected at most 268435456 bytes of files, got 268500992 for 1024 banks of 3856 rows: take fewer banks" \
  --layer 0 --banks 1024 --arch "$scratch/deep.yaml"
machine "$scratch/os.yaml" dataflow=output_stationary
refuses "dataflow: expected weight_stationary, as bo_core is, got output_stationary" --layer 0 --arch "$scratch/os.yaml"
refuses "fmnist: images: expected 1..10000, got 10001" --layer 0 --image 10000
[ ! -e "$scratch/none" ] || fail "a refused command left a folder"
if "$brownout" vectors $model --layer 0 >/dev/null 2>&1; then
  fail "without --out: expected a refusal"
fi
echo "vectors as numpy and masks have them"
