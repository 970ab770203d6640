#!/bin/sh
# Fails if a header under sim/ does not compile alone, first thing in a file, as C17 and as C++17.
# Usage: tests/check_headers.sh [REPOSITORY]      CC and CXX choose the compilers.
set -eu
cd "${1:-.}"
cc="${CC:-cc} -std=c17"
cxx="${CXX:-c++} -std=c++17"
flags="-fsyntax-only -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -Isim"
checked=0
failed=0
for header in sim/*/*.h; do
  # From standard input, so that the header is no "main file" and its path is looked up as usual.
  for compiler in "$cc -x c" "$cxx -x c++"; do
    if ! echo "#include \"${header#sim/}\"" | $compiler $flags -; then
      echo "$header: does not compile alone with $compiler"
      failed=$((failed + 1))
    fi
  done
  checked=$((checked + 1))
done
echo "check_headers: $checked headers as C17 and C++17, $failed failures"
[ "$checked" -gt 0 ] && [ "$failed" -eq 0 ]
