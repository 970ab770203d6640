#!/usr/bin/env bash
# The networks of this project on chips of different kinds at the same bit error rate: sweeps, tables of
# profiles/README.md. Stores in out/study/ resume: what was measured is not measured again.
# Usage: profiles/study/study.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
brownout=build/release/sim/cli/brownout
mkdir -p out/study profiles/results

sweep() { # NAME PROFILE PLACEMENT [BIT-ERROR-RATE]
  sed "s|PROFILE|$2|; s|PLACEMENT|$3|; s|RATE|${4:-1}|" profiles/study/study.yaml >"out/study/$1.yaml"
  "$brownout" sweep "out/study/$1.yaml" --out "out/study/$1.db"
  "$brownout" export "out/study/$1.db" --out "profiles/results/$1.csv"
}

table() { # BLOCK NAME...
  local block=$1
  shift
  (cd profiles/results && awk -f ../study/table.awk "${@/%/.csv}") | bench/replace_block.sh profiles/README.md "$block"
}

# Kinds of chips. "shuffled" has the rates of chip2's cells and none of their places.
for kind in ibm14 ibm14-average ibm14-chip1 ibm14-chip2 ibm14-chip2-shuffled ibm14-chip3; do
  sweep "$kind" "$kind" "policy: tile"
done

# Placements on the chip with columns.
sweep chip2-rotate ibm14-chip2 "policy: tile, rotate: true"
sweep chip2-interleave ibm14-chip2 "policy: tile, interleave: 4"
sweep chip2-linear ibm14-chip2 "policy: linear"
sweep chip2-linear-rotate ibm14-chip2 "policy: linear, rotate: true"

# The same weights in both formats, on flips and on cells that fail 0->1 for the most part.
for format in offset_binary twos_complement; do
  sweep "flips-$format" ibm14 "storage: $format"
  sweep "chip2-$format" ibm14-chip2 "storage: $format"
done

# One bad column of 64, 1.56 % of the cells: the lowest bit of every eighth weight, or the highest.
for column in 0 7; do
  profiles/study/bad_column.sh "$column" "out/study/bad-column$column"
  sweep "column$column" "$PWD/out/study/bad-column$column.yaml" "policy: tile" 1.5625
  sweep "column$column-rotate" "$PWD/out/study/bad-column$column.yaml" "policy: tile, rotate: true" 1.5625
done

table kinds ibm14 ibm14-average ibm14-chip1 ibm14-chip2 ibm14-chip2-shuffled ibm14-chip3
table placements ibm14-chip2 chip2-rotate chip2-interleave chip2-linear chip2-linear-rotate
table formats flips-offset_binary flips-twos_complement chip2-offset_binary chip2-twos_complement
table columns column0 column0-rotate column7 column7-rotate
