#!/usr/bin/env bash
# Brings a bare Debian 12 machine to a built tree: installs the packages that are missing, configures, builds.
# Usage: tests/setup.sh [--with-tests] [PRESET]      PRESET: release (default), debug, sanitize, fuzz
# Works as root or with sudo; works offline once the packages are there.
set -euo pipefail
cd "$(dirname "$0")/.."

# The one list of packages. What the program needs to build and to run:
packages=(
  build-essential cmake ninja-build pkg-config git
  libcyaml-dev libdnnl-dev libjansson-dev libnlopt-dev libonnx-dev libprotobuf-c-dev protobuf-c-compiler
  librandom123-dev libsqlite3-dev libxxhash-dev libyaml-dev libzip-dev zlib1g-dev
  gnuplot-nox dataset-fashion-mnist
)
# What its tests need beside that: test framework, oracles, linters, training.
test_packages=(
  libcunit1-dev libgsl-dev libonnx-testdata
  clang clang-format clang-tidy libclang-rt-dev jq
  iverilog verilator yosys libsystemc-dev
  python3 python3-numpy python3-onnx python3-torch python3-yaml
)

preset=release
for argument in "$@"; do
  case $argument in
  --with-tests) packages+=("${test_packages[@]}") ;;
  -*) echo "usage: tests/setup.sh [--with-tests] [PRESET]" >&2; exit 2 ;;
  *) preset=$argument ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

echo "configuring and building build/$preset" >&2
log=$(cmake --preset "$preset" 2>&1 && cmake --build --preset "$preset" -- -j "$(nproc)" --quiet 2>&1) || {
  echo "$log" >&2
  exit 1
}
grep 'left out:' <<<"$log" || true
