# Robust error over bit error rate, one line a model, profile and placement. CSV as written by `brownout export`.
csv = ARG1
out = ARG2
folder = ARG0[1:strlen(ARG0) - strlen("error_over_ber.gp")]
load folder."common.gp"
x_of(row) = column("ber_pct") > 0 ? column("ber_pct") : NaN
free_corner = "top left"
stats csv using (column("ber_pct")) name "ber" nooutput
load folder."models.gp"

set title "Robust error over bit error rate" offset 0, 1.2
set xlabel "bit error rate (%)"
set logscale x
# A sweep without bit errors has no place on a logarithmic axis, which stays empty.
if (ber_max == 0) { set xrange [1e-4:100] }
set format x "10^{%T}"
eval "plot ".error_lines
eval draw_svg
