# Bit error rate over supply voltage: the curve of a silicon profile, and the mean rate of the cells
# of one of its chips.
# Columns: kind (measured, interpolated, chip, chip_0to1, chip_1to0), vdd_ratio, ber_pct,
# energy_ratio.
csv = ARG1
out = ARG2
load ARG0[1:strlen(ARG0) - strlen("chip_curve.gp")]."common.gp"

set title "Bit error rate below V_{min}: the profile, and the mean of one chip's cells"
set xlabel "supply voltage V/V_{min}"
set ylabel "bit error rate (%)"
set autoscale xfix
set offsets graph 0.02, graph 0.02, 0, 0
set logscale y
set format y "10^{%T}"
set key top right

of(wanted, value) = strcol("kind") eq wanted ? value : NaN

# A map has no rates between its points.
has_line = 0
note_line(kind, ber) = kind eq "interpolated" && ber > 0 ? (has_line = 1, 0) : 0
stats csv using (note_line(strcol("kind"), column("ber_pct"))) nooutput
curve = 'csv using "vdd_ratio":(of("interpolated", column("ber_pct"))) with lines lw 2 lc rgb color[1] title "profile, interpolated", '
points = 'csv using "vdd_ratio":(of("measured", column("ber_pct"))) with points pt shape[6] ps 2 lw 2 lc rgb color[1] title "profile, measured"'
chip = ', csv using "vdd_ratio":(of("chip", column("ber_pct"))) with points pt shape[1] ps 1.2 lc rgb color[2] title "chip, whatever is stored", csv using "vdd_ratio":(of("chip_0to1", column("ber_pct"))) with points pt 8 ps 1.5 lw 1.5 lc rgb color[3] title "chip, a stored 0 reads 1", csv using "vdd_ratio":(of("chip_1to0", column("ber_pct"))) with points pt 10 ps 1.5 lw 1.5 lc rgb color[4] title "chip, a stored 1 reads 0"'
eval "plot ".(has_line ? curve : "").points.chip
eval draw_svg
