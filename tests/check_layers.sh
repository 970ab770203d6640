#!/bin/sh
# Fails if a file under sim/ includes a header of a layer that its own layer may not know.
# Usage: tests/check_layers.sh [REPOSITORY]      (the table is the architecture: see README.md)
set -eu
cd "${1:-.}/sim"
find . -name '*.[ch]' -o -name '*.cpp' | sort | xargs grep -Hn '^#include "' | awk -F'[:"]' '
  BEGIN {
    may["base"]     = " base "
    may["arch"]     = " base arch "
    may["silicon"]  = " base arch silicon "
    may["mem"]      = " base arch silicon mem "
    may["net"]      = " base arch silicon net "
    may["train"]    = " base arch silicon mem net train "
    may["array"]    = " base arch silicon array "
    may["accel"]    = " base arch silicon mem net array accel "
    may["systemc"]  = " base arch silicon mem net array accel systemc "
    may["energy"]   = " base arch silicon mem net array accel energy "
    may["campaign"] = " base arch silicon mem net array accel energy campaign "
    may["report"]   = " base arch silicon mem net array accel energy campaign report "
    may["cli"]      = " base arch silicon mem net array accel energy campaign report cli "
  }
  { split($1, from, "/"); split($4, to, "/"); checked++
    if (index(may[from[2]], " " to[1] " ") == 0) {
      printf "sim/%s:%s: layer %s may not include %s\n", substr($1, 3), $2, from[2], $4; bad = 1
    } }
  END { if (checked == 0) { print "check_layers: no include was checked"; bad = 1 } exit bad }'
