# What bench/headline.sh prints, from CSV as written by `brownout export`. The first model is the reference.
#   awk -v machine=TEXT [-v check=1] -f ../models/evaluate/columns.awk -f headline.awk RESULTS.csv
# check: the bars are tested; exit 1 if one fails
function loss(model, ber) {
  return error[model, ber] - reference
}
# The network of these bits, other than the reference, with the lowest error at this rate.
function best(bits, ber,   m, found) {
  for (m = 2; m <= models; m++) {
    if (index(order[m], "-" bits "b-") && (found == "" || error[order[m], ber] < error[found, ber])) {
      found = order[m]
    }
  }
  return found
}
function bar(text, value, limit, above,   holds) {
  holds = above ? value > limit : value <= limit
  failed += !holds
  printf "  %-34s %6.2f points, %s %.1f: %s\n", text, value, above ? "expected more than" : "at most", limit,
         holds ? "holds" : "FAILS"
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
  printf "%s: robust error, mean ± standard deviation over 50 chips;\n", machine
  printf "points above %.2f %%, the error of %s without bit errors\n\n", reference, order[1]
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
  for (bits = 8; bits >= 4; bits -= 4) {
    for (limit = 1; limit <= 2.5; limit += 1.5) {
      lowest = ""
      for (i = 1; i <= rows[order[1]] && loss(best(bits, row[order[1], i]), row[order[1], i]) < limit; i++) {
        lowest = row[order[1], i]
      }
      if (lowest == "") {
        printf "%d bits: %.1f points or more are lost at every rate measured\n", bits, limit
      } else {
        printf "%d bits, less than %.1f points lost: down to V/Vmin %.4f (BER %g %%, %s),\n", bits, limit, vdd[lowest],
               lowest, best(bits, lowest)
        printf "  which saves %.2f %% of the weight SRAM's access energy and %.2f %% of the total\n", saving[lowest],
               total[best(bits, lowest), lowest]
      }
    }
  }
  print "\nbars, in points above the reference's clean error; of the networks with these bits the best at the rate:"
  bar("8 bits at BER 0.1 %", loss(best(8, 0.1), 0.1), 0.5)
  bar("8 bits at BER 1 %", loss(best(8, 1), 1), 1.5)
  bar("8 bits at BER 2.5 %", loss(best(8, 2.5), 2.5), 2.5)
  bar("4 bits at BER 0.1 %", loss(best(4, 0.1), 0.1), 0.5)
  bar("4 bits at BER 1 %", loss(best(4, 1), 1), 2.5)
  bar("the reference itself at BER 1 %", loss(order[1], 1), 15, 1)
  exit failed > 0
}
