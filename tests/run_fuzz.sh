#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a while from an empty corpus; a crash or a leak fails.
# Usage: run_fuzz.sh REPOSITORY [SECONDS]      (10 a target by default; for real fuzzing use 600 and more)
set -euo pipefail
cd "$1"
seconds=${2:-10}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -- -j "$(nproc)" --quiet
ran=0
for target in build/fuzz/tests/fuzz/fuzz_*; do
  [ -x "$target" ] && [ -f "$target" ] || continue
  log=$target.log
  "$target" -max_total_time="$seconds" -rss_limit_mb=2048 -seed=1 -artifact_prefix="$target." >"$log" 2>&1 || {
    tail -n 40 "$log"
    exit 1
  }
  sed -n "s|^Done \([0-9]* runs\).*|$(basename "$target"): \1|p" "$log"
  ran=$((ran + 1))
done
[ $ran -ge 15 ] || { echo "expected at least 15 fuzz targets, found $ran"; exit 1; }
