#!/bin/sh
# Makes one build of the RTL that brownout-lockstep loads: OUT.so, work files beside it.
# Usage: verilate.sh OUT.so KIND ROWS COLS BANKS BANK_ROWS BANK_WIDTH LATENCY DEPTH RUNTIME.a SOURCE...
#   KIND      core, mesh_ws or mesh_os; the parameters from BANKS to DEPTH are the core's
#   RUNTIME.a Verilator's runtime, position-independent
#   SOURCE    SystemVerilog files, packages first; the folder of the last one has the include files
# Environment: CXX; BO_OPTIMIZE (default -O2) for what runs every cycle; BO_NAMED=no: registers
# cannot be found by name, so that Verilator is free to merge them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1 kind=$2 rows=$3 cols=$4 banks=$5 bank_rows=$6 bank_width=$7 latency=$8 depth=$9
shift 9
runtime=$1
shift
for source in "$@"; do last=$source; done
work=$out.dir
rm -rf "$work" "$out"
mkdir -p "$work"

case $kind in
core)
  top=bo_core is_core=1 dataflow=0
  parameters="-GArrayRows=$rows -GArrayCols=$cols -GWeightBanks=$banks -GBankRows=$bank_rows
    -GBankWidth=$bank_width -GWeightReadLatencyCycles=$latency -GAccDepth=$depth" ;;
mesh_ws) top=bo_mesh is_core=0 dataflow=0 parameters="-GRows=$rows -GCols=$cols -GDataflow=0" ;;
mesh_os) top=bo_mesh is_core=0 dataflow=1 parameters="-GRows=$rows -GCols=$cols -GDataflow=1" ;;
*) echo "verilate.sh: KIND: expected core, mesh_ws or mesh_os, got $kind" >&2; exit 2 ;;
esac
names=$here/bo_public.vlt
[ "${BO_NAMED:-yes}" = yes ] || names=
# shellcheck disable=SC2086
verilator --cc --top-module "$top" --prefix Vdut --Mdir "$work" -O3 --x-assign fast \
  --x-initial fast --noassert -Wno-lint "-I$(dirname "$last")" $parameters $names "$@"

# Verilator declares registers in any order. Side by side, those of one name in the order of their
# instances, a row of the array at a time can be compared with the C model's.
header=$work/Vdut___024root.h
member='^ *[CSIQ]Data/.*__DOT__[a-z_]*_q;$'
{ grep "$member" "$header" || true; } | sed 's/.*__DOT__\([a-z_]*\)_q;$/\1 &/' | sort -V | cut -d ' ' -f 2- \
  >"$work/registers.inc"
awk -v member="$member" '$0 !~ member { print; next } !done { done = 1; print "#include \"registers.inc\"" }' \
  "$header" >"$work/sorted.h"
mv "$work/sorted.h" "$header"

# Two compilations, of what runs every cycle and of what runs once: Verilator's dozen of small files
# would spend their time on the same headers.
root=$(verilator --getenv VERILATOR_ROOT)
for source in "$work"/*.cpp; do
  case $source in
  *Slow.cpp | *Syms.cpp) echo "#include \"$source\"" >>"$work/once.inc" ;;
  *) echo "#include \"$source\"" >>"$work/every_cycle.inc" ;;
  esac
done
compile() { # TEXT OPTIMISATION OBJECT OPTION...
  text=$1 optimize=$2 object=$3
  shift 3
  "${CXX:-g++}" -std=c++17 -x c++ -fPIC -fcf-protection=none "$optimize" -DVM_SC=0 -DVM_TRACE=0 \
    -DVM_COVERAGE=0 -isystem "$root/include" -isystem "$root/include/vltstd" -isystem "$work" \
    -c -o "$work/$object" "$@" "$text"
}
compile "$work/every_cycle.inc" "${BO_OPTIMIZE:--O2}" every_cycle.o -w
compile "$work/once.inc" -O0 once.o -w
compile "$here/dut.cpp" -O1 dut.o -Wall -Wextra "-I$here" "-DBO_IS_CORE=$is_core" \
  "-DBO_SHAPE={$rows,$cols,$dataflow,$banks,$bank_rows,$bank_width,$latency,$depth}"
"${CXX:-g++}" -shared -o "$out" "$work"/*.o "$runtime" -pthread -Wl,-z,defs
