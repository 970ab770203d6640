# Bit error rate and energy per access of a weight SRAM over its supply voltage: the curve of a
# silicon profile, measured points and what lies between them.
# Columns: kind (measured, interpolated), vdd_ratio, ber_pct, energy_ratio.
csv = ARG1
out = ARG2
load ARG0[1:strlen(ARG0) - strlen("voltage_curve.gp")]."common.gp"

set title "Weight SRAM below V_{min}: bit errors and energy"
set xlabel "supply voltage V/V_{min}"
set ylabel "bit error rate (%)" textcolor rgb color[1]
set y2label "energy per access / energy at V_{min}" textcolor rgb color[2]
set border 11
set autoscale xfix
set offsets graph 0.02, graph 0.02, 0, 0
set logscale y
set format y "10^{%T}"
set ytics textcolor rgb color[1]
set y2tics textcolor rgb color[2]
set y2range [0.5:1.05]
set key top center

# A map has no rates between its points.
line_title = ""
note_line(kind, ber) = kind eq "interpolated" && ber > 0 ? \
  (line_title = "bit error rate, interpolated", 0) : 0
stats csv using (note_line(strcol("kind"), column("ber_pct"))) nooutput

of(wanted, value) = strcol("kind") eq wanted ? value : NaN

plot csv using "vdd_ratio":(of("interpolated", column("ber_pct"))) \
       with lines lw 2 lc rgb color[1] title line_title, \
     csv using "vdd_ratio":(of("measured", column("ber_pct"))) \
       with points pt shape[1] ps 1.4 lc rgb color[1] title "bit error rate, measured", \
     csv using "vdd_ratio":(of("interpolated", column("energy_ratio"))) axes x1y2 \
       with lines lw 2 dt 2 lc rgb color[2] title "energy per access, (V/Vmin)²", \
     csv using "vdd_ratio":(of("measured", column("energy_ratio"))) axes x1y2 \
       with points pt shape[2] ps 1.4 lc rgb color[2] notitle
eval draw_svg
