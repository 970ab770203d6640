#!/usr/bin/env bash
# Measures models on 50 chips and writes models/results/MODEL.KIND.csv. Stores in out/models/ resume: what was
# measured is not measured again.
# Usage: models/evaluate/evaluate.sh KIND MODEL...      KIND: a file beside this one, without .yaml
set -euo pipefail
cd "$(dirname "$0")/../.."
kind=${1:?usage: evaluate.sh KIND MODEL...}
shift
brownout=build/release/sim/cli/brownout
mkdir -p out/models models/results
if [ "$kind" = mnist ] && [ ! -e out/mnist/t10k-labels-idx1-ubyte ]; then
  models/train/fetch_mnist.sh out/mnist
fi
for model in "$@"; do
  name=$model.$kind
  sed "s/MODEL/$model/" "models/evaluate/$kind.yaml" >"out/models/$name.yaml"
  "$brownout" sweep "out/models/$name.yaml" --out "out/models/$name.db"
  "$brownout" export "out/models/$name.db" --out "models/results/$name.csv"
done
