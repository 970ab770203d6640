#!/bin/sh
# How fast is the fast engine: against the fastest oneDNN primitives, and against PyTorch.
# Usage: bench/engine.sh [BUILD [MODEL]]      BUILD: build directory, default build/release
# The PyTorch part needs Debian's python3-torch and is left out, said, where there is none.
set -eu
cd "$(dirname "$0")/.."
engine=${1:-build/release}/bench/bench_engine
model=${2:-models/fmnist-cnn-8b-rquant.onnx}
if [ ! -x "$engine" ]; then
  echo "engine.sh: $engine is not built: cmake --preset release && cmake --build --preset release" >&2
  exit 2
fi
"$engine" "$model"
if /usr/bin/python3 -c 'import torch, numpy' 2>/dev/null; then
  echo
  /usr/bin/python3 bench/bench_torch.py "$engine" "$model"
else
  echo "PyTorch: /usr/bin/python3 has no torch (Debian: python3-torch), not compared"
fi
