# What bench/headline.sh prints, from CSV as written by `brownout export`. The first model is the reference.
#   awk -v machine=TEXT -v check=1 -f headline.awk RESULTS.csv       check: the bars are tested; exit 1 if one fails
function loss(model, ber) {
  return error[model, ber] - reference
}
function bar(text, model, ber, limit, above,   value, holds) {
  value = loss(model, ber)
  holds = above ? value > limit : value <= limit
  failed += !holds
  printf "  %-42s %7.2f points, %s %.1f: %s\n", text, value, above ? "expected more than" : "bar", limit,
         holds ? "holds" : "FAILS"
}
BEGIN { FS = "," }
FNR == 1 {
  for (i = 1; i <= NF; i++) {
    at[$i] = i
  }
  next
}
{
  model = $at["model"]
  if (!(model in clean)) {
    order[++models] = model
    clean[model] = $at["clean_error_pct"]
    if (models == 1) {
      reference = clean[model]
    }
  }
  ber = $at["ber_pct"] + 0
  row[model, ++rows[model]] = ber
  error[model, ber] = $at["robust_error_pct_mean"]
  std[ber, model] = $at["robust_error_pct_std"]
  vdd[ber] = $at["vdd_ratio"]
  saving[ber] = $at["sram_energy_saving_pct"]
  total[model, ber] = $at["total_energy_saving_pct"]
}
END {
  printf "%s: robust error, mean ± standard deviation over 50 chips; points above %.2f %%,\n", machine, reference
  printf "the error of %s without bit errors\n\n", order[1]
  for (m = 1; m <= models; m++) {
    model = order[m]
    printf "%s: clean error %.2f %%\n", model, clean[model]
    printf "  %7s %7s %15s %9s %18s %14s\n", "BER %", "V/Vmin", "error %", "points", "weight-SRAM saving", "total saving"
    for (i = 1; i <= rows[model]; i++) {
      ber = row[model, i]
      printf "  %7g %7.4f %8.2f ± %4.2f %9.2f %16.2f %% %12.2f %%\n", ber, vdd[ber], error[model, ber],
             std[ber, model], loss(model, ber), saving[ber], total[model, ber]
    }
    print ""
  }
  if (!check) {
    exit 0
  }
  for (m = 2; m <= models; m++) {
    model = order[m]
    for (limit = 1; limit <= 2.5; limit += 1.5) {
      best = -1
      for (i = 1; i <= rows[model] && loss(model, row[model, i]) < limit; i++) {
        best = row[model, i]
      }
      if (best < 0) {
        printf "%s loses %.1f points or more at every rate measured\n", model, limit
      } else {
        printf "%s loses less than %.1f points down to V/Vmin %.4f (BER %g %%):\n  %.2f %% of the weight SRAM's access energy saved, %.2f %% of the total\n",
               model, limit, vdd[best], best, saving[best], total[model, best]
      }
    }
  }
  print "\nbars, in points above the reference's clean error:"
  bar("best 8 bits at BER 1 %", order[2], 1, 1.5, 0)
  bar("best 4 bits at BER 1 %", order[3], 1, 2.5, 0)
  bar("best 8 bits at BER 0.1 %", order[2], 0.1, 0.5, 0)
  bar("best 4 bits at BER 0.1 %", order[3], 0.1, 0.5, 0)
  bar("best 8 bits at BER 2.5 %", order[2], 2.5, 2.5, 0)
  bar("the reference itself at BER 1 %", order[1], 1, 15, 1)
  exit failed > 0
}
