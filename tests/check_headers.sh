#!/bin/sh
# Fails if a header under sim/ does not compile alone, first thing in a file, as C17 and as C++17;
# those of sim/systemc are C++ only, and left out if SystemC is not there.
# Usage: tests/check_headers.sh [REPOSITORY]      CC and CXX choose the compilers.
set -eu
cd "${1:-.}"
cc="${CC:-cc} -std=c17"
cxx="${CXX:-c++} -std=c++17"
flags="-fsyntax-only -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -Isim"
checked=0
failed=0
has_systemc=$(echo '#include <systemc>' | $cxx -x c++ -fsyntax-only - 2>/dev/null && echo yes || true)
[ "$has_systemc" ] || echo "left out: headers of sim/systemc (SystemC not found)"
for header in sim/*/*.h; do
  compilers="c c++"
  case $header in
  sim/systemc/*) compilers=c++; [ "$has_systemc" ] || continue ;;
  esac
  # From standard input, so that the header is no "main file" and its path is looked up as usual.
  for language in $compilers; do
    compiler=$cxx
    [ "$language" = c++ ] || compiler=$cc
    compiler="$compiler -x $language"
    if ! echo "#include \"${header#sim/}\"" | $compiler $flags -; then
      echo "$header: does not compile alone with $compiler"
      failed=$((failed + 1))
    fi
  done
  checked=$((checked + 1))
done
echo "check_headers: $checked headers as C17 and C++17, $failed failures"
[ "$checked" -gt 0 ] && [ "$failed" -eq 0 ]
