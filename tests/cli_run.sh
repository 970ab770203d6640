#!/usr/bin/env bash
# One point of a shipped model: the JSON object has what it promises, and does not depend on the number of threads.
# Usage: cli_run.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
model=models/fmnist-cnn-8b-rquant.onnx
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
images=${BO_TEST_IMAGES:-300} # fewer where the program is slow

"$brownout" run "$model" --images "$images" --chips 4 --vdd 0.83 --json --jobs 1 >"$scratch/one.json"
"$brownout" run "$model" --images "$images" --chips 4 --vdd 0.83 --json --jobs 3 >"$scratch/three.json"
cmp "$scratch/one.json" "$scratch/three.json"

check() { # JQ-CONDITION
  jq -e "$1" "$scratch/one.json" >/dev/null || { echo "does not hold: $1"; jq . "$scratch/one.json"; exit 1; }
}
for key in model profile vdd_ratio ber_pct clean_error_pct robust_error_pct robust_error_or_clean_pct cells_faulty \
  bits_effective weights_changed sram_energy_saving_pct total_energy_saving_pct energy_pj_per_inference \
  cycles_per_inference images seed version; do
  check "has(\"$key\")"
done
for key in mean std ci95_low ci95_high n_chips; do
  check ".robust_error_pct | has(\"$key\")"
done
for key in weight_sram activation_sram accumulator mac dram leakage total; do
  check ".energy_pj_per_inference.$key > 0"
done
check ".images == $images"
check '.robust_error_pct.n_chips == 4 and .vdd_ratio == 0.83'
check '(.sram_energy_saving_pct - 100 * (1 - 0.83 * 0.83) | fabs) < 1e-6' # the published law
check '.total_energy_saving_pct > 0 and .total_energy_saving_pct < .sram_energy_saving_pct'
check '.robust_error_or_clean_pct.mean >= .clean_error_pct'
check '.cells_faulty > 0 and .bits_effective > 0 and .weights_changed > 0'
check '([.energy_pj_per_inference | .weight_sram, .activation_sram, .accumulator, .mac, .dram, .leakage] | add) as $sum
       | ($sum / .energy_pj_per_inference.total - 1 | fabs) < 1e-6'

# The published curve, by hand: 1 % is at 20/24 + 1/24 ln(1.115 / 1) / ln(1.115 / 0.129); it is also the default.
for rate in "--ber 1" "--ber 1%" ""; do
  # shellcheck disable=SC2086
  "$brownout" run "$model" --images 5 --chips 1 $rate --json >"$scratch/one.json"
  check '(.vdd_ratio - 0.8354363 | fabs) < 1e-6 and .ber_pct == 1'
  check '.robust_error_pct.n_chips == 1 and .robust_error_pct.std == null'
done

# At Vmin there are no errors, so every chip is the clean network.
"$brownout" run "$model" --images "$images" --chips 2 --vdd 1 --json >"$scratch/one.json"
check '.robust_error_pct.mean == .clean_error_pct and .cells_faulty == 0 and .sram_energy_saving_pct == 0'
