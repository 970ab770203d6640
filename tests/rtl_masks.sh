#!/usr/bin/env bash
# bo_weight_bank, loaded with the files of `brownout masks`, reads the words of a network as the network has them that
# `brownout export-faulty` writes for the same chip, in Icarus.
# Usage: tests/rtl_masks.sh BROWNOUT SOURCE_DIRECTORY RTL_DIRECTORY SOURCE...
set -eu
brownout=$1 rtl=$3
cd "$2"
shift 3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
model=models/fmnist-cnn-8b-rquant.onnx
"$brownout" export-faulty $model --vdd 1 --placement linear --interleave 1 --out "$scratch/clean.onnx" >/dev/null
for profile in ibm14 ibm14-chip2; do # cells that flip, cells that hold 0 or 1
  chip=(--profile $profile --vdd 0.82 --seed 3)
  for format in readmemh csv; do
    "$brownout" masks "${chip[@]}" --format $format --out "$scratch/$format" >/dev/null
  done
  "$brownout" export-faulty $model "${chip[@]}" --placement linear --interleave 1 --out "$scratch/faulty.onnx" >/dev/null
  /usr/bin/python3 tests/check_masks.py "$scratch/readmemh" "$scratch/csv" "$scratch/clean.onnx" "$scratch/faulty.onnx" \
    "$scratch/words"
  for latency in 1 3; do
    iverilog -g2012 -I"$rtl" -s rtl_masks_tb -Prtl_masks_tb.Latency=$latency -o "$scratch/tb.vvp" "$@" tests/rtl_masks_tb.sv
    said=$(vvp -n "$scratch/tb.vvp" "+masks=$scratch/readmemh" "+words=$scratch/words") || {
      echo "$said"
      exit 1
    }
    echo "$said"
    grep -q ': 32768 words read as expected, ' <<<"$said" || exit 1
  done
done
