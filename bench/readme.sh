#!/usr/bin/env bash
# Writes what README.md shows, from real runs: table and figure of quickstart, machine parameters, benchmarks.
# Usage: bench/readme.sh [quickstart] [headline] [speed] [arch]      (all without arguments; on a quiet machine; speed
# compares with PyTorch, Debian's python3-torch; headline stands in models/README.md)
set -euo pipefail
cd "$(dirname "$0")/.."
blocks=("$@")
[ $# -gt 0 ] || blocks=(quickstart headline speed arch)
machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)

quickstart_block() {
  rm -rf out/quickstart
  local start=$SECONDS table
  table=$(bench/quickstart.sh | sed '/^wrote /d')
  mkdir -p plots/quickstart
  cp out/quickstart/pareto.png out/quickstart/voltage_curve.png plots/quickstart/
  printf '`bench/quickstart.sh` on %s with %s cores, %s: %s s with the packages in place.\n\n```\n%s\n```\n' \
    "$machine" "$(nproc)" "$(date +%F)" "$((SECONDS - start))" "$table"
}

speed_block() {
  tests/setup.sh release
  printf '`bench/engine.sh` and `bench_pipeline` on %s, %s:\n\n```\n' "$machine" "$(date +%F)"
  bench/engine.sh
  printf '\n'
  build/release/bench/bench_pipeline models/fmnist-cnn-8b-rquant.onnx
  printf '```\n'
}

headline_block() {
  local start=$SECONDS text
  text=$(bench/headline.sh) || true # a bar that is missed stands in the text
  printf '`bench/headline.sh` on %s with %s cores, %s: %s s.\n\n```\n%s\n```\n' "$machine" "$(nproc)" "$(date +%F)" \
    "$((SECONDS - start))" "$text"
}

arch_block() {
  printf '| key | default | range | meaning |\n|---|---|---|---|\n'
  sed -n -e 's/^BO_PARAM(\([a-z_]*\), [A-Za-z]*, \([0-9]*\), \([0-9]*\), \([0-9]*\), "\(.*\)")$/| `\1` | \2 | \3 … \4 | \5 |/p' \
    -e 's/^BO_CHOICE(\([a-z_]*\), [A-Za-z]*, "\([a-z_]*\)", "\([a-z_]*\)", "\(.*\)")$/| `\1` | `\2` | or `\3` | \4 |/p' \
    sim/arch/arch_params.def
}

for block in "${blocks[@]}"; do
  case $block in
  quickstart | speed | arch) "${block}_block" | bench/replace_block.sh README.md "$block" ;;
  headline) headline_block | bench/replace_block.sh models/README.md headline ;;
  *) echo "usage: bench/readme.sh [quickstart] [headline] [speed] [arch]" >&2; exit 2 ;;
  esac
done
