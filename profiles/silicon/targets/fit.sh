#!/usr/bin/env bash
# Writes the synthetic presets of profiles/silicon/ anew from what is published of the chips (targets/*.yaml).
# Usage: profiles/silicon/targets/fit.sh [NAME...]      default: all
set -euo pipefail
cd "$(dirname "$0")/../../.."
brownout=build/release/sim/cli/brownout
presets=("$@")
[ $# -gt 0 ] || presets=(ibm14-chip1 ibm14-chip2 ibm14-chip3 bram28-like)
for name in "${presets[@]}"; do
  "$brownout" profile fit "profiles/silicon/targets/$name.yaml" --out "profiles/silicon/$name.yaml"
done

# Of the average of 32 SRAMs only the curve is published: its cells are as those of chip 1, the least structured.
sed -e '/^#/d' -e 's/^name: .*/name: "ibm14-average"/' -e '/share_0to1/s/share_0to1: [0-9.]*/share_0to1: 0.5/' \
  -e 's/^source: .*/source: "synthetic cells on the curve of ibm14, the average of 32 SRAMs; shares as fitted to chip 1 of MLSys 2021 (ibm14-chip1), both directions alike"/' \
  profiles/silicon/ibm14-chip1.yaml >profiles/silicon/ibm14-average.yaml

# The rates of the cells of chip 2 without their places: what columns, rows and arrays do is the difference.
sed -e '/^#/d' -e 's/^name: .*/name: "ibm14-chip2-shuffled"/' -e 's/array: [0-9.]*/array: 0/; s/column: [0-9.]*/column: 0/; s/row: [0-9.]*/row: 0/' \
  -e 's/^source: .*/source: "synthetic: ibm14-chip2 without effects of array, column and row, to compare with it"/' \
  profiles/silicon/ibm14-chip2.yaml >profiles/silicon/ibm14-chip2-shuffled.yaml
