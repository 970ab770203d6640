#!/usr/bin/env bash
# The network that export-faulty writes for a chip has, without errors, the error that run finds on that chip; and
# another implementation of ONNX arithmetic (models/train/check_onnx.py) finds the same.
# Usage: cli_faulty.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
images=${BO_TEST_IMAGES:-400} # fewer where the program is slow
check() { # METHOD [OPTION VALUE]: stored as the file has it, or otherwise
  local method=$1 model=models/fmnist-cnn-$1.onnx on_chip faulty expected clean got float64 other
  shift
  on_chip=$("$brownout" run "$model" --vdd 0.84 --seed 7 --chips 1 --images $images "$@" --json)
  "$brownout" export-faulty "$model" --vdd 0.84 --seed 7 "$@" --out "$scratch/faulty.onnx" >/dev/null
  faulty=$("$brownout" run "$scratch/faulty.onnx" --dataset fmnist --vdd 1 --chips 1 --images $images --json)
  expected=$(jq .robust_error_pct.mean <<<"$on_chip")
  clean=$(jq .clean_error_pct <<<"$on_chip")
  got=$(jq .clean_error_pct <<<"$faulty")
  [ "$expected" = "$got" ] || { echo "$method: run says $expected %, the exported network has $got %"; exit 1; }
  [ "$(jq .weights_changed <<<"$on_chip")" != 0 ] || { echo "$method: no weight changed"; exit 1; }
  # The float64 graph divides by scales in float64, brownout multiplies in float32: one image may fall differently.
  float64=$(/usr/bin/python3 models/train/check_onnx.py "$scratch/faulty.onnx" --dataset fmnist --images $images)
  other=$(sed -n 's/.* wrong, \([0-9.]*\) %$/\1/p' <<<"$float64")
  jq -en "$other - $got | fabs <= 100 * 1.001 / $images" >/dev/null ||
    { echo "$method: brownout finds $got %, float64 arithmetic finds '$float64'"; exit 1; }
  echo "$method $*: clean $clean %, chip 7 at V/Vmin 0.84 $expected %, exported network $got %"
}
check 8b-normal
check 8b-rquant
check 8b-normal --storage offset_binary
check 8b-rquant --storage twos_complement
check 4b-randbet10-p1 --storage twos_complement
