# Faulty cells a column and a row of a chip, beside what as many faulty cells would give that lie
# anywhere with the same probability.
# Columns: vdd_ratio, line (column, row), cells (of a line), faulty_min, faulty_max (of the bin),
# lines, lines_expected.
csv = ARG1
out = ARG2
load ARG0[1:strlen(ARG0) - strlen("faulty_lines.gp")]."common.gp"
width = 1200
height = 560

stats csv using (column("vdd_ratio")) name "vdd" nooutput
of(wanted, value) = strcol("line") eq wanted ? value : NaN
from(row) = column("faulty_min") - 0.5
to(row) = column("faulty_max") + 0.5
middle(row) = (from(0) + to(0)) / 2

# A few bad columns among thousands of good ones: counts are more than decades apart.
set logscale y
set format y "%g"
set style fill solid 0.8 noborder
set offsets 0, 0, 0, 0
array kind[2] = ["column", "row"]
do for [k=1:2] {
  stats csv using (of(kind[k], column("lines"))) name kind[k] nooutput
  stats csv using (of(kind[k], column("lines_expected"))) name kind[k]."_expected" nooutput
  stats csv using (of(kind[k], column("cells"))) name kind[k]."_cells" nooutput
  stats csv using (of(kind[k], to(0))) name kind[k]."_to" nooutput
  stats csv using (of(kind[k], to(0) - from(0))) name kind[k]."_bin" nooutput
}
larger(a, b) = a > b ? a : b
top_of(k) = k == 1 ? larger(column_max, column_expected_max) : larger(row_max, row_expected_max)
end_of(k) = larger(3.5, k == 1 ? column_to_max : row_to_max)
cells_of(k) = k == 1 ? column_cells_max : row_cells_max
# The names stand above the highest count, in the last fifth of the logarithms.
height_of(k) = 0.5 * (2.0 * top_of(k))**1.3
bin_of(k) = k == 1 ? column_bin_max : row_bin_max

heading = sprintf("Faulty cells a column and a row at V/V_{min} = %.4f\n{/*0.8 faulty: fails in more than 2 %% of the reads}", vdd_mean)
set tmargin 2
draw = 'set multiplot layout 1, 2 title heading; do for [k=1:2] { set xrange [-0.5:end_of(k)]; set yrange [0.5:height_of(k)]; if (end_of(k) < 10) { set xtics 1 } else { set xtics autofreq }; set xlabel sprintf("faulty cells of the %.0f of a %s", cells_of(k), kind[k]); set ylabel bin_of(k) > 1 ? sprintf("%ss, %.0f counts a bin", kind[k], bin_of(k)) : sprintf("%ss", kind[k]); plot csv using (middle(0)):(of(kind[k], column("lines") > 0 ? column("lines") : NaN)):(from(0) + 0.05 * (to(0) - from(0))):(to(0) - 0.05 * (to(0) - from(0))):(0.5):(column("lines")) with boxxyerror lc rgb color[6] title "this chip", csv using (middle(0)):(of(kind[k], column("lines_expected") > 0.001 ? column("lines_expected") : NaN)) with linespoints lw 2 pt shape[1] ps 0.9 lc rgb color[2] title "cells that fail independently" }; unset multiplot; set output'
set terminal pngcairo size width, height font "DejaVu Sans,13"
set output out.".png"
eval draw
set terminal svg size width, height font "DejaVu Sans,13" background "#ffffff"
set output out.".svg"
eval draw
