#!/usr/bin/env bash
# Holds the synthetic presets against what is published: profiles/results/NAME.check.txt, and the table of them in
# profiles/README.md. Draws the cells of two of them, plots/profiles/NAME.png.
# Usage: profiles/study/check.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p profiles/results out/profiles
{
  printf '| preset | prefer 1 | shares: array, column, row, read | values that hold | what does not |\n|---|---|---|---|---|\n'
  for name in ibm14-average ibm14-chip1 ibm14-chip2 ibm14-chip3 bram28-like; do
    text=profiles/results/$name.check.txt
    build/release/sim/cli/brownout profile check "$name" >"$text" 2>&1 || true # exit 1: something does not hold
    awk -v name="$name" '
      FNR == 1 { file++ }
      file == 1 && /prefers_1/ { prefers = $2 }
      file == 1 && /effects_0to1/ { gsub(/[{},]/, ""); shares = $3 ", " $5 ", " $7 ", " $9 }
      file == 2 && / (yes|NO)(, reported)?$/ { all++; holds += / yes$/ }
      file == 2 && / NO(, reported)?$/ { not_held = not_held (not_held == "" ? "" : "; ") $1 " " $2 " against " ($3 == "±" ? $2 : $3) }
      END { printf "| [`%s`](results/%s.check.txt) | %s | %s | %d of %d | %s |\n", name, name, prefers, shares, holds, all, not_held == "" ? "–" : not_held }
    ' "profiles/silicon/$name.yaml" "$text"
  done
} | bench/replace_block.sh profiles/README.md presets

mkdir -p plots/profiles
for name in ibm14-chip1 ibm14-chip2; do
  build/release/sim/cli/brownout profile show "$name" --out "out/profiles/$name" >/dev/null
  cp "out/profiles/$name/cell_map.png" "plots/profiles/$name.png"
done
