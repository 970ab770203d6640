#!/usr/bin/env bash
# rtl/lockstep/bo_vectors_tb.v plays what `brownout vectors` writes to bo_core in Icarus: all outputs are equal in every
# cycle, and so are all registers in the two waveforms: with weights of 8 bits and of fewer, two's complement and with
# zero-points. The tick engine draws the same waveform. RTL that is broken on purpose is found out.
# Usage: tests/rtl_vectors.sh BROWNOUT SOURCE_DIRECTORY RTL_DIRECTORY SOURCE...
set -eu
brownout=$1 rtl=$3
cd "$2"
shift 3
sources=("$@")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
model=models/fmnist-cnn-8b-rquant.onnx
fail() {
  echo "rtl_vectors: $*"
  exit 1
}

machine() { # KEY=VALUE...: a machine that differs from the default one
  cp profiles/arch/ibm14.yaml "$scratch/arch.yaml"
  for setting in accumulator_sram_kib=1 "$@"; do
    sed -i "s/^${setting%=*}:.*/${setting%=*}: ${setting#*=}/" "$scratch/arch.yaml"
  done
}

simulate() { # RTL_DIRECTORY: prints what the testbench says
  local files=() source
  for source in "${sources[@]}"; do
    files+=("$([ -e "$1/$(basename "$source")" ] && echo "$1/$(basename "$source")" || echo "$source")")
  done
  iverilog -g2012 -I"$scratch/vectors" -I"$1" -s bo_vectors_tb -o "$scratch/tb.vvp" "${files[@]}" \
    rtl/lockstep/bo_vectors_tb.v
  vvp -n "$scratch/tb.vvp" "+vectors=$scratch/vectors" "+vcd=$scratch/rtl.vcd"
}

plays() { # OPTION...
  local said
  "$brownout" vectors "$model" --arch "$scratch/arch.yaml" --out "$scratch/vectors" --vcd "$@"
  said=$(simulate "$rtl") || fail "$*: $said"
  echo "$said" | grep '^bo_vectors_tb: [1-9][0-9]* cycles equal, [1-9][0-9]* tiles, [1-9][0-9]* sums$' ||
    fail "$*: $said"
  /usr/bin/python3 tests/check_vcd.py "$scratch/vectors/vectors.vcd" "$scratch/rtl.vcd"
}

machine array_rows=5 array_cols=3 weight_banks=4 bank_rows=170 bank_width_bits=37 weight_read_latency_cycles=3
plays --layer classifier --image 3 --ber 5%
model=models/fmnist-cnn-8b-normal.onnx # signed
machine array_rows=3 array_cols=6 weight_banks=2 bank_rows=300 bank_width_bits=64 weight_read_latency_cycles=2
plays --layer conv1 --image 5 --places 20 --ber 5%

/usr/bin/python3 tests/make_narrow.py "$scratch/narrow.onnx"
model=$scratch/narrow.onnx
machine weight_read_banks=1 array_rows=6 array_cols=4 weight_banks=4 bank_rows=100 bank_width_bits=37
plays --dataset fmnist --layer offset --image 9 --ber 5%
plays --dataset fmnist --layer narrow --ber 5%
# This is the network's first layer: the tick engine draws the same cycles of the first image, from the first edge on.
cycles=$("$brownout" inspect "$model" --arch "$scratch/arch.yaml" --json | jq '.layers[0].events | .cycles - .stall_dram')
"$brownout" run "$model" --dataset fmnist --images 1 --chips 1 --engine tick --arch "$scratch/arch.yaml" --ber 5% \
  --trace "$scratch/trace.vcd" --trace-cycles "1:$cycles" >/dev/null
changes() { # VCD: variables, and what changes after the first edge
  grep '^$var' "$1"
  sed -n "/^#1500\$/,/^#${cycles}500\$/p" "$1"
}
diff <(changes "$scratch/trace.vcd") <(changes "$scratch/vectors/vectors.vcd") >"$scratch/diff" ||
  fail "waveform of the tick engine: $(head -n 3 "$scratch/diff")"
[ "$(changes "$scratch/trace.vcd" | wc -l)" -gt 1000 ] || fail "waveform of the tick engine: expected more than 1000 lines"

model=models/fmnist-cnn-8b-rquant.onnx
machine array_rows=1 array_cols=7 weight_banks=1 bank_rows=40
plays --layer 0 --first-place 130 --places 40 --seed 2
machine array_rows=4 array_cols=4 weight_banks=3 bank_rows=200 bank_width_bits=40
plays --layer conv1 --first-place 110 --places 30 --vdd 0.8

# The last of these vectors, played to our own RTL with one error, whatever RTL is under test.
breaks() { # FILE SED_EXPRESSION PORT
  local said
  rm -rf "$scratch/broken"
  cp -r rtl "$scratch/broken"
  sed -i "$2" "$scratch/broken/$1"
  cmp -s "rtl/$1" "$scratch/broken/$1" && fail "$1: '$2' changes nothing"
  if said=$(simulate "$scratch/broken"); then
    fail "$1: '$2': expected a difference, got: $said"
  fi
  grep "^bo_vectors_tb: cycle [0-9]*: $3.*: expected [0-9a-f]*, got [0-9a-f]*$" <<<"$said" || fail "$1: '$2': $said"
}
breaks bo_weight_bank.sv 's/ ^ xor_mask\[addr_i\]//' sum_o
breaks bo_accumulator.sv 's/assign rdata = .*/assign rdata = rdata_q[c*32 +: 32];/' sum_o
breaks bo_tile_ctrl.sv 's/assign tile_ready_o .*/assign tile_ready_o = !load_busy_q \&\& !loaded_q;/' tile_ready_o
breaks bo_tile_ctrl.sv 's/assign act_ready_o .*/assign act_ready_o = start;/' act_ready_o
breaks bo_accumulator.sv 's/assign sum_valid_o .*/assign sum_valid_o = valid_q;/' sum_valid_o

# A register that no output depends on in time is found by the waveform.
rm -rf "$scratch/broken"
cp -r rtl "$scratch/broken"
sed -i 's/weight_pipe_d = .*/weight_pipe_d = weight_i;/' "$scratch/broken/bo_pe.sv"
simulate "$scratch/broken" >/dev/null || true
if said=$(/usr/bin/python3 tests/check_vcd.py "$scratch/vectors/vectors.vcd" "$scratch/rtl.vcd" 2>&1); then
  fail "another weight_pipe_q: expected a difference between the waveforms, got: $said"
fi
grep 'weight_pipe_q: model has' <<<"$said" || fail "another weight_pipe_q: $said"
