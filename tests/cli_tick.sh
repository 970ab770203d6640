#!/usr/bin/env bash
# The cycle-level engine on the shipped models and real images: the same object of results as the fast one.
# (That cycles and events are those of the schedule is checked by the program itself, in every trial.)
# Usage: cli_tick.sh BROWNOUT SOURCE_DIRECTORY
set -eu
brownout=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

sed -e 's/^dataflow: .*/dataflow: output_stationary/' -e 's/^array_rows: .*/array_rows: 24/' \
  profiles/arch/ibm14.yaml >"$scratch/os.yaml"
sed -e 's/^array_cols: .*/array_cols: 32/' -e 's/^weight_read_latency_cycles: .*/weight_read_latency_cycles: 3/' \
  -e 's/^accumulator_sram_kib: .*/accumulator_sram_kib: 4/' profiles/arch/ibm14.yaml >"$scratch/wide.yaml"

compared=0
while read -r model options; do
  for engine in fast tick; do
    # shellcheck disable=SC2086
    "$brownout" run "models/$model.onnx" --chips 2 --seed 5 --engine $engine --json $options >"$scratch/$engine"
  done
  jq -e '.weights_changed > 0' "$scratch/tick" >/dev/null || { echo "$model $options: no faults"; exit 1; }
  cmp "$scratch/fast" "$scratch/tick" || { echo "$model $options: engines differ"; exit 1; }
  compared=$((compared + 1))
done <<CASES
fmnist-cnn-8b-normal --images 6 --vdd 0.85
fmnist-cnn-8b-rquant --images 6 --ber 1%
fmnist-cnn-8b-rquant --images 2 --ber 1% --arch $scratch/os.yaml --interleave 2
fmnist-cnn-8b-normal --images 2 --ber 0.5% --arch $scratch/wide.yaml --placement linear --start-row 77
CASES
[ $compared = 4 ]

expect_refused() { # MESSAGE OPTIONS...
  local message=$1 status=0
  shift
  "$brownout" run models/fmnist-cnn-8b-normal.onnx --images 1 --chips 1 "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ $status = 2 ] && grep -qF -- "$message" "$scratch/err" || { echo "$*: exit $status"; cat "$scratch/err"; exit 1; }
}
expect_refused "--engine: expected fast or tick, got 'slow'" --engine slow

# A waveform: every register once, the asked for cycles only, and the file is there whole or not at all.
trace() { # CYCLES OPTION...
  local cycles=$1
  shift
  "$brownout" run models/fmnist-cnn-8b-normal.onnx --images 1 --chips 1 --engine tick \
    --trace "$scratch/trace.vcd" --trace-cycles "$cycles" "$@" >/dev/null
}
# Two words a cycle are on their way from the banks, in either dataflow, whose parts have the same names.
# Banks are numbered in 5 bits. The buffer counts to 16 x 16 + 64 codes and 16 more, or to the 2048 x 16 of conv4.
while read -r arch read_q; do
  trace 20:60 --arch "$arch" --interleave 2
  for name in 'reg 2 [^ ]* word_valid_q' 'reg 10 [^ ]* word_bank_q' 'reg 64 [^ ]* rdata_q' "reg $read_q [^ ]* read_q"; do
    grep -q "^\$var $name " "$scratch/trace.vcd" || { echo "$arch: expected $name"; exit 1; }
  done
  scopes=$(sed -n 's/^$scope module \(bo_core\|u_bank\|u_tile_ctrl\|u_weight_buffer\|u_mesh\) .*/\1/p' "$scratch/trace.vcd" |
    sort | uniq -c | tr -s ' \n' ' ')
  [ "$scopes" = " 1 bo_core 32 u_bank 1 u_mesh 1 u_tile_ctrl 1 u_weight_buffer " ] || { echo "$arch: got $scopes"; exit 1; }
done <<MACHINES
ibm14 9
$scratch/os.yaml 16
MACHINES
trace 20:60
# 16 x 16 PEs with act_q, first_q, three weights and psum_q
for name in act_q first_q weight_pipe_q weight_next_q weight_q psum_q; do
  [ "$(grep -c "^\$var reg [0-9]* [^ ]* $name " "$scratch/trace.vcd")" = 256 ] || { echo "$name: expected 256"; exit 1; }
done
clock=$(sed -n 's/^$var reg 1 \([^ ]*\) clk_i .*/\1/p' "$scratch/trace.vcd")
[ "$(grep -cxF "1$clock" "$scratch/trace.vcd")" = 41 ] || { echo "trace: expected 41 cycles"; exit 1; }

# The same cycles as those of vectors.vcd, register for register: of the first layer, a word a cycle, bank after bank.
sed 's/^weight_read_banks: .*/weight_read_banks: 1/' profiles/arch/ibm14.yaml >"$scratch/narrow.yaml"
chip=(--arch "$scratch/narrow.yaml" --interleave 1 --seed 3)
body() { # FILE: what changes, up to cycle 60; 1000 ps each
  sed -e '1,/^$enddefinitions/d' -e '/^#60500$/,$d' "$1"
}
trace 0:60 "${chip[@]}"
"$brownout" vectors models/fmnist-cnn-8b-normal.onnx "${chip[@]}" --layer 0 --vcd --out "$scratch/vectors" >/dev/null
body "$scratch/trace.vcd" >"$scratch/of_run"
body "$scratch/vectors/vectors.vcd" >"$scratch/of_vectors"
[ "$(grep -c '^#[0-9]*000$' "$scratch/of_run")" = 60 ] || { echo "trace 0:60: expected cycles 1 to 60 after 0"; exit 1; }
cmp "$scratch/of_run" "$scratch/of_vectors" || { echo "run and vectors: other registers in a cycle"; exit 1; }
rm -r "$scratch/vectors" "$scratch/trace.vcd"
trace 20:60

# A file that cannot be written is found before the chips run: a million of them would take weeks.
status=0
timeout 60 "$brownout" run models/fmnist-cnn-8b-normal.onnx --images 1 --chips 1000000 --engine tick \
  --trace "$scratch/none/trace.vcd" --trace-cycles 1:2 2>"$scratch/err" || status=$?
[ $status = 2 ] && grep -qF "none/trace.vcd: cannot create: No such file or directory" "$scratch/err" ||
  { echo "trace into no folder: exit $status"; cat "$scratch/err"; exit 1; }

# A link stays one and its target is written; what a user has beside it is let be.
mv "$scratch/trace.vcd" "$scratch/other.vcd"
touch "$scratch/target.vcd"
ln -s target.vcd "$scratch/trace.vcd"
echo mine >"$scratch/trace.vcd.part"
trace 20:60
[ -L "$scratch/trace.vcd" ] && cmp "$scratch/target.vcd" "$scratch/other.vcd" || { echo "trace: a link was replaced"; exit 1; }
[ "$(cat "$scratch/trace.vcd.part")" = mine ] || { echo "trace: a file of the user's was overwritten"; exit 1; }
rm "$scratch/trace.vcd" "$scratch/trace.vcd.part"
cycles=$("$brownout" inspect models/fmnist-cnn-8b-normal.onnx --json |
  jq '[.layers[] | select(.op == "conv") | .events | .cycles - .stall_dram] | add')
trace "$cycles:$((cycles + 5))" # the last cycle of the array
rm "$scratch/trace.vcd"
expect_refused "--trace-cycles: expected a first cycle in 0..$cycles, got $((cycles + 1))" --engine tick \
  --trace "$scratch/trace.vcd" --trace-cycles $((cycles + 1)):9999999
expect_refused "--trace-cycles: expected A:B with A <= B, got '5:4'" --engine tick \
  --trace "$scratch/trace.vcd" --trace-cycles 5:4
expect_refused '--trace: expected --engine tick with it' --trace "$scratch/trace.vcd"
expect_refused '--trace-cycles: expected --trace FILE with it' --trace-cycles 5:9
expect_refused '--trace-cycles: expected --trace FILE with it' --engine tick --trace-cycles 5:9
[ -z "$(ls "$scratch" | grep trace || true)" ] || { echo "a trace is left behind"; exit 1; }
