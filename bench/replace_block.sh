#!/bin/sh
# Replaces what stands between "<!-- NAME:begin" and "<!-- NAME:end" in FILE by stdin.
# Usage: bench/replace_block.sh FILE NAME
set -eu
grep -q "<!-- $2:begin" "$1" || { echo "replace_block.sh: $1 has no block $2" >&2; exit 2; }
BLOCK=$(cat) awk -v name="$2" '
  index($0, "<!-- " name ":end") { inside = 0 }
  !inside { print }
  index($0, "<!-- " name ":begin") { inside = 1; print ENVIRON["BLOCK"] }
' "$1" >"$1.tmp"
mv "$1.tmp" "$1"
