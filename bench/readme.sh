#!/usr/bin/env bash
# Writes what README.md shows: the table and figure of quickstart and the table of machine parameters, from real runs.
# Usage: bench/readme.sh
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf out/quickstart
start=$SECONDS
table=$(bench/quickstart.sh | sed '/^wrote /d')
seconds=$((SECONDS - start))
mkdir -p plots/quickstart
cp out/quickstart/pareto.png out/quickstart/voltage_curve.png plots/quickstart/

machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
quickstart_block() {
  printf '`bench/quickstart.sh` on %s with %s cores, %s: %s s with the packages in place.\n\n```\n%s\n```\n' \
    "$machine" "$(nproc)" "$(date +%F)" "$seconds" "$table"
}
arch_block() {
  printf '| key | default | range | meaning |\n|---|---|---|---|\n'
  sed -n 's/^BO_PARAM(\([a-z_]*\), [A-Za-z]*, \([0-9]*\), \([0-9]*\), \([0-9]*\), "\(.*\)")$/| `\1` | \2 | \3 … \4 | \5 |/p' \
    sim/arch/arch_params.def
}

replace() { # NAME: reads the new text of the block on stdin
  local text
  text=$(cat)
  BLOCK=$text awk -v name="$1" '
    index($0, "<!-- " name ":end") { inside = 0 }
    !inside { print }
    index($0, "<!-- " name ":begin") { inside = 1; print ENVIRON["BLOCK"] }
  ' README.md >README.md.tmp
  mv README.md.tmp README.md
}
quickstart_block | replace quickstart
arch_block | replace arch
