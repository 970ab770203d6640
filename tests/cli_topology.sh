#!/usr/bin/env bash
# inspect as SCALE-Sim counts: a topology with its .cfg, a model on a machine with timing: scalesim; numbers by hand.
# Usage: cli_topology.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
golden=tests/golden/scalesim
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check() { # JQ-CONDITION
  jq -e "$1" "$scratch/out.json" >/dev/null || { echo "does not hold: $1"; jq . "$scratch/out.json"; exit 1; }
}
inspect() { # ARGUMENT...
  "$brownout" inspect --json "$@" >"$scratch/out.json"
}

# Conv2_1a of SCALE-Sim's ResNet-18 as it was measured there, 108,360 cycles, and Conv5_1b, 2304 folds of 119.
printf 'name, ih, iw, fh, fw, c, n, s,\nConv2_1a,56,56,3,3,64,64,1,\nConv5_1b,7,7,3,3,512,512,1,\n' >"$scratch/two.csv"
inspect --topology "$scratch/two.csv" --cfg $golden/array32.cfg
check '.dataflow == "ws" and .array_rows == 32 and .array_cols == 32 and .os_ofmap_quirk == false'
check '.layers[0] == {name: "Conv2_1a", m: 2916, k: 576, n: 64, groups: 1, cycles: 108360, scalesim_total_cycles: 108359,
  sram_ifmap_reads: (576 * 2916 * 2), sram_filter_reads: (576 * 64), sram_ofmap_writes: (18 * 2916 * 64),
  macs: (2916 * 576 * 64)}'
check ".layers[1].cycles == $((2304 * 119)) and (.layers | length) == 2"
for key in cycles scalesim_total_cycles sram_ifmap_reads sram_filter_reads sram_ofmap_writes macs; do
  check ".total.$key == ([.layers[].$key] | add) and .total.$key > 0"
done

# A product of 196 x 576 x 256: SCALE-Sim prints 53,760 ofmap writes, of which 50,176 are real.
printf 'name, M, N, K,\ng8,196,256,576,\none,1,1,1\n' >"$scratch/gemm.csv"
inspect --topology "$scratch/gemm.csv" --gemm --cfg $golden/array32.cfg --dataflow os
check '.layers[0].sram_ofmap_writes == 50176 and .layers[1].scalesim_total_cycles == 62'
inspect --topology "$scratch/gemm.csv" --gemm --cfg $golden/array32.cfg --dataflow os --os-ofmap-quirk
check '.layers[0].sram_ofmap_writes == 53760 and .os_ofmap_quirk'
"$brownout" inspect --topology "$scratch/gemm.csv" --gemm --cfg $golden/array32.cfg >"$scratch/out.txt"
grep -Eq '^one +1 +1 +1 +1 +95 +94 +1 +1 +1 +1$' "$scratch/out.txt" || { cat "$scratch/out.txt"; exit 1; }

# Without a .cfg the array and the dataflow are the machine's: 16 x 16, weight-stationary, unless --arch says otherwise.
inspect --topology "$scratch/gemm.csv" --gemm
check '.array_rows == 16 and .dataflow == "ws" and .layers[1].cycles == 47'
sed 's/weight_stationary/output_stationary/; s/native/scalesim/' profiles/arch/ibm14.yaml >"$scratch/os.yaml"
inspect --topology "$scratch/gemm.csv" --gemm --arch "$scratch/os.yaml"
check '.dataflow == "os" and .layers[1].cycles == 31'

# ResNet-18 with its padding in the sizes; 21 layers in less than 10 ms are test_topology.c's.
inspect --topology $golden/resnet18.csv --cfg $golden/array32.cfg
check '.total.macs == 1814073344 and (.total.cycles - .total.scalesim_total_cycles) == 21'

# A model on such a machine: 3x3 convolutions 1-32-64 with stride 2, ... and its real shapes; os: folds of 16 + 16 + K - 2.
inspect models/fmnist-cnn-8b-normal.onnx --arch "$scratch/os.yaml"
check '.model == "fmnist-cnn-8b-normal" and .timing == "scalesim" and (.layers | length) == 5'
check '.layers[0] | .m == 196 and .k == 9 and .n == 32 and .groups == 1'
check ".layers[0].cycles == $((13 * 2 * (30 + 9))) and .layers[0].sram_ofmap_writes == $((196 * 32))"
check ".layers[1].cycles == $((4 * 4 * (30 + 288))) and .layers[1].sram_filter_reads == $((4 * 288 * 64))"
check ".layers[4] | .m == 1 and .k == 256 and .n == 10 and .cycles == $((30 + 256))"

refuses() { # MESSAGE ARGUMENT...
  local expected="brownout: $1" code=0
  shift
  "$brownout" inspect "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
  [ $code -eq 2 ] && [ ! -s "$scratch/out" ] && [ "$(cat "$scratch/err")" = "$expected" ] ||
    { printf '%s: exit %s\n  expected: %s\n  got:      %s\n' "$*" $code "$expected" "$(cat "$scratch/err")"; exit 1; }
}
model=models/fmnist-cnn-8b-normal.onnx
refuses 'inspect: expected MODEL.onnx or --topology FILE, got neither (see: brownout inspect --help)'
refuses 'inspect: expected MODEL.onnx or --topology FILE, got both (see: brownout inspect --help)' $model --topology x.csv
refuses '--cfg and --arch: expected one of them, got both' --topology x.csv --cfg x.cfg --arch ibm14
refuses '--cfg, --gemm: expected with --topology, got a model' $model --gemm
refuses '--dataflow, --os-ofmap-quirk: expected with --topology or an --arch with timing: scalesim' $model --dataflow os
refuses "--dataflow: expected ws, os or is, got 'rs'" --topology "$scratch/two.csv" --dataflow rs
for option in '--banks auto' '--interleave 2'; do
  # shellcheck disable=SC2086
  refuses '--profile, --energy, --placement, --banks, --start-row, --interleave, --rotate, --storage: expected with a model, got --topology' \
    --topology "$scratch/two.csv" $option
done
refuses 'nowhere.csv: cannot open: No such file or directory' --topology nowhere.csv
refuses 'nowhere.cfg: cannot open: No such file or directory' --topology "$scratch/two.csv" --cfg nowhere.cfg
refuses "$scratch/gemm.csv:2: expected 8 or 9 fields (layer name, ... stride), got 4" --topology "$scratch/gemm.csv"
refuses "$scratch/two.csv: [architecture_presets]: expected ArrayHeight, got none" \
  --topology "$scratch/two.csv" --cfg "$scratch/two.csv"
truncate -s 1048577 "$scratch/big.csv"
refuses "$scratch/big.csv: expected at most 1048576 bytes, got 1048577" --topology "$scratch/big.csv"
