#!/usr/bin/env bash
# Writes the tables of models/README.md and the figures of plots/models/ from models/results/*.csv and the models'
# JSON facts. Usage: models/evaluate/report.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
results=models/results
rates="0.005 0.1 0.5 1 1.5 2.5"

rows() { # KIND MODEL...: their CSV as one file
  local kind=$1 model
  shift
  head -n 1 "$results/$1.$kind.csv"
  for model in "$@"; do
    tail -n +2 "$results/$model.$kind.csv"
  done
}

figure() { # NAME: robust error over bit error rate from CSV on stdin
  local csv
  csv=$(mktemp)
  cat >"$csv"
  gnuplot -c plots/error_over_ber.gp "$csv" "plots/models/$1"
  rm "$csv"
}

# NAME MODEL...: the block NAME of models/README.md and the figure of that name.
fmnist_block() {
  local name=$1
  shift
  rows fmnist "$@" | figure "$name"
  rows fmnist "$@" | awk -v rates="$rates" -f models/evaluate/table.awk | bench/replace_block.sh models/README.md "$name"
}

# A network on its own chip has the model's name in the results: told apart here.
own_chip() { # MODEL
  sed "2,\$s/^$1,/$1 on its own chip,/" "$results/$1.own_chip.csv"
}

mkdir -p plots/models
cnn=fmnist-cnn
fmnist_block quantisation $cnn-8b-{global,normal,asymmetric,unsigned,rquant}
fmnist_block methods $cnn-8b-{normal,rquant,clip10,randbet10-p1,randbet10-p2} $cnn-4b-randbet10-p1
fmnist_block clipping $cnn-8b-{rquant,clip20,clip10,clip05} $cnn-4b-{rquant,clip20,clip10,clip05}
fmnist_block bits $cnn-{8b,4b,3b,2b}-randbet10-{p1,p2}
fmnist_block resnet fmnist-resnet-8b-{rquant,clip10,randbet10-p1}
fmnist_block batch_norm $cnn-8b-randbet10-p2 $cnn-8b-bn-{accumulated,clean}
patt=$cnn-8b-pattbet
{ own_chip $patt; rows fmnist $patt $cnn-8b-randbet10-p2 | tail -n +2; } >out/models/pattbet.csv
figure pattbet <out/models/pattbet.csv
awk -v rates="$rates" -f models/evaluate/table.awk out/models/pattbet.csv | bench/replace_block.sh models/README.md pattbet

mnist=(mnist-cnn-8b-{normal,rquant,clip05,randbet05-p10,randbet05-p20} mnist-cnn-4b-randbet05-p15
  mnist-cnn-2b-randbet05-p15)
rows mnist "${mnist[@]}" | figure mnist
rows mnist "${mnist[@]}" |
  awk -v rates="1 5 10 12.5 15 17.5 20" -v published=models/evaluate/published_mnist.csv -f models/evaluate/table.awk |
  bench/replace_block.sh models/README.md mnist

rows voltage $cnn-8b-{normal,rquant,clip10,randbet10-p1} $cnn-4b-randbet10-p1 >out/models/voltage.csv
gnuplot -c plots/error_over_voltage.gp out/models/voltage.csv plots/models/voltage
gnuplot -c plots/pareto.gp out/models/voltage.csv plots/models/pareto
awk -v rates="20.56 5.573 1.115 0.129 0.00686646 0.000190735" -f models/evaluate/table.awk out/models/voltage.csv |
  sed '1s/| 20.56.*/| 18\/24: 20.56 % | 19\/24: 5.573 % | 20\/24: 1.115 % | 21\/24: 0.129 % | 22\/24: 0.0069 % | 23\/24: 0.00019 % |/' |
  bench/replace_block.sh models/README.md voltage

{
  printf '| model | start | epochs | minutes | clean error in training | brownout |\n|---|---|---|---|---|---|\n'
  jq -r '"| [`\(.config.name)`](\(.config.name).md) | \(if .config.start == "" then "–" else "`\(.config.start)`" end) | \(.config.training.epochs) | \(.cpu_s / 60 * 10 | round / 10) | \(.error_pct.torch) | \(.error_pct.brownout) |"' models/*.json
} | bench/replace_block.sh models/README.md training
