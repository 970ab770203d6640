#!/usr/bin/env bash
# Writes the tables of models/README.md and the figures of plots/models/ from models/results/*.csv, out/headline/ and the
# models' JSON facts. A model that is not measured is left out, and said; a table without any says so.
# Usage: models/evaluate/report.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
results=models/results
fmnist_rates="0.005 0.1 0.5 1 2.5"
mnist_rates="1 5 10 12.5 15 17.5 20"
voltages="0.75 0.7917 0.8333 0.875 0.9167 0.9583 1"
mkdir -p plots/models out/models

rows() { # KIND MODEL...: their CSV as one file, empty if nothing is measured
  local kind=$1 model file columns="" own
  shift
  for model in "$@"; do
    file=$results/$model.$kind.csv
    if [ -e "$file" ]; then
      own=$(head -n 1 "$file")
      [ -n "$columns" ] || echo "$own"
      [ "$own" = "${columns:=$own}" ] || { echo "report.sh: $file: expected the columns of the files before" >&2; exit 1; }
      tail -n +2 "$file"
    else
      echo "report.sh: left out: $model ($kind: not measured)" >&2
    fi
  done
}

block() { # NAME RATES [PUBLISHED [KEY]]: table and figure from CSV on stdin
  local csv=out/models/$1.report.csv over=ber
  cat >"$csv"
  [ "${4:-}" = vdd_ratio ] && over=voltage
  if [ -s "$csv" ]; then
    gnuplot -c "plots/error_over_$over.gp" "$csv" "plots/models/$1"
    { printf '![Robust error](../plots/models/%s.png)\n\n' "$1"
      awk -v rates="$2" -v published="${3:-}" -v key="${4:-}" -f models/evaluate/columns.awk -f models/evaluate/table.awk "$csv"; }
  else
    echo "Not measured yet."
  fi | bench/replace_block.sh models/README.md "$1"
}

beside() { # LABEL KIND MODEL...: more rows, the models' names followed by (LABEL)
  local label=$1
  shift
  rows "$@" | sed "1d; s/^[^,]*/& ($label)/"
}

fmnist() { # NAME MODEL...
  local name=$1
  shift
  rows fmnist "$@" | block "$name" "$fmnist_rates"
}

cnn=fmnist-cnn
fmnist methods $cnn-8b-{normal,rquant,clip10,randbet20-p1,randbet10-p1,randbet10-p2} $cnn-4b-{randbet20-p1,randbet10-p1}
rows voltage $cnn-8b-{normal,randbet20-p1,randbet10-p2} $cnn-4b-randbet10-p1 | block voltage "$voltages" "" vdd_ratio
fmnist quantisation $cnn-8b-{global,normal,asymmetric,unsigned,rquant}
fmnist clipping $cnn-8b-{rquant,clip20,clip10,smooth10,clip05} $cnn-4b-{rquant,clip20,clip10,clip05}
fmnist bits $cnn-8b-randbet10-{p1,p2} $cnn-6b-randbet10-p1 $cnn-{4b,3b,2b}-randbet10-{p1,p2}
fmnist resnet fmnist-resnet-8b-{rquant,clip10,randbet10-p1}
fmnist batch_norm $cnn-8b-bn-{frozen,accumulated,clean}
# The same model on other chips than the paper's has the same name in the results: told apart here.
{ rows fmnist $cnn-8b-{pattbet,pattbet-chip2,randbet10-p2}
  beside "its own chip" own_chip $cnn-8b-pattbet
  beside "ibm14-chip2; its own chip" own_chip2 $cnn-8b-pattbet-chip2
  beside ibm14-chip2 chip2 $cnn-8b-{pattbet-chip2,randbet10-p2}; } | block pattbet "$fmnist_rates"
rows mnist mnist-cnn-8b-{normal,rquant,clip05,randbet05-p10,randbet05-p20} mnist-cnn-4b-randbet05-p15 \
  mnist-cnn-2b-randbet05-p15 | block mnist "$mnist_rates" models/evaluate/published_mnist.csv

{ printf '| model | goes on from | epochs | minutes | clean error: PyTorch | brownout |\n|---|---|---|---|---|---|\n'
  jq -r '[.config.name, (if .config.start == "" then "–" else "`\(.config.start)`" end), .config.training.epochs,
    (.cpu_s / 6 | round / 10), .error_pct.torch, .error_pct.brownout] |
    "| [`\(.[0])`](\(.[0]).md) | \(.[1]) | \(.[2]) | \(.[3]) | \(.[4]) | \(.[5]) |"' models/*.json; } |
  bench/replace_block.sh models/README.md training
