#!/bin/sh
# What brownout-lockstep says about wrong usage, and that no cycle is no success.
# Usage: tests/lockstep_usage.sh LOCKSTEP SOURCE_DIRECTORY
set -eu
lockstep=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
model=$source/models/fmnist-cnn-8b-rquant.onnx

# refused LINE OPTION...: exits with 2 and this one line
refused() {
  expected="brownout-lockstep: $1"
  shift
  rc=0
  found=$("$lockstep" "$@" 2>&1) || rc=$?
  [ $rc -eq 2 ] && [ "$found" = "$expected" ] || {
    printf 'lockstep_usage: %s\n  expected 2: %s\n  got %d: %s\n' "$*" "$expected" $rc "$found"
    exit 1
  }
}

refused '--cycles: expected at least 1, got 0' --cycles 0
refused '--cycles: expected a count, got -1' --cycles -1
refused '--seed: expected S' --seed
refused '--speed: expected an option, see brownout-lockstep --help' --speed
refused '--layer: expected --model too' --layer 1
refused '--places: expected at least 1, got 0' --places 0
refused '--layer: expected a convolution of fmnist-cnn-8b-rquant, by name or number ( 0 1 2 3 4 ), got 5' \
  --model "$model" --layer 5
refused "$work: expected a build of size 9x9, found none" --dut "$work" --size 9x9
touch "$work/core_9x9.so"
refused "$work/core_9x9.so: file too short" --dut "$work"
"$lockstep" --help | grep -q -- '--model FILE' || { echo "lockstep_usage: --help"; exit 1; }
