#!/usr/bin/env bash
# Every wrong command line of the table below ends with exit code 2, nothing on stdout and exactly this line on stderr.
# Usage: cli_refusals.sh BROWNOUT SOURCE_DIRECTORY
set -u
brownout=$1
cd "$2" || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
model=models/fmnist-cnn-8b-rquant.onnx
checked=0
failed=0

refuses() { # MESSAGE ARGUMENT...
  local expected="brownout: $1"
  shift
  "$brownout" "$@" >"$scratch/out" 2>"$scratch/err"
  local code=$?
  checked=$((checked + 1))
  if [ $code -ne 2 ] || [ -s "$scratch/out" ] || [ "$(cat "$scratch/err")" != "$expected" ]; then
    echo "brownout $*: exit $code"
    echo "  expected: $expected"
    echo "  got:      $(cat "$scratch/err" "$scratch/out")"
    failed=1
  fi
}

printf 'not a protobuf' >"$scratch/bad.onnx"
printf 'models: [x.onnx]\nber_pct: [1]\nchps: 3\n' >"$scratch/unknown.yaml"
printf 'ber_pct: [1]\n' >"$scratch/missing.yaml"
printf 'array_rows: 16\n' >"$scratch/arch.yaml"

refuses "unknown command 'rum' (see: brownout --help)" rum
refuses "run: expected MODEL.onnx, got 0 operands (see: brownout run --help)" run
refuses "run: expected MODEL.onnx, got 2 operands (see: brownout run --help)" run a b
refuses "unknown option '--vddd' (see: brownout run --help)" run "$model" --vddd 1
refuses "unknown option '-v' (see: brownout run --help)" run "$model" -v
refuses "--vdd: expected RATIO" run "$model" --vdd
refuses "--vdd: expected a number, got '0.8V'" run "$model" --vdd 0.8V
refuses "--vdd: expected 0.01..1.25, got -1" run "$model" --vdd -1
refuses "--ber: expected a number in per cent, got '1%%'" run "$model" --ber 1%%
refuses "--vdd: expected a number, got '20/'" run "$model" --vdd 20/
refuses "--vdd: expected a number, got '1/0'" run "$model" --vdd 1/0
refuses "--ber: expected 0..50, got 51" run "$model" --ber 51
refuses "--chips: expected 1..1000000, got 0" run "$model" --chips 0
refuses "--chips: expected a whole number, got '-3'" run "$model" --chips -3
refuses "--json takes no value" run "$model" --json=yes
refuses "--vdd and --ber: expected one of them, got both" run "$model" --vdd 0.9 --ber 1
refuses "--placement: expected tile or linear, got 'diagonal'" run "$model" --placement diagonal
refuses "--banks: expected auto or 1..65536, got 0" run "$model" --banks 0
refuses "--out: expected a file to write" export-faulty "$model"
refuses "--trials and --manifest: expected one of them, got both" export x.db --trials --manifest
refuses "nowhere.onnx: cannot open: No such file or directory" run nowhere.onnx
refuses "$scratch/none.yaml: cannot open: No such file or directory" run "$model" --arch "$scratch/none.yaml"
# Counted as SCALE-Sim does by inspect alone: elsewhere it must not pass for that and be native.
sed 's/^timing: .*/timing: scalesim/' profiles/arch/ibm14.yaml >"$scratch/scalesim.yaml"
printf 'models: [%s]\nber_pct: [1]\nchips: 1\nimages: 1\narch: %s\n' "$PWD/$model" "$scratch/scalesim.yaml" >"$scratch/sweep.yaml"
timing="timing: expected native here, got scalesim: only inspect counts as SCALE-Sim does"
refuses "$timing" run "$model" --arch "$scratch/scalesim.yaml"
refuses "$timing" run "$model" --arch "$scratch/scalesim.yaml" --engine tick
refuses "$timing" sweep "$scratch/sweep.yaml" --out "$scratch/sweep.db"
refuses "$timing" export-faulty "$model" --out "$scratch/faulty.onnx" --arch "$scratch/scalesim.yaml"
refuses "$timing" vectors "$model" --layer 0 --out "$scratch/vectors" --arch "$scratch/scalesim.yaml"
odd=$scratch/$'a\nb\e[31m.onnx'
cp "$scratch/bad.onnx" "$odd"
refuses "$scratch/a?b?[31m.onnx: not a valid ONNX file: group or unknown wire type at byte 1" run "$odd"

# A result that does not reach its file is a failure.
for command in "inspect $model" "run $model --chips 1 --images 10" --help --version; do
  # shellcheck disable=SC2086
  "$brownout" $command 2>"$scratch/err" >/dev/full
  code=$?
  [ $code -eq 2 ] && [ "$(cat "$scratch/err")" = "brownout: standard output: cannot write: No space left on device" ] ||
    { echo "brownout $command on a full disk: exit $code, $(cat "$scratch/err")"; failed=1; }
done
[ $checked -ge 20 ] || { echo "only $checked command lines were tried"; exit 1; }
echo "$checked command lines refused"
exit $failed
