#!/usr/bin/env bash
# Sets up and runs every test; ends with ctest's summary. Usage: tests/run.sh [CTEST OPTIONS]
set -euo pipefail
cd "$(dirname "$0")/.."
tests/setup.sh --with-tests release
exec ctest --preset release -j "$(nproc)" "$@"
