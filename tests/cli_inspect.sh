#!/usr/bin/env bash
# inspect of a shipped model against what its shapes give by hand.
# Usage: cli_inspect.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
model=models/fmnist-cnn-8b-normal.onnx
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$brownout" inspect "$model" --json >"$scratch/inspect.json"
"$brownout" inspect "$model" >"$scratch/inspect.txt"

check() { # JQ-CONDITION
  jq -e "$1" "$scratch/inspect.json" >/dev/null || { echo "does not hold: $1"; jq . "$scratch/inspect.json"; exit 1; }
}
# 3x3 convolutions with stride 2 to 32 channels at 14x14, 64 at 7x7, 128 at 4x4; from these 2048 to 256, to 10 classes.
codes=$((9 * (32 + 32 * 64 + 64 * 128) + 2048 * 256 + 256 * 10))
macs=$((9 * (196 * 32 + 49 * 32 * 64 + 16 * 64 * 128) + 2048 * 256 + 256 * 10))
check ".placement.weight_bits == 8 * $codes and .total.macs == $macs"
check '.input_chw == [1, 28, 28] and .classes == 10'
check '[.layers[] | select(.op == "conv")] | length == 5'
check '[.layers[] | select(.weights != null) | .weights.storage] | unique == ["twos_complement"]'
# 4.7 Mbit in 32 banks of 512 x 64 bits = 1 Mbit: five passes.
check '.placement.banks == 32 and .placement.passes == 5'
check '(.total.cycles == ([.layers[].events.cycles] | add)) and (.total.cycles >= .total.macs / 256)'
check '.total.cycles == .total.compute_cycles + .total.stall_fill_drain + .total.stall_weights + .total.stall_bank_conflict + .total.stall_dram'
# The network does not fit, so each inference writes all codes to the SRAM, eight a row, and streams them from DRAM.
check ".total.weight_row_writes == $codes / 8 and .total.dram_bytes_read >= $codes"
grep -q "$codes\|$((codes * 8)) weight bits" "$scratch/inspect.txt"
grep -q '5 passes' "$scratch/inspect.txt"
# 256 MACs a cycle are all that a 16 x 16 array can do.
utilisation=$(jq -r '100 * .total.macs / (256 * .total.cycles) * 10 | round / 10' "$scratch/inspect.json")
grep -q "MAC utilisation $utilisation %" "$scratch/inspect.txt" || { echo "MAC utilisation: expected $utilisation %"; exit 1; }

"$brownout" inspect "$model" --banks auto --json >"$scratch/inspect.json"
check '.placement.passes == 1 and .total.weight_row_writes == 0'

# A name that JSON, tables and figures cannot hold is made one that they can.
odd=$scratch/$'fmnist-"\xff\n, é.onnx'
cp "$model" "$odd"
[ "$("$brownout" inspect "$odd" --json | jq -r .model)" = 'fmnist-___, é' ] || { echo "odd name: not made presentable"; exit 1; }

# Every shipped machine takes it; each by its name.
machines=0
for file in profiles/arch/*.yaml; do
  "$brownout" inspect "$model" --arch "$(basename "$file" .yaml)" --json >"$scratch/inspect.json"
  check ".total.macs == $macs and .total.cycles > 0"
  "$brownout" inspect "$model" --arch "$file" | grep -q "array $(sed -n 's/^array_rows: //p' "$file")x"
  machines=$((machines + 1))
done
[ $machines -ge 3 ] || { echo "expected at least 3 machines, got $machines"; exit 1; }
