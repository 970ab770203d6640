# What all figures share. A figure is drawn by
#   gnuplot -c FIGURE.gp CSV OUT          reads CSV, writes OUT.png and OUT.svg
# and loads this file after csv and out are set.

set encoding utf8
set datafile separator comma
set datafile columnheaders
set border 3 lw 1.2
set tics nomirror
set grid lc rgb "#cccccc" lw 1 dt solid
set key noenhanced spacing 1.25 samplen 2 Left reverse

# Okabe and Ito's palette: told apart with any kind of colour vision, and by shape as well.
array color[8] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", \
                  "#888888"]
array shape[8] = [7, 5, 9, 13, 11, 6, 4, 8]
color_of(i) = color[(i - 1) % 8 + 1]
shape_of(i) = shape[(i - 1 + (i - 1) / 8) % 8 + 1]

width = 1000
height = 620
set terminal pngcairo size width, height font "DejaVu Sans,13"
set output out.".png"

# To be evaluated once the figure is plotted: the same again as SVG.
draw_svg = 'set terminal svg size width, height font "DejaVu Sans,13" background "#ffffff"; set output out.".svg"; replot; set output'
