# Robust errors of a sweep at one bit error rate as a table in Markdown, a line a profile and a placement and a column
# a model, from CSV as written by `brownout export`.
#   awk -f table.awk NAME.csv
# A cell is mean ± standard deviation over chips and, in brackets, the weight bits that read other than stored in per
# cent of those in faulty cells.
BEGIN { FS = "," }
NR == 1 {
  for (i = 1; i <= NF; i++) {
    at[$i] = i
  }
  next
}
{
  model = $at["model"]
  kind = $at["profile"] " | `" $at["placement"] "`"
  if (!(model in seen)) {
    seen[model] = 1
    models[++model_count] = model
  }
  if (!(kind in seen)) {
    seen[kind] = 1
    kinds[++kind_count] = kind
  }
  share = $at["bits_requested"] > 0 ? 100 * $at["bits_effective"] / $at["bits_requested"] : 0
  cell[kind, model] = sprintf("%.2f ± %.2f (%.0f)", $at["robust_error_pct_mean"], $at["robust_error_pct_std"], share)
}
END {
  line = "| profile | placement |"
  rule = "|---|---|"
  for (m = 1; m <= model_count; m++) {
    line = line " `" models[m] "` |"
    rule = rule "---|"
  }
  print line
  print rule
  for (k = 1; k <= kind_count; k++) {
    line = "| " kinds[k] " |"
    for (m = 1; m <= model_count; m++) {
      line = line " " cell[kinds[k], models[m]] " |"
    }
    print line
  }
}
