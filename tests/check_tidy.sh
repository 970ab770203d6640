#!/bin/sh
# Fails on any clang-tidy finding. Usage: tests/check_tidy.sh REPOSITORY BUILD_DIRECTORY
set -eu
cd "$1"
files=$(find sim bench tests -name '*.c' -not -path 'tests/fuzz/*' | sort)
# C++ and rtl/ only if they are built: an optional tool may be missing.
for file in $(find sim bench tests -name '*.cpp' | sort) $(find rtl -name '*.c' -o -name '*.cpp' | sort); do
  ! grep -q "/$file\"" "$2/compile_commands.json" || files="$files
$file"
done
[ -n "$files" ] || { echo "check_tidy: no file was checked"; exit 1; }
echo "$files" | xargs -P "$(nproc)" -n 4 clang-tidy -p "$2" --quiet 2>/dev/null
echo "$files" | wc -l | sed 's/$/ files clean/'
