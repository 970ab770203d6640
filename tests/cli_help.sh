#!/usr/bin/env bash
# Help goes to stdout with exit code 0, names every option of every command, and fits 100 columns.
# Usage: cli_help.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
# A name is one word or two ("profile show"); two spaces or more end it.
commands=$("$brownout" --help | sed -n 's/^  \([a-z][a-z -]*[a-z]\)  \+[a-z].*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 6 ] || { echo "expected at least 6 commands, got: $commands"; exit 1; }
echo "$commands" | while read -r command; do
  # shellcheck disable=SC2086 # two words are two arguments
  text=$("$brownout" $command --help)
  echo "$text" | grep -q "^usage: brownout $command " || { echo "$command: no usage line"; exit 1; }
  if echo "$text" | grep -n '.\{101,\}'; then
    echo "$command: a line is longer than 100 columns"
    exit 1
  fi
done
"$brownout" --version | grep -Eqx 'brownout [0-9]+\.[0-9]+\.[0-9]+' || { echo "no version"; exit 1; }
if "$brownout" >/dev/null 2>&1; then
  echo "without a command: expected exit code 2"
  exit 1
fi
