# Robust errors as a table in Markdown, a line a model and a column a file, from CSV as written by `brownout export`.
#   awk -f table.awk NAME.csv...        each with one bit error rate; columns are called NAME
# A cell is mean ± standard deviation over chips and, in brackets, the weight bits that read other than stored in per
# cent of those in faulty cells.
BEGIN { FS = "," }
FNR == 1 {
  name = FILENAME
  sub(/\.csv$/, "", name)
  column[++columns] = name
  delete at
  for (i = 1; i <= NF; i++) {
    at[$i] = i
  }
  next
}
{
  model = $at["model"]
  if (!(model in seen)) {
    seen[model] = 1
    order[++models] = model
  }
  share = $at["bits_requested"] > 0 ? 100 * $at["bits_effective"] / $at["bits_requested"] : 0
  cell[model, columns] = sprintf("%.2f ± %.2f (%.0f)", $at["robust_error_pct_mean"], $at["robust_error_pct_std"], share)
}
END {
  line = "| model |"
  rule = "|---|"
  for (i = 1; i <= columns; i++) {
    line = line " " column[i] " |"
    rule = rule "---|"
  }
  print line
  print rule
  for (m = 1; m <= models; m++) {
    line = "| `" order[m] "` |"
    for (i = 1; i <= columns; i++) {
      line = line " " ((order[m], i) in cell ? cell[order[m], i] : "–") " |"
    }
    print line
  }
}
