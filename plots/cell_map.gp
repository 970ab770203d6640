# How often the cells of a chip fail: whatever is stored, and in each direction, side by side. Arrays
# stand side by side too.
# Columns: vdd_ratio, array, row, column, rate_pct, rate_0to1_pct, rate_1to0_pct.
csv = ARG1
out = ARG2
load ARG0[1:strlen(ARG0) - strlen("cell_map.gp")]."common.gp"

stats csv using (column("vdd_ratio")) name "vdd" nooutput
stats csv using (column("array")) name "array" nooutput
stats csv using (column("row")) name "row" nooutput
stats csv using (column("column")) name "column" nooutput
array panel[3] = ["rate_pct", "rate_0to1_pct", "rate_1to0_pct"]
array name[3] = ["whatever is stored", "a stored 0 reads 1", "a stored 1 reads 0"]
do for [i=1:3] {
  stats csv using (column(panel[i])) name sprintf("rate_%d", i) nooutput
}
mean_of(i) = i == 1 ? rate_1_mean : i == 2 ? rate_2_mean : rate_3_mean

array_columns = column_max + 1
columns = array_columns * (array_max + 1)
rows = row_max + 1
x_of(row) = column("array") * array_columns + column("column")

# As many pixels for every cell, in whole numbers, as a panel has room for.
cell = floor(390 / columns < 780 / rows ? 390 / columns : 780 / rows)
cell = cell < 1 ? 1 : cell > 16 ? 16 : cell
least(pixels, cells) = cell * cells < pixels ? pixels : cell * cells
panel_width = least(160, columns)
panel_height = least(160, rows)
left = 80
gap = 28
top = 100
bottom = 72
width = left + 3 * panel_width + 2 * gap + 118
height = top + panel_height + bottom

set palette defined (0.0 "#440154", 0.125 "#472d7b", 0.25 "#3b528b", 0.375 "#2c728e", \
                     0.5 "#21918c", 0.625 "#28ae80", 0.75 "#5ec962", 0.875 "#addc30", 1.0 "#fde725")
set cbrange [0:100]
set cbtics 25 out
unset key
unset grid
set border 15 lw 1
set tics out
set xrange [-0.5:columns - 0.5]
set yrange [rows - 0.5:-0.5]
set xtics columns <= 16 ? 4 : ceil(columns / 4)
set ytics rows <= 32 ? 4 : rows <= 128 ? 16 : 32
set xlabel array_max == 0 ? "column" : sprintf("column, arrays 0 to %.0f side by side", array_max)
do for [i=1:array_max] {
  set arrow from i * array_columns - 0.5, graph 0 to i * array_columns - 0.5, graph 1 nohead \
    front lw 1 lc rgb "#ffffff"
}

x_left(i) = left + (i - 1) * (panel_width + gap)
begin_panel(i) = sprintf("set lmargin at screen %.9f; set rmargin at screen %.9f", \
  1.0 * x_left(i) / width, 1.0 * (x_left(i) + panel_width) / width)

set tmargin at screen 1 - 1.0 * top / height
set bmargin at screen 1.0 * bottom / height
set colorbox user origin screen 1.0 * (x_left(3) + panel_width + 18) / width, \
  screen 1.0 * bottom / height size screen 16.0 / width, screen 1.0 * panel_height / height
heading = sprintf("How often the cells of a chip fail at V/V_{min} = %.4f\n", vdd_mean)
# An image has at least two cells each way.
cells = rows > 1 && columns > 1 ? 'csv using (x_of(0)):"row":panel[k] with image' : \
  'csv using (x_of(0)):"row":(0.5):(0.5):panel[k] with boxxyerror fs solid noborder lc palette'
draw = 'set multiplot title heading; do for [k=1:3] { eval begin_panel(k); set title sprintf("%s\nmean of these cells %.3g %%", name[k], mean_of(k)) font ",12"; if (k == 1) { set ylabel "row"; set format y "%.0f" } else { unset ylabel; set format y "" }; if (k == 3) { set colorbox; set cblabel "reads that fail (%)" offset 0.5, 0 } else { unset colorbox }; eval "plot ".cells }; unset multiplot; set output'
set terminal pngcairo size width, height font "DejaVu Sans,13"
set output out.".png"
eval draw
set terminal svg size width, height font "DejaVu Sans,13" background "#ffffff"
set output out.".svg"
eval draw
