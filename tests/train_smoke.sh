#!/usr/bin/env bash
# The training program end to end on made data: every kind of block, scheme, width and bit error trains, exports, and is
# what the simulator takes it for.
# Usage: train_smoke.sh BROWNOUT SOURCE_DIRECTORY LIBRARY
set -eu
brownout=$1
cd "$2"
export BROWNOUT=$1 BROWNOUT_LIBRARY=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
/usr/bin/python3 tests/make_train_data.py "$scratch"
cp tests/train_base.yaml "$scratch/base.yaml"
mkdir "$scratch/out"

fail() {
  echo "$*"
  exit 1
}

config() { # NAME: the rest of the YAML on stdin
  { printf 'base: base.yaml\nname: %s\n' "$1"; cat; } >"$scratch/$1.yaml"
}

train() { # NAME [DATA]
  /usr/bin/python3 models/train/train.py "$scratch/$1.yaml" --data "$scratch/${2:-idx}" --work "$scratch" \
    --out "$scratch/out"
}

learnt() { # NAME BELOW [DATASET] [DATA]: brownout's error is what training noted, and below BELOW per cent
  local noted clean
  noted=$(jq .error_pct.brownout "$scratch/out/$1.json")
  clean=$("$brownout" run "$scratch/out/$1.onnx" --dataset "${3:-fmnist}" --data "$scratch/${4:-idx}" --vdd 1 --chips 1 --json |
    jq .clean_error_pct)
  echo "$1: $clean % error, expected below $2 %"
  jq -en "$clean == $noted and $clean < $2" >/dev/null || fail "$1: $clean % error, noted $noted %, expected below $2 %"
}

config small <<<''
code=0
train small nowhere 2>"$scratch/err" || code=$?
[ "$code" -eq 2 ] && grep -q '^train.py: ' "$scratch/err" || fail "no data: expected exit code 2, got $code: $(cat "$scratch/err")"
train small >"$scratch/log"
[ "$(grep -c 'small: epoch' "$scratch/log")" -eq 3 ] || fail "expected three epochs"
learnt small 60
/usr/bin/python3 models/train/check_onnx.py "$scratch/out/small.onnx" --data "$scratch/idx" >"$scratch/log"
grep -qF " of 600 wrong, $(jq -r .error_pct.brownout "$scratch/out/small.json" | xargs printf %.2f) %" "$scratch/log" ||
  fail "check_onnx.py and brownout differ: $(cat "$scratch/log")"

config bits4 <<'Y'
start: small
network: { blocks: [conv8/2, conv16/2, fc32] }
quantization: { bits: 4, w_max: 0.2 }
bit_errors: { ber_pct: 2 }
batch_norm: { freeze_after: 0.5 }
training: { epochs: 2 }
Y
train bits4 >"$scratch/log"
learnt bits4 60
[ "$("$brownout" inspect "$scratch/out/bits4.onnx" --json | jq -c "[.layers[].weights.bits] | unique")" = "[4]" ] ||
  fail "bits4: expected 4-bit weights in every layer"

config residual <<'Y'
network: { blocks: [conv8/2, pool, res8, res12/2] }
quantization: { scheme: normal }
bit_errors: { ber_pct: 1, chip: 7 }
batch_norm: { statistics: clean }
training: { epochs: 4 }
Y
train residual >"$scratch/log"
learnt residual 80

config signed4 <<'Y'
start: small
quantization: { scheme: normal, bits: 4 }
batch_norm: { freeze_after: 0 }
training: { epochs: 1, lr_max: 0.02 }
Y
train signed4 >"$scratch/log"
learnt signed4 80

config colour <<'Y'
dataset: cifar10
network: { blocks: [conv8k5/2, conv16/2, fc16] }
training: { epochs: 2, shift_px: 1 }
Y
train colour cifar10 >"$scratch/log"
learnt colour 80 cifar10 cifar10

# What training takes for a chip's weights is what brownout writes for that chip.
/usr/bin/python3 tests/check_train_faults.py "$brownout" "$scratch/out/small.onnx" rquant 8 "$scratch"
/usr/bin/python3 tests/check_train_faults.py "$brownout" "$scratch/out/bits4.onnx" rquant 4 "$scratch"
/usr/bin/python3 tests/check_train_faults.py "$brownout" "$scratch/out/residual.onnx" normal 8 "$scratch"
/usr/bin/python3 tests/check_train_faults.py "$brownout" "$scratch/out/signed4.onnx" normal 4 "$scratch"
