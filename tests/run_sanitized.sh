#!/usr/bin/env bash
# Every test again, built with AddressSanitizer and UndefinedBehaviorSanitizer. Usage: run_sanitized.sh REPOSITORY
set -euo pipefail
cd "$1"
cmake --preset sanitize >/dev/null
cmake --build --preset sanitize -- -j "$(nproc)" --quiet
ctest --preset sanitize -j "$(nproc)"
