#!/usr/bin/env bash
# Every option of run changes the result it is there for, and a sweep file that says the same gives the same result.
# Usage: cli_options.sh BROWNOUT SOURCE_DIRECTORY
set -euo pipefail
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
golden=$PWD/tests/golden/campaign
sed 's/clock_mhz: .*/clock_mhz: 500/' profiles/arch/ibm14.yaml >"$scratch/slow.yaml"
sed 's/ber_pct: 20.56/ber_pct: 30/' profiles/silicon/ibm14.yaml >"$scratch/worse.yaml"
sed 's/value: 64$/value: 32/' profiles/energy/cmos14.yaml >"$scratch/cheap.yaml"

run() { # OPTIONS...: its results; the text that says the placement is none
  "$brownout" run "$golden/tiny.onnx" --dataset "$golden/tiny.npz" --chips 4 --json "$@" | jq 'del(.placement)'
}
run --vdd 0.77 >"$scratch/plain"
while read -r options; do
  # shellcheck disable=SC2086
  run --vdd 0.77 $options >"$scratch/other"
  ! cmp -s "$scratch/plain" "$scratch/other" || { echo "$options: no effect"; exit 1; }
  run --vdd 0.77 >"$scratch/other"
  cmp "$scratch/plain" "$scratch/other" # and nothing else had one
done <<OPTIONS
--vdd 0.78
--chips 5
--seed 1
--images 70
--placement linear
--start-row 1
--banks 7
--interleave 2
--arch $scratch/slow.yaml
--profile $scratch/worse.yaml
--energy $scratch/cheap.yaml
OPTIONS

# --data is where the files of a named set are: the same images as IDX give the same result.
/usr/bin/python3 - "$golden/tiny.npz" "$scratch" <<'PYTHON'
import struct, sys
import numpy
data = numpy.load(sys.argv[1])
images, labels = data["images"].reshape(-1, 6, 6), data["labels"]
with open(sys.argv[2] + "/t10k-images-idx3-ubyte", "wb") as file:
    file.write(struct.pack(">4i", 0x803, *images.shape) + images.astype("u1").tobytes())
with open(sys.argv[2] + "/t10k-labels-idx1-ubyte", "wb") as file:
    file.write(struct.pack(">2i", 0x801, len(labels)) + labels.astype("u1").tobytes())
PYTHON
run --vdd 0.77 --dataset mnist --data "$scratch" | jq 'del(.dataset)' >"$scratch/idx"
jq 'del(.dataset)' "$scratch/plain" | cmp - "$scratch/idx"

# All at once, and as a sweep; paths in a sweep file are relative to it.
cp "$golden/tiny.onnx" "$golden/tiny.npz" "$scratch"
cat >"$scratch/sweep.yaml" <<YAML
models: [tiny.onnx]
dataset: ./tiny.npz
vdd_ratio: [0.77, 19/24]
chips: 4
seed: 9
images: 70
arch: slow.yaml
profile: worse.yaml
energy: cheap.yaml
placement: {policy: linear, start_row: 5, banks: 6, interleave: 3}
YAML
"$brownout" sweep "$scratch/sweep.yaml" --out "$scratch/results.db" >"$scratch/table"
"$brownout" export "$scratch/results.db" --out "$scratch/results.csv"
columns=vdd_ratio,ber_pct,images,clean_error_pct,cells_faulty,bits_effective,weights_changed,sram_energy_saving_pct
columns=$columns,total_energy_saving_pct,cycles_per_inference
for vdd in 0.77 19/24; do
  run --vdd $vdd --seed 9 --images 70 --arch "$scratch/slow.yaml" --profile "$scratch/worse.yaml" \
    --energy "$scratch/cheap.yaml" --placement linear --start-row 5 --banks 6 --interleave 3 |
    jq -r --arg columns "$columns" '. as $run | [($columns | split(",")[]) as $name | $run[$name]] +
      [.robust_error_pct.mean, .robust_error_pct.std, .energy_pj_per_inference.total] | @csv'
done >"$scratch/runs"
/usr/bin/python3 - "$scratch/results.csv" "$scratch/runs" "$columns" <<'PYTHON'
import csv, sys
names = sys.argv[3].split(",") + ["robust_error_pct_mean", "robust_error_pct_std", "energy_pj_per_inference_total"]
sweep = [[float(row[name]) for name in names] for row in csv.DictReader(open(sys.argv[1]))]
runs = [[float(field) for field in row] for row in csv.reader(open(sys.argv[2]))]
assert len(sweep) == 2 and sweep == runs, f"sweep {sweep}, run {runs}"
PYTHON
placed=$("$brownout" run "$golden/tiny.onnx" --dataset "$golden/tiny.npz" --vdd 0.77 --placement linear --start-row 5 \
  --banks 6 --interleave 3 --json | jq -r '[.profile, .placement] | join(",")')
[ "$placed" = ibm14,linear+start_row=5+banks=6+interleave=3 ] || { echo "run: placement $placed"; exit 1; }
[ "$(tail -n 1 "$scratch/results.csv" | cut -d, -f2,3)" = "$placed" ] || { echo "export: another placement"; exit 1; }
# The table has what the CSV has: V/Vmin, BER, chips, error, and the two savings in their order.
awk -F, 'NR > 1 { printf "%.4f %.4g %d %.2f %.2f %.2f\n", $4, $5, $6, $9, $21, $22 }' "$scratch/results.csv" >"$scratch/expected"
awk '$1 ~ /^0\.7/ { print $1, $2, $3, $4, $7, $8 }' "$scratch/table" | cmp - "$scratch/expected"

# The figure of the curve shows the profile that plot is told of.
"$brownout" plot "$scratch/results.db" --profile "$scratch/worse.yaml" --out "$scratch/figures"
grep -q '^measured,0.75,30,' "$scratch/figures/curve.csv" || { echo "plot --profile: no effect"; exit 1; }
