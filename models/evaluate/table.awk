# A table of robust errors in Markdown, a line a model, from CSV as written by `brownout export`.
#   awk -v rates="0.1 0.5 1" -v count=robust_error_pct -f table.awk RESULTS.csv
# rates: bit error rates in per cent that the sweep has; count: robust_error_pct (wrong with errors) or
# robust_error_or_clean_pct (wrong with errors or wrong without, as published).
BEGIN {
  FS = ","
  columns = split(rates, rate, " ")
}
FNR == 1 {
  for (i = 1; i <= NF; i++) {
    at[$i] = i
  }
  if (!((count "_mean") in at)) {
    print FILENAME ": no column " count "_mean" > "/dev/stderr"
    failed = 1
    exit 1
  }
  next
}
{
  model = $at["model"]
  if (!(model in clean)) {
    order[++models] = model
  }
  clean[model] = $at["clean_error_pct"]
  for (i = 1; i <= columns; i++) {
    if ($at["ber_pct"] - rate[i] < 1e-3 * rate[i] && rate[i] - $at["ber_pct"] < 1e-3 * rate[i]) {
      found[model, i] = sprintf("%.2f ± %.2f", $at[count "_mean"], $at[count "_std"])
    }
  }
}
END {
  if (failed) {
    exit 1
  }
  line = "| model | clean |"
  rule = "|---|---|"
  for (i = 1; i <= columns; i++) {
    line = line " " rate[i] " % |"
    rule = rule "---|"
  }
  print line "\n" rule
  for (m = 1; m <= models; m++) {
    line = sprintf("| `%s` | %.2f |", order[m], clean[order[m]])
    for (i = 1; i <= columns; i++) {
      line = line " " ((order[m], i) in found ? found[order[m], i] : "–") " |"
    }
    print line
  }
}
