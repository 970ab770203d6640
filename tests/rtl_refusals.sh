#!/bin/sh
# Illegal parameters are refused with a message that names module, parameter, range and value.
# Usage: tests/rtl_refusals.sh RTL_DIRECTORY SOURCE...
set -eu
rtl=$1
shift
sources=$*
checks=0
refused() { # MODULE PARAMETER VALUE RANGE
  small= # what is not under test, for speed; the last -G of a parameter counts
  case $1 in
  bo_core) small="-GArrayRows=2 -GArrayCols=2 -GWeightBanks=1 -GBankRows=2" ;;
  bo_mesh | bo_array) small="-GRows=2 -GCols=2" ;;
  esac
  # shellcheck disable=SC2086 # lists
  if found=$(verilator --lint-only -I"$rtl" --top-module "$1" $small -G"$2=$3" $sources 2>&1); then
    echo "rtl_refusals: $1: $2=$3: expected a refusal, verilator accepted it"
    exit 1
  fi
  message="$1: $2: expected $4, got $3"
  echo "$found" | grep -qF -- "$message" || {
    echo "rtl_refusals: $1: $2=$3: expected the message \"$message\", got:"
    echo "$found" | grep '^%Error' | head -5
    exit 1
  }
  checks=$((checks + 1))
}
refused_around() { # MODULE PARAMETER MIN MAX: the first illegal value on both sides
  refused "$1" "$2" $(($3 - 1)) "$3..$4"
  refused "$1" "$2" $(($4 + 1)) "$3..$4"
}
refused_around bo_core ArrayRows 1 256
refused_around bo_core ArrayCols 1 256
refused_around bo_core WeightBanks 1 1024
refused_around bo_core BankRows 1 65536
refused_around bo_core BankWidth 8 64
refused_around bo_core WeightReadLatencyCycles 1 8
refused_around bo_core AccDepth 1 16777216
refused_around bo_mesh Rows 1 256
refused_around bo_mesh Cols 1 256
refused_around bo_mesh Dataflow 0 1
refused_around bo_array Rows 1 256
refused_around bo_row Cols 1 256
refused_around bo_row Dataflow 0 1
refused_around bo_skew Lanes 1 256
refused_around bo_skew Width 1 64
refused_around bo_accumulator Cols 1 256
refused_around bo_accumulator Depth 1 16777216
refused_around bo_weight_bank Rows 1 65536
refused_around bo_weight_bank Width 8 64
refused_around bo_weight_bank ReadLatencyCycles 1 8
refused_around bo_weight_buffer Cols 1 256
refused_around bo_weight_buffer Width 8 64
refused bo_weight_buffer Depth 79 "Cols + Width..65600"
refused bo_weight_buffer Depth 65601 "Cols + Width..65600"
refused_around bo_tile_ctrl Rows 1 256
refused_around bo_tile_ctrl Cols 1 256
refused_around bo_tile_ctrl Banks 1 1024
refused_around bo_tile_ctrl BankRows 1 65536
refused_around bo_tile_ctrl BankWidth 8 64
refused_around bo_tile_ctrl AccDepth 1 16777216
refused_around bo_tile_ctrl ReadLatencyCycles 1 8
echo "$checks illegal parameters refused"
