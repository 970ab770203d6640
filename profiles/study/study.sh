#!/usr/bin/env bash
# The networks of this project on chips of different kinds at the same bit error rate: a sweep and a table of
# profiles/README.md each. Stores in out/study/ resume: what was measured is not measured again.
# Usage: profiles/study/study.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
brownout=build/release/sim/cli/brownout
mkdir -p out/study profiles/results
for column in 0 7; do
  profiles/study/bad_column.sh "$column" "out/study/bad-column$column"
done
for name in kinds placements formats columns; do
  "$brownout" sweep "profiles/study/$name.yaml" --out "out/study/$name.db"
  "$brownout" export "out/study/$name.db" --out "profiles/results/$name.csv"
  awk -f profiles/study/table.awk "profiles/results/$name.csv" | bench/replace_block.sh profiles/README.md "$name"
done
