# Robust errors as a table in Markdown, a line a model, from CSV as written by `brownout export`.
#   awk -v rates="0.1 0.5 1" [-v key=vdd_ratio] [-v published=FILE.csv] -f columns.awk -f table.awk RESULTS.csv...
# rates: bit error rates in per cent that the sweep has, or voltages with key=vdd_ratio. A cell is mean ± standard deviation over chips and, in
# brackets, the mean as the paper counts (wrong with errors or wrong without). published: model,ber_pct,error_pct;
# models that it has get a second line.
function same(a, b) {
  return a - b <= 1e-3 * b && b - a <= 1e-3 * b
}
function row(name, first, cells, m,   i, line) {
  line = "| " name " | " first " |"
  for (i = 1; i <= columns; i++) {
    line = line " " ((m, i) in cells ? cells[m, i] : "–") " |"
  }
  print line
}
BEGIN {
  columns = split(rates, rate, " ")
  unit = key == "vdd_ratio" ? "" : " %"
  key = key == "" ? "ber_pct" : key
  while (published != "" && (getline line < published) > 0) {
    split(line, field, ",")
    if (field[2] == 0) {
      paper_clean[field[1]] = field[3]
    }
    for (i = 1; i <= columns; i++) {
      if (same(field[2], rate[i])) {
        paper[field[1], i] = field[3]
      }
    }
  }
}
{
  model = $at["model"]
  if (!(model in clean)) {
    order[++models] = model
  }
  clean[model] = sprintf("%.2f", $at["clean_error_pct"])
  for (i = 1; i <= columns; i++) {
    if (same($at[key], rate[i])) {
      found[model, i] = sprintf("%.2f ± %.2f (%.2f)", $at["robust_error_pct_mean"],
                                $at["robust_error_pct_std"], $at["robust_error_or_clean_pct_mean"])
    }
  }
}
END {
  if (models == 0) {
    print "table.awk: no results" > "/dev/stderr"
    exit 1
  }
  for (i = 1; i <= columns; i++) {
    head[0, i] = rate[i] unit
    rule[0, i] = "---"
  }
  row("model", "clean", head, 0)
  row("---", "---", rule, 0)
  for (m = 1; m <= models; m++) {
    row("`" order[m] "`", clean[order[m]], found, order[m])
    if (order[m] in paper_clean) {
      row("*published*", paper_clean[order[m]], paper, order[m])
    }
  }
}
