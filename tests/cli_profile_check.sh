#!/usr/bin/env bash
# The shipped fitted profiles look like the published chips; wrong targets make check exit 1 after its tables, bad
# input exits 2 in one line; a map is checked by its cells; a fit is the same every time.
# Usage: cli_profile_check.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
  echo "$*"
  exit 1
}

checks() { # EXIT_CODE LINE PROFILE OPTION...: what check exits with and says last, on stderr if it is not 0
  local code=0 expected=$1 line=$2 got
  shift 2
  "$brownout" profile check "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
  got=$(tail -qn 1 "$scratch/out" "$scratch/err" | tail -n 1)
  [ "$code" = "$expected" ] || fail "profile check $*: expected exit $expected, got $code: $got"
  [[ $got == $line ]] || fail "profile check $*: expected '$line', got '$got'"
  [ "$(wc -l <"$scratch/err")" = "$((code > 0))" ] || fail "profile check $*: expected $((code > 0)) lines on stderr"
}

for name in ibm14 ibm14-average ibm14-chip2 ibm14-chip3 bram28; do
  checks 0 "$name: all * hold" $name --chips 8
done
checks 0 "ibm14-chip1: all 47 hold" ibm14-chip1 --chips 8
grep -q '^  nesting .* NO, reported$' "$scratch/out" || fail "chip1: the reported nesting is not shown as not held"
grep -q '^  p_sa .* reported  NO$' "$scratch/out" || fail "chip1: the reported p_sa is not shown as not held"
# Without the 890 x 20 arrays of its targets, which take as long as all others.
sed 's/^\(name: \).*/\1"elsewhere"/' profiles/silicon/bram28-like.yaml >"$scratch/bram.yaml"
checks 0 "elsewhere: all * hold" "$scratch/bram.yaml" --chips 8

# Another chip's targets: the tables are complete, the line names what does not hold.
checks 1 "brownout: ibm14-chip1: * do not hold: *n_2 column_dispersion*" ibm14-chip1 --chips 8 \
  --targets profiles/silicon/targets/ibm14-chip2.yaml
grep -q '^  half_correlation .* NO$' "$scratch/out" || fail "the last row is missing after rows that do not hold"
# One published value made wrong is the only one that does not hold.
sed 's/mean_0to1_pct: 0.82/mean_0to1_pct: 0.4/' profiles/silicon/targets/ibm14-chip2.yaml >"$scratch/wrong.yaml"
checks 1 "brownout: ibm14-chip2: 1 of * do not hold: p_0to1 at 1.01 %" ibm14-chip2 --chips 8 --targets "$scratch/wrong.yaml"

# A map: nested as generated; two cells made to recover are counted and named.
"$brownout" profile generate ibm14-chip2 --arrays 2 --rows 32 --out "$scratch/map.yaml" >/dev/null
checks 0 "ibm14-chip2-0: all * hold" "$scratch/map.yaml"
/usr/bin/python3 - "$scratch/map.npz" <<'PY'
import sys, numpy
data = dict(numpy.load(sys.argv[1]))
for cell in ((1, 4, 5), (1, 30, 63)):
    data["p_0to1"][(0,) + cell], data["p_0to1"][(1,) + cell] = 0.0, 0.001
numpy.savez(sys.argv[1], **data)
PY
checks 1 "brownout: ibm14-chip2-0: 1 of * do not hold: nesting" "$scratch/map.yaml"
grep -q 'rate rises with the voltage: 2 ' "$scratch/out" || fail "expected 2 cells: $(grep rises "$scratch/out")"
grep -q 'array 1, row 4, column 5: 0->1' "$scratch/out" || fail "expected array 1, row 4, column 5"

checks 2 "brownout: --targets: profile ibm14: expected one with a cell model" ibm14 --targets "$scratch/wrong.yaml"
checks 2 "brownout: *none.yaml: cannot open*" "$scratch/none.yaml"
checks 2 "brownout: *none.yaml: cannot open*" ibm14-chip2 --targets "$scratch/none.yaml"
sed 's/mean_pct: 2.85/mean_pct: 30/' profiles/silicon/targets/ibm14-chip2.yaml >"$scratch/high.yaml"
checks 2 "brownout: profile ibm14-chip2: bit error rate: expected 0..20.56 %, got 30 %" ibm14-chip2 --targets "$scratch/high.yaml"
checks 2 "brownout: --chips: expected 2..1000, got 1" ibm14 --chips 1

# The shipped profile is what its targets give.
targets=profiles/silicon/targets/ibm14-chip3.yaml
if "$brownout" profile fit $targets --out "$scratch/fit.yaml" 2>"$scratch/err"; then
  diff "$scratch/fit.yaml" profiles/silicon/ibm14-chip3.yaml || fail "fit of $targets: not the shipped profile"
else
  grep -qx 'brownout: built without NLopt, which finds the fit: install libnlopt-dev, then build again' "$scratch/err" ||
    fail "fit: $(cat "$scratch/err")"
fi
echo "fitted profiles as published"
