#!/usr/bin/env bash
# Bad input to the training program: one clear line, exit code 2, and no model.
# Usage: train_refusals.sh BROWNOUT SOURCE_DIRECTORY LIBRARY
set -eu
cd "$2"
export BROWNOUT=$1 BROWNOUT_LIBRARY=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
/usr/bin/python3 tests/make_train_data.py "$scratch"
mkdir "$scratch/out"
sed 's/epochs: .*/epochs: 1/' tests/train_base.yaml >"$scratch/base.yaml"

refuses() { # TEXT [DATA]: the model's YAML on stdin
  local text=$1 data=${2:-idx} code=0
  { printf 'base: base.yaml\nname: bad\n'; cat; } >"$scratch/bad.yaml"
  /usr/bin/python3 models/train/train.py "$scratch/bad.yaml" --data "$scratch/$data" --work "$scratch" \
    --out "$scratch/out" >"$scratch/log" 2>"$scratch/err" || code=$?
  if [ "$code" -ne 2 ] || [ "$(wc -l <"$scratch/err")" -ne 1 ] || ! grep -qF -- "$text" "$scratch/err"; then
    echo "expected exit code 2 and one line with: $text"
    echo "got exit code $code and:"
    cat "$scratch/err"
    exit 1
  fi
  if [ -n "$(ls "$scratch/out")" ]; then
    echo "$text: left behind: $(ls "$scratch/out")"
    exit 1
  fi
}

# Configurations.
refuses "bad.yaml: unknown key 'epohcs', expected name, dataset" <<<'epohcs: 3'
refuses "bad.yaml: training: unknown key 'epohcs'" <<<'training: { epohcs: 3 }'
refuses "training: epochs: expected int, got 'three'" <<<'training: { epochs: three }'
refuses "training: epochs: expected 1 ... 10000, got 0" <<<'training: { epochs: 0 }'
refuses "training: lr_max: expected float, got nan" <<<'training: { lr_max: .nan }'
refuses "bit_errors: ber_pct: expected 0 ... 50, got 70" <<<'bit_errors: { ber_pct: 70 }'
refuses "quantization: bits: expected 2 ... 8, got 9" <<<'quantization: { bits: 9 }'
refuses "batch_norm: statistics: expected clean, faulty, both, got 'none'" <<<'batch_norm: { statistics: none }'
refuses "scheme: expected global, normal, asymmetric, unsigned or rquant, got 'best'" <<<'quantization: { scheme: best }'
refuses "expected convN[kK][/2], resN[/2], pool or fcN, got 'dense16'" <<<'network: { blocks: [dense16] }'
refuses "'conv8' stands behind fc" <<<'network: { blocks: [fc16, conv8] }'
refuses "nobase.yaml: No such file or directory" <<<'base: nobase.yaml'
refuses "bad.yaml: start: bad would start from itself" <<<'start: bad'
refuses "dataset svhn: expected fmnist, mnist, cifar10" <<<'dataset: svhn'
refuses "bad.yaml: while parsing" <<<'training: [1'
grep -v '^dataset' "$scratch/base.yaml" >"$scratch/short.yaml"
refuses "bad.yaml: missing key 'dataset'" <<<'base: short.yaml'
refuses "another network" < <(
  { printf 'base: base.yaml\nname: other\n'; echo 'network: { blocks: [conv4/2, fc8] }'; } >"$scratch/other.yaml"
  echo 'start: other'
)

# A run that diverges.
refuses "bad: epoch 1: weight 0: expected a finite number, got" <<<'training: { lr_max: 1.0e+3, momentum: 1, weight_decay: 1, epochs: 9 }'

# Checkpoints.
rm -f "$scratch/bad.pt"
cp "$scratch/other.pt" "$scratch/bad.pt"
refuses "bad.pt: is a checkpoint of another configuration" <<<''
head -c 1000 "$scratch/other.pt" >"$scratch/bad.pt"
refuses "bad.pt: is not a checkpoint" <<<''
echo garbage >"$scratch/bad.pt"
refuses "bad.pt: is not a checkpoint" <<<''
rm "$scratch/bad.pt"

# Data.
refuses "nowhere/train-images-idx3-ubyte" nowhere <<<''
cp -r "$scratch/idx" "$scratch/torn"
truncate -s 5000 "$scratch/torn/train-images-idx3-ubyte"
refuses "torn/train-images-idx3-ubyte: its size is not that of 1280x28x28 bytes" torn <<<''
cp -r "$scratch/cifar10" "$scratch/cut"
truncate -s -1 "$scratch/cut/data_batch_3.bin"
refuses "cut/data_batch_3.bin: expected records of 3073 bytes" cut <<<'dataset: cifar10'

# Libraries and programs that are not there, and a simulator that finds something else.
BROWNOUT_LIBRARY=$scratch/none.so refuses "build it: ninja -C build/release libbrownout" <<<''
rm -f "$scratch/bad.pt"
BROWNOUT=$scratch/none refuses "build it: ninja -C build/release brownout" <<<''
printf '#!/bin/sh\necho "{ \\"clean_error_pct\\": 99 }"\n' >"$scratch/liar"
chmod +x "$scratch/liar"
BROWNOUT=$scratch/liar refuses "brownout 99.00 %: nothing written" <<<''
