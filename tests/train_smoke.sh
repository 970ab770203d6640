#!/usr/bin/env bash
# The training program end to end on a small made data set: it trains, resumes, exports, and the simulator finds the
# error that the ONNX graph has. A wrong configuration ends with one line.
# Usage: train_smoke.sh BROWNOUT SOURCE_DIRECTORY LIBRARY
set -eu
brownout=$1
cd "$2"
export BROWNOUT_LIBRARY=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Ten classes that a small network can tell apart: a bright bar whose height is the class, in noise.
/usr/bin/python3 - "$scratch" <<'PYTHON'
import sys
import numpy as np
folder = sys.argv[1]
random = np.random.default_rng(1)
for split, count in (("train", 1280), ("t10k", 300)):
    labels = random.integers(0, 10, count).astype(np.uint8)
    images = random.integers(0, 20, (count, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels):
        image[4:6 + 2 * label, 4:24] = 220
    for name, kind, array in (("images-idx3", 3, images), ("labels-idx1", 1, labels)):
        header = np.array([0x800 + kind, *array.shape], ">u4").tobytes()
        with open(f"{folder}/{split}-{name}-ubyte", "wb") as file:
            file.write(header + array.tobytes())
PYTHON
sed -e 's/stages: .*/stages: [[16], [16]]/' -e 's/epochs: .*/epochs: 4/' -e 's/lr_max: .*/lr_max: 0.2/' -e 's/batch: .*/batch: 32/' \
  -e 's/shift_px: .*/shift_px: 0/' -e 's/name: .*/name: fmnist-small-8b-rquant/' \
  models/train/configs/fmnist-vgg-8b-rquant.yaml >"$scratch/small.yaml"

train() {
  /usr/bin/python3 models/train/train.py "$1" --data "$scratch" --work "$scratch" --out "$scratch"
}
train "$scratch/small.yaml" >"$scratch/log"
cp "$scratch/fmnist-small-8b-rquant.onnx" "$scratch/first.onnx"
train "$scratch/small.yaml" >"$scratch/log2" # resumes behind the last epoch
if grep -q epoch "$scratch/log2"; then
  echo "a finished training was repeated"
  exit 1
fi
cmp "$scratch/first.onnx" "$scratch/fmnist-small-8b-rquant.onnx"

onnx=$(jq .error_pct.onnx "$scratch/fmnist-small-8b-rquant.json")
clean=$("$brownout" run "$scratch/first.onnx" --dataset fmnist --data "$scratch" --vdd 1 --chips 1 --json |
  jq .clean_error_pct)
jq -en "$clean - $onnx | fabs <= 0.4" >/dev/null || { echo "brownout finds $clean %, the ONNX graph has $onnx %"; exit 1; }
jq -en "$clean < 60" >/dev/null || { echo "nothing was learnt: $clean % error"; exit 1; }

echo 'epohcs: 3' >>"$scratch/small.yaml"
if train "$scratch/small.yaml" >/dev/null 2>"$scratch/err"; then
  echo "an unknown key: expected a refusal"
  exit 1
fi
[ "$(wc -l <"$scratch/err")" -eq 1 ] && grep -q epohcs "$scratch/err" || { cat "$scratch/err"; exit 1; }
echo "trained to $clean % error, as in the ONNX graph"
