#!/usr/bin/env bash
# Makes the profile of an SRAM of 512 x 64 cells whose column COLUMN reads 1, whatever is stored: one bit of every eighth
# 8-bit weight. An example of `brownout profile import`, too.
# Usage: profiles/study/bad_column.sh COLUMN OUT         writes OUT.csv, OUT.list.csv, OUT.yaml, OUT.npz
set -euo pipefail
column=$1 out=$2
awk -v column="$column" 'BEGIN {
  for (row = 0; row < 512; row++) {
    for (c = 0; c < 64; c++) {
      printf "%d%s", c == column, c == 63 ? "\n" : ","
    }
  }
}' >"$out.csv"
printf 'voltage,stuck_at_1\n0.8,%s\n' "$(basename "$out.csv")" >"$out.list.csv"
"$(dirname "$0")/../../build/release/sim/cli/brownout" profile import "$out.list.csv" --format stuck --out "$out.yaml" \
  --technology "none: made" --source "made: column $column of 64 reads 1" --licence "CC0"
