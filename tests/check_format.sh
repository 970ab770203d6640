#!/bin/sh
# Fails if clang-format would change a C or C++ file. Usage: tests/check_format.sh REPOSITORY
set -eu
cd "$1"
files=$(find sim bench tests rtl -name '*.[ch]' -o -name '*.cpp' 2>/dev/null | sort)
[ -n "$files" ] || { echo "check_format: no file was checked"; exit 1; }
# shellcheck disable=SC2086
clang-format --dry-run --Werror $files
echo "$files" | wc -l | sed 's/$/ files formatted/'
